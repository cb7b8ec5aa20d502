import torch
import torch.nn.functional as F


def right_transposed(net, opt, idx):
    shown, asked = idx[:, :-1], idx[:, 1:]
    loss = F.cross_entropy(net(shown).transpose(1, 2), asked)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_by_hand(net, opt, idx):
    opt.zero_grad(set_to_none=True)
    log_p = net(idx[:, :-1]).log_softmax(-1)
    loss = -log_p.gather(-1, idx[:, 1:, None]).mean()
    loss.backward()
    opt.step()
    return loss.item()


def right_view_and_zero_at_the_end(net, opt, idx):
    logits = net(idx[:, : idx.shape[1] - 1])
    B, T, V = logits.shape
    loss = F.cross_entropy(logits.reshape(B * T, V), idx[:, 1:].reshape(B * T))
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.detach().clone()


def right_place_by_place(net, opt, idx):
    logits = net(idx[:, :-1])
    losses = []
    for t in range(logits.shape[1]):
        losses.append(F.cross_entropy(logits[:, t], idx[:, t + 1]))
    loss = torch.stack(losses).mean()
    for p in net.parameters():
        p.grad = None
    loss.backward()
    opt.step()
    with torch.no_grad():
        return loss * 1


def wrong_not_shifted(net, opt, idx):
    x = idx[:, :-1]
    loss = F.cross_entropy(net(x).flatten(0, 1), x.flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_shifted_back(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, 1:]).transpose(1, 2), idx[:, :-1])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_shows_everything(net, opt, idx):
    # the whole of idx goes in; a net with a context of T tokens cannot read T + 1
    logits = net(idx)[:, :-1]
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_zero_grad_after_backward(net, opt, idx):
    # the gradient is gone when the step is taken: the net stands still
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_no_step(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def wrong_sum(net, opt, idx):
    logits = net(idx[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum_over_time(net, opt, idx):
    # mean over sequences, sum over places
    logits = net(idx[:, :-1])
    losses = F.cross_entropy(logits.transpose(1, 2), idx[:, 1:], reduction="none")
    loss = losses.sum(1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_softmax(net, opt, idx):
    p = torch.softmax(net(idx[:, :-1]), dim=-1)
    loss = F.cross_entropy(p.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_reshape(net, opt, idx):
    logits = net(idx[:, :-1])
    B, T, V = logits.shape
    loss = F.cross_entropy(logits.reshape(B, V, T), idx[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_last_only(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1])[:, -1], idx[:, -1])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_with_graph(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_two_steps(net, opt, idx):
    for _ in range(2):
        loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.detach()


def wrong_perplexity(net, opt, idx):
    loss = F.cross_entropy(net(idx[:, :-1]).transpose(1, 2), idx[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach().exp()
