"""What an exercise is: a reference, cases to try, properties, and the mistakes people make."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import torch


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, recognised by its numbers on the cases.

    name: short noun phrase ("swapped arguments"); answer: the wrong function, same arguments as
    the reference; why: one or two sentences to the student; see: where the lesson explains it.
    """

    name: str
    answer: Callable
    why: str
    see: str = ""


@dataclass(frozen=True)
class Property:
    """Something every right answer satisfies, said in words.

    check(f, rng) returns None if it holds for the function f, else one sentence with the numbers.
    """

    name: str
    check: Callable[[Callable, torch.Generator], str | None]


@dataclass(frozen=True)
class Exercise:
    """One exercise. Its name is the reference's name without the suffix ``_reference``.

    cases(rng) makes tuples of positional arguments from a torch.Generator, small ones first (they
    are quoted on the card). tol is relative and absolute. time_limit: seconds per call.
    """

    lesson: str
    difficulty: int  # 1 (a line) .. 5 (a puzzle)
    minutes: int
    reference: Callable
    cases: Callable[[torch.Generator], list[tuple]]
    mistakes: list[Mistake]
    hints: list[str]
    properties: list[Property] = field(default_factory=list)
    tol: float = 1e-6
    time_limit: float = 3.0

    def __post_init__(self) -> None:
        if not 1 <= self.difficulty <= 5:
            raise ValueError(f"{self.name}: difficulty is 1..5, got {self.difficulty}")
        if len(self.mistakes) < 3:
            raise ValueError(f"{self.name}: name at least 3 mistakes, got {len(self.mistakes)}")
        if not self.hints:
            raise ValueError(f"{self.name}: give at least one hint")

    @property
    def name(self) -> str:
        """The name of the function a student writes."""
        return self.reference.__name__.removesuffix("_reference")

    @property
    def parameters(self) -> list[str]:
        """The names of the arguments, in order."""
        return list(inspect.signature(self.reference).parameters)

    def make_cases(self) -> list[tuple]:
        """Return fresh cases, the same ones every time."""
        return self.cases(torch.Generator().manual_seed(0))
