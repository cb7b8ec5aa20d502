import torch


def right_scale(pixels):
    return pixels.unsqueeze(1).float() / 127.5 - 1


def right_loop(pixels):
    n, h, w = pixels.shape
    out = torch.zeros(n, 1, h, w)
    for i in range(n):
        out[i, 0] = (pixels[i].to(torch.float32) - 127.5) / 127.5
    return out


def right_numpy(pixels):
    array = pixels.numpy().astype("float32") / 255 * 2 - 1
    return torch.from_numpy(array)[:, None]


def right_half_and_half(pixels):
    shares = pixels.clone().view(pixels.shape[0], 1, *pixels.shape[1:]) / torch.tensor(255.0)
    return (shares - 0.5) / 0.5


def wrong_zero_to_one(pixels):
    return pixels.unsqueeze(1).float() / 255


def wrong_half_range(pixels):
    return pixels.unsqueeze(1).float() / 255 - 0.5


def wrong_256(pixels):
    return pixels.unsqueeze(1).float() / 256 * 2 - 1


def wrong_uint8_doubled(pixels):
    # 2 * 200 does not fit in a byte
    return (2 * pixels).unsqueeze(1).float() / 255 - 1


def wrong_inverted(pixels):
    return 1 - pixels.unsqueeze(1).float() / 127.5


def wrong_by_largest(pixels):
    # edge: no pixel is 255
    p = pixels.unsqueeze(1).float()
    return p / p.max() * 2 - 1


def wrong_min_max_per_picture(pixels):
    # edge: a picture without a 0 or a 255
    p = pixels.unsqueeze(1).float()
    low = p.amin(dim=(2, 3), keepdim=True)
    high = p.amax(dim=(2, 3), keepdim=True)
    return (p - low) / (high - low) * 2 - 1


def wrong_standardised(pixels):
    p = pixels.unsqueeze(1).float()
    return (p - p.mean()) / p.std()


def wrong_no_channel(pixels):
    # shape
    return pixels.float() / 127.5 - 1


def wrong_double(pixels):
    # type
    return pixels.unsqueeze(1).double() / 127.5 - 1


def wrong_unsqueezed_in_place(pixels):
    # in place
    pixels.unsqueeze_(1)
    return pixels.float() / 127.5 - 1
