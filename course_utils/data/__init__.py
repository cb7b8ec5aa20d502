"""Data that arrives with installed packages or with Python, split once and for all."""

from course_utils.data.code import Functions, python_functions
from course_utils.data.digit_images import Digits, digits
from course_utils.data.files import DataError, check, datasets, locate
from course_utils.data.icons import Icons, icons
from course_utils.data.text import Prose, python_topics

__all__ = [
    "DataError",
    "Digits",
    "Functions",
    "Icons",
    "Prose",
    "check",
    "datasets",
    "digits",
    "icons",
    "locate",
    "python_functions",
    "python_topics",
]
