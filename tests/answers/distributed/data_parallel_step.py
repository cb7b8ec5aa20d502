import torch
import torch.nn.functional as F
from torch.nn.utils import parameters_to_vector


def right_two_loops(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
    for p in net.parameters():
        p.grad.div_(n)
    opt.step()
    with torch.no_grad():
        all_reduce(loss)
    return loss.detach() / n


def right_divided_first(net, opt, x, y, all_reduce, n):
    logits = net(x)
    loss = -logits.log_softmax(-1)[torch.arange(len(y)), y].mean() / n
    opt.zero_grad(set_to_none=True)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
    opt.step()
    total = loss.detach().clone()
    all_reduce(total)
    return total


def right_one_bucket(net, opt, x, y, all_reduce, n):
    loss = F.cross_entropy(net(x), y)
    grads = torch.autograd.grad(loss, list(net.parameters()))
    bucket = torch.cat([g.flatten() for g in grads] + [loss.detach().view(1)])
    all_reduce(bucket)
    bucket = bucket / n
    start = 0
    for p in net.parameters():
        p.grad = bucket[start : start + p.numel()].view_as(p).clone()
        start += p.numel()
    opt.step()
    return bucket[-1]


def right_backwards_order(net, opt, x, y, all_reduce, n):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in reversed(list(net.parameters())):
        total = p.grad.clone()
        all_reduce(total)
        p.grad.copy_(total / n)
    opt.step()
    opt.zero_grad()
    value = torch.tensor(loss.item(), dtype=loss.dtype)
    all_reduce(value)
    return value.item() / n


def right_hooks(net, opt, x, y, all_reduce, n):
    def meet(p):
        all_reduce(p.grad)
        p.grad.mul_(1 / n)

    handles = [p.register_post_accumulate_grad_hook(meet) for p in net.parameters()]
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for handle in handles:
        handle.remove()
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_summed(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_not_reduced(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_divided_only(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        p.grad /= n
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_too_late(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_own_loss(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    return loss.detach()


def wrong_loss_summed(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    total = loss.detach().clone()
    all_reduce(total)
    return total


def wrong_loss_instead_of_gradients(net, opt, x, y, all_reduce, n):
    # the all-reduced number is right; the graph behind it knows the own rows only
    loss = F.cross_entropy(net(x), y)
    all_reduce(loss)
    loss = loss / n
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, x, y, all_reduce, n):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_zero_grad_after_backward(net, opt, x, y, all_reduce, n):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.zero_grad(set_to_none=False)
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_weights_too_soon(net, opt, x, y, all_reduce, n):
    # averages the weights before the step, where they are equal anyway
    for p in net.parameters():
        all_reduce(p.data)
        p.data /= n
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_only_matrices(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        if p.ndim > 1:
            all_reduce(p.grad)
            p.grad /= n
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_result_not_used(net, opt, x, y, all_reduce, n):
    # reduces a copy and forgets it
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    all_reduce(torch.cat([p.grad.flatten() for p in net.parameters()]))
    opt.step()
    mean = loss.detach() / n
    all_reduce(mean)
    return mean


def wrong_attached(net, opt, x, y, all_reduce, n):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    all_reduce(loss)
    return loss / n


def wrong_by_parameters_to_vector(net, opt, x, y, all_reduce, n):
    # averages weights after the step: equal for SGD, but Adam does not see the mean gradient
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    vector = parameters_to_vector(net.parameters()).detach()
    all_reduce(vector)
    torch.nn.utils.vector_to_parameters(vector / n, net.parameters())
    mean = loss.detach() / n
    all_reduce(mean)
    return mean
