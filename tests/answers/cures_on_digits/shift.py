import torch
import torch.nn.functional as F


def right_loop(x, dy, dx):
    out = []
    for picture, down, right in zip(x, dy.tolist(), dx.tolist(), strict=True):
        h, w = picture.shape[-2:]
        new = torch.full_like(picture, -1.0)
        for i in range(h):
            for j in range(w):
                if 0 <= i - down < h and 0 <= j - right < w:
                    new[0, i, j] = picture[0, i - down, j - right]
        out.append(new)
    return torch.stack(out)


def right_pad(x, dy, dx):
    h, w = x.shape[-2:]
    m = int(max(dy.abs().max(), dx.abs().max()))
    padded = F.pad(x, (m, m, m, m), value=-1.0)
    rows = []
    for k in range(len(x)):
        top, left = m - int(dy[k]), m - int(dx[k])
        rows.append(padded[k, :, top : top + h, left : left + w])
    return torch.stack(rows)


def right_gather(x, dy, dx):
    b, _, h, w = x.shape
    i = torch.arange(h)[None, :, None] - dy[:, None, None]
    j = torch.arange(w)[None, None, :] - dx[:, None, None]
    ok = ((i >= 0) & (i < h)) & ((j >= 0) & (j < w))
    flat = (i.clamp(0, h - 1) * w + j.clamp(0, w - 1)).reshape(b, -1)
    picked = (x + 1).flatten(1).gather(1, flat).reshape(b, h, w)
    return (picked * ok - 1)[:, None]


def wrong_roll(x, dy, dx):
    return torch.stack(
        [p.roll((a, b), dims=(1, 2)) for p, a, b in zip(x, dy.tolist(), dx.tolist(), strict=True)]
    )


def wrong_common(x, dy, dx):
    h, w = x.shape[-2:]
    m = int(max(dy.abs().max(), dx.abs().max()))
    padded = F.pad(x, (m, m, m, m), value=-1.0)
    top, left = m - int(dy[0]), m - int(dx[0])
    return padded[:, :, top : top + h, left : left + w]


def wrong_zero_padding(x, dy, dx):
    h, w = x.shape[-2:]
    m = int(max(dy.abs().max(), dx.abs().max()))
    padded = F.pad(x, (m, m, m, m))
    rows = [
        padded[k, :, m - int(dy[k]) : m - int(dy[k]) + h, m - int(dx[k]) : m - int(dx[k]) + w]
        for k in range(len(x))
    ]
    return torch.stack(rows)


def wrong_sign(x, dy, dx):
    return right_pad(x, -dy, -dx)


def wrong_axes(x, dy, dx):
    return right_pad(x, dx, dy)


def wrong_clamped(x, dy, dx):
    # the edge is smeared in
    b, _, h, w = x.shape
    i = (torch.arange(h)[None] - dy[:, None]).clamp(0, h - 1)
    j = (torch.arange(w)[None] - dx[:, None]).clamp(0, w - 1)
    return x[torch.arange(b)[:, None, None], 0, i[:, :, None], j[:, None, :]][:, None]


def wrong_no_channel(x, dy, dx):
    return right_pad(x, dy, dx)[:, 0]


def wrong_detached(x, dy, dx):
    return right_pad(x.detach(), dy, dx)


def wrong_numpy(x, dy, dx):
    # no gradient passes
    moved = right_pad(x.detach(), dy, dx).numpy()
    return torch.from_numpy(moved)


def wrong_in_place(x, dy, dx):
    for k in range(len(x)):
        x[k] = right_pad(x[k : k + 1].clone(), dy[k : k + 1], dx[k : k + 1])[0]
    return x


def wrong_only_down(x, dy, dx):
    return right_pad(x, dy, torch.zeros_like(dx))


def wrong_background_zero_to_one(x, dy, dx):
    return right_pad((x + 1) / 2, dy, dx)
