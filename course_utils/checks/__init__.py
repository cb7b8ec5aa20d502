"""Every exercise of the course, declared once: reference, cases, properties, known mistakes.

One module a part; a new module in this folder is found by itself.
"""

import importlib
import pkgutil
from functools import cache


@cache
def all_exercises() -> dict:
    """Return every declared exercise by name, in the order of the modules and their lines.

    Raises ValueError if two exercises share a name: a stub is matched to its check by name.
    """
    from course_utils.exercises import Exercise

    found: dict = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for value in vars(module).values():
            if isinstance(value, Exercise) and found.setdefault(value.name, value) is not value:
                raise ValueError(f"two exercises are called {value.name!r}; rename one")
    return found
