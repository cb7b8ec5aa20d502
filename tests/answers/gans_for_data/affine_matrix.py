import torch


def right_fill(angle, zoom, shift):
    out = torch.zeros(len(angle), 2, 3, dtype=shift.dtype)
    out[:, 0, 0] = angle.cos() / zoom
    out[:, 0, 1] = -angle.sin() / zoom
    out[:, 1, 0] = angle.sin() / zoom
    out[:, 1, 1] = angle.cos() / zoom
    out[:, 0, 2] = -(out[:, 0, 0] * shift[:, 0] + out[:, 0, 1] * shift[:, 1])
    out[:, 1, 2] = -(out[:, 1, 0] * shift[:, 0] + out[:, 1, 1] * shift[:, 1])
    return out


def right_inverse(angle, zoom, shift):
    rows = []
    for a, s, t in zip(angle, zoom, shift, strict=True):
        there = torch.eye(3, dtype=shift.dtype)
        there[0, 0], there[0, 1] = s * a.cos(), s * a.sin()
        there[1, 0], there[1, 1] = -s * a.sin(), s * a.cos()
        there[:2, 2] = t
        rows.append(torch.linalg.inv(there)[:2])
    return torch.stack(rows)


def right_einsum(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    column = -torch.einsum("bij,bj->bi", linear, shift)
    return torch.cat((linear, column.unsqueeze(-1)), dim=-1)


def wrong_clockwise(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, s, -s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    return torch.cat((linear, -linear @ shift[..., None]), dim=-1)


def wrong_zoom(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) * zoom.view(-1, 1, 1)
    return torch.cat((linear, -linear @ shift[..., None]), dim=-1)


def wrong_plain_shift(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    return torch.cat((linear, -shift[..., None]), dim=-1)


def wrong_shift_sign(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    return torch.cat((linear, linear @ shift[..., None]), dim=-1)


def wrong_degrees(angle, zoom, shift):
    c, s = torch.cos(angle * torch.pi / 180), torch.sin(angle * torch.pi / 180)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    return torch.cat((linear, -linear @ shift[..., None]), dim=-1)


def wrong_square(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    return torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)


def wrong_row_and_column(angle, zoom, shift):
    c, s = torch.cos(angle), torch.sin(angle)
    linear = torch.stack([c, -s, s, c], -1).view(-1, 2, 2) / zoom.view(-1, 1, 1)
    column = -linear @ shift.flip(1)[..., None]  # down and right
    return torch.cat((linear, column), dim=-1)
