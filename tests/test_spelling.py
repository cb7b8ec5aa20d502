"""English of lessons, book and documents: known misspellings, doubled words, one spelling.

Words that are right although the tool doubts them stand in pyproject.toml (``tool.codespell``). The
course writes British English in its prose; code keeps the names of its libraries.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import notebooks as nb
from course_utils.machine import repo_root

ROOT = repo_root()
LESSONS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "book").glob("*.md"), *(ROOT / "data").glob("*.md")]
CODE = ["course_utils", "book", "tools", "tests", "Makefile", "pyproject.toml"]
AMERICAN = re.compile(
    r"\b(?:behavior|center(?:ed|s)?|color(?:s|ed|ful)?|defense|favor\w*|gray|labeled|modeling|"
    r"neighbor\w*|\w*(?:normaliz|optimiz|regulariz|generaliz|initializ|summariz|organiz)\w*)\b",
    re.IGNORECASE,
)
NOT_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|https?://\S+|\*[^*\n]+\*(?=, arXiv|, )"
    r"|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\"[^\"\n]+\"",
    re.DOTALL,
)
DOUBLED = re.compile(r"\b([A-Za-z]+)(?: +|\n)\1\b")
MEANT = {"Gaussian", "had"}  # "keeps a Gaussian Gaussian", "had had it for years"
TITLES = ("Labeled Faces in the Wild", "Colorful Image Colorization", "Center for Microscopy")


def spelled(*paths):
    """Run the tool; returns its complaints."""
    command = [sys.executable, "-m", "codespell_lib", "--toml", ROOT / "pyproject.toml", *paths]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT)
    assert "No module named" not in done.stderr, "codespell is not installed: make setup"
    return done.stdout.splitlines()


def prose(text):
    """Leave out code, formulas, addresses, quotations and titles of works."""
    text = re.sub(r"^## References\n.*?(?=^## |\Z)", "", text, flags=re.M | re.S)
    for title in TITLES:
        text = text.replace(title, "...")
    return NOT_PROSE.sub(" ... ", text)


def markdown(path):
    return [nb.source(c) for c in nb.read(path)["cells"] if c["cell_type"] == "markdown"]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A folder with the Markdown of every lesson, a file each."""
    folder = tmp_path_factory.mktemp("texts")
    for path in LESSONS:
        (folder / f"{path.stem}.md").write_text("\n\n".join(markdown(path)), "utf8")
    return folder


def test_lessons_documents_and_code_have_no_known_misspelling(texts):
    assert spelled(texts, *DOCUMENTS, *CODE) == []


def test_a_misspelling_would_be_seen(tmp_path):
    wrong = tmp_path / "lesson.md"
    wrong.write_text("You will recieve a card. A vermillion line, by Theis.")
    [complaint] = spelled(wrong)
    assert "recieve ==> receive" in complaint


def complaints(text):
    doubled = [m.group() for m in DOUBLED.finditer(text) if m[1] not in MEANT]
    return doubled + [m.group() for m in AMERICAN.finditer(text)]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a grey colour, normalised", []),
        ('`color` and $x x$ and "gray"', []),
        ("the the gray neighbor", ["the the", "gray", "neighbor"]),
        ("an optimizer", ["optimizer"]),
        ("the word\nword", ["word\nword"]),
        ("## What is CLIP\n\nCLIP is", []),
    ],
)
def test_doubled_words_and_american_spellings_would_be_seen(text, seen):
    assert complaints(prose(text)) == seen


def test_no_word_stands_twice_and_the_spelling_is_one():
    found = {}
    for path in [*LESSONS, *DOCUMENTS]:
        pieces = markdown(path) if path.suffix == ".ipynb" else [Path(path).read_text("utf8")]
        if seen := [word for piece in pieces for word in complaints(prose(piece))]:
            found[path.name] = seen
    assert found == {}
