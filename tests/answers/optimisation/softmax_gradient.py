import torch
import torch.nn.functional as F

DTYPE = "float64"


def right_matrix(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=1)
    return (p - F.one_hot(y, len(weight))).T @ x / len(x)


def right_loop(weight, x, y):
    grad = torch.zeros_like(weight)
    for xb, yb in zip(x, y, strict=True):
        delta = F.softmax(weight @ xb, dim=0)
        delta[yb] = delta[yb] - 1
        grad += torch.outer(delta, xb)
    return grad / x.shape[0]


def right_autograd(weight, x, y):
    with torch.enable_grad():
        w = weight.detach().clone().requires_grad_()
        loss = F.cross_entropy(input=x @ w.T, target=y)
    return torch.autograd.grad(loss, w)[0]


def right_two_terms(weight, x, y):
    z = x @ weight.mT
    p = torch.exp(z - z.logsumexp(1, keepdim=True))
    observed = torch.zeros_like(weight).index_add(0, y, x)
    return (torch.einsum("bk,bd->kd", p, x) - observed) / torch.tensor(float(len(y)))


def wrong_sum(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=1)
    return (p - F.one_hot(y, len(weight))).T @ x


def wrong_sign(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=1)
    return (F.one_hot(y, len(weight)) - p).T @ x / len(x)


def wrong_no_one_hot(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=1)
    return p.T @ x / len(x)


def wrong_softmax_axis(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=0)
    return (p - F.one_hot(y, len(weight))).T @ x / len(x)


def wrong_sigmoid(weight, x, y):
    p = torch.sigmoid(x @ weight.T)
    return (p - F.one_hot(y, len(weight))).T @ x / len(x)


def wrong_logits(weight, x, y):
    return (x @ weight.T - F.one_hot(y, len(weight))).T @ x / len(x)


def wrong_mean_outer(weight, x, y):
    p = torch.softmax(x @ weight.T, dim=1)
    delta = p - F.one_hot(y, len(weight))
    return torch.outer(delta.mean(0), x.mean(0))


def wrong_transposed(weight, x, y):
    # shape: (D, K)
    p = torch.softmax(x @ weight.T, dim=1)
    return x.T @ (p - F.one_hot(y, len(weight))) / len(x)


def wrong_overflow(weight, x, y):
    # float32: logits of 100 give inf / inf; in double logits of 1000
    e = torch.exp(x @ weight.T)
    p = e / e.sum(1, keepdim=True)
    return (p - F.one_hot(y, len(weight))).T @ x / len(x)


def wrong_classes_from_labels(weight, x, y):
    # edge: the last class is not in y
    p = torch.softmax(x @ weight.T, dim=1)
    return (p - F.one_hot(y)).T @ x / len(x)


def wrong_backward_on_weight(weight, x, y):
    # in place: turns on and fills weight.grad, twice as large at the second call
    weight.requires_grad_()
    F.cross_entropy(x @ weight.T, y).backward()
    return weight.grad
