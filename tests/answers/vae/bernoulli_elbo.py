import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence


def right_bce(x, logits, mu, logvar):
    bce = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return -bce - kl


def right_loop(x, logits, mu, logvar):
    out = []
    for i in range(len(x)):
        signs = 2 * x[i] - 1
        log_lik = nn.functional.logsigmoid(signs * logits[i]).sum()
        kl = 0
        for m, lv in zip(mu[i], logvar[i], strict=True):
            kl = kl + 0.5 * (m * m + lv.exp() - 1 - lv)
        out.append(log_lik - kl)
    return torch.stack(out)


def right_distributions(x, logits, mu, logvar):
    log_lik = Bernoulli(logits=logits).log_prob(x).sum(-1)
    q = Normal(mu, (0.5 * logvar).exp())
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_lik - kl_divergence(q, prior).sum(-1)


def right_logaddexp(x, logits, mu, logvar):
    log_z = torch.logaddexp(torch.zeros_like(logits), logits)
    log_lik = torch.einsum("bd,bd->b", x, logits) - log_z.sum(dim=1)
    one = torch.tensor(1.0)
    return log_lik + (one + logvar - mu.square() - logvar.exp()).sum(dim=1) / 2


def _log_lik(x, logits):
    return -nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def _kl(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


def wrong_pixel_mean(x, logits, mu, logvar):
    return _log_lik(x, logits) / x.shape[1] - _kl(mu, logvar)


def wrong_kl_added(x, logits, mu, logvar):
    return _log_lik(x, logits) + _kl(mu, logvar)


def wrong_loss(x, logits, mu, logvar):
    return _kl(mu, logvar) - _log_lik(x, logits)


def wrong_kl_not_halved(x, logits, mu, logvar):
    return _log_lik(x, logits) - 2 * _kl(mu, logvar)


def wrong_sigma_in_kl(x, logits, mu, logvar):
    kl = 0.5 * (mu**2 + torch.exp(0.5 * logvar) - 1 - logvar).sum(1)
    return _log_lik(x, logits) - kl


def wrong_kl_unit_mean(x, logits, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(1)
    return _log_lik(x, logits) - kl


def wrong_only_ink(x, logits, mu, logvar):
    return (x * nn.functional.logsigmoid(logits)).sum(1) - _kl(mu, logvar)


def wrong_sigmoid_then_log(x, logits, mu, logvar):
    # float32: 0 * log(0) at logit 30
    p = torch.sigmoid(logits)
    return (x * p.log() + (1 - x) * (1 - p).log()).sum(1) - _kl(mu, logvar)


def wrong_no_gradient_to_decoder(x, logits, mu, logvar):
    # gradient
    return _log_lik(x, logits.detach()) - _kl(mu, logvar)


def wrong_batch_mean(x, logits, mu, logvar):
    # shape
    return (_log_lik(x, logits) - _kl(mu, logvar)).mean()


def wrong_in_place(x, logits, mu, logvar):
    # in place
    with torch.no_grad():
        logits[x == 0] *= -1
    return nn.functional.logsigmoid(logits).sum(1) - _kl(mu, logvar)
