import torch


def right_mean(surprise, hidden):
    mean = (surprise * hidden).sum(-1) / hidden.sum(-1)
    return surprise.shape[-1] * mean


def right_rows(surprise, hidden):
    rows = [row[h].mean() * len(row) for row, h in zip(surprise, hidden, strict=True)]
    return torch.stack(rows)


def right_where(surprise, hidden):
    kept = torch.where(hidden, surprise, torch.zeros_like(surprise))
    return kept.sum(dim=1) / hidden.to(surprise.dtype).mean(dim=1)


def right_masked_fill(surprise, hidden):
    return surprise.masked_fill(~hidden, 0).sum(1) * hidden.size(1) / hidden.count_nonzero(1)


def wrong_mean_only(surprise, hidden):
    return (surprise * hidden).sum(1) / hidden.sum(1)


def wrong_sum_only(surprise, hidden):
    return (surprise * hidden).sum(1)


def wrong_all(surprise, hidden):
    return surprise.sum(1)


def wrong_shown(surprise, hidden):
    return surprise.shape[1] / (~hidden).sum(1).clamp(min=1) * (surprise * ~hidden).sum(1)


def wrong_one_number(surprise, hidden):
    return (surprise.shape[1] / hidden.sum(1) * (surprise * hidden).sum(1)).mean()


def wrong_batch(surprise, hidden):
    return (surprise * hidden).sum(1) / hidden.double().mean()


def wrong_twice(surprise, hidden):
    m = hidden.sum(1)
    return surprise.shape[1] / m**2 * (surprise * hidden).sum(1)


def wrong_batch_size(surprise, hidden):
    return len(surprise) / hidden.sum(1) * (surprise * hidden).sum(1)


def wrong_bits(surprise, hidden):
    return surprise.shape[1] / hidden.sum(1) * (surprise * hidden).sum(1) / 0.6931471805599453


def wrong_upside_down(surprise, hidden):
    return (surprise * hidden).sum(1) * hidden.sum(1) / surprise.shape[1]


def right_nanmean(surprise, hidden):
    return surprise.masked_fill(~hidden, float("nan")).nanmean(1) * surprise.shape[1]


def wrong_all_letters_weighed(surprise, hidden):
    # all letters charged, weighed
    return surprise.shape[1] / hidden.sum(1) * surprise.sum(1)


def wrong_boolean_index(surprise, hidden):
    # all hidden letters of the batch in one mean
    return surprise.shape[1] * surprise[hidden].mean().expand(len(surprise))


def wrong_integer(surprise, hidden):
    # weight rounded down
    return surprise.shape[1] // hidden.sum(1) * (surprise * hidden).sum(1)
