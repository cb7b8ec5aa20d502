import torch


def right_topk(scores, k):
    best = scores.topk(k, dim=1).indices
    own = torch.arange(len(scores))[:, None]
    return (best == own).any(1).float().mean().item()


def right_sorted(scores, k):
    order = scores.argsort(dim=1, descending=True)
    found = [q in order[q, :k].tolist() for q in range(len(scores))]
    return sum(found) / len(found)


def right_loop(scores, k):
    hits = 0
    for q, row in enumerate(scores):
        hits += int((row > row[q]).sum() < k)
    return hits / len(scores)


def right_kth(scores, k):
    limit = scores.kthvalue(scores.shape[1] - k + 1, dim=1).values
    return float((scores.diagonal() >= limit).double().mean())


def wrong_columns(scores, k):
    best = scores.topk(k, dim=0).indices
    return (best == torch.arange(len(scores))[None]).any(0).double().mean().item()


def wrong_lowest(scores, k):
    best = scores.topk(k, dim=1, largest=False).indices
    return (best == torch.arange(len(scores))[:, None]).any(1).double().mean().item()


def wrong_one_too_many(scores, k):
    own = scores.diagonal()[:, None]
    return ((scores > own).sum(1) <= k).double().mean().item()


def wrong_counts_itself(scores, k):
    own = scores.diagonal()[:, None]
    return ((scores >= own).sum(1) < k).double().mean().item()


def wrong_best_only(scores, k):
    return (scores.argmax(1) == torch.arange(len(scores))).double().mean().item()


def wrong_count(scores, k):
    best = scores.topk(k, dim=1).indices
    return float((best == torch.arange(len(scores))[:, None]).any(1).sum())


def wrong_precision(scores, k):
    best = scores.topk(k, dim=1).indices
    return (best == torch.arange(len(scores))[:, None]).double().mean().item()


def wrong_percent(scores, k):
    best = scores.topk(k, dim=1).indices
    return 100 * (best == torch.arange(len(scores))[:, None]).any(1).double().mean().item()


def wrong_whole_table(scores, k):
    limit = scores.flatten().sort(descending=True).values[k * len(scores) - 1]
    return (scores.diagonal() >= limit).double().mean().item()


def wrong_indices_sorted_up(scores, k):
    order = scores.argsort(1)[:, :k]
    return (order == torch.arange(len(scores))[:, None]).any(1).double().mean().item()


def wrong_rank_by_magnitude(scores, k):
    own = scores.abs().diagonal()[:, None]
    return ((scores.abs() > own).sum(1) < k).double().mean().item()


def wrong_any_k_of_the_diagonal(scores, k):
    return (scores.diagonal().argsort(descending=True) < k).float().mean().item()


def wrong_first_question_only(scores, k):
    return float(0 in scores[0].topk(k).indices)


def wrong_argsort_as_rank(scores, k):
    # argsort taken for ranks
    places = scores.argsort(1, descending=True).diag()
    return (places < k).double().mean().item()


def right_argmax_rounds(scores, k):
    left = scores.clone()
    found = torch.zeros(len(scores), dtype=torch.bool)
    rows = torch.arange(len(scores))
    for _ in range(min(k, len(scores))):
        best = left.argmax(1)
        found |= best == rows
        left[rows, best] = -torch.inf
    return found.double().mean()
