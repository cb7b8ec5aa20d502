import torch


def right_clone(rows, end):
    targets = rows[:, 1:].clone()
    targets[(rows[:, 1:] == end) & (rows[:, :-1] == end)] = -100
    return targets


def right_where(rows, end):
    now, then = rows[:, :-1], rows[:, 1:]
    return torch.where((now != end) | (then != end), then, torch.tensor(-100))


def right_loop(rows, end):
    targets = torch.full((rows.shape[0], rows.shape[1] - 1), -100, dtype=torch.long)
    for i, row in enumerate(rows.tolist()):
        for t in range(len(row) - 1):
            if not (row[t] == end and row[t + 1] == end):
                targets[i, t] = row[t + 1]
    return targets


def right_masked_fill(rows, end):
    is_end = rows.eq(end).long()
    filling = (is_end[:, 1:] + is_end[:, :-1]) == 2
    return torch.masked_fill(input=rows[:, 1:], mask=filling, value=-100)


def wrong_every_end(rows, end):
    return rows[:, 1:].masked_fill(rows[:, 1:] == end, -100)  # never learns to stop


def wrong_end_as_input(rows, end):
    return rows[:, 1:].masked_fill(rows[:, :-1] == end, -100)


def wrong_either(rows, end):
    return rows[:, 1:].masked_fill((rows[:, :-1] == end) | (rows[:, 1:] == end), -100)


def wrong_nothing_hidden(rows, end):
    return rows[:, 1:].clone()


def wrong_not_shifted(rows, end):
    filling = (rows[:, :-1] == end) & (rows[:, 1:] == end)
    return rows[:, :-1].masked_fill(filling, -100)


def wrong_all_but_filling(rows, end):
    filling = (rows[:, :-1] == end) & (rows[:, 1:] == end)
    return rows[:, 1:].masked_fill(~filling, -100)


def wrong_one_place_early(rows, end):
    targets = rows[:, 1:].clone()
    after = (rows[:, 1:-1] == end) & (rows[:, 2:] == end)
    targets[:, :-1][after] = -100  # looks at the next pair
    return targets


def wrong_trailing(rows, end):
    trailing = (rows[:, 1:] == end).long().flip(1).cumprod(1).flip(1).bool()
    return rows[:, 1:].masked_fill(trailing, -100)  # the END that closes the last document, too


def wrong_minus_one(rows, end):
    filling = (rows[:, :-1] == end) & (rows[:, 1:] == end)
    return rows[:, 1:].masked_fill(filling, -1)


def wrong_after_first_end(rows, end):
    seen = (rows[:, :-1] == end).cumsum(1) > 1
    return rows[:, 1:].masked_fill(seen & (rows[:, 1:] == end), -100)


def wrong_end_is_zero(rows, end):
    filling = (rows[:, :-1] + rows[:, 1:]) == 0
    return rows[:, 1:].masked_fill(filling, -100)  # edge: an end that is not 0


def wrong_sum_of_two(rows, end):
    # tokens that add up to two ENDs
    filling = (rows[:, :-1] + rows[:, 1:]) == 2 * end
    return rows[:, 1:].masked_fill(filling, -100)


def wrong_one_too_many(rows, end):
    filling = (rows == end) & (rows.roll(1, 1) == end)
    return rows.masked_fill(filling, -100)  # shape


def wrong_float(rows, end):
    filling = (rows[:, :-1] == end) & (rows[:, 1:] == end)
    return rows[:, 1:].masked_fill(filling, -100).float()  # type


def wrong_half(rows, end):
    targets = rows[:, 1:].half()  # float32: token numbers over 2048
    targets[(rows[:, :-1] == end) & (rows[:, 1:] == end)] = -100
    return targets.long()


def wrong_in_place(rows, end):
    targets = rows[:, 1:]
    targets[(rows[:, :-1] == end) & (rows[:, 1:] == end)] = -100  # in place
    return targets
