"""What a lesson must hold: one function a rule, each returns complaints (none = fine)."""

import ast
import io
import re
import tokenize

from course_utils import notebooks as nb

FIELDS = {
    "id": str,
    "title": str,
    "part": str,
    "promise": str,
    "able": list,
    "minutes": int,
    "machine": str,
    "cpu_seconds": int,
    "prerequisites": list,
    "rows": list,
    "claims": list,
    "errata": list,
    "seconds": (int, float),
    "memory_mb": (int, float),
    "code_hash": str,
}
SECTIONS = ("recap", "glossary", "references", "what comes next", "find the bug")
SECONDS, MEMORY_MB = 120, 2048  # 60 s is the aim; machines and hours differ by a third and more
CODE = re.compile(r"\b(?:R\d{2,3}|(?:AE|AU|BZ|DF|[FGJKMNOPQSTUVWXY])\d\d[a-z]?)\b")  # R12, AE03
NAMED = re.compile(r"\b(record|generator)$")  # calls whose first argument is a key
TAGS = {"header", "parameters", "front", "no-launch", "raises-exception", "same", "timing"}
TAGS |= {"hide-input", "hide-output"}
MOST_CELLS, MOST_NODES, MOST_NODES_IN_A_LABORATORY, MOST_NODES_A_LINE = 55, 2500, 3500, 9


def markdown(notebook):
    return "\n\n".join(nb.source(c) for c in notebook["cells"] if c["cell_type"] == "markdown")


def code(notebook):
    return [nb.source(c) for c in nb.code_cells(notebook)]


def tree_of(source):
    """The syntax tree of a cell; of one with a magic, which another rule refuses, an empty one."""
    return ast.parse("" if re.search(r"^\s*[!%]", source, re.M) else source)


def lines(source):
    return [x for x in source.splitlines() if x.strip() and not x.strip().startswith("#")]


def metadata(notebook):
    course = notebook["metadata"].get("course", {})
    for name, kind in FIELDS.items():
        if not isinstance(course.get(name), kind):
            yield f"metadata.course.{name} is missing or of the wrong type"
    if course.get("seconds", 0) > SECONDS:
        yield f"it takes {course['seconds']} s, allowed {SECONDS}"
    if course.get("memory_mb", 0) > MEMORY_MB:
        yield f"it needs {course['memory_mb']} MB, allowed {MEMORY_MB}"
    if not course.get("promise", "").endswith("."):
        yield "the promise is one sentence"


def beginning(notebook):
    cells = notebook["cells"]
    if cells[0]["cell_type"] != "markdown" or "header" not in nb.tags(cells[0]):
        yield "cell 0 is the generated header (tag: header)"
    found = nb.parameters(notebook)
    further = {name: value for name, value in found.items() if name not in ("profile", "seed")}
    if found != {"profile": "quick", "seed": 0} | further:
        yield f"the parameters cell sets profile = 'quick' and seed = 0, found {found}"
    if any(value is True or not isinstance(value, str | int | float) for value in further.values()):
        yield f"further parameters are words, numbers, or switches that are False, found {further}"
    name = notebook["metadata"].get("course", {}).get("id")
    if not any(f'start("{name}", profile=profile, seed=seed)' in c for c in code(notebook)[:3]):
        yield "one of the first cells calls start(...) with profile and seed"


def nodes(source):
    """Statements and expressions: a size that packing lines does not make smaller."""
    return sum(isinstance(node, (ast.stmt, ast.expr)) for node in ast.walk(tree_of(source)))


def name_of(notebook):
    return notebook["metadata"].get("course", {}).get("id", "")


def is_laboratory(notebook):
    return bool(re.match(r"\d\d[bc]_", name_of(notebook)))


def size(notebook):
    """The limits of a lesson that is read in an evening, and of its laboratory."""
    if not all(nb.source(cell).strip() for cell in notebook["cells"]):
        yield "an empty cell"
    n_cells, words = len(notebook["cells"]), len(re.findall(r"\w+", markdown(notebook)))
    n_nodes = sum(map(nodes, code(notebook)))
    n_lines = sum(len(without_docstrings(c)) for c in code(notebook))
    most = MOST_NODES_IN_A_LABORATORY if is_laboratory(notebook) else MOST_NODES
    if n_cells > MOST_CELLS:
        yield f"{n_cells} cells (at most {MOST_CELLS})"
    if not 1500 <= words <= 3000:
        yield f"{words} words (1,500-3,000)"
    if n_nodes > most:
        yield f"{n_nodes} nodes of code (at most {most}): to the laboratory, the package, or out"
    if n_nodes > MOST_NODES_A_LINE * n_lines:
        yield f"{n_nodes / n_lines:.1f} nodes a line (at most {MOST_NODES_A_LINE}): write it out"


def without_docstrings(source):
    return lines(re.sub(r'"""(?:.|\n)*?"""', "", source))


def parts(notebook):
    headings = " ".join(re.findall(r"^#+ (.*)$", markdown(notebook), re.M)).lower()
    text = "\n".join(code(notebook))
    for name in SECTIONS:
        if name not in headings:
            yield f"no heading holds the words {name!r}"
    exercises = 1 if is_laboratory(notebook) else 2
    wanted = {"agree(": 3, "@exercise": exercises, "explorer(": 1}
    for call, least in wanted.items():
        if text.count(call) < least:
            yield f"{text.count(call)} times {call} (at least {least})"
    if "lesson.record(" not in text and ".decide(" not in text:
        yield "nothing is measured: no lesson.record(...), no claim.decide(...)"
    if "progress()" not in text:
        yield "the lesson ends with progress()"
    if not re.search(r"[\u4e00-\u9fff]", markdown(notebook)):
        yield "the glossary gives the Chinese terms"
    if not re.search(r"arXiv:\d{4}\.\d{4,5}|doi\.org|doi:", markdown(notebook)):
        yield "the references carry arXiv ids or DOIs"


def codes(notebook):
    """The catalogue's ids (of errata, claims, topics) belong in the metadata, not in the text."""
    course = notebook["metadata"].get("course", {})
    for k, cell in enumerate(notebook["cells"]):
        source = nb.source(cell)
        if cell["cell_type"] == "code":
            source = "\n".join(words_of(source, course.get("claims", [])))
        for found in dict.fromkeys(CODE.findall(source)):
            yield f"cell {k} shows the code {found}: say it in words, the id stays in the metadata"


def words_of(source, keys):
    """Yield a cell's strings and comments, but neither keys of claims nor names of generators."""
    nodes = list(ast.walk(tree_of(source)))
    calls = [n for n in nodes if isinstance(n, ast.Call) and NAMED.search(ast.unparse(n.func))]
    names = [call.args[0] for call in calls if call.args]
    names += [n.value for n in nodes if isinstance(n, ast.keyword) and n.arg == "key"]
    for node in nodes:
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and node not in names and node.value not in keys:
            yield node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def plain_code(notebook):
    for k, source in enumerate(code(notebook), 1):
        if re.search(r"^\s*[!%]", source, re.M):
            yield f"code cell {k} holds a shell line or magic"
            continue
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                yield f"code cell {k} has a star import"
            if isinstance(node, ast.Attribute) and node.attr == "show" and "plt" in source:
                yield f"code cell {k} calls plt.show(): use display_figure(fig, alt=...)"


def calls(tree, name):
    """Every call of a method ``name`` in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name:
            yield node


def names(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def questions(tree, known):
    """Names that hold a question: known before, assigned from ask, or looped out of such names."""
    found = set(known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(calls(node.value, "ask")):
            found |= set().union(*map(names, node.targets))
        if isinstance(node, ast.For | ast.comprehension) and names(node.iter) & found:
            found |= names(node.target)
    return found


def types_a_verdict(node):
    """Is it verdict=... in a call, or "verdict": ... in a dictionary that becomes one?"""
    if isinstance(node, ast.Dict):
        return any(getattr(key, "value", None) == "verdict" for key in node.keys)
    return isinstance(node, ast.keyword) and node.arg == "verdict"


def claims(notebook):
    """A question stands before its experiment; a rule, and no hand, gives its verdict."""
    trees = [ast.parse(source) for source in code(notebook) if not source.startswith(("!", "%"))]
    asked, asks = set(), [call for tree in trees for call in calls(tree, "ask")]
    for k, tree in enumerate(trees, 1):
        here = questions(ast.Module([n for n in tree.body if not any(calls(n, "ask"))], []), asked)
        for call in calls(tree, "decide"):
            if not names(call.func) & here:
                yield f"code cell {k} decides what no earlier cell asked"
        asked |= questions(tree, asked)
    for call in asks:
        given = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
        seeds = given.get("seeds")
        if isinstance(seeds, int) and seeds < 3 and given.get("one_run") is not True:
            yield f"{seeds} seeds without one_run=True"
    typed = [node for tree in trees for node in ast.walk(tree) if types_a_verdict(node)]
    if typed:
        yield f"{len(typed)} verdicts are typed: ask the question before its experiment, and decide"


def outputs(notebook):
    course = notebook["metadata"].get("course", {})
    if course.get("code_hash") != nb.code_hash(notebook):
        yield "the outputs belong to other code: run make notebooks"
    yield from nb.run_faults(notebook)
    yield from nb.live_views(notebook)
    for k, cell in enumerate(nb.code_cells(notebook), 1):
        for out in cell["outputs"]:
            if "image/png" in out.get("data", {}):
                words = "".join(out["data"].get("text/plain", ""))
                if len(words) < 15 or words.startswith("<Figure"):
                    yield f"the figure of code cell {k} has no alt text"


def comparison(notebook):
    """Tags say what a run must show: "same" the stored text everywhere, "timing" a clock's."""
    cells = nb.code_cells(notebook)
    for k, cell in enumerate(cells, 1):
        found = set(nb.tags(cell))
        if found - TAGS:
            yield f"code cell {k} has unknown tags: {sorted(found - TAGS)}"
        if {"same", "timing"} <= found:
            yield f"code cell {k} is tagged both same and timing"
        if "same" in found and not cell["outputs"]:
            yield f"code cell {k} is tagged same and shows nothing"
    count = sum("same" in nb.tags(cell) for cell in cells)
    if count < 3:
        yield f"{count} cells tagged same (at least 3)"


RULES = [metadata, beginning, size, parts, codes, plain_code, claims, outputs, comparison]
