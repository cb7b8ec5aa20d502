import torch
import torch.nn.functional as F


def right_gather(net, opt, x, hidden, mask):
    seen = x.clone()
    seen[hidden] = mask
    log_p = net(seen).log_softmax(-1).gather(2, x[..., None])[..., 0]
    loss = -((log_p * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_rows(net, opt, x, hidden, mask):
    logits = net(torch.where(hidden, torch.full_like(x, mask), x))
    parts = []
    for row, target, h in zip(logits, x, hidden, strict=True):
        parts.append(F.cross_entropy(row[h], target[h]))
    loss = torch.stack(parts).mean()
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    return loss.item()


def right_zero_at_the_end(net, opt, x, hidden, mask):
    seen = x.masked_fill(hidden, mask)
    surprise = F.cross_entropy(net(seen).transpose(1, 2), x, reduction="none")
    per_text = x.shape[1] * (surprise * hidden).sum(1) / hidden.sum(1)
    loss = (per_text / x.shape[1]).mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.detach()


def right_flat(net, opt, x, hidden, mask):
    opt.zero_grad()
    logits = net(torch.where(hidden, mask, x))
    nll = F.cross_entropy(logits.flatten(0, 1), x.flatten(), reduction="none").view_as(x)
    weight = hidden / hidden.sum(1, keepdim=True) / len(x)
    loss = (nll * weight).sum()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_unmasked(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(x).mT, x, reduction="none")
    loss = ((nll * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_all_letters(net, opt, x, hidden, mask):
    loss = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_weight(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = (nll * hidden).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_pooled(net, opt, x, hidden, mask):
    logits = net(torch.where(hidden, mask, x))
    loss = F.cross_entropy(logits[hidden], x[hidden])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((nll * hidden).sum(1) / hidden.sum(1)).mean()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_step_first(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((nll * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    opt.step()
    loss.backward()
    return loss.detach()


def wrong_attached(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((nll * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_hides_the_shown(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, x, mask)).mT, x, reduction="none")
    loss = ((nll * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_nats_per_text(net, opt, x, hidden, mask):
    nll = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = (x.shape[1] / hidden.sum(1) * (nll * hidden).sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_ignore_index(net, opt, x, hidden, mask):
    target = x.masked_fill(~hidden, -100)
    s = F.cross_entropy(net(x.masked_fill(hidden, mask)).mT, target, reduction="none")
    loss = (s.sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_item(net, opt, x, hidden, mask):
    # a tensor made of the number
    logits = net(torch.where(hidden, mask, x))
    s = F.cross_entropy(logits.mT, x, reduction="none")
    loss = ((s * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


def wrong_clipped(net, opt, x, hidden, mask):
    # clips gradients, which nobody asked for
    s = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((s * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)
    opt.step()
    return loss.detach()


def wrong_adam_twice(net, opt, x, hidden, mask):
    # steps twice
    s = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((s * hidden).sum(1) / hidden.sum(1)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    opt.step()
    return loss.detach()


def _go(opt, loss):
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_masked_target(net, opt, x, hidden, mask):
    # the masked text as target
    seen = torch.where(hidden, mask, x)
    logits = net(seen)
    log_p = F.pad(logits, (0, 1), value=0.0).log_softmax(-1)
    s = -log_p.gather(2, seen[..., None])[..., 0]
    return _go(opt, ((s * hidden).sum(1) / hidden.sum(1)).mean())


def wrong_softmax_axis(net, opt, x, hidden, mask):
    # softmax over the places
    log_p = net(torch.where(hidden, mask, x)).log_softmax(1)
    s = -log_p.gather(2, x[..., None])[..., 0]
    return _go(opt, ((s * hidden).sum(1) / hidden.sum(1)).mean())
