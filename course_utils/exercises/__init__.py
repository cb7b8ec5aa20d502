"""Exercises that answer back: write a function under ``@exercise`` and a card tells how it is."""

from course_utils.exercises.desk import exercise, hint, progress, solution
from course_utils.exercises.judge import Verdict, judge
from course_utils.exercises.spec import Exercise, Mistake, Property

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
