import torch


def right_mask(nll, targets, per_row):
    return nll[targets != -100].sum() / (len(nll) * per_row)


def right_where(nll, targets, per_row):
    counted = torch.where(targets == -100, torch.zeros_like(nll), nll)
    return counted.sum(dim=1).mean() / per_row


def right_loop(nll, targets, per_row):
    total = nll.new_zeros(())
    for row, goal in zip(nll, targets, strict=True):
        total = total + torch.dot(row, (goal != -100).to(row.dtype))
    return total / nll.shape[0] / per_row


def right_masked_fill(nll, targets, per_row):
    counted = nll.clone().masked_fill(mask=targets.eq(-100), value=0.0)
    return torch.sum(input=counted) * (1.0 / (per_row * targets.size(0)))


def wrong_own_count(nll, targets, per_row):
    mask = targets != -100
    return (nll * mask).sum() / mask.sum().clamp(min=1)


def wrong_own_mean(nll, targets, per_row):
    return nll[targets != -100].mean()  # edge too: a part without targets gives nan


def wrong_not_by_rows(nll, targets, per_row):
    return nll[targets != -100].sum() / per_row


def wrong_all_places(nll, targets, per_row):
    return nll.sum() / (len(nll) * per_row)


def wrong_mean_over_places(nll, targets, per_row):
    return (nll * (targets != -100)).mean()


def wrong_mean_and_per_row(nll, targets, per_row):
    return (nll * (targets != -100)).mean() / per_row


def wrong_multiplied(nll, targets, per_row):
    return nll[targets != -100].sum() / len(nll) * per_row


def wrong_by_length(nll, targets, per_row):
    return nll[targets != -100].sum() / (nll.shape[1] * per_row)


def wrong_mean_of_rows(nll, targets, per_row):
    mask = targets != -100
    return ((nll * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()


def wrong_token_zero(nll, targets, per_row):
    return nll[targets > 0].sum() / (len(nll) * per_row)  # edge: token 0 counts


def wrong_hidden_only(nll, targets, per_row):
    return nll[targets == -100].sum() / (len(nll) * per_row)


def wrong_half(nll, targets, per_row):
    # float32: the sum is over 65504 in real batches
    total = nll.half()[targets != -100].sum()
    return (total / (len(nll) * per_row)).to(nll.dtype)


def wrong_no_gradient(nll, targets, per_row):
    total = nll[targets != -100].sum().item()  # gradient
    return torch.tensor(total / (len(nll) * per_row))


def wrong_rows(nll, targets, per_row):
    return (nll * (targets != -100)).sum(1) / per_row  # shape


def wrong_in_place(nll, targets, per_row):
    with torch.no_grad():
        nll[targets == -100] = 0.0  # in place
    return nll.sum() / (len(nll) * per_row)
