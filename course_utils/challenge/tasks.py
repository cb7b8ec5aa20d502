"""The three tasks: what an entry is given, what it must return, and what that is worth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from course_utils import data, judging
from course_utils.judging.scorecard import score
from course_utils.machine import generator
from course_utils.models.ngram import PRINTABLE

SIZE, SAMPLES = 16, 1000  # pixels along one side; samples that are judged
SYMBOLS = len(PRINTABLE) + 1  # and the end of a function
FUNCTIONS = 400  # held-out functions that are priced
COPIES = 0.02  # the share of samples that may lie nearer to a digit than any fresh digit does
SURELY, PREFERRED = 0.65, 0.15  # nearer to known digits than fresh ones are, and to one side more


class EntryError(RuntimeError):
    """An entry cannot be judged, or broke a rule; the message is one sentence."""


@dataclass(frozen=True)
class Task:
    """One of the challenges. better is lower in all of them."""

    name: str
    figure: str  # what is compared
    unit: str
    answers: str  # the function beside ``train`` that an entry must have
    given: Callable[[], dict[str, Any]]  # what train finds in ``data``
    asked: Callable[[int], dict[str, Any]]  # what the second function is called with
    judge: Callable[[Any, dict[str, Any]], dict[str, float]]  # (answer, asked) -> figures


def tasks() -> dict[str, Task]:
    """Return all tasks by name."""
    fid, bits = "classifier-FID of 1,000 samples", "bits a character of held-out functions"
    parts = "sample", _digits, _unlabelled, _judge_digits
    found = (
        Task("digits", fid, "floors", *parts),
        Task("labelled digits", fid, "floors", "sample", _digits, _labelled, _judge_digits),
        Task("code", bits, "bits", "predict", _code, _texts, _judge_code),
    )
    return {task.name: task for task in found}


# -- digits ----------------------------------------------------------------------------------------


def _digits() -> dict[str, Any]:
    """4,000 digits, (4000, 1, 16, 16) in [0, 1], and their labels (4000,)."""
    digits = data.digits(SIZE)
    return {"x": digits.x_train, "y": digits.y_train}


def _unlabelled(seed: int) -> dict[str, Any]:
    return {"n": SAMPLES, "labels": None, "seed": seed}


def _labelled(seed: int) -> dict[str, Any]:
    labels = torch.arange(SAMPLES) % 10
    order = torch.randperm(SAMPLES, generator=generator(seed, "labels"))
    return {"n": SAMPLES, "labels": labels[order], "seed": seed}


def _judge_digits(samples: Any, asked: dict[str, Any]) -> dict[str, float]:
    """Score samples against held-out digits; raise EntryError for unusable or copied ones."""
    samples = _pictures(samples, asked["n"])
    digits, judge = data.digits(SIZE), judging.reader.load_judge(SIZE)
    found = score("entry", samples, digits, judge=judge)
    _refuse_copies(samples, digits)
    figures = {
        "figure": found.floors,
        "precision": found.precision,
        "recall": found.recall,
        "coverage": found.coverage,
        "nearer": found.nearer,
    }
    if asked["labels"] is not None:
        read = judge.probs(samples).argmax(1)
        figures["read_as_asked"] = (read == asked["labels"]).double().mean().item()
    return figures


def _pictures(samples: Any, n: int) -> torch.Tensor:
    if not isinstance(samples, torch.Tensor) or samples.shape != (n, 1, SIZE, SIZE):
        shape = tuple(getattr(samples, "shape", ())) or type(samples).__name__
        raise EntryError(f"sample must return a tensor ({n}, 1, {SIZE}, {SIZE}), got {shape}")
    samples = samples.detach().cpu().float()
    if not samples.isfinite().all():
        raise EntryError("some pixels of the samples are NaN or infinite")
    if samples.min() < 0 or samples.max() > 1:
        low, high = samples.min().item(), samples.max().item()
        raise EntryError(f"pixels go from {low:.2f} to {high:.2f}: clamp them to [0, 1]")
    return samples


def _refuse_copies(samples: torch.Tensor, digits: data.Digits) -> None:
    """Refuse samples that lie nearer to known digits than fresh digits do (lesson 16).

    Blurred samples lie near to all digits, known or not; only a copy prefers one side.
    """
    train, test = digits.x_train, digits.x_test
    found = {
        "training": judging.memorisation_test(samples, train, test),
        "held-out": judging.memorisation_test(samples, test, train[:SAMPLES]),
    }
    least = min(side.nearer for side in found.values())
    for name, side in found.items():
        share = side.n_copies / len(samples)
        if share > COPIES or side.nearer > max(SURELY, least + PREFERRED):
            raise EntryError(
                f"copies: {share:.0%} of the samples lie nearer to a {name} digit than any fresh "
                f"digit does, and a sample is nearer than a fresh digit in {side.nearer:.0%} of "
                "all comparisons (about 50% are natural)"
            )


# -- code ------------------------------------------------------------------------------------------


def _code() -> dict[str, Any]:
    """Some 9,000 functions as strings, and the symbols in the order of a prediction's columns."""
    return {"texts": data.python_functions().train, "symbols": PRINTABLE}


def _texts(seed: int) -> dict[str, Any]:
    """The same held-out functions every time: the seed is the training's."""
    return {"texts": data.python_functions().held_out[:FUNCTIONS]}


def _judge_code(answer: Any, asked: dict[str, Any]) -> dict[str, float]:
    """Price functions by their predictions; raise EntryError where a row is no distribution."""
    texts = asked["texts"]
    if not isinstance(answer, list) or len(answer) != len(texts):
        raise EntryError(f"predict must return a list of {len(texts)} arrays, one a text")
    nats = symbols = 0
    for text, rows in zip(texts, answer, strict=True):
        rows = distributions(rows, len(text))
        ids = [*map(PRINTABLE.index, text), SYMBOLS - 1]
        nats -= rows[np.arange(len(ids)), ids].sum()
        symbols += len(ids)
    return {"figure": float(nats / symbols / math.log(2))}


def distributions(rows: Any, n: int) -> np.ndarray:
    """Return the log-probabilities (n + 1, 97) of one text; EntryError if they are none."""
    if isinstance(rows, torch.Tensor):
        rows = rows.detach().cpu().numpy()
    rows = np.asarray(rows, dtype=np.float64)
    if rows.shape != (n + 1, SYMBOLS):
        raise EntryError(
            f"a text of {n} characters needs log-probabilities ({n + 1}, {SYMBOLS}): a row before "
            f"each character and one before the end; got {rows.shape}"
        )
    sums = np.exp(rows).sum(1)
    if not np.allclose(sums, 1, atol=1e-3):
        worst = sums[np.abs(sums - 1).argmax()]
        raise EntryError(f"a row of probabilities sums to {worst:.4f}, not to 1")
    return rows
