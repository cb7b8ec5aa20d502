import torch
import torch.nn.functional as F


def right_lerp(x, y, partner, lam, n_classes):
    label = F.one_hot(y, n_classes).to(lam.dtype)
    pictures = torch.lerp(x[partner], x, lam[:, None, None, None])
    return pictures, torch.lerp(label[partner], label, lam[:, None])


def right_scatter(x, y, partner, lam, n_classes):
    labels = torch.zeros(len(y), n_classes, dtype=x.dtype)
    labels.scatter_add_(1, y[:, None], lam[:, None].to(x.dtype))
    labels.scatter_add_(1, y[partner][:, None], (1 - lam)[:, None].to(x.dtype))
    w = lam.reshape(len(x), 1, 1, 1)
    return x * w + x[partner] * (1 - w), labels


def right_loop(x, y, partner, lam, n_classes):
    eye = torch.eye(n_classes, dtype=x.dtype)
    pictures, labels = [], []
    for i in range(len(x)):
        j, share = partner[i], lam[i]
        pictures.append(share * x[i] + (1 - share) * x[j])
        labels.append(share * eye[y[i]] + (1 - share) * eye[y[j]])
    return torch.stack(pictures), torch.stack(labels)


def wrong_hard_labels(x, y, partner, lam, n_classes):
    w = lam[:, None, None, None]
    winner = torch.where(lam > 0.5, y, y[partner])
    return w * x + (1 - w) * x[partner], F.one_hot(winner, n_classes).to(x.dtype)


def wrong_old_labels(x, y, partner, lam, n_classes):
    w = lam[:, None, None, None]
    return w * x + (1 - w) * x[partner], F.one_hot(y, n_classes).to(x.dtype)


def wrong_partner_labels(x, y, partner, lam, n_classes):
    w = lam[:, None, None, None]
    label = F.one_hot(y, n_classes).to(x.dtype)
    mixed = (1 - lam[:, None]) * label + lam[:, None] * label[partner]
    return w * x + (1 - w) * x[partner], mixed


def wrong_swapped(x, y, partner, lam, n_classes):
    w = lam[:, None, None, None]
    label = F.one_hot(y, n_classes).to(x.dtype)
    mixed = (1 - lam[:, None]) * label + lam[:, None] * label[partner]
    return (1 - w) * x + w * x[partner], mixed


def wrong_mean_share(x, y, partner, lam, n_classes):
    s = lam.mean()
    label = F.one_hot(y, n_classes).to(x.dtype)
    return s * x + (1 - s) * x[partner], s * label + (1 - s) * label[partner]


def wrong_half(x, y, partner, lam, n_classes):
    label = F.one_hot(y, n_classes).to(x.dtype)
    return (x + x[partner]) / 2, (label + label[partner]) / 2


def wrong_mixed_numbers(x, y, partner, lam, n_classes):
    w = lam[:, None, None, None]
    return w * x + (1 - w) * x[partner], lam * y + (1 - lam) * y[partner]


def wrong_unmixed_pictures(x, y, partner, lam, n_classes):
    label = F.one_hot(y, n_classes).to(x.dtype)
    return x, lam[:, None] * label + (1 - lam[:, None]) * label[partner]
