import torch

DTYPE = "float64"


def right_two_lines(x, norm_1, attend, norm_2, mlp):
    x = x + attend(norm_1(x))
    return x + mlp(norm_2(x))


def right_names(x, norm_1, attend, norm_2, mlp):
    read = norm_1(x)
    middle = torch.add(x, attend(read))
    write = mlp(norm_2(middle))
    return torch.add(middle, write)


def right_loop(x, norm_1, attend, norm_2, mlp):
    stream = x.clone()
    for norm, branch in ((norm_1, attend), (norm_2, mlp)):
        stream = stream + branch(norm(stream))
    return stream


def right_sum_of_all(x, norm_1, attend, norm_2, mlp):
    a = attend(norm_1(x))
    return sum([x, a, mlp(norm_2(x + a))])


def wrong_post_norm(x, norm_1, attend, norm_2, mlp):
    x = norm_1(x + attend(x))
    return norm_2(x + mlp(x))


def wrong_parallel(x, norm_1, attend, norm_2, mlp):
    return x + attend(norm_1(x)) + mlp(norm_2(x))


def wrong_norm_of_branch(x, norm_1, attend, norm_2, mlp):
    x = x + norm_1(attend(x))
    return x + norm_2(mlp(x))


def wrong_stream_normed(x, norm_1, attend, norm_2, mlp):
    x = norm_1(x)
    x = x + attend(x)
    x = norm_2(x)
    return x + mlp(x)


def wrong_no_residual(x, norm_1, attend, norm_2, mlp):
    return mlp(norm_2(attend(norm_1(x))))


def wrong_second_residual_forgotten(x, norm_1, attend, norm_2, mlp):
    x = x + attend(norm_1(x))
    return mlp(norm_2(x))


def wrong_adds_the_input(x, norm_1, attend, norm_2, mlp):
    y = x + attend(norm_1(x))
    return x + mlp(norm_2(y))


def wrong_same_norm_twice(x, norm_1, attend, norm_2, mlp):
    # differs if the norms have different weights
    x = x + attend(norm_1(x))
    return x + mlp(norm_1(x))


def wrong_mlp_first(x, norm_1, attend, norm_2, mlp):
    x = x + mlp(norm_2(x))
    return x + attend(norm_1(x))


def wrong_in_place(x, norm_1, attend, norm_2, mlp):
    # in place
    x += attend(norm_1(x))
    x += mlp(norm_2(x))
    return x


def wrong_branch_detached(x, norm_1, attend, norm_2, mlp):
    # gradient
    x = x + attend(norm_1(x.detach()))
    return x + mlp(norm_2(x.detach()))
