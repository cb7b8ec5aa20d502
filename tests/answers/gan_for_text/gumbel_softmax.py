import torch
import torch.nn.functional as F


def right_plain(logits, u, tau):
    return F.softmax((logits - torch.log(-torch.log(u))) / tau, dim=-1)


def right_exponential(logits, u, tau):
    waiting = -u.log()
    return ((logits - waiting.log()) / tau).softmax(dim=-1)


def right_distribution(logits, u, tau):
    scores = (logits - (-u.log()).log()) / tau
    return (scores - scores.logsumexp(-1, keepdim=True)).exp()


def right_normalised_first(logits, u, tau):
    return ((logits.log_softmax(-1) - (-u.log()).log()) / tau).softmax(-1)


def wrong_uniform(logits, u, tau):
    return ((logits + u) / tau).softmax(-1)


def wrong_no_noise(logits, u, tau):
    return (logits / tau).softmax(-1)


def wrong_log_u(logits, u, tau):
    return ((logits + u.log()) / tau).softmax(-1)


def wrong_one_log(logits, u, tau):
    return ((logits - u.log()) / tau).softmax(-1)


def wrong_tau_times(logits, u, tau):
    return ((logits - (-u.log()).log()) * tau).softmax(-1)


def wrong_tau_on_logits_only(logits, u, tau):
    return (logits / tau - (-u.log()).log()).softmax(-1)


def wrong_first_dimension(logits, u, tau):
    return ((logits - (-u.log()).log()) / tau).softmax(0)


def wrong_probabilities(logits, u, tau):
    return ((logits.softmax(-1) - (-u.log()).log()) / tau).softmax(-1)


def wrong_normal(logits, u, tau):
    return ((logits + torch.special.ndtri(u)) / tau).softmax(-1)


def wrong_hard(logits, u, tau):
    k = (logits - (-u.log()).log()).argmax(-1)
    return F.one_hot(k, logits.shape[-1]).to(logits.dtype)


def wrong_log_softmax(logits, u, tau):
    return ((logits - (-u.log()).log()) / tau).log_softmax(-1)
