import torch


def right_formula(v_uncond, v_cond, scale):
    return v_uncond + scale * (v_cond - v_uncond)


def right_loop(v_uncond, v_cond, scale):
    rows = []
    for u, c in zip(v_uncond, v_cond, strict=True):
        rows.append((1 - scale) * u + scale * c)
    return torch.stack(rows)


def right_lerp(v_uncond, v_cond, scale):
    return torch.lerp(input=v_uncond, end=v_cond, weight=float(scale))


def right_edited_copy(v_uncond, v_cond, scale):
    out = v_cond.clone()
    out -= v_uncond
    out *= torch.tensor(float(scale))
    out += v_uncond
    return out


def wrong_starts_at_cond(v_uncond, v_cond, scale):
    return v_cond + scale * (v_cond - v_uncond)


def wrong_swapped(v_uncond, v_cond, scale):
    return v_cond + scale * (v_uncond - v_cond)


def wrong_sign(v_uncond, v_cond, scale):
    return v_uncond - scale * (v_cond - v_uncond)


def wrong_only_difference(v_uncond, v_cond, scale):
    return scale * (v_cond - v_uncond)


def wrong_cond_not_difference(v_uncond, v_cond, scale):
    return v_uncond + scale * v_cond


def wrong_brackets(v_uncond, v_cond, scale):
    return v_uncond + scale * v_cond - v_uncond


def wrong_scale_at_most_one(v_uncond, v_cond, scale):
    # edge: scale > 1
    scale = min(max(scale, 0.0), 1.0)
    return v_uncond + scale * (v_cond - v_uncond)


def wrong_mean_difference(v_uncond, v_cond, scale):
    return v_uncond + scale * (v_cond - v_uncond).mean(0, keepdim=True)


def wrong_zero_means_unguided(v_uncond, v_cond, scale):
    # edge: scale = 0
    if not scale:
        return v_cond
    return v_uncond + scale * (v_cond - v_uncond)


def wrong_rounded_scale(v_uncond, v_cond, scale):
    # edge: scale = 1.5
    return v_uncond + int(scale) * (v_cond - v_uncond)


def wrong_edits_input(v_uncond, v_cond, scale):
    # in place
    v_cond -= v_uncond
    return v_uncond + scale * v_cond
