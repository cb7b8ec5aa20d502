"""The course's helper package: the chores, so that the ideas stay in sight.

Importing it does nothing: no seeds, downloads, prints, device choice. The names a lesson uses
are looked up on first use, so that ``import course_utils.maths.prob`` does not load the rest.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "start": "lesson",
    "agree": "maths.checking",
    "Disagreement": "maths.checking",
    "std_error": "maths.checking",
    "interval": "maths.checking",
    "wilson": "maths.checking",
    "exercise": "exercises",
    "hint": "exercises",
    "solution": "exercises",
    "progress": "exercises",
    "show": "page.source",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    """Import the home of ``name`` when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"course_utils has no {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
