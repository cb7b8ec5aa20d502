import torch

DTYPE = "float64"


def right_eigvalsh(hessian):
    return 2 / torch.linalg.eigvalsh(hessian)[..., -1]


def right_loop(hessian):
    d = hessian.shape[-1]
    rates = []
    for h in hessian.reshape(-1, d, d):
        rates.append(min(2 / lam for lam in torch.linalg.eigvalsh(h)))
    return torch.stack(rates).reshape(hessian.shape[:-2])


def right_spectral_norm(hessian):
    return torch.tensor(2.0, dtype=hessian.dtype) / torch.linalg.matrix_norm(hessian, ord=2)


def right_eigvals(hessian):
    lam = torch.linalg.eigvals(hessian).real
    return (2 / lam).amin(dim=-1)


def wrong_one_over_l(hessian):
    return 1 / torch.linalg.eigvalsh(hessian)[..., -1]


def wrong_smallest(hessian):
    return 2 / torch.linalg.eigvalsh(hessian)[..., 0]


def wrong_trace(hessian):
    return 2 / hessian.diagonal(dim1=-2, dim2=-1).sum(-1)


def wrong_diagonal(hessian):
    # edge: a matrix that is not diagonal
    return 2 / hessian.diagonal(dim1=-2, dim2=-1).amax(-1)


def wrong_largest_entry(hessian):
    # edge: a matrix that is not diagonal
    return 2 / hessian.amax((-2, -1))


def wrong_frobenius(hessian):
    # edge: D > 1
    return 2 / torch.linalg.matrix_norm(hessian)


def wrong_row_sums(hessian):
    # edge: a matrix that is not diagonal
    return 2 / hessian.abs().sum(-1).amax(-1)


def wrong_curvature_itself(hessian):
    return torch.linalg.eigvalsh(hessian)[..., -1] / 2


def wrong_every_direction(hessian):
    # shape: (..., D)
    return 2 / torch.linalg.eigvalsh(hessian)


def wrong_max_of_batch(hessian):
    # shape: a batch of matrices
    return 2 / torch.linalg.eigvalsh(hessian).max()


def wrong_complex(hessian):
    # type: complex
    lam = torch.linalg.eigvals(hessian)
    top = lam.abs().argmax(-1, keepdim=True)
    return 2 / lam.gather(-1, top).squeeze(-1)
