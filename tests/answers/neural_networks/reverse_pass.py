import numpy as np
import torch


def right_walk_back(parents, local):
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] * s
    return slope


def right_users_first(parents, local):
    n = len(parents)
    users = [[] for _ in range(n)]
    for k in range(n):
        for i, p in enumerate(parents[k]):
            users[p].append((k, local[k][i]))
    slope = [0.0] * n
    slope[n - 1] = 1.0
    for p in range(n - 2, -1, -1):
        slope[p] = float(sum(slope[k] * s for k, s in users[p]))
    return slope


def right_triangular_solve(parents, local):
    n = len(parents)
    a = torch.eye(n, dtype=torch.float64)
    for k in range(n):
        for p, s in zip(parents[k], local[k], strict=True):
            a[p, k] -= s
    end = torch.zeros(n, 1, dtype=torch.float64)
    end[-1] = 1
    return torch.linalg.solve_triangular(a, end, upper=True).flatten().tolist()


def right_numpy_row_at_a_time(parents, local):
    slope = np.zeros(len(parents))
    slope[-1] = 1
    for k in range(len(parents) - 1, -1, -1):
        np.add.at(slope, np.array(parents[k], dtype=int), slope[k] * np.array(local[k]))
    return [float(s) for s in slope]


def wrong_overwrites(parents, local):
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] = slope[k] * s
    return slope


def wrong_front_to_back(parents, local):
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in range(len(parents)):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] * s
    return slope


def wrong_forward_from_first(parents, local):
    # slope of every node in node 0
    slope = [1.0] + [0.0] * (len(parents) - 1)
    for k in range(1, len(parents)):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[k] += slope[p] * s
    return slope


def wrong_all_ones(parents, local):
    slope = [1.0] * len(parents)
    for k in reversed(range(len(parents))):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] * s
    return slope


def wrong_no_seed(parents, local):
    slope = [0.0] * len(parents)
    for k in reversed(range(len(parents))):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] * s
    return slope


def wrong_slopes_added_along_the_way(parents, local):
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] + s
    return slope


def wrong_same_parent_once(parents, local):
    # edge: c = a * a, parents [0, 0]
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        for p, s in dict(zip(parents[k], local[k], strict=True)).items():
            slope[p] += slope[k] * s
    return slope


def wrong_index_of_parent(parents, local):
    # edge: a parent that stands twice with two different slopes
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        for p in parents[k]:
            slope[p] += slope[k] * local[k][parents[k].index(p)]
    return slope


def wrong_stops_before_node_one(parents, local):
    # node 1 computed from node 0
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in range(len(parents) - 1, 1, -1):
        for p, s in zip(parents[k], local[k], strict=True):
            slope[p] += slope[k] * s
    return slope


def wrong_every_path(parents, local):
    # sizes: a chain of 40 squarings has 2^40 ways, one of 2000 nodes is too deep
    slope = [0.0] * len(parents)

    def walk(k, value):
        slope[k] += value
        for p, s in zip(parents[k], local[k], strict=True):
            walk(p, value * s)

    walk(len(parents) - 1, 1.0)
    return slope


def wrong_pops_the_lists(parents, local):
    # in place
    slope = [0.0] * len(parents)
    slope[-1] = 1.0
    for k in reversed(range(len(parents))):
        while parents[k]:
            slope[parents[k].pop()] += slope[k] * local[k].pop()
    return slope
