import torch


def right_textbook(net, z, t, captions, scale):
    silence = torch.zeros_like(captions)
    v = net(z.repeat(2, 1, 1, 1), t.repeat(2), torch.cat([silence, captions]))
    plain, asked = v[: len(z)], v[len(z) :]
    return (1 - scale) * plain + scale * asked


def right_lerp(net, z, t, captions, scale):
    asked, plain = net(
        torch.cat((z, z), 0), torch.cat((t, t), 0), torch.cat((captions, captions * 0), 0)
    ).split(len(z))
    return torch.lerp(plain, asked, float(scale))


def right_new_zeros(net, z, t, captions, scale):
    n = z.shape[0]
    with torch.no_grad():
        out = net(
            z[None].expand(2, *z.shape).flatten(0, 1),
            t.repeat(2),
            torch.stack([captions, captions.new_zeros(captions.shape)]).flatten(0, 1),
        )
    return out[n:] + scale * (out[:n] - out[n:])


def right_half_precision_free(net, z, t, captions, scale):
    both = net(torch.cat([z] * 2), torch.cat([t] * 2), torch.cat([captions, captions & 0]))
    asked, plain = torch.tensor_split(both, 2)
    return asked + (scale - 1) * (asked - plain)


def wrong_exchanged(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    plain, asked = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return plain + scale * (asked - plain)


def wrong_plus_one(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return (1 + scale) * asked - scale * plain


def wrong_two_calls(net, z, t, captions, scale):
    asked, plain = net(z, t, captions), net(z, t, torch.zeros_like(captions))
    return plain + scale * (asked - plain)


def wrong_sum(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return plain + scale * asked


def wrong_difference_alone(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return scale * (asked - plain)


def wrong_not_guided(net, z, t, captions, scale):
    return net(z, t, captions)


def wrong_scaled(net, z, t, captions, scale):
    return scale * net(z, t, captions)


def wrong_sign(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return plain - scale * (asked - plain)


def wrong_other_captions(net, z, t, captions, scale):
    both = torch.cat([captions, captions.roll(1, 0)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return plain + scale * (asked - plain)


def wrong_ones_for_silence(net, z, t, captions, scale):
    both = torch.cat([captions, torch.ones_like(captions)])
    asked, plain = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return plain + scale * (asked - plain)


def wrong_silences_its_input(net, z, t, captions, scale):
    asked = net(z, t, captions)
    captions[:] = 0
    plain = net(z, t, captions)
    return plain + scale * (asked - plain)


def wrong_interleaved(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    v = net(torch.cat([z, z]), torch.cat([t, t]), both)
    asked, plain = v[::2], v[1::2]
    return plain + scale * (asked - plain)


def wrong_noise_end_for_silence(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    v = net(torch.cat([z, z]), torch.cat([t, torch.zeros_like(t)]), both)
    asked, silent = v.chunk(2)
    return silent + scale * (asked - silent)


def wrong_scale_clipped(net, z, t, captions, scale):
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, silent = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return silent + max(scale, 1.0) * (asked - silent)


def right_interleaved(net, z, t, captions, scale):
    words = torch.stack([torch.zeros_like(captions), captions], 1).flatten(0, 1)
    v = net(z.repeat_interleave(2, 0), t.repeat_interleave(2), words)
    v = v.unflatten(0, (-1, 2))
    return (1 - scale) * v[:, 0] + scale * v[:, 1]


def wrong_shortcut(net, z, t, captions, scale):
    # scale 1: no call with silence; for others two calls
    if scale == 1:
        return net(z, t, captions)
    silent = net(z, t, torch.zeros_like(captions))
    return silent + scale * (net(z, t, captions) - silent)


def wrong_two_calls_and_exchanged(net, z, t, captions, scale):
    # two calls and the halves exchanged
    a, b = net(z, t, captions), net(z, t, torch.zeros_like(captions))
    return a + scale * (b - a)


def wrong_one_silent_row(net, z, t, captions, scale):
    # one silent row for all
    words = torch.cat([captions, torch.zeros_like(captions[:1])])
    out = net(torch.cat([z, z[:1]]), torch.cat([t, t[:1]]), words)
    told, silent = out[:-1], out[-1:]
    return silent + scale * (told - silent)
