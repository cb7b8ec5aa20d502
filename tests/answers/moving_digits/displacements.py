import torch


def right_einsum(clips):
    h, w = clips.shape[-2:]
    rows = torch.arange(h, dtype=clips.dtype)
    cols = torch.arange(w, dtype=clips.dtype)
    mass = clips.sum((-1, -2))
    r = torch.einsum("nfhw,h->nf", clips, rows) / mass
    c = torch.einsum("nfhw,w->nf", clips, cols) / mass
    centre = torch.stack((r, c), dim=2)
    return centre[:, 1:] - centre[:, :-1]


def right_normalised_first(clips):
    p = clips / clips.sum(dim=(2, 3), keepdim=True)
    grid_r, grid_c = torch.meshgrid(
        torch.arange(clips.size(2)), torch.arange(clips.size(3)), indexing="ij"
    )
    r = (p * grid_r).sum((2, 3))
    c = (p * grid_c).sum((2, 3))
    return torch.diff(torch.stack([r, c], -1), dim=1)


def right_other_origin(clips):
    # the origin of the coordinates does not matter
    h, w = clips.shape[2:]
    r = (clips.sum(3) * (torch.arange(h) - h / 2)).sum(2) / clips.sum((2, 3))
    c = (clips.sum(2) * (torch.arange(w) - w / 2)).sum(2) / clips.sum((2, 3))
    return torch.stack([r.diff(dim=1), c.diff(dim=1)], -1)


def right_loop(clips):
    out = []
    for clip in clips:
        places = []
        for frame in clip:
            r = (frame.sum(1) * torch.arange(frame.shape[0])).sum() / frame.sum()
            c = (frame.sum(0) * torch.arange(frame.shape[1])).sum() / frame.sum()
            places.append(torch.stack([r, c]))
        places = torch.stack(places)
        out.append(places[1:] - places[:-1])
    return torch.stack(out)


def _centre(clips):
    mass = clips.sum((2, 3))
    r = (clips.sum(3) * torch.arange(clips.shape[2])).sum(2) / mass
    c = (clips.sum(2) * torch.arange(clips.shape[3])).sum(2) / mass
    return torch.stack([r, c], -1)


def wrong_no_mass(clips):
    r = (clips.sum(3) * torch.arange(clips.shape[2])).sum(2)
    c = (clips.sum(2) * torch.arange(clips.shape[3])).sum(2)
    return torch.stack([r, c], -1).diff(dim=1)


def wrong_xy(clips):
    return _centre(clips).flip(-1).diff(dim=1)


def wrong_swapped_sums(clips):
    mass = clips.sum((2, 3))
    a = (clips.sum(2) * torch.arange(clips.shape[3])).sum(2) / mass
    b = (clips.sum(3) * torch.arange(clips.shape[2])).sum(2) / mass
    return torch.stack([a, b], -1).diff(dim=1)


def wrong_from_first(clips):
    centre = _centre(clips)
    return centre[:, 1:] - centre[:, :1]


def wrong_positions(clips):
    return _centre(clips)


def wrong_sign(clips):
    centre = _centre(clips)
    return centre[:, :-1] - centre[:, 1:]


def wrong_diff_of_clips(clips):
    return _centre(clips).diff(dim=0)


def wrong_transposed(clips):
    return _centre(clips).diff(dim=1).mT


def wrong_brightest_pixel(clips):
    flat = clips.flatten(2).argmax(2)
    w = clips.shape[3]
    centre = torch.stack([flat // w, flat % w], -1).to(clips.dtype)
    return centre.diff(dim=1)


def wrong_absolute(clips):
    return _centre(clips).diff(dim=1).abs()


def wrong_shares_of_the_side(clips):
    # in shares of the picture instead of pixels
    h, w = clips.shape[2:]
    return _centre(clips).diff(dim=1) / torch.tensor([h, w])


def right_centred(clips):
    # places counted from the middle
    H, W = clips.shape[-2:]
    ry = torch.arange(H, dtype=clips.dtype) - (H - 1) / 2
    rx = torch.arange(W, dtype=clips.dtype) - (W - 1) / 2
    w = clips.sum((-2, -1))
    y = (clips * ry[:, None]).sum((-2, -1)) / w
    x = (clips * rx).sum((-2, -1)) / w
    c = torch.stack((y, x), -1)
    return c[:, 1:, :] - c[:, :-1, :]


def wrong_square_only(clips):
    # one range for both axes
    H = clips.shape[2]
    places = torch.arange(H).to(clips)
    total = clips.sum((2, 3))
    y = (clips.sum(3) * places).sum(2) / total
    x = (clips.sum(2) * places).sum(2) / total
    return torch.stack([y, x], -1).diff(dim=1)


def _centres(clips):
    H, W = clips.shape[2:]
    total = clips.sum((2, 3))
    y = (clips.sum(3) * torch.arange(H).to(clips)).sum(2) / total
    x = (clips.sum(2) * torch.arange(W).to(clips)).sum(2) / total
    return torch.stack([y, x], -1)


def wrong_threshold(clips):
    # mean place of inked pixels, not weighed
    return _centres((clips > 0).to(clips)).diff(dim=1)


def wrong_difference_of_frames(clips):
    # centre of the difference image
    d = clips[:, 1:] - clips[:, :-1]
    H, W = clips.shape[2:]
    total = clips[:, 1:].sum((2, 3))
    y = (d.sum(3) * torch.arange(H).to(clips)).sum(2) / total
    x = (d.sum(2) * torch.arange(W).to(clips)).sum(2) / total
    return torch.stack([y, x], -1)
