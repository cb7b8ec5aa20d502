"""What wrong ways of packing have in common; the right one is written out in ``pack``."""


def pieces(tokens: list, width: int) -> tuple[list, list]:
    """Cut off rows of width + 1 tokens that share one, while the rest is longer than width."""
    whole = []
    while len(tokens) > width:
        whole.append(tokens[: width + 1])
        tokens = tokens[width:]
    return whole, tokens


def put(tokens: list, rows: list, room: int, first: int = 0) -> None:
    """Put tokens into the first row, from number ``first`` on, that then holds at most room."""
    for k in range(first, len(rows)):
        if len(rows[k]) + len(tokens) <= room:
            rows[k] = rows[k] + tokens
            return
    rows.append(tokens)


def filled(rows: list, end: int, width: int) -> list:
    """Fill all rows up to width + 1 tokens."""
    return [row + [end] * (width + 1 - len(row)) for row in rows]
