import torch


def right_shaped(x_t, v_hat, left):
    left = left.reshape(len(x_t), *([1] * (x_t.dim() - 1)))
    return torch.sqrt(left) * x_t - torch.sqrt(1 - left) * v_hat


def right_turned(x_t, v_hat, left):
    x, v = x_t.movedim(0, -1), v_hat.movedim(0, -1)
    return (left.sqrt() * x - (1 - left).sqrt() * v).movedim(-1, 0)


def right_angle(x_t, v_hat, left):
    angle = torch.atan2((1 - left).sqrt(), left.sqrt())
    angle = angle[(...,) + (None,) * (x_t.ndim - 1)]
    return angle.cos() * x_t - angle.sin() * v_hat


def right_rows(x_t, v_hat, left):
    rows = zip(x_t, v_hat, left, strict=True)
    return torch.stack([a.sqrt() * x - (1 - a).sqrt() * v for x, v, a in rows])


def wrong_no_shape(x_t, v_hat, left):
    # broadcasts along the wrong axis
    return left.sqrt() * x_t - (1 - left).sqrt() * v_hat


def wrong_plus(x_t, v_hat, left):
    return right_rows(x_t, -v_hat, left)


def wrong_eps(x_t, v_hat, left):
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return (1 - left).sqrt() * x_t + left.sqrt() * v_hat


def wrong_divided(x_t, v_hat, left):
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return (x_t - (1 - left).sqrt() * v_hat) / left.sqrt()


def wrong_flow(x_t, v_hat, left):
    # the velocity of a straight line
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return x_t + (1 - left) * v_hat


def wrong_exchanged(x_t, v_hat, left):
    return right_rows(x_t, v_hat, 1 - left)


def wrong_no_roots(x_t, v_hat, left):
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return left * x_t - (1 - left) * v_hat


def wrong_first(x_t, v_hat, left):
    return left[0].sqrt() * x_t - (1 - left[0]).sqrt() * v_hat


def wrong_negative(x_t, v_hat, left):
    return -right_rows(x_t, v_hat, left)


def wrong_clipped(x_t, v_hat, left):
    return right_rows(x_t, v_hat, left).clamp(-1, 1)


def wrong_solved_by_v(x_t, v_hat, left):
    # edge: only where the noise is 0
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return -v_hat / (1 - left).sqrt()


def right_items(x_t, v_hat, left):
    return torch.stack(
        [
            a.item() ** 0.5 * x - (1 - a.item()) ** 0.5 * v
            for x, v, a in zip(x_t, v_hat, left, strict=True)
        ]
    )


def right_by_eps(x_t, v_hat, left):
    a = left.sqrt()[(...,) + (None,) * (x_t.ndim - 1)]
    b = (1 - left).sqrt()[(...,) + (None,) * (x_t.ndim - 1)]
    # x_t = a x0 + b e, v = a e - b x0; Cramer's rule
    return (a * x_t - b * v_hat) / (a**2 + b**2)


def wrong_solved_with_division_2(x_t, v_hat, left):
    # from x_0 = (x - b eps) / a: 0/0 at left = 0
    a = left.view(-1, *[1] * (x_t.dim() - 1))
    eps = (1 - a).sqrt() * x_t + a.sqrt() * v_hat
    return (x_t - (1 - a).sqrt() * eps) / a.sqrt()
