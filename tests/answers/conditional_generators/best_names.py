import itertools

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment


def right_scipy(counts):
    return torch.tensor(linear_sum_assignment(-counts.numpy())[1])


def right_all_orders(counts):
    if len(counts) > 7:
        return right_scipy(counts)
    rows = range(len(counts))
    table = counts.tolist()
    best = max(itertools.permutations(rows), key=lambda p: sum(table[k][p[k]] for k in rows))
    return torch.tensor(best)


def right_subsets(counts):
    n, table = len(counts), counts.tolist()
    best = {0: (0, [])}
    for row in table:
        after = {}
        for used, (total, names) in best.items():
            for y in range(n):
                if not used >> y & 1:
                    found = total + row[y], [*names, y]
                    key = used | 1 << y
                    if key not in after or found[0] > after[key][0]:
                        after[key] = found
        best = after
    return torch.tensor(best[2**n - 1][1])


def right_numpy_maximize(counts):
    rows, columns = linear_sum_assignment(np.asarray(counts), maximize=True)
    names = torch.empty(len(counts), dtype=torch.long)
    names[torch.from_numpy(rows)] = torch.from_numpy(columns)
    return names


def wrong_argmax(counts):
    return counts.argmax(dim=1)


def wrong_argmax_of_classes(counts):
    return counts.argmax(dim=0)


def wrong_smallest(counts):
    return torch.tensor(linear_sum_assignment(counts.numpy())[1])


def wrong_rows(counts):
    return torch.tensor(linear_sum_assignment(counts.numpy(), maximize=True)[0])


def wrong_transposed(counts):
    return torch.tensor(linear_sum_assignment(counts.numpy().T, maximize=True)[1])


def wrong_in_order(counts):
    names, free = [], list(range(len(counts)))
    for row in counts:
        best = max(free, key=lambda y: int(row[y]))
        free.remove(best)
        names.append(best)
    return torch.tensor(names)


def wrong_greedy(counts):
    left, names = counts.clone().float(), [0] * len(counts)
    for _ in names:
        k, y = divmod(int(left.argmax()), len(counts))
        names[k] = y
        left[k, :] = -1
        left[:, y] = -1
    return torch.tensor(names)


def wrong_number(counts):
    rows, columns = linear_sum_assignment(counts.numpy(), maximize=True)
    return counts[rows, columns].sum()


def wrong_share(counts):
    rows, columns = linear_sum_assignment(counts.numpy(), maximize=True)
    return counts[rows, columns].sum() / counts.sum()


def wrong_identity(counts):
    return torch.arange(len(counts))


def wrong_one_hot(counts):
    names = torch.tensor(linear_sum_assignment(counts.numpy(), maximize=True)[1])
    return torch.nn.functional.one_hot(names, len(counts))
