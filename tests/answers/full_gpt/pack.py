def right_first_fit(documents, end, width):
    rows = []
    for document in documents:
        piece = [end, *document]
        if len(piece) > width:
            while len(piece) > width:
                rows.append(piece[: width + 1])
                piece = piece[width:]
            rows.append(piece)
            continue
        for row in rows:
            if len(row) + len(piece) <= width:
                row.extend(piece)
                break
        else:
            rows.append(piece)
    return [row + [end] * (width + 1 - len(row)) for row in rows]


def right_next(documents, end, width):
    rows = []
    for document in documents:
        tokens = [end, *document]
        cuts = (len(tokens) - 1) // width if len(tokens) > width else 0
        rows += [tokens[i * width : i * width + width + 1] for i in range(cuts)]
        tokens = tokens[cuts * width :]
        home = None if cuts else next((r for r in rows if len(r) + len(tokens) <= width), None)
        if home is None:
            rows.append(tokens)
        else:
            home += tokens
    for row in rows:
        while len(row) < width + 1:
            row.append(end)
    return rows


def right_preallocated(documents, end, width):
    rows, used = [], []
    for document in documents:
        piece = [end] + list(document)  # noqa: RUF005
        if len(piece) <= width:
            free = [i for i, u in enumerate(used) if u + len(piece) <= width]
            if free:
                i = min(free)
                rows[i][used[i] : used[i] + len(piece)] = piece
                used[i] += len(piece)
                continue
        start = 0
        while True:
            part = piece[start : start + width + 1]
            if len(piece) - start <= width:
                rows.append(part + [end] * (width + 1 - len(part)))
                used.append(len(part))
                break
            rows.append(part)
            used.append(width + 1)
            start += width
    return rows


def _place(piece, rows, width, cut):
    if len(piece) > width:
        return _place(piece[width:], [*rows, piece[: width + 1]], width, True)
    if not cut:
        for i, row in enumerate(rows):
            if width - len(row) >= len(piece):
                return [*rows[:i], row + piece, *rows[i + 1 :]]
    return [*rows, piece]


def right_recursive(documents, end, width):
    rows = []
    for document in documents:
        rows = _place([end, *document], rows, width, cut=False)
    return [(row + (width + 1) * [end])[: width + 1] for row in rows]


def _pack(documents, end, width, room=0, step=0, longest=0, choose=None, tail=True, mark=True):
    rows = []
    for document in documents:
        piece = [end, *document] if mark else list(document)
        cut = len(piece) > width + longest
        while len(piece) > width + longest:
            rows.append(piece[: width + 1])
            piece = piece[width + step :]
        if cut:
            if tail and piece:
                rows.append(piece)
            continue
        free = [row for row in rows if len(row) + len(piece) <= width + room]
        if free:
            (choose or (lambda f, _: f[0]))(free, rows).extend(piece)
        else:
            rows.append(piece)
    return [row + [end] * (width + 1 - len(row)) for row in rows]


def wrong_no_room_for_end(documents, end, width):
    return _pack(documents, end, width, room=1)  # rows with width + 1 tokens of documents


def wrong_too_little_room(documents, end, width):
    return _pack(documents, end, width, room=-1)


def wrong_cut_too_late(documents, end, width):
    return _pack(documents, end, width, longest=1)  # [end, *document] of width + 1 tokens


def wrong_nothing_shared(documents, end, width):
    return _pack(documents, end, width, step=1)  # a document longer than a window


def wrong_tail_lost(documents, end, width):
    return _pack(documents, end, width, tail=False)


def wrong_best_fit(documents, end, width):
    return _pack(documents, end, width, choose=lambda free, _: max(free, key=len))


def wrong_last_fit(documents, end, width):
    return _pack(documents, end, width, choose=lambda free, _: free[-1])


def wrong_next_fit(documents, end, width):
    rows = []
    for document in documents:
        piece = [end, *document]
        fits = len(piece) <= width
        while len(piece) > width:
            rows.append(piece[: width + 1])
            piece = piece[width:]
        if fits and rows and len(rows[-1]) + len(piece) <= width:
            rows[-1].extend(piece)  # looks at the last row only
        else:
            rows.append(piece)
    return [row + [end] * (width + 1 - len(row)) for row in rows]


def wrong_longest_first(documents, end, width):
    return _pack(sorted(documents, key=len, reverse=True), end, width)


def wrong_no_end_before(documents, end, width):
    return _pack(documents, end, width, mark=False)


def wrong_tail_in_old_row(documents, end, width):
    rows = []
    for document in documents:
        piece = [end, *document]
        while len(piece) > width:
            rows.append(piece[: width + 1])
            piece = piece[width:]
        for row in rows:
            if len(row) + len(piece) <= width:
                row.extend(piece)  # the tail of a long document, too
                break
        else:
            rows.append(piece)
    return [row + [end] * (width + 1 - len(row)) for row in rows]


def wrong_filled_with_zero(documents, end, width):
    rows = _pack(documents, end, width)
    for row in rows:
        i = len(row)
        while i > 1 and row[i - 1] == end:
            i -= 1
        row[i:] = [0] * (len(row) - i)  # edge: an end that is not 0
    return rows


def wrong_one_row_each(documents, end, width):
    return _pack(documents, end, width, room=-width)


def wrong_not_filled(documents, end, width):
    rows = _pack(documents, end, width)
    for row in rows:
        while len(row) > 1 and row[-1] == end:
            row.pop()
    return rows  # shape


def wrong_in_place(documents, end, width):
    for document in documents:
        document.insert(0, end)  # in place
    return _pack(documents, end, width, mark=False)
