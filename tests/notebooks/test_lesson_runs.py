"""``pytest --lessons`` on toy lessons: each promise is seen to be kept and to be broken."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest

from course_utils.machine import fingerprint, repo_root

pytestmark = pytest.mark.slow
HOME, ELSEWHERE = fingerprint(), "another machine"
# A bare kernel holds 500 to 700 MB, most of it the files of libraries, as the page cache maps them.
MEASURED = {"seconds": 3, "cpu_seconds": 60, "memory_mb": 500}
SHOW = "from IPython.display import display\n"


def out(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def picture(png):
    return nbformat.v4.new_output("display_data", data={"image/png": png, "text/plain": "alt"})


def draw(png, more="display"):
    return f'{more}({{"image/png": "{png}", "text/plain": "alt"}}, raw=True)'


def lesson(folder, name, *cells, machine=ELSEWHERE, **course):
    """Write a lesson. cells: (source, stored output or outputs or None, tag ...)."""
    notebook = nbformat.v4.new_notebook()
    for number, (source, shown, *tags) in enumerate(cells, start=1):
        cell = nbformat.v4.new_code_cell(source, execution_count=number, metadata={"tags": tags})
        cell.outputs = shown if isinstance(shown, list) else [shown] if shown else []
        notebook.cells.append(cell)
    notebook.metadata.course = {**MEASURED, "machine": machine, **course}
    nbformat.write(notebook, folder / f"{name}.ipynb")


FAT = "x = bytearray(900_000_000)\nx[::4096] = b'1' * len(x[::4096])"
REDRAWN = f"""{SHOW}import sys
handle = {draw("b2xk")[:-1]}, display_id=True)
print("first", end=" ", flush=True)
print("not kept", file=sys.stderr, flush=True)
bar = {{"application/vnd.jupyter.widget-view+json": {{"model_id": "1"}}, "text/plain": "0%"}}
display(bar, raw=True)
print("second")
{draw("bmV3", "handle.update")}"""
OFFLINE = "import sitecustomize\nassert sitecustomize.COURSE_OFFLINE"
CLAIM = """from course_utils.store import ledger
ledger.record({"key": "10-a", "lesson": "10_toy", "profile": "quick", "seed": 0, "value": 1})"""


def write_all(folder):
    add = ("print(1 + 1)", out("2\n"))
    lesson(folder, "good", (*add, "same"), ("import time; print(time.time())", out("x"), "timing"),
           (OFFLINE, None), (CLAIM, None), machine=HOME)  # fmt: skip
    lesson(folder, "stale", ("print(1 + 1)", out("3\n"), "same"), add)
    lesson(folder, "stale_at_home", ("print(1 + 1)", out("3\n")), machine=HOME)
    lesson(folder, "stale_elsewhere", ("print(1 + 1)", out("3\n")))
    lesson(folder, "picture_at_home", (SHOW + draw("bmV3"), picture("b2xk")), machine=HOME)
    lesson(folder, "picture_elsewhere", (SHOW + draw("bmV3"), picture("b2xk"), "same"))
    lesson(folder, "redrawn", (REDRAWN, [picture("bmV3"), out("first second\n")]), machine=HOME)
    lesson(folder, "raises", add, ("1 / 0", None), add, (*add, "same"))
    lesson(folder, "fat", (FAT, None))
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {FAT!r}], check=True)"
    lesson(folder, "fat_child", (child, None))
    lesson(folder, "busy", add, cpu_seconds=0.01, seconds=50)
    spin = "import time\nwhile time.process_time() < 3: pass"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {spin!r}], check=True)"
    lesson(folder, "busy_child", (child, None), cpu_seconds=0.8)
    lesson(folder, "undeclared", add)
    path = folder / "undeclared.ipynb"
    notebook = nbformat.read(path, as_version=4)
    del notebook.metadata.course["cpu_seconds"], notebook.metadata.course["machine"]
    nbformat.write(notebook, path)
    lesson(folder, "random", ("import random; print(random.random())", None))
    lesson(folder, "clock", ("import time; print(time.time_ns())", None, "timing"), add)


def run(folder, *more):
    """Run pytest on the toys; return ({(lesson, item): complaint or None}, what it printed)."""
    xml = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider"]
    command += ["--lessons", "--bits", folder / "bits", "--junitxml", xml, "-rs", *more]
    environment = os.environ | {"COURSE_BUILD": str(folder / "learner")}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(repo_root()), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = {}
    for case in ElementTree.parse(xml).iter("testcase"):
        said = [f"{x.tag}: {x.get('message', '')} {x.text or ''}" for x in case]
        said = [x for x in said if not x.startswith(("system", "propert"))]
        found[case.get("classname").split(".")[0], case.get("name")] = " ".join(said) or None
    return found, done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    write_all(folder)
    return folder


@pytest.fixture(scope="module")
def first(folder):
    return run(folder, "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder")


def complaints(found, name):
    """Return {item: complaint} of a lesson, what was only skipped left out."""
    items = {item: said for (lesson, item), said in found.items() if lesson == name}
    assert items, (name, found)
    return {k: v for k, v in items.items() if v and not v.startswith("skipped")}


@pytest.mark.parametrize(
    "name", ["good", "redrawn", "stale_elsewhere", "picture_elsewhere", "random", "clock"]
)
def test_these_pass(first, name):
    assert complaints(first[0], name) == {}


@pytest.mark.parametrize(
    ("name", "item", "words"),
    [
        ("stale", "Cell 0", "Cell outputs differ"),
        ("stale_at_home", "Cell 0", "Cell outputs differ"),
        ("picture_at_home", "Cell 0", "mismatch 'image/png'"),
        ("raises", "Cell 1", "ZeroDivisionError"),
        ("fat", "budget", r"memory_mb: 9\d\d|memory_mb: 1\d\d\d"),
        ("fat_child", "budget", "memory_mb"),
        ("busy", "budget", "cpu_seconds"),
        ("busy_child", "budget", "cpu_seconds"),
        ("undeclared", "budget", "lacks machine and cpu_seconds: run make notebooks"),
    ],
)
def test_these_fail_once_and_say_why(first, name, item, words):
    found = complaints(first[0], name)
    assert list(found) == [item]
    assert re.search(words, found[item])


def test_after_a_failing_cell_the_rest_is_skipped(first):
    rest = [first[0]["raises", item] for item in ("Cell 2", "Cell 3", "budget", "same bits")]
    assert all("a cell above failed" in said for said in rest)


def test_the_first_run_on_a_machine_says_that_it_only_stores(first):
    assert "the first run of this code on this machine" in first[1]


def test_the_learners_folder_is_untouched(first, folder):
    assert complaints(first[0], "good") == {}
    assert not (folder / "learner").exists()


def test_in_the_second_run_luck_shows_and_clocks_may_differ(first, folder):
    names = ("random", "clock", "picture_elsewhere")
    found, shown = run(folder, *(f"{name}.ipynb" for name in names))
    assert [len(complaints(found, name)) for name in names] == [1, 0, 0]
    assert "cell 0 showed something else" in complaints(found, "random")["same bits"]
    assert "the first run of this code" not in shown


def test_longest_lessons_come_first(folder):
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "--lessons", "--collect-only"]
    environment = os.environ | {"PYTHONPATH": str(repo_root())}
    names = ["good.ipynb", "busy.ipynb"]
    done = subprocess.run(
        [*command, "-q", *names], cwd=folder, env=environment, capture_output=True, text=True
    )
    found = re.findall(r"^(\w+)\.ipynb::", done.stdout, re.MULTILINE)
    assert found == sorted(found)  # busy declares more seconds than good
    assert set(found) == {"busy", "good"}
