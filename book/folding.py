"""Which cells only draw: the book folds their code, for the picture is what a reader wants to see.

The rule, read from the code alone. A cell only draws if it draws something, is longer than a few
lines, leaves nothing behind that a later cell uses, and every statement of it is one of these:

- a call of matplotlib, of an object that matplotlib made, or of the course's drawing helpers;
- an assignment of what such a call returns, or of something light: a range of x values, pictures
  put side by side, a mean;
- a loop, a branch or a function whose own statements all are.

A call of anything else, even inside an argument, may be the very thing the lesson is about (a
sample that is drawn, a loss that is evaluated): such a cell stays open.
"""

import ast

from course_utils import notebooks as nb

FEWEST_LINES = 4  # a shorter cell is read at a glance
DRAWING = {"plt", "display_figure", "image_grid", "explorer", "gridspec"}  # calls that begin so
LIGHT = {  # calls that arrange or average what is there: names of functions, and of methods
    *("range", "len", "zip", "enumerate", "list", "tuple", "dict", "sorted", "reversed", "min"),
    *("max", "str", "int", "float", "round", "sum", "map", "abs"),
    *("linspace", "arange", "tolist", "numpy", "item", "detach", "cpu", "flatten", "reshape"),
    *("view", "squeeze", "unsqueeze", "items", "keys", "values", "replace", "format", "join"),
    *("cat", "stack", "clamp", "expand", "unflatten", "argsort", "sort", "index", "append", "mean"),
    *("tensor", "double", "amax", "repeat_interleave", "ones", "zeros", "meshgrid"),
    *("ravel", "transpose", "permute", "split", "partition", "removeprefix", "removesuffix"),
}
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


def fold(notebook) -> int:
    """Tag the cells that only draw with hide-input; returns how many were tagged."""
    folded = 0
    cells = nb.code_cells(notebook)
    later = [_loaded(nb.source(cell)) for cell in cells]
    for number, cell in enumerate(cells):
        if HIDDEN & set(nb.tags(cell)) or "parameters" in nb.tags(cell):
            continue
        if only_draws(nb.source(cell), set().union(*later[number + 1 :])):
            cell["metadata"]["tags"] = [*nb.tags(cell), "hide-input"]
            folded += 1
    return folded


def only_draws(source: str, used_later: set[str] | frozenset[str] = frozenset()) -> bool:
    """Whether a cell does nothing but draw. used_later: names that later cells read.

    >>> only_draws("fig, ax = plt.subplots()\\nax.plot(x, y)\\nax.set(xlabel='x')\\nplt.show()")
    True
    >>> only_draws("fig, ax = plt.subplots()\\nax.plot(x, model(x))\\nax.grid()\\nplt.show()")
    False
    """
    if len([line for line in source.splitlines() if line.strip()]) < FEWEST_LINES:
        return False
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return False
    drawn = _made_by_drawing(tree)
    left = _stored(tree) - drawn
    return (
        any(_is_drawing(node, drawn) for node in ast.walk(tree))
        and not left & used_later
        and all(_draws(statement, drawn) for statement in tree.body)
    )


def _draws(statement: ast.stmt, drawn: set[str]) -> bool:
    """Whether a statement only draws, or prepares a drawing."""
    if isinstance(statement, ast.For | ast.If | ast.FunctionDef):
        head = {"For": "iter", "If": "test"}.get(type(statement).__name__)
        inner = [*statement.body, *getattr(statement, "orelse", [])]
        light = head is None or _is_light(getattr(statement, head), drawn)
        return light and all(_draws(one, drawn) for one in inner)
    if isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.Return):
        return statement.value is None or _is_light(statement.value, drawn)
    return isinstance(statement, ast.Pass)


def _is_light(value: ast.expr, drawn: set[str]) -> bool:
    """Whether every call in an expression draws or prepares a drawing."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    return all(_is_drawing(call, drawn) or _last_name(call.func) in LIGHT for call in calls)


def _is_drawing(node: ast.AST, drawn: set[str]) -> bool:
    return isinstance(node, ast.Call) and _first_name(node.func) in DRAWING | drawn


def _first_name(node: ast.expr) -> str:
    """The name that a chain begins with: "axes" of axes[0].plot(x).set."""
    while not isinstance(node, ast.Name):
        node = getattr(node, "value", None) or getattr(node, "func", None)
        if node is None:
            return ""
    return node.id


def _last_name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _made_by_drawing(tree: ast.Module) -> set[str]:
    """Names bound to what matplotlib made: fig and ax of plt.subplots, each of axes in a loop."""
    drawn: set[str] = set()
    while True:
        before = len(drawn)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _is_drawing(node.value, drawn):
                drawn |= set().union(*map(_targets, node.targets))
            elif isinstance(node, ast.For | ast.comprehension):
                drawn |= _drawn_in_loop(node.target, node.iter, drawn)
        if len(drawn) == before:
            return drawn


def _drawn_in_loop(target: ast.expr, values: ast.expr, drawn: set[str]) -> set[str]:
    """Names of a loop over axes, also beside others in zip(axes, data) or enumerate(axes)."""
    if isinstance(values, ast.Call) and _last_name(values.func) in ("zip", "enumerate"):
        own = [None, *values.args] if _last_name(values.func) == "enumerate" else values.args
        targets = getattr(target, "elts", [])
        return set().union(
            *(
                _targets(one)
                for one, value in zip(targets, own, strict=False)
                if value is not None and _drawn_in_loop(one, value, drawn)
            )
        )
    return _targets(target) if _first_name(values) in drawn else set()


def _targets(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _stored(tree: ast.Module) -> set[str]:
    """Names that a cell leaves behind."""
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return names | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _loaded(source: str) -> set[str]:
    """Names that a cell reads before it binds them itself."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    read: set[str] = set()
    bound: set[str] = set()
    for statement in tree.body:
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        loops = [n for n in ast.walk(statement) if isinstance(n, ast.For | ast.comprehension)]
        own = set().union(*(_targets(loop.target) for loop in loops))
        read |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - bound - own
        bound |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return read
