"""A lesson as pytest sees it: its cells, each executed once, and the promises asked of that run."""

import hashlib
import json
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from course_utils import notebooks as nb
from course_utils.cli.environment import stored_environment
from course_utils.machine import build_folder, fingerprint

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ("image/png", "image/jpeg")

# How many times what the lesson declares it may use. Shared machines (rented ones, laptops that
# grow hot) change their speed threefold within a day, and a core shared with the lesson beside it
# loses a third: a smaller factor would blame the lesson for the machine. Memory does not depend on
# speed, but on what the system rounds up: one and the same lesson took 750 MB or 1,138, another
# 1,190 or 1,899, the more with huge pages.
MOST = {"cpu_seconds": 4.0, "memory_mb": 1.7}

# Memory is that of the largest process. A child begins with its parent's peak on its record, so the
# two cannot be added, and children that run side by side share most of what they hold: ``make
# notebooks``, which watches the whole tree, declares what they need together.
SPENT = """
import contextlib, json, sys
import psutil

times, peaks, this = [], [], psutil.Process()
for child in this.children(recursive=True):  # still at work
    with contextlib.suppress(psutil.Error):
        times += child.cpu_times()[:4]
        peaks += [child.memory_info().rss]
try:
    import resource
except ImportError:  # Windows
    times += this.cpu_times()[:2]
    peaks += [this.memory_info().peak_wset]
else:
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):  # the latter: ended ones
        used = resource.getrusage(who)
        times += [used.ru_utime, used.ru_stime]
        peaks += [used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)]
print(json.dumps({"cpu_seconds": sum(times), "memory_mb": max(peaks) / 1e6}))
"""


class Lesson(IPyNbFile):
    """nbval's notebook, and after its cells what is asked of the run as a whole."""

    def collect(self):
        self.cells, self.broken, self.displays = [], False, {}
        self.add_marker("notebooks")
        self.add_marker("slow")
        for item in super().collect():
            names = ("name", "cell_num", "cell", "options")
            self.cells.append(Cell.from_parent(self, **{k: getattr(item, k) for k in names}))
        self.seconds = self.course.get("seconds", 0)
        yield from self.cells
        yield Promise.from_parent(self, name="budget", ask=budget)
        yield Promise.from_parent(self, name="same bits", ask=same_bits)

    @property
    def course(self) -> dict:
        return self.nb.metadata.get("course", {})

    @property
    def at_home(self) -> bool:
        """Whether the stored outputs come from a machine like this one."""
        return self.course.get("machine") == here()

    def setup(self):
        """Start the kernel in the surroundings in which ``make notebooks`` stores outputs."""
        self.skip_compare = tuple(x for x in (*self.skip_compare, "stderr") if x not in PICTURES)
        if not self.at_home:  # fonts and compression differ from system to system
            self.skip_compare += PICTURES
        with pytest.MonkeyPatch.context() as patch:
            for name, value in stored_environment(build_folder()).items():
                patch.setenv(name, value)
            super().setup()

    def get_kernel_message(self, timeout=None, stream="iopub"):
        """Let a picture that is drawn again replace the first, as in a stored notebook."""
        message = super().get_kernel_message(timeout, stream)
        content = message["content"]
        name = content.get("transient", {}).get("display_id")
        if message["msg_type"] == "display_data" and name:
            content["data"] = self.displays[name] = nbformat.from_dict(content["data"])
        elif message["msg_type"] == "update_display_data":
            if name in self.displays:
                self.displays[name].clear()
                self.displays[name].update(content["data"])
            return self.get_kernel_message(timeout, stream)
        return message

    def ask_kernel(self, code: str) -> str:
        """Run code in the lesson's kernel and return what it prints."""
        options = dict.fromkeys(("skip", "check", "check_exception"), False)
        cell = nbformat.v4.new_code_cell(code)
        item = IPyNbCell.from_parent(self, name="ask", cell_num=-1, cell=cell, options=options)
        item.runtest()
        return item.test_outputs[0]["text"]


class Cell(IPyNbCell):
    """A cell that runs, and shows what is stored where that is promised."""

    @property
    def timing(self) -> bool:
        return "timing" in nb.tags(self.cell)

    def runtest(self):
        same = "same" in nb.tags(self.cell)
        self.options["check"] = same or (self.parent.at_home and not self.timing)
        super().runtest()

    def compare_outputs(self, test, ref, skip_compare=None):
        return super().compare_outputs(static(test), static(ref), skip_compare)


class Promise(pytest.Item):
    """One question to a lesson that ran; ``ask(lesson)`` returns a complaint or None."""

    def __init__(self, *, ask, **more):
        super().__init__(**more)
        self.ask = ask

    def runtest(self):
        if complaint := self.ask(self.parent):
            pytest.fail(complaint, pytrace=False)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}::{self.name}"


@cache
def here() -> str:
    return fingerprint()


@cache
def package() -> str:
    """Hash of what lessons use of this copy of the course: another one may show something else."""
    found = hashlib.sha256()
    for folder, ends in (("course_utils", (".py",)), ("data", (".json", ".toml", ".safetensors"))):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in ends and "checkpoints" not in path.parts:
                found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def budget(lesson: Lesson) -> str | None:
    missing = [name for name in ("machine", *MOST) if name not in lesson.course]
    if missing:
        return f"its metadata lacks {' and '.join(missing)}: run make notebooks"
    spent = json.loads(lesson.ask_kernel(SPENT))
    for name, times in MOST.items():
        declared = lesson.course[name]
        if spent[name] > times * declared:
            return (
                f"{name}: {spent[name]:.0f}, declared {declared} and allowed {times:g} times that: "
                "make the lesson smaller, or measure it again with make notebooks"
            )
    return None


def same_bits(lesson: Lesson) -> str | None:
    """Compare with the run before, where the stored outputs come from another machine."""
    if lesson.at_home:
        return None  # every cell was compared with the stored run
    if any(cell.test_outputs is None for cell in lesson.cells):
        pytest.skip("not every cell was run")
    code = hashlib.sha256("\n".join(cell.cell.source for cell in lesson.cells).encode())
    key = f"{here()} · package {package()} · code {code.hexdigest()[:16]}"
    shown = {str(k): digest(cell) for k, cell in enumerate(lesson.cells) if not cell.timing}
    path = lesson.config.option.bits / f"{lesson.path.stem}.json"
    before = json.loads(path.read_text("utf8")) if path.exists() else {}
    if key not in before:
        machines = {k: v for k, v in before.items() if not k.startswith(f"{here()} · package")}
        nb.write(path, machines | {key: shown})
        pytest.skip("the first run of this code on this machine: stored, the next is compared")
    for k, bits in shown.items():
        if before[key].get(k, bits) != bits:
            return (
                f"cell {k} showed something else in an earlier run on this machine: give it a "
                f"seed, or the tag 'timing' if it shows a clock's numbers (to begin anew, delete "
                f"{path}):\n{lesson.cells[int(k)].cell.source}"
            )
    return None


def static(outputs: list[dict]) -> list[dict]:
    """Return what a stored notebook keeps and a reader sees: no live widgets, no stderr."""
    kept = []
    for output in outputs:
        data = output.get("data", {})
        still = {kind: value for kind, value in data.items() if kind != nb.WIDGET}
        bar = nb.WIDGET in data and set(still) <= {"text/plain"}
        if output.get("name") != "stderr" and not bar:
            kept.append(nbformat.from_dict(output | ({"data": still} if data else {})))
    return kept


def digest(cell: Cell) -> str:
    kinds = ("text", "data", "evalue")
    seen = [[out.get(kind) for kind in kinds] for out in static(cell.test_outputs)]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]
