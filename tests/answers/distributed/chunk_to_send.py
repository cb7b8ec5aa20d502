from collections import deque

import numpy as np


def right_modulo(rank, step, n):
    return (rank - step) % n


def right_two_phases(rank, step, n):
    if step < n - 1:
        return (rank - step) % n
    return (rank + 1 - (step - (n - 1))) % n


def right_loop(rank, step, n):
    chunk = rank
    for _ in range(step):
        chunk -= 1
        if chunk < 0:
            chunk = n - 1
    return chunk


def right_numpy(rank, step, n):
    return np.mod(rank - step, n)


def right_rotated(rank, step, n):
    chunks = deque(range(n))
    chunks.rotate(step)
    return chunks[rank]


def wrong_direction(rank, step, n):
    return (rank + step) % n


def wrong_swapped(rank, step, n):
    return (step - rank) % n


def wrong_received(rank, step, n):
    return (rank - step - 1) % n


def wrong_own_chunk(rank, step, n):
    return rank


def wrong_starts_again(rank, step, n):
    if step < n - 1:
        return (rank - step) % n
    return (rank - (step - (n - 1))) % n


def wrong_second_phase_turns_back(rank, step, n):
    if step < n - 1:
        return (rank - step) % n
    return (rank + 1 + (step - (n - 1))) % n


def wrong_second_phase_late(rank, step, n):
    if step < n:
        return (rank - step) % n
    return (rank + 1 - (step - n)) % n


def wrong_distance(rank, step, n):
    return abs(rank - step) % n


def wrong_smaller_modulus(rank, step, n):
    return (rank - step) % max(n - 1, 1)


def wrong_negative(rank, step, n):
    return rank - step  # edge: step > rank


def wrong_one_turn(rank, step, n):
    chunk = rank - step
    return chunk if chunk >= 0 else chunk + n  # edge: step > rank + n


def wrong_stops_at_zero(rank, step, n):
    return max(rank - step, 0)


def wrong_list(rank, step, n):
    return [(r - step) % n for r in range(n)]  # type
