"""Processes for exercises in which a student writes what each of n processes does."""

import threading

import torch
from torch import Tensor


class Others:
    """The other processes: what all bring together is ``factor`` times what this one brings."""

    def __init__(self, factor: float):
        self.factor = factor

    def __call__(self, t: Tensor) -> None:
        """Turn t into the sum, in place."""
        t.detach().mul_(self.factor)  # the graph does not see it, as with dist.all_reduce


class Meeting:
    """Threads in the part of processes: an all-reduce waits until all n have brought a tensor."""

    def __init__(self, n: int):
        self.barrier, self.brought = threading.Barrier(n, timeout=5), [torch.zeros(())] * n

    def all_reduce_of(self, rank: int):
        """Return the all_reduce that thread ``rank`` calls."""

        def all_reduce(t: Tensor) -> None:
            self.brought[rank] = t.detach().clone()
            self.barrier.wait()
            total = torch.stack(self.brought).sum(0)
            self.barrier.wait()
            t.detach().copy_(total)

        return all_reduce


def together(f, members: list) -> Exception | None:
    """Let threads call ``f(*member, all_reduce, n)``, one a member; return the first error."""
    meeting, errors = Meeting(len(members)), []

    def life(rank: int) -> None:
        try:
            f(*members[rank], meeting.all_reduce_of(rank), len(members))
        except BaseException as error:
            meeting.barrier.abort()  # the others must not wait for this one
            errors.append(error)

    threads = [threading.Thread(target=life, args=(k,), daemon=True) for k in range(len(members))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = [e for e in errors if not isinstance(e, threading.BrokenBarrierError)]
    return next(iter(first + errors), None)
