import torch
import torch.nn.functional as F


def right_softplus(logits_fake):
    return F.softplus(-logits_fake).mean()


def right_loop(logits_fake):
    losses = []
    for logit in logits_fake:
        losses.append(-F.logsigmoid(logit))
    return sum(losses) / len(losses)


def right_bce(logits_fake):
    return F.binary_cross_entropy_with_logits(
        input=logits_fake, target=torch.ones_like(logits_fake)
    )


def right_fake_minus_logaddexp(logits_fake):
    pair = torch.stack([torch.zeros_like(logits_fake), logits_fake.clone()], dim=1)
    return -torch.log_softmax(pair, dim=1)[:, 1].mean()


def wrong_saturating(logits_fake):
    return F.logsigmoid(-logits_fake).mean()


def wrong_towards_fake(logits_fake):
    return F.softplus(logits_fake).mean()


def wrong_sign(logits_fake):
    return F.logsigmoid(logits_fake).mean()


def wrong_sum(logits_fake):
    return F.softplus(-logits_fake).sum()


def wrong_minus_logit(logits_fake):
    return -logits_fake.mean()


def wrong_minus_d(logits_fake):
    return -torch.sigmoid(logits_fake).mean()


def wrong_sigmoid_then_log(logits_fake):
    # float32: inf at logit -120
    return -torch.log(torch.sigmoid(logits_fake)).mean()


def wrong_log_with_eps(logits_fake):
    # float32: logit -30 costs 18.4 and has hardly a slope
    return -torch.log(torch.sigmoid(logits_fake) + 1e-8).mean()


def wrong_log1p_exp(logits_fake):
    # float32: exp overflows at logit -100
    return torch.log1p(torch.exp(-logits_fake)).mean()


def wrong_detached(logits_fake):
    # gradient
    return F.softplus(-logits_fake.detach()).mean()


def wrong_in_place(logits_fake):
    # in place
    with torch.no_grad():
        logits_fake.neg_()
    return F.softplus(logits_fake).mean()
