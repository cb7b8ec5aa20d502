"""Two things timed in turn, so that a machine that changes its speed slows both."""

import math
import statistics
import time
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode


def processor_seconds(call: Callable[[], object]) -> float:
    """Processor time of one call, all threads together; other programs disturb it least."""
    began = time.process_time()
    call()
    return time.process_time() - began


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], budget: float
) -> tuple[float, float, list[float]]:
    """Return median seconds of both, and log ratios ours / theirs of about ``budget`` seconds.

    A round is ours, theirs, theirs, ours (or the reverse), and gives one ratio.
    """
    for call in (ours, theirs):
        call()
    once = processor_seconds(ours) + processor_seconds(theirs)
    seconds, logs = ([], []), []
    for number in range(max(8, int(budget / (2 * once)))):
        sums = [0.0, 0.0]
        for who in (0, 1, 1, 0) if number % 2 else (1, 0, 0, 1):
            took = processor_seconds((ours, theirs)[who])
            seconds[who].append(took)
            sums[who] += took
        logs.append(math.log(sums[0] / sums[1]))
    return *map(statistics.median, seconds), logs


def ratio(logs: list[float]) -> str:
    """Geometric mean with an interval of two standard errors of the mean log."""
    mean, error = statistics.mean(logs), statistics.stdev(logs) / math.sqrt(len(logs))
    low, high = (math.exp(mean + k * error) for k in (-2, 2))
    return f"{math.exp(mean):.3f} [{low:.3f}, {high:.3f}]"


def operations(call: Callable[[], object]) -> int:
    """Multiplications and additions of the large layers, as torch counts them."""
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops()


def threads(number: int) -> str:
    """Use so many threads; returns the line that heads every table."""
    torch.set_num_threads(number)
    return f"torch {torch.__version__}, {number} thread{'s' * (number > 1)}, processor seconds"
