"""The challenge's page of the book: built from the stored results, linked from the front."""

from book import build
from course_utils.challenge import results, table
from tests.book.toy import write_toy


def test_the_page_stands_in_the_book_and_says_what_is_measured(tmp_path):
    write_toy(tmp_path / "notebooks")
    target = tmp_path / "source"
    build.assemble(target, tmp_path / "notebooks", tmp_path / "none")
    page = (target / "challenge.md").read_text("utf8")
    assert page.startswith("# The one-minute challenge")
    for row in results.measured():
        assert f"(`{row['entry']}`)" in page
    for name in table.not_measured(results.measured()):
        assert f"`{name}`" in page.partition("Not measured yet: ")[2]
    index = (target / "index.md").read_text("utf8")
    assert "](challenge)" in index
    assert "\nchallenge\n" in index
