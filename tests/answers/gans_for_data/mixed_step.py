import torch
import torch.nn.functional as F


def right_two_passes(net, opt, x, y, x_more, y_more, share):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y) * (1 - share)
    loss = loss + F.cross_entropy(net(x_more), y_more) * share
    loss.backward()
    opt.step()
    return loss.detach()


def right_weights(net, opt, x, y, x_more, y_more, share):
    b, m = len(x), len(x_more)
    w = torch.cat([torch.full((b,), (1 - share) / b), torch.full((m,), share / m)]).to(x.dtype)
    each = F.cross_entropy(net(torch.cat([x, x_more])), torch.cat([y, y_more]), reduction="none")
    loss = (w * each).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


def right_by_hand(net, opt, x, y, x_more, y_more, share):
    def nll(x, y):
        return -net(x).log_softmax(-1).gather(1, y[:, None]).mean()

    loss = torch.lerp(nll(x, y), nll(x_more, y_more), share)
    for p in net.parameters():
        p.grad = None
    loss.backward()
    opt.step()
    return loss.detach().clone()


def wrong_count_decides(net, opt, x, y, x_more, y_more, share):
    loss = F.cross_entropy(net(torch.cat([x, x_more])), torch.cat([y, y_more]))
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_exchanged(net, opt, x, y, x_more, y_more, share):
    loss = share * F.cross_entropy(net(x), y) + (1 - share) * F.cross_entropy(net(x_more), y_more)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_only_added(net, opt, x, y, x_more, y_more, share):
    loss = F.cross_entropy(net(x_more), y_more)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sums(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x), y, reduction="sum")
    loss = loss + share * F.cross_entropy(net(x_more), y_more, reduction="sum")
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_update(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
    return loss.detach()


def wrong_keeps_gradients(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_two_steps(net, opt, x, y, x_more, y_more, share):
    total = 0
    for weight, a, b in ((1 - share, x, y), (share, x_more, y_more)):
        loss = weight * F.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total = total + loss.detach()
    return total


def wrong_attached(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_full_weight(net, opt, x, y, x_more, y_more, share):
    loss = F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_softmax_first(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x).softmax(1), y)
    loss = loss + share * F.cross_entropy(net(x_more).softmax(1), y_more)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_added_without_gradient(net, opt, x, y, x_more, y_more, share):
    with torch.no_grad():
        added = F.cross_entropy(net(x_more), y_more)
    loss = (1 - share) * F.cross_entropy(net(x), y) + share * added
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_cleared_too_late(net, opt, x, y, x_more, y_more, share):
    loss = (1 - share) * F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_share_of_the_batch(net, opt, x, y, x_more, y_more, share):
    k = max(1, int(share * len(x_more)))
    x_all, y_all = torch.cat([x, x_more[:k]]), torch.cat([y, y_more[:k]])
    loss = F.cross_entropy(net(x_all), y_all)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()
