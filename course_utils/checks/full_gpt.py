"""Exercises of lesson 86: a split by package, packing, targets, one part of a loss."""

import hashlib
from functools import partial
from itertools import pairwise
from pathlib import PurePosixPath

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "86_full_gpt"
_step_2 = partial(Mistake, see="86, step 2")  # most mistakes of this lesson are explained there


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


# ---- the side of a file --------------------------------------------------------------------------


def part_of_file_reference(path: str, salt: str, n_parts: int) -> int:
    """Say which of n_parts parts a source file belongs to: all files of a package to the same.

    path: "package/folder/file.py", or "module.py" (a package of its own, named without ".py");
    salt: any text, another salt is another split. The part is the sha256 of "salt/package" (utf8),
    read as a hexadecimal number, modulo n_parts -> int in 0..n_parts - 1.
    """
    package = path.split("/")[0].removesuffix(".py")  # the first folder, whatever lies below it
    digest = hashlib.sha256(f"{salt}/{package}".encode()).hexdigest()
    return int(digest, 16) % n_parts


def _side(text: str, n: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n


def _package(path: str) -> str:
    return path.split("/")[0].removesuffix(".py")


def _together(f, rng) -> str | None:
    paths = ["numpy/a.py", "numpy/linalg/b.py", "numpy/linalg/tests_of/c.py", "numpy/__init__.py"]
    parts = [f(path, "s", 1000) for path in paths]
    if len(set(parts)) > 1:
        return (
            f"four files of one package go to the parts {parts} of 1,000: a file's brothers and "
            "sisters would stand on the other side."
        )
    return None


def _salted(f, rng) -> str | None:
    parts = {f("numpy/a.py", f"salt {k}", 1000) for k in range(20)}
    if len(parts) < 15:
        return f"twenty salts put one package into only {len(parts)} different parts of 1,000."
    return None


def _even(f, rng) -> str | None:
    parts = [f(f"package{k}/a.py", "s", 4) for k in range(400)]
    if not all(isinstance(p, int) and 0 <= p < 4 for p in parts):
        return f"parts of 4 are 0..3, yours hold {sorted(set(map(str, parts)))[:6]}."
    counts = [parts.count(p) for p in range(4)]
    if min(counts) < 60:
        return f"of 400 packages each of four parts should get about 100, yours get {counts}."
    return None


part_of_file = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=part_of_file_reference,
    cases=lambda rng: [
        ("six.py", "a", 997),
        ("numpy/linalg/_linalg.py", "a", 1000),
        ("numpy/__init__.py", "b", 1009),
        ("pip/_vendor/requests/api.py", "split", 10_007),
        ("json/decoder.py", "", 7919),
        ("json.decoder.py", "a", 1013),  # one module; only the ending goes
        ("Café/menu.py", "ü", 5003),
    ],
    properties=[
        Property("a package is never torn apart", _together),
        Property("another salt is another split", _salted),
        Property("the parts are about equally large", _even),
    ],
    mistakes=[
        Mistake(
            "split by file",
            lambda path, salt, n: _side(f"{salt}/{path}", n),
            "You hash the whole path, so each file goes its own way and a held-out file's brothers "
            "and sisters stand in training. Hash the package only.",
            "86, find the bug 1",
        ),
        _step_2(
            "the innermost folder",
            lambda path, salt, n: _side(
                f"{salt}/{PurePosixPath(path).parent.name or _package(path)}", n
            ),
            "You took the folder the file lies in. The folders of one package then go to different "
            "sides; take the first part of the path.",
        ),
        _step_2(
            "the file's own name",
            lambda path, salt, n: _side(f"{salt}/{PurePosixPath(path).stem}", n),
            "You hash the file's name without its folders: all __init__.py of the world go to one "
            "side, and packages are torn apart.",
        ),
        _step_2(
            "no salt",
            lambda path, salt, n: _side(_package(path), n),
            "The salt is not used: there is only one split, and no way to see how much a figure "
            "depends on it.",
        ),
        _step_2(
            ".py left on a module",
            lambda path, salt, n: _side(f"{salt}/{path.split('/')[0]}", n),
            'A module "six.py" is the package "six": remove the suffix, or a package that becomes '
            "a folder in its next version changes sides.",
        ),
        _step_2(
            "letters stripped",
            lambda path, salt, n: _side(f"{salt}/{path.split('/')[0].rstrip('.py')}", n),
            'rstrip(".py") strips letters, not an ending: "numpy" becomes "num". Use removesuffix.',
        ),
        _step_2(
            "cut at the first dot",
            lambda path, salt, n: _side(f"{salt}/{path.split('/')[0].split('.')[0]}", n),
            'Only the ending ".py" goes. A name may hold other dots: "json.decoder.py" is the '
            'package "json.decoder".',
        ),
        _step_2(
            "always ten parts",
            lambda path, salt, n: _side(f"{salt}/{_package(path)}", 10),
            "You do not use n_parts: take the number modulo n_parts.",
        ),
    ],
    hints=[
        'What do all files of a package share? And what is left of "six.py"?',
        'int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts, with '
        'package = path.split("/")[0].removesuffix(".py").',
    ],
)

# ---- documents into windows ----------------------------------------------------------------------


def pack_reference(documents: list, end: int, width: int) -> list:
    """Fill windows of width + 1 tokens: row after row, each document in the first that has room.

    documents: lists of tokens. A document goes in as [end, *document] where the row then has at
    most ``width`` tokens, so that its END fits behind it; a longer one gets rows of its own, of
    width + 1 tokens and sharing one (the last input's target is the next row's first input), and
    its tail, of at most ``width``, opens a row with room for others. Filled with ``end``.
    """
    rows, unfilled = [], []
    for document in documents:
        tokens = [end, *document]
        while len(tokens) > width:  # too long: whole rows first; neighbours share a token
            rows.append(tokens[: width + 1])
            tokens = tokens[width:]
        fits = [r for r in unfilled if len(r) + len(tokens) <= width and tokens[0] == end]
        if not fits:  # none has room, or this is a tail, which must begin its row
            fits = [[]]
            rows += fits
            unfilled += fits
        fits[0] += tokens
        unfilled = [r for r in unfilled if len(r) < width - 1]  # room for END and one token
    return [row + [end] * (width + 1 - len(row)) for row in rows]


def _documents(rng: torch.Generator, n: int, longest: int) -> list:
    sizes = torch.randint(1, longest + 1, (n,), generator=rng).tolist()
    return [torch.randint(1, 9, (size,), generator=rng).tolist() for size in sizes]


def _learnt(rows: list, end: int) -> int:
    pairs = [pair for row in rows for pair in pairwise(row)]
    return sum(pair != (end, end) for pair in pairs)


def _each_once(f, rng) -> str | None:
    documents = _documents(rng, 12, 20)
    want = sum(map(len, documents)) + len(documents)
    got = _learnt(f([list(d) for d in documents], 9, 8), 9)
    if got != want:
        return (
            f"twelve documents have {want} targets (their tokens, and an END each); your rows ask "
            f"for {got}."
        )
    return None


def _not_torn(f, rng) -> str | None:
    documents = [[1, 2, 3], [4, 5], [6, 7, 8, 1], [2], [3, 4]]
    rows = f([list(d) for d in documents], 9, 8)
    text = "|".join(" ".join(map(str, row)) for row in rows)
    torn = [d for d in documents if f"9 {' '.join(map(str, d))} 9" not in text]
    if torn:
        return f"the document {torn[0]} fits into a row of 8 and stands whole in none of yours."
    return None


def _chopped(documents, end, width):
    row = [t for d in documents for t in (end, *d)] + [end]
    pieces = [row[i : i + width + 1] for i in range(0, len(row) - 1, width)]
    return [p + [end] * (width + 1 - len(p)) for p in pieces]


def _packed_by(documents, end, width, *, room=0, share=True, tail="opens", begin=True, look="all"):
    """The reference with one thing changed. look: rows that are tried, all, newest or none."""
    rows, shut = [], set()
    for document in documents:
        tokens = [end, *document] if begin else [*document, end]
        cut = len(tokens) > width + room
        while len(tokens) > width + room:
            rows.append(tokens[: width + 1])
            tokens = tokens[width if share else width + 1 :]
        if cut and tail == "dropped":
            continue
        first = {"all": 0, "newest": max(0, len(rows) - 1), "none": len(rows)}[look]
        open_rows = range(first, len(rows)) if not cut or tail == "anywhere" else ()
        fits = [k for k in open_rows if len(rows[k]) + len(tokens) <= width + room]
        k = next((k for k in fits if k not in shut), len(rows))
        rows += [[]] if k == len(rows) else []
        rows[k] = [*rows[k], *tokens]
        shut |= {k} if cut and tail == "alone" else set()
    return [row + [end] * (width + 1 - len(row)) for row in rows]


pack = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=12,
    reference=pack_reference,
    cases=lambda rng: [
        ([[1, 2], [3, 4, 5, 6, 7, 8, 1, 2, 3], [4], [5, 6, 7]], 0, 5),
        ([[7]], 9, 3),
        ([[1, 2, 3], [4, 5, 6, 7], [8], [1, 2, 3, 4], [5]], 9, 8),  # [8] has the choice of rows
        ([[1], [2, 3, 4, 5, 6, 7, 8, 1, 2], [3]], 9, 7),  # the tail 1, 2 would fit behind the 1
        ([[1, 2, 3, 4], [5], [6, 7, 8], [1], [2, 3]], 0, 4),
        ([[1, 2, 3, 4, 5, 6], [7, 8]], 9, 6),
        (_documents(rng, 3, 4), 0, 6),
        (_documents(rng, 12, 30), 9, 10),
        (_documents(rng, 20, 7), 0, 12),
    ],
    properties=[
        Property("every token and every END is asked once", _each_once),
        Property("a document that fits is not torn", _not_torn),
    ],
    mistakes=[
        _step_2(
            "one long row, chopped",
            _chopped,
            "You laid all documents in one row and chopped it. That is the usual habit and wastes "
            "nothing, but documents are torn that would have fitted into a window.",
        ),
        _step_2(
            "no room for END",
            lambda documents, end, width: _packed_by(documents, end, width, room=1),
            "You filled a row up to its last place. The document's END is nobody's target then: "
            "the model never learns to stop. Leave one place.",
        ),
        _step_2(
            "rows that share no token",
            lambda documents, end, width: _packed_by(documents, end, width, share=False),
            "The last token of a full row is only a target. It must be the first input of the next "
            "row, or the token after it is never asked.",
        ),
        _step_2(
            "tails thrown away",
            lambda documents, end, width: _packed_by(documents, end, width, tail="dropped"),
            "What is left of a long document is dropped, and with it every ending.",
        ),
        _step_2(
            "END behind instead of before",
            lambda documents, end, width: _packed_by(documents, end, width, begin=False),
            "Your rows do not begin with END, so the first token of a document has no input that "
            "announces it, and at writing time nothing to start from.",
        ),
        _step_2(
            "a document a row",
            lambda documents, end, width: _packed_by(documents, end, width, look="none"),
            "Each document has a row of its own: correct, and mostly filling. Look for a row that "
            "has room.",
        ),
        _step_2(
            "only the newest row tried",
            lambda documents, end, width: _packed_by(documents, end, width, look="newest"),
            "You look at the last row only. An earlier one may still have room: take the first "
            "that has.",
        ),
        _step_2(
            "a tail behind another document",
            lambda documents, end, width: _packed_by(documents, end, width, tail="anywhere"),
            "A tail does not begin with END. Behind another document it looks like that one's "
            "next words, and its first token is asked twice: it must open a row.",
        ),
        _step_2(
            "nothing behind a tail",
            lambda documents, end, width: _packed_by(documents, end, width, tail="alone"),
            "A tail opens a row, and that row has room for others. You fill it with END.",
        ),
    ],
    hints=[
        "Keep a list of rows that are not full. For a document: cut off whole rows while it is too "
        "long, then look for the first row with room.",
        "while len(tokens) > width: rows.append(tokens[: width + 1]); tokens = tokens[width:]. A "
        "tail does not begin with END: it must not go into a row that has something.",
    ],
)

# ---- what a packed window must predict -----------------------------------------------------------


def targets_of_reference(rows: Tensor, end: int) -> Tensor:
    """Return what each window's T inputs must predict; -100 where nothing is to be learnt.

    rows: (n, T + 1) long, packed documents; the inputs are rows[:, :-1]; filling is END after END
    -> (n, T) long. ``rows`` is not changed.
    """
    inputs, targets = rows[:, :-1], rows[:, 1:]
    filling = (inputs == end) & (targets == end)
    return targets.masked_fill(filling, -100)


def _packed(rng: torch.Generator, n: int, width: int) -> Tensor:
    """Rows of two short documents (tokens 1..8, END 9) and filling."""
    rows = torch.full((n, width + 1), 9)
    for row in rows:
        a, b = (int(torch.randint(1, width // 2 - 1, (1,), generator=rng)) for _ in range(2))
        row[1 : 1 + a] = torch.randint(1, 9, (a,), generator=rng)
        row[2 + a : 2 + a + b] = torch.randint(1, 9, (b,), generator=rng)
    return rows


def _by_hand(f, rng) -> str | None:
    found = f(torch.tensor([[9, 1, 9, 3, 4, 9, 9, 9]]), 9)[0].tolist()
    for place, want, why in (
        (4, 9, "the model must learn to stop after 3, 4"),
        (1, 9, "the model must learn to stop after 1"),
        (5, -100, "END after END is filling and counts for nothing"),
        (6, -100, "END after END is filling, up to the last place"),
        (0, 1, "what follows an END is how a document begins, and must be learnt"),
        (2, 3, "what follows an END is how a document begins, wherever it stands"),
    ):
        if found[place] != want:
            return f"{why}: in 9 1 9 3 4 9 9 9, END 9, target {place} is {want}; yours: {found}."
    return None


def _all_end_masked(rows, end):
    return rows[:, 1:].masked_fill(rows[:, 1:] == end, -100)


def _after_end_masked(rows, end):
    return rows[:, 1:].masked_fill(rows[:, :-1] == end, -100)


def _last_run_masked(rows, end):
    at_the_end = (rows != end).flip(1).cumsum(1).flip(1) == 0  # nothing but END from here on
    return rows[:, 1:].masked_fill(at_the_end[:, 1:], -100)


targets_of = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=targets_of_reference,
    cases=lambda rng: [
        (torch.tensor([[9, 1, 2, 9, 3, 9, 9]]), 9),
        (_packed(rng, 3, 12), 9),
        (_packed(rng, 5, 20), 9),
        (torch.tensor([[4, 0, 7, 0, 0], [0, 5, 6, 7, 0], [1, 2, 3, 4, 5]]), 0),
    ],
    properties=[
        Property("stopping and beginning are learnt, filling is not", _by_hand),
    ],
    mistakes=[
        _step_2(
            "every END masked",
            _all_end_masked,
            "You masked all targets that are END. The filling is gone, but the model never learns "
            "to stop: its texts will not end.",
        ),
        _step_2(
            "filling counted",
            lambda rows, end: rows[:, 1:].clone(),
            "END after END is filling. Counted, it is the easiest target of all: the loss looks "
            "good, and falls with every row that is filled badly.",
        ),
        _step_2(
            "what follows END masked",
            _after_end_masked,
            "You masked every target whose input is END. Filling is among them, and so is the "
            "first token of every document: the model never learns how to begin.",
        ),
        Mistake(
            "the inputs themselves",
            lambda rows, end: rows[:, :-1].masked_fill(
                (rows[:, :-1] == end) & (rows[:, 1:] == end), -100
            ),
            "These are the inputs. A target is the token after its input, rows[:, 1:]; a net that "
            "may copy its input has a loss of nearly 0 and has learnt nothing.",
            "54, step 2",
        ),
        _step_2(
            "masked by 0",
            lambda rows, end: rows[:, 1:].masked_fill(
                (rows[:, :-1] == end) & (rows[:, 1:] == end), 0
            ),
            "0 is a token. The number that cross_entropy passes over is -100.",
        ),
        _step_2(
            "all END at the end of a row masked",
            _last_run_masked,
            "The first END of them belongs to the last document: the model must learn to stop "
            "there. Filling is END after END.",
        ),
    ],
    hints=[
        "Two neighbours decide: the input and the target. Which pair is filling?",
        "inputs, targets = rows[:, :-1], rows[:, 1:]; targets.masked_fill(..., -100) makes a copy.",
    ],
)

# ---- one part of a batch's loss ------------------------------------------------------------------


def micro_batch_loss_reference(nll: Tensor, targets: Tensor, per_row: float) -> Tensor:
    """One part's loss, so that the parts' mean, weighted by rows, is the batch's mean a target.

    nll: (b, T) nats of this part, any number where targets == -100; targets: (b, T) long;
    per_row: targets that count in the whole batch, divided by the whole batch's rows -> scalar.
    """
    kept = nll.masked_fill(targets == -100, 0)
    return kept.sum() / (len(nll) * per_row)  # not the part's own count


def _part(rng: torch.Generator, b: int, width: int) -> tuple[Tensor, Tensor]:
    """Nats everywhere (filling included), and targets of which rows keep different numbers."""
    nll = _normal(rng, b, width).abs() + 0.1
    targets = torch.randint(0, 9, (b, width), generator=rng)
    for row in targets:
        row[int(torch.randint(1, width, (1,), generator=rng)) :] = -100
    return nll, targets


def _any_deal(f, rng) -> str | None:
    nll, targets = _part(rng, 6, 8)
    counted = targets != -100
    want = nll[counted].mean().item()
    per_row = counted.sum().item() / 6
    for sizes in ([6], [3, 3], [1, 4, 1]):
        parts = zip(nll.split(sizes), targets.split(sizes), sizes, strict=True)
        got = float(sum(f(a, b, per_row) * n / 6 for a, b, n in parts))
        if not abs(got - want) < 1e-6 * (1 + abs(want)):
            return (
                f"dealt out in parts of {sizes} rows, the parts' weighted mean is {got:.4f}; the "
                f"mean over all targets that count is {want:.4f}."
            )
    return None


def _blind_to_filling(f, rng) -> str | None:
    nll, targets = _part(rng, 3, 6)
    other = nll.masked_fill(targets == -100, 1000.0)
    a, b = float(f(nll, targets, 3.0)), float(f(other, targets, 3.0))
    if not abs(a - b) < 1e-6:
        return f"other numbers at the filling change your loss from {a:.4f} to {b:.4f}."
    return None


def _teaches(f, rng) -> str | None:
    nll, targets = _part(rng, 3, 6)
    loss = f(nll.requires_grad_(), targets, 2.0)
    if not isinstance(loss, Tensor) or not loss.requires_grad:
        return "no gradient flows from your loss to nll: no float(), .item() or .detach() inside."
    (slope,) = torch.autograd.grad(loss, nll)
    off = (slope - (targets != -100) / 6).abs().max().item()
    if not off < 1e-6:
        return (
            "3 rows, per_row = 2: a target that counts has the slope 1 / 6, filling 0; yours are "
            f"off by up to {off:.4f}."
        )
    return None


micro_batch_loss = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=micro_batch_loss_reference,
    cases=lambda rng: [
        (torch.tensor([[1.0, 2.0, 4.0]]).double(), torch.tensor([[5, 3, -100]]), 2.5),
        (*_part(rng, 3, 5), 3.7),
        (*_part(rng, 4, 8), 5.25),
        (torch.ones(2, 3).double(), torch.tensor([[-100, -100, -100], [4, 0, -100]]), 2.0),
    ],
    properties=[
        Property("however the batch is dealt out, the same loss", _any_deal),
        Property("what stands at the filling does not matter", _blind_to_filling),
        Property("a gradient flows to what counts", _teaches),
    ],
    mistakes=[
        Mistake(
            "the mean of one's own targets",
            lambda nll, targets, per_row: nll[targets != -100].mean(),
            "You divided by this part's own count. The parts are then averaged, and a mean of "
            "means is not the mean: a part with few targets counts for too much.",
            "86, find the bug 2",
        ),
        Mistake(
            "the mean over all places",
            lambda nll, targets, per_row: nll.masked_fill(targets == -100, 0).mean(),
            "You divided by b · T, filling included: the loss shrinks where a row is filled badly.",
            "86, step 4",
        ),
        Mistake(
            "not divided by the rows",
            lambda nll, targets, per_row: nll.masked_fill(targets == -100, 0).sum() / per_row,
            "per_row is a count per row: divide by the part's rows too, or the loss grows with "
            "the size of a micro-batch.",
            "86, step 4",
        ),
        Mistake(
            "filling added in",
            lambda nll, targets, per_row: nll.sum() / (len(nll) * per_row),
            "You added the numbers at the filling. Set them to 0 first.",
            "86, step 4",
        ),
        Mistake(
            "per_row not used",
            lambda nll, targets, per_row: nll.masked_fill(targets == -100, 0).sum() / len(nll),
            "These are nats a row. Divide by per_row as well, the targets a row has on average in "
            "the whole batch.",
            "86, step 4",
        ),
        Mistake(
            "the mean of the rows' means",
            lambda nll, targets, per_row: (
                nll.masked_fill(targets == -100, 0).sum(1) / (targets != -100).sum(1)
            ).mean(),
            "You gave each row the same weight. Then a token of a short document counts for more "
            "than one of a long document: that is another loss.",
            "86, find the bug 2",
        ),
    ],
    hints=[
        "The engine will multiply your value by (rows of this part) / (rows of the batch) and add.",
        "Set nll to 0 where targets == -100, sum, and divide by len(nll) * per_row.",
    ],
)
