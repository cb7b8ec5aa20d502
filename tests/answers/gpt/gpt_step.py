import torch
import torch.nn.functional as F
from torch import nn


def right_reshape(net, opt, idx):
    x, y = idx[:, :-1], idx[:, 1:]
    logits = net(x)
    n_rows, n_tokens, n_vocab = logits.shape
    loss = F.cross_entropy(logits.reshape(n_rows * n_tokens, n_vocab), y.reshape(-1))
    opt.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1)
    opt.step()
    return loss.detach()


def right_item(net, opt, idx):
    opt.zero_grad()
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.item()


def right_log_softmax(net, opt, idx):
    log_p = net(idx[:, :-1]).log_softmax(-1)
    loss = -log_p.gather(-1, idx[:, 1:, None]).mean()
    opt.zero_grad()
    loss.backward()
    length = torch.sqrt(sum((p.grad**2).sum() for p in net.parameters()))
    if length > 1:
        for p in net.parameters():
            p.grad /= length
    opt.step()
    return loss.detach()


def right_all_read(net, opt, idx):
    # the last token is read too, and its answer is thrown away
    logits = net(idx)[:, :-1]
    loss = nn.CrossEntropyLoss()(logits.flatten(0, 1), idx[:, 1:].flatten())
    for p in net.parameters():
        p.grad = None
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach().clone()


def right_zero_at_the_end(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    opt.zero_grad()
    return loss.detach()


def wrong_not_shifted(net, opt, idx):
    loss = F.cross_entropy(net(idx).flatten(0, 1), idx.flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_shifted_back(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, 1:]).flatten(0, 1), idx[:, :-1].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_flat_before_shift(net, opt, idx):
    # the end of one row predicts the beginning of the next
    logits = net(idx).flatten(0, 1)
    loss = F.cross_entropy(logits[:-1], idx.flatten()[1:])
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_sum(net, opt, idx):
    logits = net(idx[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_no_clip(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_clip_after_step(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    return loss.detach()


def wrong_clip_before_backward(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_clip_values(net, opt, idx):
    # each entry between -1 and 1: another direction
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_zero_after_backward(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    loss.backward()
    opt.zero_grad()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_new_optimiser(net, opt, idx):
    fresh = type(opt)(net.parameters(), lr=opt.param_groups[0]["lr"])
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    fresh.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    fresh.step()
    return loss.detach()


def wrong_by_hand(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    with torch.no_grad():
        for p in net.parameters():
            p -= opt.param_groups[0]["lr"] * p.grad
    return loss.detach()


def wrong_softmax_first(net, opt, idx):
    p = net(idx[:, :-1]).softmax(-1)
    loss = F.cross_entropy(p.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_last_only(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1])[:, -1], idx[:, -1])
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


def wrong_loss_after_the_step(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten()).detach()


def wrong_with_graph(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss
