"""Exercise of lesson 86: fill windows with whole documents."""

from itertools import pairwise

import torch

from course_utils.checks.full_gpt.shared import filled, pieces, put
from course_utils.exercises.spec import About, close, expect

ABOUT = About(see="86, step 1", difficulty=3, minutes=12)
HINTS = (
    "Keep a list of rows that are not full. For a document: cut off whole rows while it is too "
    "long, then look for the first row with room.",
    "while len(tokens) > width: rows.append(tokens[: width + 1]); tokens = tokens[width:]. A "
    "tail does not begin with END: it must not go into a row that has something.",
)


def pack(documents: list, end: int, width: int) -> list:
    """Fill windows of width + 1 tokens: row after row, each document in the first that has room.

    documents: lists of tokens, none empty. One goes in as [end, *document] where the row then has
    at most ``width`` tokens, so that its END fits behind it; a longer one gets rows of its own, of
    width + 1 tokens and sharing one (the last input's target is the next row's first input), and
    its tail, of at most ``width``, opens a row with room for others. Filled with ``end``:
    ([[1], [2, 3], [4]], 0, 5) -> [[0, 1, 0, 2, 3, 0], [0, 4, 0, 0, 0, 0]]
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


def texts(rng, n: int, longest: int) -> list:
    lengths = torch.randint(1, longest + 1, (n,), generator=rng).tolist()
    return [torch.randint(10, 99, (length,), generator=rng).tolist() for length in lengths]


def cases(rng):
    yield [[1, 2], [3, 4, 5, 6, 7, 8], [9]], 0, 4
    yield [[7]], 9, 3
    yield [[1, 2, 3], [4, 5, 6, 7], [8], [1, 2, 3, 4], [5]], 9, 8  # [8] has the choice of rows
    yield [[1], [2, 3, 4, 5, 6, 7, 8, 1, 2], [3]], 9, 7  # the tail 1, 2 would fit behind the 1
    yield [[1, 2, 3, 4, 5, 6], [7, 8]], 9, 6  # one token too long
    yield texts(rng, 12, 30), 0, 10
    yield texts(rng, 20, 7), 0, 12


def hard_cases(rng):
    yield texts(rng, 300, 500), 1024, 128


class Properties:
    def every_token_and_every_END_is_asked_once(f, rng):
        documents = texts(rng, 12, 20)
        rows = f([list(document) for document in documents], 9, 8)
        asked = sum(pair != (9, 9) for row in rows for pair in pairwise(row))
        says = "twelve documents have {right} targets, tokens and an END each; you ask for {got}."
        close(asked, sum(map(len, documents)) + len(documents), says)

    def a_document_that_fits_is_not_torn(f, rng):
        documents = [[1, 2, 3], [4, 5], [6, 7, 8, 1], [2], [3, 4]]
        rows = f([list(document) for document in documents], 9, 8)
        text = "|".join(" ".join(map(str, row)) for row in rows)
        torn = [k for k in documents if f"9 {' '.join(map(str, k))} 9" not in text]
        expect(not torn, f"{torn[:1]} fits into a row of 8 and stands whole in none of yours.")


class Mistakes:
    def no_room_for_END(documents, end, width):
        """You filled a row up to its last place. The document's END is nobody's target then: the
        model never learns to stop. Leave one place."""
        rows = []
        for document in documents:
            whole, rest = pieces([end, *document], width)
            rows += whole
            put(rest, rows, width + 1, first=len(rows) if whole else 0)
        return filled(rows, end, width)

    def rows_that_share_no_token(documents, end, width):
        """The last token of a full row is only a target. It must be the first input of the next
        row, or the token after it is never asked."""
        rows = []
        for document in documents:
            tokens, n = [end, *document], len(rows)
            while len(tokens) > width:
                rows.append(tokens[: width + 1])
                tokens = tokens[width + 1 :]
            if tokens:
                put(tokens, rows, width, first=len(rows) if len(rows) > n else 0)
        return filled(rows, end, width)

    def a_tail_behind_another_document(documents, end, width):
        """A tail does not begin with END. Behind another document it looks like that one's next
        words, and its first token is asked twice: it must open a row."""
        rows = []
        for document in documents:
            whole, rest = pieces([end, *document], width)
            rows += whole
            put(rest, rows, width)
        return filled(rows, end, width)

    def only_the_newest_row_tried(documents, end, width):
        """You look at the last row only. An earlier one may still have room: take the first that
        has."""
        rows = []
        for document in documents:
            whole, rest = pieces([end, *document], width)
            rows += whole
            put(rest, rows, width, first=len(rows) if whole else max(0, len(rows) - 1))
        return filled(rows, end, width)

    def tails_thrown_away(documents, end, width):
        """What is left of a long document is dropped, and with it every ending."""
        rows = []
        for document in documents:
            whole, rest = pieces([end, *document], width)
            rows += whole
            if not whole:
                put(rest, rows, width)
        return filled(rows, end, width)
