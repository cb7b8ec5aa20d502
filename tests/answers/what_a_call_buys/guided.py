import torch


def right_two_calls(denoise, x, sigma, y, scale, no_label):
    without = denoise(x, sigma, torch.full_like(y, no_label))
    return without + scale * (denoise(x, sigma, y) - without)


def right_one_call(denoise, x, sigma, y, scale, no_label):
    labels = torch.cat([y, y.new_full((len(y),), no_label)])
    asked, plain = denoise(torch.cat([x, x]), sigma, labels).chunk(2)
    return torch.lerp(plain, asked, scale)


def right_weights(denoise, x, sigma, y, scale, no_label):
    nothing = torch.ones_like(y) * no_label
    return scale * denoise(x, sigma, y) + (1 - scale) * denoise(x, sigma, nothing)


def right_paper(denoise, x, sigma, y, scale, no_label):
    w = scale - 1
    plain = denoise(x, sigma, torch.zeros_like(y) + no_label)
    return (1 + w) * denoise(x, sigma, y) - w * plain


def wrong_w(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return (1 + scale) * denoise(x, sigma, y) - scale * plain


def wrong_zeros_as_no_label(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.zeros_like(y))
    return plain + scale * (denoise(x, sigma, y) - plain)


def wrong_last_label(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label - 1))
    return plain + scale * (denoise(x, sigma, y) - plain)


def wrong_asked_only(denoise, x, sigma, y, scale, no_label):
    return denoise(x, sigma, y)


def wrong_plain_only(denoise, x, sigma, y, scale, no_label):
    return denoise(x, sigma, torch.full_like(y, no_label))


def wrong_difference(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return scale * (denoise(x, sigma, y) - plain)


def wrong_exchanged(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return (1 - scale) * denoise(x, sigma, y) + scale * plain


def wrong_from_x(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return x + scale * (denoise(x, sigma, y) - plain)


def wrong_clipped(denoise, x, sigma, y, scale, no_label):
    return right_two_calls(denoise, x, sigma, y, scale, no_label).clamp(-1, 1)


def wrong_labels_overwritten(denoise, x, sigma, y, scale, no_label):
    # the student's labels are gone afterwards
    asked = denoise(x, sigma, y)
    plain = denoise(x, sigma, y.fill_(no_label))
    return plain + scale * (asked - plain)


def wrong_first_label(denoise, x, sigma, y, scale, no_label):
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return plain + scale * (denoise(x, sigma, y[:1].expand_as(y)) - plain)


def wrong_float_label(denoise, x, sigma, y, scale, no_label):
    # labels as floats
    plain = denoise(x, sigma, torch.full((len(y),), float(no_label)))
    return plain + scale * (denoise(x, sigma, y) - plain)


def wrong_ten(denoise, x, sigma, y, scale, no_label):
    # label 10 for nothing
    plain = denoise(x, sigma, torch.full_like(y, 10))
    return plain + scale * (denoise(x, sigma, y) - plain)


def wrong_scalar_label(denoise, x, sigma, y, scale, no_label):
    # a scalar label: no batch of labels
    plain = denoise(x, sigma, torch.tensor(no_label))
    return plain + scale * (denoise(x, sigma, y) - plain)
