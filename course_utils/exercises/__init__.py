"""Exercises that answer back: write a function under ``@exercise`` and a card tells how it is."""

from course_utils.exercises.desk import exercise, hint, progress, solution
from course_utils.exercises.spec import Exercise, Mistake, Property
from course_utils.exercises.verdict import Verdict, judge

__all__ = [
    "Exercise",
    "Mistake",
    "Property",
    "Verdict",
    "exercise",
    "hint",
    "judge",
    "progress",
    "solution",
]
