import torch
import torch.nn.functional as F


def right_slices(net, opt, x, y, size):
    n = x.shape[0]
    opt.zero_grad(set_to_none=True)
    mean = 0.0
    for start in range(0, n, size):
        loss = F.cross_entropy(net(x[start : start + size]), y[start : start + size])
        loss = loss * len(x[start : start + size]) / n
        loss.backward()
        mean += loss.item()
    opt.step()
    return mean


def right_sums(net, opt, x, y, size):
    criterion = torch.nn.CrossEntropyLoss(reduction="sum")
    opt.zero_grad()
    losses = []
    for a, b in zip(torch.split(x, size), torch.split(y, size), strict=True):
        loss = criterion(net(a), b) / y.numel()
        loss.backward()
        losses.append(loss.detach())
    opt.step()
    return torch.stack(losses).sum()


def right_divide_gradients_afterwards(net, opt, x, y, size):
    net.zero_grad()
    total = torch.zeros(())
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = -F.log_softmax(net(a), -1)[torch.arange(len(a)), b].sum()
        loss.backward()
        total = total + loss.detach()
    for p in net.parameters():
        p.grad /= len(x)
    opt.step()
    return total / len(x)


def right_zero_at_the_end(net, opt, x, y, size):
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = F.nll_loss(net(a).log_softmax(1), b, reduction="sum") / len(x)
        loss.backward()
        total = total + loss.detach()
    opt.step()
    opt.zero_grad()
    return total


def wrong_whole_batch(net, opt, x, y, size):
    # the right numbers, but the batch does not fit
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_one_backward(net, opt, x, y, size):
    # the right numbers, but all graphs are alive at once
    opt.zero_grad()
    loss = sum(
        len(a) / len(x) * F.cross_entropy(net(a), b)
        for a, b in zip(x.split(size), y.split(size), strict=True)
    )
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_mean_of_means(net, opt, x, y, size):
    xs, ys = x.split(size), y.split(size)
    opt.zero_grad()
    total = 0
    for a, b in zip(xs, ys, strict=True):
        loss = F.cross_entropy(net(a), b) / len(xs)
        loss.backward()
        total += loss.detach()
    opt.step()
    return total


def wrong_not_divided(net, opt, x, y, size):
    opt.zero_grad()
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = F.cross_entropy(net(a), b)
        loss.backward()
        total += loss.detach() * len(a) / len(x)
    opt.step()
    return total


def wrong_last_loss_returned(net, opt, x, y, size):
    opt.zero_grad()
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
    opt.step()
    return loss.detach()


def wrong_step_inside(net, opt, x, y, size):
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        opt.zero_grad()
        loss = F.cross_entropy(net(a), b)
        loss.backward()
        opt.step()
        total += loss.detach() * len(a)
    return total / len(x)


def wrong_step_inside_without_zero(net, opt, x, y, size):
    opt.zero_grad()
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        opt.step()
        total += loss.detach()
    return total


def wrong_zero_inside(net, opt, x, y, size):
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        opt.zero_grad()
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        total += loss.detach()
    opt.step()
    return total


def wrong_no_zero(net, opt, x, y, size):
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        total += loss.detach()
    opt.step()
    return total


def wrong_no_step(net, opt, x, y, size):
    opt.zero_grad()
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        total += loss.detach()
    return total


def wrong_short_part_dropped(net, opt, x, y, size):
    opt.zero_grad()
    n = max(1, len(x) // size)
    total = 0
    for m in range(n):
        a, b = x[m * size : (m + 1) * size], y[m * size : (m + 1) * size]
        loss = F.cross_entropy(net(a), b) / n
        loss.backward()
        total += loss.detach()
    opt.step()
    return total


def wrong_size_taken_for_the_count(net, opt, x, y, size):
    opt.zero_grad()
    total = 0
    for a, b in zip(x.chunk(size), y.chunk(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        total += loss.detach()
    opt.step()
    return total


def wrong_with_its_graph(net, opt, x, y, size):
    opt.zero_grad()
    total = 0
    for a, b in zip(x.split(size), y.split(size), strict=True):
        loss = len(a) / len(x) * F.cross_entropy(net(a), b)
        loss.backward()
        total = total + loss
    opt.step()
    return total
