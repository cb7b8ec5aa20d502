import torch


def right_where(y, s):
    g, _ = y.max(dim=1, keepdim=True)
    return torch.where(y == g, y, g - (g - y) / s)


def right_solved_for_x(y, s):
    g = y.max(1).values.unsqueeze(1).expand_as(y)
    return (y - (1 - s) * g) / s


def right_loop_over_channels(y, s):
    red, green, blue = y.unbind(1)
    g = torch.maximum(torch.maximum(red, green), blue)
    return torch.stack([(channel - g) / s + g for channel in (red, green, blue)], dim=1)


def right_lerp(y, s):
    g = y.amax(dim=1, keepdim=True).expand_as(y)
    return torch.lerp(g, y, 1 / s)


def right_channels_last(y, s):
    rows = y.movedim(1, -1)
    g = rows.sort(dim=-1).values[..., -1:]
    return (g + (rows - g) / s).movedim(-1, 1)


def wrong_mean_channel(y, s):
    g = y.mean(1, keepdim=True)
    return (y - g) / s + g


def wrong_darkest_channel(y, s):
    g = y.amin(1, keepdim=True)
    return g + (y - g) / s


def wrong_first_channel(y, s):
    g = y[:, :1]
    return g + (y - g) / s


def wrong_max_over_everything(y, s):
    g = y.max()
    return g + (y - g) / s


def wrong_max_over_width(y, s):
    g = y.amax(-1, keepdim=True)
    return g + (y - g) / s


def wrong_all_divided(y, s):
    return y / s


def wrong_forgot_g(y, s):
    return (y - y.amax(1, keepdim=True)) / s


def wrong_made_fainter(y, s):
    g = y.amax(1, keepdim=True)
    return g + s * (y - g)


def wrong_clamped(y, s):
    g = y.amax(1, keepdim=True)
    return (g + (y - g) / s).clamp(0, 1)


def wrong_grey_copy(y, s):
    return y.amax(1, keepdim=True).expand_as(y)


def wrong_untouched(y, s):
    return y


def wrong_sign(y, s):
    g = y.amax(1, keepdim=True)
    return g + (g - y) / s


def wrong_by_one_minus_s(y, s):
    g = y.amax(1, keepdim=True)
    return (y - s * g) / (1 - s)


def wrong_shape(y, s):
    g = y.amax(1)
    return g + (y.sum(1) - g) / s
