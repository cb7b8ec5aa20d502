"""``course refresh``: outputs, header, hash and course map are stored, and only if all is well."""

import json
from pathlib import Path

import nbformat
import pytest

from course_utils import notebooks
from course_utils.cli import header, refresh
from course_utils.machine import fingerprint
from tests.cli.toy import course, lesson

pytestmark = pytest.mark.slow
README = f"# T\n{header.MAP_START}\nold\n{header.MAP_END}\nend\n"
WIDGET_CELL = f"""from IPython.display import display
live = {{"{notebooks.WIDGET}": {{"model_id": "x"}}}}
display(live | {{"image/png": "aGk=", "text/plain": "alt"}}, raw=True)
display(live | {{"text/plain": "0%"}}, raw=True)"""


SETTINGS = """import os, socket
for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "MPLBACKEND", "PYTHONUTF8"):
    print(name, os.environ[name])
print(os.path.basename(os.environ["COURSE_BUILD"]))
try:
    socket.create_connection(("example.org", 80), timeout=5)
except OSError as error:
    print(error)"""


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A good, a failing and a talkative lesson after one refresh; with the former bytes."""
    folder = tmp_path_factory.mktemp("refresh")
    nb = folder / "notebooks"
    able = ["see p(x|z)", "count"]
    more = {
        "promise": "You count p(x|z).",
        "able": able,
        "minutes": 9,
        "prerequisites": ["10_good", "99_no"],
    }
    paths = {
        "good": lesson(
            nb, "10_good", "md:text", "print(seed)", "", WIDGET_CELL, part="0_a", minutes=5
        ),
        "next": lesson(nb, "11_next", "2 + 2", **more),
        "bad": lesson(nb, "12_bad", "1 / 0"),
        "path": lesson(nb, "13_path", "import os\nprint('in', os.getcwd())"),
        "settings": lesson(nb, "14_settings", SETTINGS),
    }
    (folder / "README.md").write_text(README)
    before = {name: path.read_bytes() for name, path in paths.items()}
    return course("refresh", "--notebooks", nb), paths, before


def test_the_status_says_that_some_were_not_stored(refreshed):
    assert refreshed[0].exit_code == 1
    assert "10_good: stored" in refreshed[0].output


def test_lessons_may_run_side_by_side(tmp_path):
    paths = [lesson(tmp_path / "nb", name, "1 + 1") for name in ("10_a", "11_b")]
    shown = course("refresh", "--notebooks", tmp_path / "nb", "--jobs", "2")
    assert shown.exit_code == 0, shown.output
    assert all("code_hash" in notebooks.read(path)["metadata"]["course"] for path in paths)


def test_a_stored_lesson_is_valid_clean_and_numbered(refreshed):
    stored = nbformat.read(refreshed[1]["good"], as_version=4)
    nbformat.validate(stored)
    assert set(stored.metadata) == {"course", "kernelspec", "language_info"}
    assert [c.execution_count for c in stored.cells if c.cell_type == "code"] == [1, 2, None, 3]
    for cell in stored.cells:
        assert set(cell.metadata) <= {"tags"}
        assert cell.metadata.get("tags") != []
    outputs = stored.cells[-1].outputs
    assert [sorted(output.data) for output in outputs] == [["image/png", "text/plain"]]


def test_the_measured_facts_are_stored(refreshed):
    path = refreshed[1]["good"]
    block = notebooks.read(path)["metadata"]["course"]
    assert block["code_hash"] == notebooks.code_hash(notebooks.read(path))
    assert block["seconds"] >= 0
    assert block["memory_mb"] % 10 == 0
    assert 20 < block["memory_mb"] < 500
    assert 0 <= block["cpu_seconds"] < 60  # whole seconds: a toy may take less than half of one
    assert block["machine"] == fingerprint()


def test_the_stored_run_has_its_own_settings_and_no_network_whatever_the_user_set(refreshed):
    """The tests of this course have an environment of their own, which a stored run leaves."""
    [output] = notebooks.code_cells(notebooks.read(refreshed[1]["settings"]))[-1]["outputs"]
    lines = notebooks.text_of(output["text"]).splitlines()
    assert lines[:4] == [
        "OMP_NUM_THREADS 1",
        "OMP_WAIT_POLICY passive",
        "MPLBACKEND module://matplotlib_inline.backend_inline",
        "PYTHONUTF8 1",
    ]
    assert lines[4] == "build"
    assert lines[5] == "the network is blocked in this test: example.org"


def test_the_header_is_made_from_the_metadata(refreshed):
    path = refreshed[1]["next"]
    first = notebooks.read(path)["cells"][0]
    text = notebooks.source(first)
    assert notebooks.tags(first) == ["header"]
    for line in ("# 11 · Next", "> You count p(x|z).", "**Afterwards you can:**", "- see p(x|z)"):
        assert line in text.splitlines()
    assert "[10 · Good](../0_a/10_good.ipynb), 99 no." in text
    assert "| 9 min |" in text


def test_a_failing_lesson_stays_as_it_was(refreshed):
    shown, paths, before = refreshed
    assert paths["bad"].read_bytes() == before["bad"]
    assert "ZeroDivisionError" in shown.output


def test_an_output_with_a_path_of_this_machine_is_refused(refreshed):
    shown, paths, before = refreshed
    assert paths["path"].read_bytes() == before["path"]
    assert "13_path: not stored: cell 2 prints a path" in shown.output


def test_the_readmes_map_is_rebuilt(refreshed):
    text = (refreshed[1]["good"].parents[2] / "README.md").read_text("utf8")
    assert "old" not in text
    assert text.startswith("# T\n")
    assert text.endswith("\nend\n")
    assert "| [10 · Good](notebooks/0_a/10_good.ipynb) |" in text
    assert r"| You count p(x\|z). |" in text


def test_a_second_header_does_not_pile_up(tmp_path):
    path = lesson(tmp_path / "nb", "10_a", "1")
    for _ in range(2):
        content = notebooks.read(path)
        header.set_header(content, path, notebooks.lessons(tmp_path / "nb"))
        notebooks.write(path, content)
    cells = notebooks.read(path)["cells"]
    assert [notebooks.tags(cell) for cell in cells] == [["header"], ["parameters"], []]
    nbformat.validate(nbformat.read(path, as_version=4))


def test_wrong_names_are_refused(tmp_path):
    assert course("refresh", "99", "--notebooks", tmp_path).exit_code == 2


def test_a_map_without_its_comments_is_an_error():
    with pytest.raises(ValueError, match="course-map"):
        header.insert_map(f"{header.MAP_END} {header.MAP_START}", "table")


HOME = str(Path("/home/ann"))


@pytest.mark.parametrize(
    ("output", "refused"),
    [
        ({"text": [f"saved to {HOME}/x\n"]}, True),
        ({"text": [f"saved to {HOME}\n"]}, True),
        ({"text": ["saved to /home/anna/x, ", "x/home/ann\n"]}, False),
        ({"data": {"text/html": f"<a href='{HOME}/x'>"}}, True),
        ({"data": {"text/html": ["<a ", f"title='{HOME}'>"]}}, True),
        ({"data": {"image/png": f"{HOME}/x"}}, False),
        ({"traceback": [f"File {HOME}/a.py"]}, True),
        ({"text": "/tmp/ipykernel_123/1.py:3: UserWarning"}, True),
    ],
)
def test_private_paths_are_found_wherever_they_hide(output, refused):
    executed = {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [output]}]}
    if refused:
        with pytest.raises(ValueError, match="cell 2"):
            refresh.check_paths(executed, [Path(HOME)])
    else:
        refresh.check_paths(executed, [Path(HOME)])


@pytest.mark.parametrize("counts", [[1, 3], [2, 3], [None, 1], [1, 1]])
def test_counts_out_of_order_are_refused(counts):
    cells = [{"cell_type": "code", "source": "x", "execution_count": n} for n in counts]
    assert list(notebooks.run_faults({"cells": cells})) == [
        f"its cells were not executed 1..n: their counts are {counts}"
    ]


def test_the_hash_follows_code_only(tmp_path):
    content = notebooks.read(lesson(tmp_path, "10_a", "md:text", "x = 1"))
    before = notebooks.code_hash(content)
    content["cells"][1]["source"] = "other text"
    assert notebooks.code_hash(content) == before
    content["cells"][2]["source"] = ["x = ", "2"]
    assert notebooks.code_hash(content) != before


def test_files_are_written_as_nbformat_writes_them(tmp_path):
    path = lesson(tmp_path, "10_a", "md:é 中", "x = 1\ny = 2")
    text = path.read_text("utf8")
    notebooks.write(path, json.loads(text))
    assert path.read_text("utf8") == text


def test_prints_cut_by_the_clock_are_joined():
    def out(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    picture = {"output_type": "display_data", "data": {"image/png": "aGk="}}
    outputs = [
        out("stdout", "a\n"),
        out("stdout", ["b\n"]),
        out("stderr", "w\n"),
        picture,
        out("stdout", "c\n"),
    ]
    executed = {
        "metadata": {},
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": outputs}],
    }
    notebooks.clean(executed)
    kept = executed["cells"][0]["outputs"]
    assert [o.get("text") for o in kept] == ["a\nb\n", "w\n", None, "c\n"]
