"""One page design for results: samples of digits, judged the same way in every lesson.

The reference is always the 1,000 held-out digits, so copying the training set is not rewarded; the
floor is what as many training digits would score. Figures compare only within this course.
"""

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from course_utils import judging
from course_utils.data import Digits
from course_utils.judging.reader import Judge, load_judge
from course_utils.page.cards import show_bundle

ABSENT = "–"  # in the place of what nobody measured
CONFIDENT = 0.8  # the judge's probability from which a sample counts as read


@dataclass(frozen=True)
class Score:
    """What a set of samples is worth; made by :func:`score`."""

    name: str
    n: int  # samples judged
    fid: float  # classifier-FID against the held-out digits
    floor: float  # the same for as many training digits
    precision: float  # share of samples near held-out digits (k = 3)
    recall: float  # share of held-out digits near samples (k = 3)
    coverage: float  # share of held-out digits with a sample in their ball (k = 5)
    confident: float  # share the judge reads with a probability above 0.8
    nearer: float  # P(a sample is nearer to the training set than a held-out digit); 0.5 = natural
    train_seconds: float | None = None
    samples_per_second: float | None = None
    n_weights: int | None = None

    @property
    def floors(self) -> float:
        """How many times the floor the classifier-FID is."""
        return self.fid / self.floor

    def as_dict(self) -> dict:
        """Return plain values, for the ledger and for files."""
        return asdict(self)


def score(
    name: str,
    samples: Tensor,
    data: Digits,
    *,
    judge: Judge | None = None,
    train_seconds: float | None = None,
    samples_per_second: float | None = None,
    n_weights: int | None = None,
) -> Score:
    """Judge samples of digits. samples: (N, 1, S, S) in [0, 1], N >= 20; best N = 1,000.

    data: the digits of the same size; at most as many training and held-out digits as there are
    samples take part, since the Frechet distance depends on the count. judge: by default the stored
    one of that size. Raises ValueError for unusable samples (clamp them to [0, 1] first).
    """
    judge = judge or load_judge(data.size)
    n = min(len(samples), len(data.x_test))
    fake, real, train = (judge.features(x[:n]) for x in (samples, data.x_test, data.x_train))
    precision, recall = judging.precision_recall(real, fake)
    return Score(
        name=name,
        n=n,
        fid=judging.frechet_distance(fake, real),
        floor=judging.frechet_distance(train, real),
        precision=precision,
        recall=recall,
        coverage=judging.density_coverage(real, fake)[1],
        confident=(judge.probs(samples[:n]).amax(1) > CONFIDENT).double().mean().item(),
        nearer=judging.memorisation_test(samples[:n], data.x_train, data.x_test).nearer,
        train_seconds=train_seconds,
        samples_per_second=samples_per_second,
        n_weights=n_weights,
    )


def real_digits(data: Digits, *, judge: Judge | None = None) -> Score:
    """Return the score of training digits themselves: the row every table begins with."""
    return score("training digits", data.x_train[torch.arange(len(data.x_test))], data, judge=judge)


COLUMNS = (
    ("samples of", lambda s: s.name),
    ("classifier-FID", lambda s: f"{s.fid:.1f}"),
    ("floors", lambda s: f"{s.floors:.1f}"),
    ("precision", lambda s: f"{s.precision:.2f}"),
    ("recall", lambda s: f"{s.recall:.2f}"),
    ("coverage", lambda s: f"{s.coverage:.2f}"),
    ("read > 0.8", lambda s: f"{s.confident:.0%}"),
    ("nearer to train", lambda s: f"{s.nearer:.2f}"),
    ("trained, s", lambda s: _maybe(s.train_seconds, "{:.0f}")),
    ("samples/s", lambda s: _maybe(s.samples_per_second, "{:,.0f}")),
    ("weights", lambda s: _maybe(s.n_weights, "{:,}")),
)


def _maybe(value: float | None, form: str) -> str:
    return ABSENT if value is None else form.format(value)


def show_scores(scores: Sequence[Score], *, costs: bool = True) -> None:
    """Show scores as one table, a row a model. Raises ValueError for an empty list.

    costs: also show seconds, speed and weights, which not every comparison measures. A column that
    no score fills is left out.
    """
    if not scores:
        raise ValueError("there is no score to show: make one with score(name, samples, data)")
    columns = COLUMNS if costs else COLUMNS[:-3]
    measured = [c for c in columns if any(c[1](s) != ABSENT for s in scores)]
    titles = [title for title, _cell in measured]
    rows = [[cell(s) for _title, cell in measured] for s in scores]
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    lines = []
    for first, *rest in (titles, *rows):
        cells = [c.rjust(w) for c, w in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    note = f"{scores[0].n} samples against {scores[0].n} held-out digits; floor = training digits"
    head = "".join(f"<th>{html.escape(t)}</th>" for t in titles)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows
    )
    page = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><small>{note}</small>"
    )
    show_bundle(page, "\n".join([*lines, note]))
