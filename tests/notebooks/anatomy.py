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
    "prerequisites": list,
    "rows": list,
    "claims": list,
    "errata": list,
    "seconds": (int, float),
    "memory_mb": (int, float),
    "code_hash": str,
}
SECTIONS = ("recap", "glossary", "references", "what comes next", "find the bug")
SECONDS, MEMORY_MB = 90, 2048
CODE = re.compile(r"\b(?:R\d{2,3}|(?:AE|AU|BZ|DF|[FGJKMNOPQSTUVWXY])\d\d[a-z]?)\b")  # R12, AE03
NAMED = re.compile(r"\b(record|ask|decide|generator)$")  # calls whose first argument is a name
STILL_WITH_CODES = {  # lessons whose text still shows codes; to shrink to nothing
    *("00", "13", "16", "21", "31", "41", "51", "53", "54", "54b", "81", "82"),
}
TAGS = {"header", "parameters", "front", "no-launch", "raises-exception", "same", "timing"}


def markdown(notebook):
    return "\n\n".join(nb.source(c) for c in notebook["cells"] if c["cell_type"] == "markdown")


def code(notebook):
    return [nb.source(c) for c in nb.code_cells(notebook)]


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
    if any(value is not False for value in further.values()):  # a switch, off unless asked
        yield f"further parameters are switches that are False, found {further}"
    name = notebook["metadata"].get("course", {}).get("id")
    if not any(f'start("{name}", profile=profile, seed=seed)' in c for c in code(notebook)[:3]):
        yield "one of the first cells calls start(...) with profile and seed"


def size(notebook):
    n_cells, words = len(notebook["cells"]), len(re.findall(r"\w+", markdown(notebook)))
    lengths = sorted(len(lines(c)) for c in code(notebook))
    if not 40 <= n_cells <= 75:
        yield f"{n_cells} cells (40-70 read well)"
    if not 1800 <= words <= 4600:
        yield f"{words} words (2,000-4,000 read well)"
    if not 150 <= sum(lengths) <= 510:  # a long derivation with a check a line needs its lines
        yield f"{sum(lengths)} lines of code (200-350 read well)"
    if not all(nb.source(cell).strip() for cell in notebook["cells"]):
        yield "an empty cell"
    if lengths[-1] > 32:
        yield f"a cell of {lengths[-1]} lines (at most 30)"
    if lengths[len(lengths) // 2] > 14:
        yield f"the median cell has {lengths[len(lengths) // 2]} lines (about 6)"


def parts(notebook):
    headings = " ".join(re.findall(r"^#+ (.*)$", markdown(notebook), re.M)).lower()
    text = "\n".join(code(notebook))
    for name in SECTIONS:
        if name not in headings:
            yield f"no heading holds the words {name!r}"
    for call, least in (("agree(", 3), ("@exercise", 2), ("explorer(", 1), ("lesson.record(", 1)):
        if text.count(call) < least:
            yield f"{text.count(call)} times {call} (at least {least})"
    if "progress()" not in text:
        yield "the lesson ends with progress()"
    if not re.search(r"[\u4e00-\u9fff]", markdown(notebook)):
        yield "the glossary gives the Chinese terms"
    if not re.search(r"arXiv:\d{4}\.\d{4,5}|doi\.org|doi:", markdown(notebook)):
        yield "the references carry arXiv ids or DOIs"


def codes(notebook):
    """The catalogue's ids (of errata, claims, topics) belong in the metadata, not in the text."""
    course = notebook["metadata"].get("course", {})
    if course.get("id", "").partition("_")[0] in STILL_WITH_CODES:
        return
    for k, cell in enumerate(notebook["cells"]):
        source = nb.source(cell)
        if cell["cell_type"] == "code":
            source = "\n".join(words_of(source, course.get("claims", [])))
        for found in dict.fromkeys(CODE.findall(source)):
            yield f"cell {k} shows the code {found}: say it in words, the id stays in the metadata"


def words_of(source, keys):
    """Yield a cell's strings and comments, but neither keys of claims nor names of generators."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [n for n in nodes if isinstance(n, ast.Call) and NAMED.search(ast.unparse(n.func))]
    names = [call.args[0] for call in calls if call.args]
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


RULES = [metadata, beginning, size, parts, codes, plain_code, outputs, comparison]
