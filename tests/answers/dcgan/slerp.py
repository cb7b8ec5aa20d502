import math

import torch
import torch.nn.functional as F


def _angle(a, b):
    return torch.acos(F.cosine_similarity(a, b, dim=1).clamp(-1, 1)).unsqueeze(1)


def right_where(a, b, t):
    omega = _angle(a, b)
    so = torch.sin(omega)
    arc = torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b
    return torch.where(so < 1e-6, (1 - t) * a + t * b, arc)


def right_loop(a, b, t):
    rows = []
    for u, v in zip(a, b, strict=True):
        cos = float(u.double() @ v.double() / (u.double().norm() * v.double().norm()))
        omega = math.acos(max(-1.0, min(1.0, cos)))
        if math.sin(omega) < 1e-6:
            rows.append((1 - t) * u + t * v)
        else:
            s = math.sin(omega)
            rows.append(math.sin((1 - t) * omega) / s * u + math.sin(t * omega) / s * v)
    return torch.stack(rows)


def right_atan2(a, b, t):
    u, v = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    omega = 2 * torch.atan2((u - v).norm(dim=-1, keepdim=True), (u + v).norm(dim=-1, keepdim=True))
    flat = omega.sin().abs() < 1e-6
    safe = torch.where(flat, torch.ones_like(omega), omega)
    weight_a = torch.where(flat, torch.full_like(omega, 1 - t), ((1 - t) * safe).sin() / safe.sin())
    weight_b = torch.where(flat, torch.full_like(omega, t), (t * safe).sin() / safe.sin())
    return weight_a * a + weight_b * b


def right_mask(a, b, t):
    out = torch.lerp(a, b, t)
    cos = torch.einsum("bz,bz->b", a, b) / torch.linalg.norm(a, dim=1) / torch.linalg.norm(b, dim=1)
    bent = cos.abs() < 1 - 1e-12
    omega = torch.arccos(cos[bent])[:, None]
    arc = torch.sin(omega - t * omega) * a[bent] + torch.sin(t * omega) * b[bent]
    out[bent] = arc / torch.sin(omega)
    return out


def wrong_straight_line(a, b, t):
    return (1 - t) * a + t * b


def wrong_t_swapped(a, b, t):
    omega = _angle(a, b)
    so = torch.sin(omega)
    arc = torch.sin(t * omega) / so * a + torch.sin((1 - t) * omega) / so * b
    return torch.where(so < 1e-6, t * a + (1 - t) * b, arc)


def wrong_not_divided(a, b, t):
    omega = _angle(a, b)
    arc = torch.sin((1 - t) * omega) * a + torch.sin(t * omega) * b
    return torch.where(torch.sin(omega) < 1e-6, (1 - t) * a + t * b, arc)


def wrong_raw_dot_product(a, b, t):
    omega = torch.acos((a * b).sum(1, keepdim=True).clamp(-1, 1))
    so = torch.sin(omega)
    arc = torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b
    return torch.where(so < 1e-6, (1 - t) * a + t * b, arc)


def wrong_unit_vectors(a, b, t):
    omega = _angle(a, b)
    so = torch.sin(omega)
    a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)
    arc = torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b
    return torch.where(so < 1e-6, (1 - t) * a + t * b, arc)


def wrong_one_angle_for_all(a, b, t):
    cos = (a * b).sum() / (a.norm() * b.norm())
    omega = torch.acos(cos.clamp(-1, 1))
    so = torch.sin(omega)
    if so < 1e-6:
        return (1 - t) * a + t * b
    return torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b


def wrong_parallel_forgotten(a, b, t):
    # edge: 0 / 0 where b = a
    omega = _angle(a, b)
    so = torch.sin(omega)
    return torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b


def wrong_one_parallel_flattens_all(a, b, t):
    # edge: one parallel row among others
    omega = _angle(a, b)
    so = torch.sin(omega)
    if (so < 1e-6).any():
        return (1 - t) * a + t * b
    return torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b


def wrong_eps_in_denominator(a, b, t):
    # edge: parallel rows become 0
    omega = _angle(a, b)
    so = torch.sin(omega) + 1e-8
    return torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b


def wrong_no_clamp(a, b, t):
    # float32: the cosine of parallel rows may be 1.0000001, acos gives nan
    cos = (a * b).sum(1, keepdim=True) / (a.norm(dim=1) * b.norm(dim=1))[:, None]
    omega = torch.acos(cos)
    so = torch.sin(omega)
    arc = torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b
    return torch.where(so < 1e-6, (1 - t) * a + t * b, arc)


def wrong_normalised_in_place(a, b, t):
    # in place
    a /= a.norm(dim=1, keepdim=True)
    b /= b.norm(dim=1, keepdim=True)
    omega = torch.acos((a * b).sum(1, keepdim=True).clamp(-1, 1))
    so = torch.sin(omega)
    arc = torch.sin((1 - t) * omega) / so * a + torch.sin(t * omega) / so * b
    return torch.where(so < 1e-6, (1 - t) * a + t * b, arc)
