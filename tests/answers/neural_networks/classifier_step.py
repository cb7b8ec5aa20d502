import torch
import torch.nn.functional as F
from torch import nn


def right_set_to_none(net, opt, x, y):
    opt.zero_grad(set_to_none=True)
    loss = nn.CrossEntropyLoss()(net(x), y)
    loss.backward()
    opt.step()
    return loss.detach()


def right_by_hand(net, opt, x, y):
    logits = net(x)
    loss = (logits.logsumexp(-1) - logits[torch.arange(len(y)), y]).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


def right_zero_at_the_end(net, opt, x, y):
    loss = F.nll_loss(net(x).log_softmax(-1), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.detach().clone()


def right_gradients_by_autograd(net, opt, x, y):
    weights = list(net.parameters())
    loss = F.cross_entropy(net(x), y)
    for w, g in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        w.grad = g
    opt.step()
    return loss.detach()


def wrong_softmax_twice(net, opt, x, y):
    loss = F.cross_entropy(F.softmax(net(x), dim=-1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_log_of_softmax(net, opt, x, y):
    # infinite where a probability is 0 in float32
    p = net(x).softmax(-1)[torch.arange(len(y)), y]
    loss = -p.log().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum(net, opt, x, y):
    loss = F.cross_entropy(net(x), y, reduction="sum")
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_mean_loss_of_a_sum(net, opt, x, y):
    loss = F.cross_entropy(net(x), y, reduction="sum")
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach() / len(y)


def wrong_no_zero_grad(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_zero_after_backward(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_no_step(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def wrong_step_before_backward(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    opt.step()
    loss.backward()
    return loss.detach()


def wrong_two_steps(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    opt.step()
    return loss.detach()


def wrong_attached(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_loss_after(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        return F.cross_entropy(net(x), y)


def wrong_nothing_back(net, opt, x, y):
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
