import torch


def right_topk(scores, log_probs):
    k, v = log_probs.shape[1:]
    best, where = (scores[..., None] + log_probs).flatten(1).topk(k)
    return best, where // v, where % v


def right_loop(scores, log_probs):
    n, k, v = log_probs.shape
    best = torch.empty_like(scores)
    parents = torch.empty(n, k, dtype=torch.long)
    tokens = torch.empty(n, k, dtype=torch.long)
    for b in range(n):
        each = [(scores[b, i] + log_probs[b, i, j], i, j) for i in range(k) for j in range(v)]
        each.sort(key=lambda e: -e[0].item())
        for r in range(k):
            best[b, r], parents[b, r], tokens[b, r] = each[r]
    return best, parents, tokens


def right_sort(scores, log_probs):
    n, k, v = log_probs.shape
    total = (scores.unsqueeze(-1) + log_probs).reshape(n, k * v)
    order = torch.argsort(total, dim=1, descending=True)[:, :k]
    parents = torch.div(order, v, rounding_mode="floor")
    return torch.gather(total, dim=1, index=order), parents, order - v * parents


def right_two_stages(scores, log_probs):
    k, v = log_probs.shape[1:]
    m = min(k, v)
    each, token = log_probs.topk(k=m, dim=-1)
    best, where = torch.topk((scores[:, :, None] + each).flatten(1), k=k, dim=-1)
    return best, where // m, token.flatten(1).gather(1, where)


def wrong_one_child_each(scores, log_probs):
    best, tokens = (scores[..., None] + log_probs).max(-1)
    best, parents = best.sort(dim=-1, descending=True)
    return best, parents, tokens.gather(1, parents)


def wrong_old_scores_forgotten(scores, log_probs):
    k, v = log_probs.shape[1:]
    best, where = log_probs.flatten(1).topk(k)
    return best, where // v, where % v


def wrong_divided_by_k(scores, log_probs):
    # differs if K is not V
    k = log_probs.shape[1]
    best, where = (scores[..., None] + log_probs).flatten(1).topk(k)
    return best, where // k, where % k


def wrong_parents_tokens_swapped(scores, log_probs):
    k, v = log_probs.shape[1:]
    best, where = (scores[..., None] + log_probs).flatten(1).topk(k)
    return best, where % v, where // v


def wrong_tokens_first(scores, log_probs):
    # flattens (V, K), reads as (K, V)
    k, v = log_probs.shape[1:]
    best, where = (scores[..., None] + log_probs).transpose(1, 2).flatten(1).topk(k)
    return best, where // v, where % v


def wrong_rising(scores, log_probs):
    # differs if K is not 1
    k, v = log_probs.shape[1:]
    best, where = (scores[..., None] + log_probs).flatten(1).topk(k)
    best, where = best.flip(1), where.flip(1)
    return best, where // v, where % v


def wrong_batch_mixed(scores, log_probs):
    # differs with more than one beam
    n, k, v = log_probs.shape
    best, where = (scores[..., None] + log_probs).flatten().topk(n * k)
    where = where.view(n, k) % (k * v)
    return best.view(n, k), where // v, where % v


def wrong_probabilities(scores, log_probs):
    # float32: exp of the score of a long text is 0
    k, v = log_probs.shape[1:]
    p = scores.exp()[..., None] * log_probs.exp()
    best, where = p.flatten(1).topk(k)
    return best.log(), where // v, where % v


def wrong_small_vocabulary(scores, log_probs):
    # edge: V < K
    k = log_probs.shape[1]
    each, token = log_probs.topk(k, dim=-1)
    best, where = (scores[..., None] + each).flatten(1).topk(k)
    return best, where // k, token.flatten(1).gather(1, where)


def wrong_parents_float(scores, log_probs):
    # type
    k, v = log_probs.shape[1:]
    best, where = (scores[..., None] + log_probs).flatten(1).topk(k)
    return best, where / v, where % v


def wrong_in_place(scores, log_probs):
    # in place
    k, v = log_probs.shape[1:]
    log_probs += scores[..., None]
    best, where = log_probs.flatten(1).topk(k)
    return best, where // v, where % v
