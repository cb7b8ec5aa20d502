"""What an exercise is: a module with a reference, cases, properties and the mistakes people make.

The module ``checks/<lesson>/<name>.py`` holds ABOUT, HINTS, a function ``<name>`` (the reference),
``cases(rng)``, perhaps ``hard_cases(rng)``, ``class Properties`` and ``class Mistakes``. The
functions of these two are named by what they say; a mistake's docstring is the sentence that the
student reads. :func:`declared` reads such a module.
"""

import inspect
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor

from course_utils.exercises import compare


@dataclass(frozen=True)
class About:
    """Where an exercise belongs, how hard it is, and what is asked of it beside its values."""

    difficulty: int  # 1 (a line) .. 5 (a puzzle)
    minutes: int
    see: str = ""  # where the lesson explains it: "31, step 5"
    tol: float = 1e-6  # relative and absolute, for float64; float32 answers get more room
    time_limit: float = 3.0  # s a call
    gradient: bool = True  # False: the lesson trains nothing through it
    float32: bool = True  # False: the cases are not tried again in float32

    def __post_init__(self) -> None:
        if not 1 <= self.difficulty <= 5:
            raise ValueError(f"difficulty is 1..5, got {self.difficulty}")


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, recognised by its numbers on the cases."""

    name: str
    answer: Callable
    why: str
    see: str = ""


@dataclass(frozen=True)
class Property:
    """Something every right answer satisfies; ``check(f, rng)`` raises :class:`Fails` if not."""

    name: str
    check: Callable[[Callable, torch.Generator], None]


@dataclass(frozen=True)
class Exercise:
    """One exercise as the judge wants it; made by :func:`declared`."""

    name: str
    lesson: str  # the folder of its module: "information_and_kl"
    about: About
    reference: Callable
    cases: Callable[[torch.Generator], Iterable[tuple]]
    hard_cases: Callable[[torch.Generator], Iterable[tuple]] | None
    properties: tuple[Property, ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]

    @property
    def parameters(self) -> list[str]:
        """The names of the arguments, in order."""
        return list(inspect.signature(self.reference).parameters)

    def make_cases(self, seed: int = 0) -> list[tuple]:
        """Return the cases of a seed, small ones first; fresh objects every time."""
        return list(self.cases(torch.Generator().manual_seed(seed)))

    def make_hard_cases(self, seed: int = 0) -> list[tuple]:
        """Return cases of the lesson's own size and dtype, and extremes; perhaps none."""
        made = self.hard_cases(torch.Generator().manual_seed(seed)) if self.hard_cases else []
        return list(made)


class Fails(AssertionError):
    """A property does not hold; the sentence says so with the numbers."""


def expect(holds: bool, sentence: str) -> None:
    """Raise :class:`Fails` with this sentence unless it holds."""
    if not holds:
        raise Fails(sentence)


def close(got, right, sentence: str, tol: float | None = None) -> None:
    """Raise :class:`Fails` unless got = right, within the exercise's own tolerance.

    got, right: numbers or tensors that broadcast. sentence may hold {got}, {right} and {gap}: the
    numbers of the worst pair, written so that they differ where the values do. tol: another
    tolerance, relative and absolute, for what is only true on average.
    """
    room = compare.room(got, compare.TOLERANCE.get() if tol is None else tol)
    a = torch.as_tensor(got).detach().double()
    b = torch.as_tensor(right).detach().double()
    a, b = torch.broadcast_tensors(a, b)
    gap = torch.where(a == b, 0.0, (a - b).abs())
    worst = (gap / (1 + b.abs())).nan_to_num(nan=math.inf, posinf=math.inf).flatten()
    if worst.numel() and worst.max() > room:
        k = int(worst.argmax())
        mine, theirs = compare.apart(a.flatten()[k].item(), b.flatten()[k].item())
        raise Fails(sentence.format(got=mine, right=theirs, gap=f"{gap.flatten()[k].item():.2g}"))


def named(name: str, *, see: str = "") -> Callable:
    """Give a mistake or property a name that is no identifier, or another place to read on."""

    def mark(function: Callable) -> Callable:
        function.called, function.see = name, see
        return function

    return mark


def d(*values) -> Tensor:
    """A float64 tensor of these values."""
    return torch.tensor(values, dtype=torch.double)


def normal(rng: torch.Generator, *shape: int) -> Tensor:
    """Standard normal float64 numbers."""
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def uniform(rng: torch.Generator, *shape: int) -> Tensor:
    """Float64 numbers between 0 and 1."""
    return torch.rand(*shape, generator=rng, dtype=torch.double)


def simplex(rng: torch.Generator, *shape: int) -> Tensor:
    """Probabilities, float64: the last dimension sums to 1."""
    return normal(rng, *shape).softmax(-1)


def sizes(n: int) -> list[tuple[int, ...]]:
    """Four sets of n sizes in which no two are equal, so that no shape is square by accident.

    The first is small enough for a card; the second has a batch of 1 (the first size); in the
    third the sizes fall, in the fourth they grow, for answers that mix up two dimensions.
    """
    primes = (2, 3, 5, 7, 11, 13)[:n]
    return [
        (3, 2, 4, 5, 6, 7)[:n],
        (1, *primes[: n - 1]),
        tuple(reversed(primes)),
        tuple(p + 1 for p in primes),
    ]


def declared(module: ModuleType) -> Exercise:
    """Read a module that declares an exercise; ValueError names what it lacks."""
    folder, name = module.__name__.split(".")[-2:]
    missing = [k for k in ("ABOUT", "HINTS", name, "cases", "Mistakes") if not hasattr(module, k)]
    if missing:
        raise ValueError(f"the exercise {name} lacks {', '.join(missing)}")
    about = module.ABOUT
    mistakes = tuple(
        Mistake(
            name_of(f),
            f,
            " ".join((inspect.getdoc(f) or "").split()),
            getattr(f, "see", "") or about.see,
        )
        for f in functions(module.Mistakes)
    )
    if len(mistakes) < 3:
        raise ValueError(f"{name}: name at least 3 mistakes, got {len(mistakes)}")
    properties = tuple(
        Property(name_of(f), f) for f in functions(getattr(module, "Properties", object))
    )
    return Exercise(
        name=name,
        lesson=folder,
        about=about,
        reference=getattr(module, name),
        cases=module.cases,
        hard_cases=getattr(module, "hard_cases", None),
        properties=properties,
        mistakes=mistakes,
        hints=tuple(module.HINTS),
    )


def functions(namespace: type) -> list[Callable]:
    """The functions of a class used as a namespace, in order."""
    return [f for f in vars(namespace).values() if inspect.isfunction(f)]


def name_of(function: Callable) -> str:
    """The name given by :func:`named`, else the function's own in words."""
    return getattr(function, "called", "") or function.__name__.replace("_", " ")
