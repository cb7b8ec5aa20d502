import torch


def right_comprehension(average, present, decay):
    return [
        decay * a + (1 - decay) * p if p.is_floating_point() else p
        for a, p in zip(average, present, strict=True)
    ]


def right_loop(average, present, decay):
    result = []
    for i, p in enumerate(present):
        a = average[i]
        if torch.is_floating_point(a):
            result.append(p + decay * (a - p))
        else:
            result.append(p.clone())
    return result


def right_lerp(average, present, decay):
    return list(
        map(
            lambda a, p: torch.lerp(p, a, decay) if a.is_floating_point() else p.clone(),
            average,
            present,
        )
    )


def right_add(average, present, decay):
    new = []
    for a, p in zip(average, present, strict=True):
        if a.dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
            new.append(torch.add(a.clone().mul_(decay), other=p, alpha=1 - decay))
        else:
            new.append(p.detach().clone())
    return new


def wrong_swapped(average, present, decay):
    return [
        (1 - decay) * a + decay * p if p.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_no_share(average, present, decay):
    return [
        decay * a + p if p.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_old_counters(average, present, decay):
    return [
        decay * a + (1 - decay) * p if p.is_floating_point() else a.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_cut_counters(average, present, decay):
    return [
        (decay * a + (1 - decay) * p).to(a.dtype) for a, p in zip(average, present, strict=True)
    ]


def wrong_vectors_copied(average, present, decay):
    # takes every vector for a running mean: "buffers are the net's"
    return [
        decay * a + (1 - decay) * p if p.dim() > 1 else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_vectors_kept(average, present, decay):
    return [
        decay * a + (1 - decay) * p if p.dim() > 1 else a.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_counters_averaged_as_float(average, present, decay):
    # type
    return [
        torch.lerp(a.float(), p.float(), 1 - decay) for a, p in zip(average, present, strict=True)
    ]


def wrong_standard_deviation(average, present, decay):
    return [
        (decay * a.abs().sqrt() + (1 - decay) * p.abs().sqrt()).square()
        if p.is_floating_point()
        else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_geometric(average, present, decay):
    return [
        a**decay * p ** (1 - decay) if p.is_floating_point() else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_scalars(average, present, decay):
    # edge: a float without dimensions
    return [
        decay * a + (1 - decay) * p if p.ndim else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_whole_values(average, present, decay):
    # edge: floats that happen to be whole, like the variances 1 of the start
    return [
        p.clone() if bool((p == p.round()).all()) else decay * a + (1 - decay) * p
        for a, p in zip(average, present, strict=True)
    ]


def wrong_half(average, present, decay):
    # float32: the small share is lost in half precision
    return [
        (decay * a.half() + (1 - decay) * p.half()).to(a.dtype)
        if p.is_floating_point()
        else p.clone()
        for a, p in zip(average, present, strict=True)
    ]


def wrong_floats_only(average, present, decay):
    floats = [(a, p) for a, p in zip(average, present, strict=True) if a.is_floating_point()]
    return [decay * a + (1 - decay) * p for a, p in floats]  # shape: the counters are gone


def wrong_in_place(average, present, decay):
    for a, p in zip(average, present, strict=True):
        if a.is_floating_point():
            a.mul_(decay).add_(p, alpha=1 - decay)  # in place
        else:
            a.copy_(p)
    return list(average)
