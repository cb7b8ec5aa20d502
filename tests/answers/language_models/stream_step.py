import torch
import torch.nn.functional as F
from torch import nn


def right_detached_tuple(net, opt, idx, state):
    logits, state = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.transpose(1, 2), idx[:, 1:])
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), max_norm=1)
    opt.step()
    return loss.detach(), tuple(s.detach() for s in state)


def right_item_and_reshape(net, opt, idx, state):
    x, y = idx[:, :-1], idx[:, 1:]
    out, (h, c) = net(x, state)
    loss = F.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))
    opt.zero_grad()
    loss.backward()
    length = torch.sqrt(sum((p.grad**2).sum() for p in net.parameters()))
    if length > 1:
        for p in net.parameters():
            p.grad /= length
    opt.step()
    return loss.item(), (h.data, c.data)


def right_log_softmax_list(net, opt, idx, state):
    if state is not None:
        state = (state[0].detach(), state[1].detach())
    logits, new = net(idx[:, :-1], state)
    loss = -logits.log_softmax(-1).gather(-1, idx[:, 1:, None]).mean()
    net.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(net.parameters()), 1.0)
    opt.step()
    return loss.detach(), [s.detach() for s in new]


def right_zero_at_the_end(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    opt.zero_grad()
    return loss.detach(), (h.detach().clone(), c.detach().clone())


def wrong_empty_state(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_not_shifted(net, opt, idx, state):
    logits, (h, c) = net(idx[:, 1:], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_copies_its_input(net, opt, idx, state):
    x = idx[:, :-1]
    logits, (h, c) = net(x, state)
    loss = F.cross_entropy(logits.flatten(0, 1), x.flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_reads_all(net, opt, idx, state):
    logits, (h, c) = net(idx, state)
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_state_with_graph(net, opt, idx, state):
    logits, state = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), state


def wrong_only_h_detached(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c)


def wrong_loss_with_graph(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss, (h.detach(), c.detach())


def wrong_no_clip(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_clip_after_step(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    return loss.detach(), (h.detach(), c.detach())


def wrong_no_zero_grad(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


def wrong_no_step(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    return loss.detach(), (h.detach(), c.detach())


def wrong_old_state_back(net, opt, idx, state):
    logits, new = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    if state is None:
        state = tuple(torch.zeros_like(s) for s in new)
    return loss.detach(), state


def wrong_sum(net, opt, idx, state):
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())
