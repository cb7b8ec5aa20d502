import torch
import torch.nn.functional as F
from sklearn.metrics import pairwise_distances_argmin_min


def right_broadcast(patches, codes):
    return (patches.unsqueeze(-2) - codes).square().sum(-1).argmin(-1)


def right_loop(patches, codes):
    flat = patches.reshape(-1, patches.shape[-1])
    found = []
    for patch in flat:
        found.append(int(torch.argmin(torch.linalg.vector_norm(codes - patch, dim=1))))
    return torch.tensor(found, dtype=torch.long).reshape(patches.shape[:-1])


def right_sklearn(patches, codes):
    flat = patches.reshape(-1, patches.shape[-1])
    nearest, _ = pairwise_distances_argmin_min(flat.numpy(), codes.numpy())
    return torch.from_numpy(nearest).long().reshape(patches.shape[:-1])


def right_half_norm_less_dot(patches, codes):
    p, c = patches.double(), codes.double()
    score = p @ c.T - c.square().sum(1) / torch.tensor(2.0)
    return torch.max(score, dim=-1).indices


def wrong_farthest(patches, codes):
    return (patches.unsqueeze(-2) - codes).square().sum(-1).argmax(-1)


def wrong_dot_product(patches, codes):
    return (patches @ codes.T).argmax(-1)


def wrong_cosine(patches, codes):
    return (F.normalize(patches, dim=-1) @ F.normalize(codes, dim=-1).T).argmax(-1)


def wrong_manhattan(patches, codes):
    return (patches.unsqueeze(-2) - codes).abs().sum(-1).argmin(-1)


def wrong_sum_of_differences(patches, codes):
    return (patches.unsqueeze(-2) - codes).sum(-1).abs().argmin(-1)


def wrong_no_minus_square(patches, codes):
    return (codes.square().sum(1) - patches @ codes.T).argmin(-1)  # forgot the factor 2


def wrong_counts_from_one(patches, codes):
    return (patches.unsqueeze(-2) - codes).square().sum(-1).argmin(-1) + 1


def wrong_distance(patches, codes):
    return (patches.unsqueeze(-2) - codes).square().sum(-1).min(-1).values  # type


def wrong_flat(patches, codes):
    # shape: with two or more leading dimensions
    return torch.cdist(patches.reshape(-1, patches.shape[-1]), codes).argmin(-1)


def wrong_one_patch(patches, codes):
    return torch.cdist(patches, codes).argmin(-1)  # edge: one patch (D,)


def wrong_int8(patches, codes):
    # type
    return (patches.unsqueeze(-2) - codes).square().sum(-1).argmin(-1).to(torch.int8)


def wrong_bfloat16(patches, codes):
    # float32: codes closer to each other than 1/256
    p, c = patches.bfloat16(), codes.bfloat16()
    return (p.unsqueeze(-2) - c).square().sum(-1).argmin(-1)


def wrong_in_place(patches, codes):
    mean = codes.mean(0)
    patches -= mean  # in place
    return (patches.unsqueeze(-2) - (codes - mean)).square().sum(-1).argmin(-1)
