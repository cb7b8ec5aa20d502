import torch


def right_numpy_like(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    weights = torch.zeros(n_classes)
    here = counts > 0
    weights[here] = len(y) / counts[here] / here.sum()
    return weights


def right_normalised(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    w = (1 / counts).nan_to_num(posinf=0.0)
    return w * len(y) / (w * counts).sum()


def right_loop(y, n_classes):
    labels = y.tolist()
    present = len(set(labels))
    return torch.tensor(
        [
            len(labels) / present / labels.count(k) if labels.count(k) else 0.0
            for k in range(n_classes)
        ]
    )


def wrong_inverse(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    return (1 / counts).nan_to_num(posinf=0.0)


def wrong_sum_to_one(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    w = (1 / counts).nan_to_num(posinf=0.0)
    return w / w.sum()


def wrong_shares(y, n_classes):
    return torch.bincount(y, minlength=n_classes).double() / len(y)


def wrong_all_classes(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    return (len(y) / (n_classes * counts)).nan_to_num(posinf=0.0)


def wrong_infinite(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    return len(y) / ((counts > 0).sum() * counts)


def wrong_largest_is_one(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    return (counts.max() / counts).nan_to_num(posinf=0.0)


def wrong_per_example(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    return (len(y) / ((counts > 0).sum() * counts))[y]


def wrong_root(y, n_classes):
    counts = torch.bincount(y, minlength=n_classes)
    w = counts.float().rsqrt().nan_to_num(posinf=0.0)
    return w * len(y) / (w * counts).sum()
