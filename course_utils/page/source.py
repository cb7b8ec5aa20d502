"""Show the source of what a lesson imports: nothing is hidden, nothing is pasted twice."""

import inspect
import textwrap


def source_of(obj) -> str:
    """Return the dedented source of a function, class or module.

    Raises TypeError for objects that were not written in Python (built-ins, numbers, ...).
    """
    obj = inspect.unwrap(obj) if callable(obj) else obj
    if not (inspect.isroutine(obj) or inspect.isclass(obj) or inspect.ismodule(obj)):
        obj = type(obj)
    try:
        return textwrap.dedent(inspect.getsource(obj)).rstrip() + "\n"
    except (OSError, TypeError) as error:
        name = getattr(obj, "__qualname__", repr(obj))
        raise TypeError(
            f"there is no Python source to show for {name}: pass a function, class or module"
        ) from error


def show(obj) -> None:
    """Display the source of a function, class or module, highlighted where HTML is shown."""
    from IPython.display import Code, display

    display(Code(source_of(obj), language="python"))
