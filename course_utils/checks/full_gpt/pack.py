"""Lesson 86: Fill windows of width + 1 tokens: row after row, each document in the first tha"""

from itertools import pairwise

import torch

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(difficulty=3, minutes=12)
HINTS = (
    "Keep a list of rows that are not full. For a document: cut off whole rows while it is too "
    "long, then look for the first row with room.",
    "while len(tokens) > width: rows.append(tokens[: width + 1]); tokens = tokens[width:]. A "
    "tail does not begin with END: it must not go into a row that has something.",
)


def pack(documents: list, end: int, width: int) -> list:
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


def cases(rng):
    return [
        ([[1, 2], [3, 4, 5, 6, 7, 8, 1, 2, 3], [4], [5, 6, 7]], 0, 5),
        ([[7]], 9, 3),
        ([[1, 2, 3], [4, 5, 6, 7], [8], [1, 2, 3, 4], [5]], 9, 8),  # [8] has the choice of rows
        ([[1], [2, 3, 4, 5, 6, 7, 8, 1, 2], [3]], 9, 7),  # the tail 1, 2 would fit behind the 1
        ([[1, 2, 3, 4], [5], [6, 7, 8], [1], [2, 3]], 0, 4),
        ([[1, 2, 3, 4, 5, 6], [7, 8]], 9, 6),
        (_documents(rng, 3, 4), 0, 6),
        (_documents(rng, 12, 30), 9, 10),
        (_documents(rng, 20, 7), 0, 12),
    ]


def _documents(rng: torch.Generator, n: int, longest: int) -> list:
    sizes = torch.randint(1, longest + 1, (n,), generator=rng).tolist()
    return [torch.randint(1, 9, (size,), generator=rng).tolist() for size in sizes]


def _learnt(rows: list, end: int) -> int:
    pairs = [pair for row in rows for pair in pairwise(row)]
    return sum(pair != (end, end) for pair in pairs)


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


class Properties:
    def every_token_and_every_END_is_asked_once(f, rng):
        documents = _documents(rng, 12, 20)
        want = sum(map(len, documents)) + len(documents)
        got = _learnt(f([list(d) for d in documents], 9, 8), 9)
        if got != want:
            raise Fails(
                f"twelve documents have {want} targets (their tokens, and an END each); your rows ask "
                f"for {got}."
            )

    def a_document_that_fits_is_not_torn(f, rng):
        documents = [[1, 2, 3], [4, 5], [6, 7, 8, 1], [2], [3, 4]]
        rows = f([list(d) for d in documents], 9, 8)
        text = "|".join(" ".join(map(str, row)) for row in rows)
        torn = [d for d in documents if f"9 {' '.join(map(str, d))} 9" not in text]
        if torn:
            raise Fails(
                f"the document {torn[0]} fits into a row of 8 and stands whole in none of yours."
            )


class Mistakes:
    @named("one long row, chopped")
    def one_long_row_chopped(documents, end, width):
        """You laid all documents in one row and chopped it. That is the usual habit and wastes
        nothing, but documents are torn that would have fitted into a window."""
        row = [t for d in documents for t in (end, *d)] + [end]
        pieces = [row[i : i + width + 1] for i in range(0, len(row) - 1, width)]
        return [p + [end] * (width + 1 - len(p)) for p in pieces]

    def no_room_for_END(documents, end, width):
        """You filled a row up to its last place. The document's END is nobody's target then: the
        model never learns to stop. Leave one place."""
        return _packed_by(documents, end, width, room=1)

    def rows_that_share_no_token(documents, end, width):
        """The last token of a full row is only a target. It must be the first input of the next
        row, or the token after it is never asked."""
        return _packed_by(documents, end, width, share=False)

    def tails_thrown_away(documents, end, width):
        """What is left of a long document is dropped, and with it every ending."""
        return _packed_by(documents, end, width, tail="dropped")

    def END_behind_instead_of_before(documents, end, width):
        """Your rows do not begin with END, so the first token of a document has no input that
        announces it, and at writing time nothing to start from."""
        return _packed_by(documents, end, width, begin=False)

    def a_document_a_row(documents, end, width):
        """Each document has a row of its own: correct, and mostly filling. Look for a row that has
        room."""
        return _packed_by(documents, end, width, look="none")

    def only_the_newest_row_tried(documents, end, width):
        """You look at the last row only. An earlier one may still have room: take the first that
        has."""
        return _packed_by(documents, end, width, look="newest")

    def a_tail_behind_another_document(documents, end, width):
        """A tail does not begin with END. Behind another document it looks like that one's next
        words, and its first token is asked twice: it must open a row."""
        return _packed_by(documents, end, width, tail="anywhere")

    def nothing_behind_a_tail(documents, end, width):
        """A tail opens a row, and that row has room for others. You fill it with END."""
        return _packed_by(documents, end, width, tail="alone")
