import numpy as np


def right_numpy(accuracy, sizes, plain):
    return float(np.exp(np.interp(accuracy, plain.numpy(), np.log(sizes.numpy()))))


def right_loop(accuracy, sizes, plain):
    if accuracy <= plain[0]:
        return float(sizes[0])
    for k in range(len(sizes) - 1):
        if accuracy <= plain[k + 1]:
            way = (accuracy - plain[k]) / (plain[k + 1] - plain[k])
            return float(sizes[k] * (sizes[k + 1] / sizes[k]) ** way)
    return float(sizes[-1])


def right_tensor(accuracy, sizes, plain):
    a = plain.new_tensor(accuracy).clamp(plain[0], plain[-1])
    k = int(((plain <= a).sum() - 1).clamp(0, len(plain) - 2))
    way = (a - plain[k]) / (plain[k + 1] - plain[k])
    logs = sizes.log()
    return (logs[k] + way * (logs[k + 1] - logs[k])).exp().item()


def wrong_linear(accuracy, sizes, plain):
    return float(np.interp(accuracy, plain.numpy(), sizes.numpy()))


def wrong_log(accuracy, sizes, plain):
    return float(np.interp(accuracy, plain.numpy(), np.log(sizes.numpy())))


def wrong_log10(accuracy, sizes, plain):
    return float(np.exp(np.interp(accuracy, plain.numpy(), np.log10(sizes.numpy()))))


def wrong_other_way(accuracy, sizes, plain):
    return float(np.exp(np.interp(accuracy, np.log(sizes.numpy()), plain.numpy())))


def wrong_extrapolates(accuracy, sizes, plain):
    slope, bias = np.polyfit(plain.numpy(), np.log(sizes.numpy()), 1)
    return float(np.exp(slope * accuracy + bias))


def wrong_step(accuracy, sizes, plain):
    above = [n for n, a in zip(sizes.tolist(), plain.tolist(), strict=True) if a >= accuracy]
    return above[0] if above else sizes[-1].item()


def wrong_saved(accuracy, sizes, plain):
    worth = float(np.exp(np.interp(accuracy, plain.numpy(), np.log(sizes.numpy()))))
    return worth - sizes[0].item()
