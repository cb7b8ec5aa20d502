import torch

DTYPE = "float64"


def right_tril(n):
    return torch.ones(n, n).tril().bool()


def right_loop(n):
    mask = torch.zeros(n, n, dtype=torch.bool)
    for t in range(n):
        for s in range(n):
            mask[t, s] = s <= t
    return mask


def right_arange(n):
    i = torch.arange(n)
    return i[None, :] <= i[:, None]


def right_not_triu(n):
    return ~torch.triu(torch.full((n, n), True), diagonal=1)


def wrong_transposed(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


def wrong_strict(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)


def wrong_looks_one_ahead(n):
    # differs from n = 2 on
    return torch.ones(n, n, dtype=torch.bool).tril(1)


def wrong_forbidden(n):
    return torch.ones(n, n, dtype=torch.bool).triu(1)


def wrong_all(n):
    # differs from n = 2 on
    return torch.ones(n, n, dtype=torch.bool)


def wrong_only_itself(n):
    # differs from n = 2 on
    return torch.eye(n, dtype=torch.bool)


def wrong_bytes_overflow(n):
    # float32: int8 ends at 127, a context does not
    i = torch.arange(n).to(torch.int8)
    return i[None, :] <= i[:, None]


def wrong_float(n):
    # type
    return torch.tril(torch.ones(n, n))


def wrong_minus_infinity(n):
    # type
    return torch.full((n, n), float("-inf")).triu(1)


def wrong_batch_dimension(n):
    # shape
    return torch.ones(1, n, n, dtype=torch.bool).tril()


def wrong_one_token(n):
    # edge: n = 1
    return torch.ones(n, n, dtype=torch.bool).tril() & torch.tensor(n > 1)
