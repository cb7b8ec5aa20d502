import torch


def right_comprehension(average, present, decay):
    return [
        decay * a + (1 - decay) * p if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def right_loop(average, present, decay):
    new = []
    for i in range(len(average)):
        if torch.is_floating_point(present[i]):
            new.append(average[i] + (present[i] - average[i]) * (1 - decay))
        else:
            new.append(present[i].clone())
    return new


def right_lerp(average, present, decay):
    return [
        torch.lerp(a, p, weight=1 - decay) if p.dtype.is_floating_point else p.detach().clone()
        for a, p in zip(average, present, strict=True)
    ]


def right_on_a_copy(average, present, decay):
    new = [a.clone() for a in average]
    for n, p in zip(new, present, strict=True):
        if n.is_floating_point():
            n.mul_(decay).add_(p, alpha=1 - decay)
        else:
            n.copy_(p)
    return new


def wrong_swapped(average, present, decay):
    return [
        (1 - decay) * a + decay * p if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_no_share(average, present, decay):
    return [
        decay * a + p if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_sign(average, present, decay):
    return [
        a - (1 - decay) * (p - a) if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_old_integers(average, present, decay):
    return [
        decay * a + (1 - decay) * p if a.is_floating_point() else a.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_cut_integers(average, present, decay):
    return [
        (decay * a + (1 - decay) * p).to(a.dtype) for a, p in zip(average, present, strict=True)
    ]


def wrong_float_integers(average, present, decay):
    # type: counters become floats
    return [decay * a + (1 - decay) * p for a, p in zip(average, present, strict=True)]


def wrong_twice(average, present, decay):
    new = [a.clone() for a in average]
    for _ in range(2):
        for n, p in zip(new, present, strict=True):
            if n.is_floating_point():
                n.lerp_(p, 1 - decay)
            else:
                n.copy_(p)
    return new


def wrong_bias_corrected(average, present, decay):
    return [
        (decay * a + (1 - decay) * p) / (1 - decay) if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_plain_mean(average, present, decay):
    return [
        (a + p) / 2 if a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_scalars_copied(average, present, decay):
    # edge: a float of no dimension is no counter
    return [
        decay * a + (1 - decay) * p if a.dim() > 0 and a.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_only_float32(average, present, decay):
    # edge: tensors in double or bfloat16
    return [
        decay * a + (1 - decay) * p if a.dtype == torch.float32 else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_bfloat16(average, present, decay):
    # float32: a share of 0.001 is lost
    return [
        a.bfloat16().lerp(p.bfloat16(), 1 - decay).to(a.dtype)
        if a.is_floating_point()
        else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_integers_left_out(average, present, decay):
    return [
        decay * a + (1 - decay) * p
        for a, p in zip(average, present, strict=True)
        if a.is_floating_point()
    ]  # shape


def wrong_in_place(average, present, decay):
    for a, p in zip(average, present, strict=True):
        if a.is_floating_point():
            a.lerp_(p, 1 - decay)  # in place
        else:
            a.copy_(p)
    return average
