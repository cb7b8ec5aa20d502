import torch


def right_index(x_t, guess, u, t, s, mask):
    x_s = x_t.clone()
    open_now = torch.logical_and(x_t.eq(mask), u < 1 - s / t)
    x_s[open_now] = guess[open_now]
    return x_s


def right_arithmetic(x_t, guess, u, t, s, mask):
    opened = ((x_t == mask) * (u * t < t - s)).long()
    return opened * guess + (1 - opened) * x_t


def right_loop(x_t, guess, u, t, s, mask):
    out = x_t.clone()
    for b in range(x_t.shape[0]):
        for i in range(x_t.shape[1]):
            if int(x_t[b, i]) == mask and float(u[b, i]) < (t - s) / t:
                out[b, i] = guess[b, i]
    return out


def right_masked_fill(x_t, guess, u, t, s, mask):
    stays = (x_t != mask) | (u >= (t - s) / t)
    return torch.where(stays, x_t, guess)


def wrong_difference(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u < (t - s)), guess, x_t)


def wrong_ratio(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u < s / t), guess, x_t)


def wrong_everywhere(x_t, guess, u, t, s, mask):
    return torch.where(u < (t - s) / t, guess, x_t)


def wrong_all_hidden(x_t, guess, u, t, s, mask):
    return torch.where(x_t == mask, guess, x_t)


def wrong_of_the_shown(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u < (t - s) / max(1 - s, 1e-9)), guess, x_t)


def wrong_greater(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u > (t - s) / t), guess, x_t)


def wrong_masks_again(x_t, guess, u, t, s, mask):
    # hides everything anew at level s
    return torch.where(u < s, torch.full_like(x_t, mask), torch.where(x_t == mask, guess, x_t))


def wrong_in_place(x_t, guess, u, t, s, mask):
    opened = (x_t == mask) & (u < (t - s) / t)
    x_t[opened] = guess[opened]
    return x_t


def wrong_keeps_time_s(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u >= s), guess, x_t)


def wrong_share_of_s(x_t, guess, u, t, s, mask):
    return torch.where((x_t == mask) & (u < (t - s) / s if s > 0 else u < 1), guess, x_t)


def wrong_fixed_count(x_t, guess, u, t, s, mask):
    # opens exactly the expected number of places: those with the smallest u
    hidden = x_t == mask
    n_open = (hidden.sum(1, keepdim=True) * (t - s) / t).round().long()
    rank = torch.where(hidden, u, torch.full_like(u, 2.0)).argsort(1).argsort(1)
    return torch.where(hidden & (rank < n_open), guess, x_t)


def wrong_one_minus_s(x_t, guess, u, t, s, mask):
    # opens with probability 1 - s
    return torch.where((x_t == mask) & (u < 1 - s), guess, x_t)


def wrong_mask_written_in(x_t, guess, u, t, s, mask):
    # 96 written in
    return torch.where((x_t == 96) & (u < (t - s) / t), guess, x_t)


def wrong_one_dice_a_row(x_t, guess, u, t, s, mask):
    # one dice a row
    return torch.where((x_t == mask) & (u[:, :1] < (t - s) / t), guess, x_t)


def right_masked_scatter(x_t, guess, u, t, s, mask):
    stays = x_t.ne(mask) | u.ge((t - s) / t)
    return guess.masked_scatter(stays, x_t[stays])
