"""The full runs of lessons 83 to 86 at middle sizes: what to change, to keep, to measure."""

from __future__ import annotations

import ast
from importlib.util import find_spec

import torch
import torch.nn.functional as F

from course_utils import data
from course_utils.cli.full.fitted import FullRun
from course_utils.data import source_files as sources
from course_utils.data.digit_images import Digits
from course_utils.data.files import DataError
from course_utils.judging.scorecard import score
from course_utils.machine import generator
from course_utils.page import cards

TRAIN_CHARS, HELD_CHARS = 60_000_000, 3_000_000  # of Python source, at most
LONGEST = 6000  # characters of a held-out file: each is priced alone, window after window
PASSES = 8  # over the source, at most
_all_source_files = sources.source_files


def digits_at_hand() -> str:
    """Where the 5,000 digits of MNIST are not installed, take scikit-learn's, enlarged.

    They are real digits of 8 x 8 pixels, so what comes out says how fast a run is and whether it
    learns; its scores compare with no other. The note returned stands in every result.
    """
    without_page()
    try:
        data.digits(28)
    except DataError as error:
        small = data.digits(8)
        data.digits = lambda size=28: _enlarged(small, size)
        return f"scikit-learn's 8 x 8 digits, enlarged, because {error}"
    return "MNIST-5k, or MNIST where torchvision has it at hand"


def _enlarged(small: Digits, size: int) -> Digits:
    def enlarge(x: torch.Tensor) -> torch.Tensor:
        return F.interpolate(x, (size, size), mode="bicubic", antialias=True).clamp(0, 1)

    return Digits(enlarge(small.x_train), small.y_train, enlarge(small.x_test), small.y_test)


def some_source() -> str:
    """Bound the Python source that is read, so that reading it takes seconds."""
    without_page()
    sources.source_files = bounded_source
    held = f"held-out files of at most {LONGEST:,} characters"
    return f"Python source found here, about {TRAIN_CHARS:,} characters at most; {held}"


def bounded_source(packages: set[str] | None = None) -> sources.SourceFiles:
    """Like source_files, of as many packages as fill the bounds; whole packages, by their hash."""
    sizes: dict[str, int] = {}
    for folder in sources.FOLDERS:
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder).parts
            if not any(map(sources.LEFT_OUT.fullmatch, parts)) and not path.is_symlink():
                name = sources.package_of("/".join(parts))
                sizes[name] = sizes.get(name, 0) + path.stat().st_size
    room = [HELD_CHARS, HELD_CHARS, TRAIN_CHARS]
    chosen = set()
    for name in sorted(sizes, key=_order):
        part = min(sources._tenth(name), 2)
        if room[part] > 0 and sizes[name] <= 2 * room[part]:
            room[part] -= sizes[name]
            chosen.add(name)
    found = _all_source_files(chosen if packages is None else chosen & packages)
    short = [tuple(t for t in texts if len(t) <= LONGEST) for texts in (found.watch, found.test)]
    return sources.SourceFiles(found.train, *short, found.refused)


def _order(name: str) -> int:
    """A number of a package's name, the same on every machine."""
    return generator(0, name).initial_seed()


def without_page() -> None:
    """Let the exercises' cards print their text where IPython is not installed."""
    if find_spec("IPython") is None:
        cards.show_bundle = lambda page, text: print(text)


def last(history: list[dict], key: str) -> dict:
    """The last row of a history that holds a number."""
    return [row for row in history if key in row][-1]


def gan_final(page: dict, made: tuple, rehearse: bool) -> dict:
    """What the lesson's last look at the averaged weights measured."""
    row = last(made[-1], "floors")
    return {key: value for key, value in row.items() if key != "step"}


def vae_final(page: dict, made: tuple, rehearse: bool) -> dict:
    """Minus the ELBO of the test digits."""
    return {"test_nats": last(made[-1], "test_nats")["test_nats"]}


def diffusion_final(page: dict, made: tuple, rehearse: bool) -> dict:
    """The held-out errors, and how near digits drawn with the long average lie to real ones."""
    _, net, averages, history = made
    labels = torch.arange(10).repeat(5 if rehearse else 100)
    with averages["long"].applied():
        drawn = page["draw"](net, labels, generator(page["seed"], "final"))
    drawn = F.interpolate(drawn, (16, 16), mode="bilinear", antialias=True).clamp(0, 1)
    ours = score("long average", drawn, data.digits(16))
    row = last(history, "held_long")
    held = {key: value for key, value in row.items() if key.startswith("held_")}
    return held | {"floors": ours.floors, "n_drawn": len(drawn)}


def gpt_final(page: dict, made: tuple, rehearse: bool) -> dict:
    """The price of unseen files, and how many of the functions it writes Python can read."""
    net = made[1].eval()
    n_test = min(10 if rehearse else 100, len(page["ids"]["test"]))
    n_written = 10 if rehearse else 100
    bits = page["price"](net, "test", n_test)
    texts = page["write"](net, n_written, generator(page["seed"], "written"))
    row = {"test_bits_per_char": bits.mean().item(), "n_test": n_test, "n_written": n_written}
    row["watch_bits"] = last(made[-1], "watch_bits")["watch_bits"]
    return row | {"share_that_parses": sum(map(parses, texts)) / n_written}


def parses(text: str) -> bool:
    """Whether a text is exactly one Python function."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.FunctionDef)


def passes(page: dict) -> int:
    """Updates in PASSES passes over the rows."""
    return max(100, PASSES * len(page["rows"]) // page["config"].batch_size)


TENTHS = (1, *range(10, 101, 10))
FEW = (1, 10, 50, 100)
RUNS = {
    "gan": FullRun(
        lesson="83",
        unit="pictures",
        wanted=(),
        sizes={},
        marks=TENTHS,
        how=lambda page: {"watched": True},
        weights=lambda made: made[1]["ema"].state,
        final=gan_final,
        prepare=digits_at_hand,
    ),
    "vae": FullRun(
        lesson="84",
        unit="pictures",
        wanted=(),
        sizes={},
        marks=TENTHS,
        how=lambda page: {},
        weights=lambda made: made[1].state_dict(),
        final=vae_final,
        prepare=digits_at_hand,
    ),
    "diffusion": FullRun(
        lesson="85",
        unit="pictures",
        wanted=("draw",),
        sizes={},
        marks=FEW,
        how=lambda page: {"look": page["look"]},
        weights=lambda made: made[2]["long"].state,
        final=diffusion_final,
        prepare=digits_at_hand,
    ),
    "gpt": FullRun(
        lesson="86",
        unit="windows",
        wanted=("price", "write", "rows", "ids"),
        sizes={"n_layer": 6, "n_head": 5, "d_model": 320},  # 10 million weights
        marks=FEW,
        how=lambda page: {"look": page["look"]},
        weights=lambda made: made[1].state_dict(),
        final=gpt_final,
        prepare=some_source,
        most=passes,
    ),
}
