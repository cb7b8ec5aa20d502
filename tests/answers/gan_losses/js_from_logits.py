import math

import torch
import torch.nn.functional as F


def right_logsigmoid(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return math.log(2) + v / 2


def right_loop(logits_real, logits_fake):
    real = 0.0
    for u in logits_real:
        real = real - F.softplus(-u)
    fake = 0.0
    for u in logits_fake:
        fake = fake - F.softplus(u)
    return math.log(2) + 0.5 * (real / len(logits_real) + fake / len(logits_fake))


def right_bce(logits_real, logits_fake):
    loss = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    loss = loss + F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return torch.log(torch.tensor(2.0)) - 0.5 * loss


def right_python_float(logits_real, logits_fake):
    real = torch.logaddexp(torch.zeros_like(logits_real), -logits_real).mean().item()
    fake = torch.logaddexp(torch.zeros_like(logits_fake), logits_fake).mean().item()
    return math.log(2) - (real + fake) / 2


def wrong_sign(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return math.log(2) - v / 2


def wrong_no_half(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return math.log(2) + v


def wrong_no_log2(logits_real, logits_fake):
    return (F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()) / 2


def wrong_log_d_of_fakes(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).mean() + F.logsigmoid(logits_fake).mean()
    return math.log(2) + v / 2


def wrong_bits(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return 1 + v / 2 / math.log(2)


def wrong_sum(logits_real, logits_fake):
    v = F.logsigmoid(logits_real).sum() + F.logsigmoid(-logits_fake).sum()
    return math.log(2) + v / 2


def wrong_pooled_mean(logits_real, logits_fake):
    # edge: N != M
    terms = torch.cat([F.logsigmoid(logits_real), F.logsigmoid(-logits_fake)])
    return math.log(2) + terms.mean()


def wrong_added_pairwise(logits_real, logits_fake):
    # edge: N != M
    v = (F.logsigmoid(logits_real) + F.logsigmoid(-logits_fake)).mean()
    return math.log(2) + v / 2


def wrong_log_of_mean(logits_real, logits_fake):
    d_real = torch.sigmoid(logits_real).mean()
    d_fake = torch.sigmoid(logits_fake).mean()
    return math.log(2) + 0.5 * (torch.log(d_real) + torch.log(1 - d_fake))


def wrong_sigmoid_then_log(logits_real, logits_fake):
    # float32: a fake with logit 30 gives log(0)
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return math.log(2) + 0.5 * (d_real.log().mean() + (1 - d_fake).log().mean())


def wrong_not_averaged_shape(logits_real, logits_fake):
    # shape: (1,)
    real = F.logsigmoid(logits_real).mean(dim=0, keepdim=True)
    fake = F.logsigmoid(-logits_fake).mean(dim=0, keepdim=True)
    return math.log(2) + 0.5 * (real + fake)
