import numpy as np
import torch


def right_weights(grads, sizes):
    return (grads * (sizes / sizes.sum())[:, None].to(grads.dtype)).sum(0)


def right_loop(grads, sizes):
    total = torch.zeros_like(grads[0])
    for g, n in zip(grads, sizes.tolist(), strict=True):
        total += g * n
    return total / int(sizes.sum())


def right_numpy(grads, sizes):
    return torch.as_tensor(np.average(grads.numpy(), axis=0, weights=sizes.numpy())).to(grads)


def right_matmul(grads, sizes):
    w = sizes.to(grads.dtype)
    return torch.einsum("m,md->d", w, grads) / torch.sum(input=w)


def wrong_plain_mean(grads, sizes):
    return grads.mean(0)


def wrong_sum(grads, sizes):
    return grads.sum(0)


def wrong_not_divided(grads, sizes):
    return (grads * sizes[:, None]).sum(0)


def wrong_divided_by_parts(grads, sizes):
    return (grads * sizes[:, None]).mean(0)


def wrong_first_size(grads, sizes):
    return (grads * sizes[:, None]).sum(0) / (len(sizes) * sizes[0])


def wrong_inverse_weights(grads, sizes):
    w = 1 / sizes
    return (grads * (w / w.sum())[:, None]).sum(0)


def wrong_last_dropped(grads, sizes):
    return (grads[:-1] * sizes[:-1, None]).sum(0) / sizes[:-1].sum()


def wrong_softmax(grads, sizes):
    return sizes.to(grads.dtype).softmax(0) @ grads


def wrong_whole_numbers(grads, sizes):
    return (grads * (sizes // sizes.sum())[:, None]).sum(0)


def wrong_half(grads, sizes):
    w = sizes.half()  # float32: a sum over 65504 is infinite
    return (grads * (w / w.sum())[:, None]).sum(0)


def wrong_keepdim(grads, sizes):
    return (grads * sizes[:, None]).sum(0, keepdim=True) / sizes.sum()  # shape


def wrong_in_place(grads, sizes):
    grads *= sizes[:, None]  # in place
    return grads.sum(0) / sizes.sum()
