import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence


def right_plain(enc, dec, opt, x, eps):
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + torch.exp(logvar / 2) * eps
    bce = F.binary_cross_entropy_with_logits(dec(z), x, reduction="sum") / len(x)
    kl = 0.5 * torch.sum(mu**2 + logvar.exp() - 1 - logvar) / len(x)
    loss = bce + kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return -loss.item(), kl.item()


def right_distributions(enc, dec, opt, x, eps):
    h = enc(x)
    n = h.shape[1] // 2
    q = Normal(h[:, :n], (0.5 * h[:, n:]).exp())
    z = q.loc + q.scale * eps
    log_lik = Bernoulli(logits=dec(z)).log_prob(x).sum(-1)
    kl = kl_divergence(q, Normal(torch.zeros_like(q.loc), torch.ones_like(q.scale))).sum(-1)
    elbo = (log_lik - kl).mean()
    opt.zero_grad(set_to_none=False)
    (-elbo).backward()
    opt.step()
    return elbo.detach(), kl.mean().detach()


def right_two_backwards(enc, dec, opt, x, eps):
    opt.zero_grad()
    mu, logvar = torch.chunk(enc(x), 2, dim=-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1).mean()
    kl.backward(retain_graph=True)
    logits = dec(mu + (0.5 * logvar).exp() * eps)
    nll = F.softplus(torch.where(x > 0.5, -logits, logits)).sum(-1).mean()
    nll.backward()
    opt.step()
    with torch.no_grad():
        return -(nll + kl), kl.clone()


def right_zero_at_the_end(enc, dec, opt, x, eps):
    mu, logvar = enc(x).split(eps.shape[1], dim=1)
    sigma = logvar.exp().sqrt()
    logits = dec(mu + sigma * eps)
    log_p = (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(1)
    kl = (-0.5 * (1 + logvar - mu.pow(2) - logvar.exp())).sum(1)
    (kl - log_p).mean().backward()
    opt.step()
    opt.zero_grad()
    return (log_p - kl).mean().detach(), kl.mean().detach()


def _terms(enc, dec, x, eps):
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + (0.5 * logvar).exp() * eps
    bce = F.binary_cross_entropy_with_logits(dec(z), x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return bce, kl


def _step(opt, loss):
    opt.zero_grad()
    loss.backward()
    opt.step()


def wrong_mean_over_everything(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = bce.mean() / x.shape[1] + kl.mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_sum_over_the_batch(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).sum()
    _step(opt, loss)
    return -loss.detach(), kl.sum().detach()


def wrong_minus_kl(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce - 0.5 * kl).mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_returns_the_loss(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    _step(opt, loss)
    return loss.detach(), kl.mean().detach()


def wrong_downhill(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    elbo = -(bce + kl).mean()
    _step(opt, elbo)
    return elbo.detach(), kl.mean().detach()


def wrong_no_step(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    opt.zero_grad()
    loss.backward()
    return -loss.detach(), kl.mean().detach()


def wrong_no_zero_grad(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    loss.backward()
    opt.step()
    return -loss.detach(), kl.mean().detach()


def wrong_zero_after_backward(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    loss.backward()
    opt.zero_grad()
    opt.step()
    return -loss.detach(), kl.mean().detach()


def wrong_sample_without_gradient(enc, dec, opt, x, eps):
    mu, logvar = enc(x).chunk(2, dim=1)
    with torch.no_grad():
        z = mu + (0.5 * logvar).exp() * eps
    bce = F.binary_cross_entropy_with_logits(dec(z), x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    loss = (bce + kl).mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_decoder_frozen_out(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    opt.zero_grad()
    grads = torch.autograd.grad(loss, list(enc.parameters()))
    for p, g in zip(enc.parameters(), grads, strict=True):
        p.grad = g
    opt.step()
    return -loss.detach(), kl.mean().detach()


def wrong_own_noise(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, torch.randn_like(eps))
    loss = (bce + kl).mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_variance_for_sigma(enc, dec, opt, x, eps):
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + logvar.exp() * eps
    bce = F.binary_cross_entropy_with_logits(dec(z), x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    loss = (bce + kl).mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_sigmoid_twice(enc, dec, opt, x, eps):
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + (0.5 * logvar).exp() * eps
    p = torch.sigmoid(dec(z))
    bce = F.binary_cross_entropy_with_logits(p, x, reduction="none").sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    loss = (bce + kl).mean()
    _step(opt, loss)
    return -loss.detach(), kl.mean().detach()


def wrong_probabilities(enc, dec, opt, x, eps):
    # float32: a pixel that the decoder is sure of costs log 0
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + (0.5 * logvar).exp() * eps
    p = torch.sigmoid(dec(z))
    log_lik = (x * p.log() + (1 - x) * (1 - p).log()).sum(1)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    elbo = (log_lik - kl).mean()
    _step(opt, -elbo)
    return elbo.detach(), kl.mean().detach()


def wrong_graph_kept(enc, dec, opt, x, eps):
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    _step(opt, loss)
    return -loss, kl.mean()


def wrong_by_hand(enc, dec, opt, x, eps):
    # moves every weight, also what opt does not hold
    bce, kl = _terms(enc, dec, x, eps)
    loss = (bce + kl).mean()
    opt.zero_grad()
    weights = [*enc.parameters(), *dec.parameters()]
    grads = torch.autograd.grad(loss, weights)
    lr = opt.param_groups[0]["lr"]
    with torch.no_grad():
        for p, g in zip(weights, grads, strict=True):
            p -= lr * g
    return -loss.detach(), kl.mean().detach()
