import torch
import torch.nn.functional as F


def right_softplus(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def right_loop(logits_real, logits_fake):
    total = 0
    for real, fake in zip(logits_real, logits_fake, strict=True):
        total = total - F.logsigmoid(real) - F.logsigmoid(-fake)
    return total / len(logits_real)


def right_bce(logits_real, logits_fake):
    loss = torch.nn.BCEWithLogitsLoss()
    return loss(logits_real, torch.ones_like(logits_real)) + loss(
        logits_fake, torch.zeros_like(logits_fake)
    )


def right_logaddexp(logits_real, logits_fake):
    zero = torch.tensor(0.0)
    real = torch.logaddexp(zero, -logits_real)
    fake = torch.logaddexp(zero, logits_fake)
    return (real + fake).mean()


def wrong_sign_of_fakes(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()


def wrong_halved(logits_real, logits_fake):
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.cat([torch.ones_like(logits_real), torch.zeros_like(logits_fake)])
    return F.binary_cross_entropy_with_logits(logits, labels)


def wrong_sum(logits_real, logits_fake):
    return F.softplus(-logits_real).sum() + F.softplus(logits_fake).sum()


def wrong_sign(logits_real, logits_fake):
    return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()


def wrong_sigmoid_then_log(logits_real, logits_fake):
    # float32: inf at logit 100
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -torch.log(d_real).mean() - torch.log(1 - d_fake).mean()


def wrong_bce_of_sigmoid(logits_real, logits_fake):
    # float32: a fake with logit 30 costs 100
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(
        d_fake, torch.zeros_like(d_fake)
    )


def wrong_detached_fakes(logits_real, logits_fake):
    # gradient
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake.detach()).mean()


def wrong_item(logits_real, logits_fake):
    # gradient
    real = F.softplus(-logits_real).mean().item()
    fake = F.softplus(logits_fake).mean().item()
    return torch.tensor(real + fake)


def wrong_two_sigmoids(logits_real, logits_fake):
    d_real, d_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return F.softplus(-d_real).mean() + F.softplus(d_fake).mean()


def wrong_smoothed_labels(logits_real, logits_fake):
    real = F.binary_cross_entropy_with_logits(logits_real, torch.full_like(logits_real, 0.9))
    return real + F.softplus(logits_fake).mean()


def wrong_clamped_logits(logits_real, logits_fake):
    # edge: logit +-100
    real, fake = logits_real.clamp(-20, 20), logits_fake.clamp(-20, 20)
    return F.softplus(-real).mean() + F.softplus(fake).mean()
