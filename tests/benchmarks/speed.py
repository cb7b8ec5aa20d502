"""How fast are the course's models on this machine? Not a test: it prints, it never fails.

    python -m tests.benchmarks.speed [--threads 2] [--seconds 3] [--only gpt]

Each row is the median over about --seconds of repetitions; the matmul rate is measured before every
row in the same run, because machines change their speed. "of matmul" is the row's own arithmetic
(as torch counts it) per second, as a share of that rate.
"""

import argparse
from collections.abc import Callable

import torch

from course_utils.runs.speed import matmul_rate, seconds
from tests.benchmarks.cases import OURS
from tests.benchmarks.clock import operations

CPU = torch.device("cpu")


def median_seconds(call: Callable[[], None], budget: float) -> float:
    """Median duration over at least five calls and about ``budget`` seconds."""
    once = seconds(call, n=1, device=CPU)
    return seconds(call, n=max(5, int(budget / once)), device=CPU, warm_up=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", choices=OURS, action="append")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"torch {torch.__version__}, {args.threads} threads")
    print(f"{'':58} {'ms':>8} {'items/s':>16} {'GFLOP/s':>8} {'matmul':>7} {'of matmul':>9}")
    for key in args.only or OURS:
        torch.manual_seed(0)
        case = OURS[key]()
        flops = operations(case.step)
        rate = matmul_rate(CPU, torch.float32, size=1024)
        took = median_seconds(case.step, args.seconds)
        done = flops / took
        print(
            f"{case.name:58} {1e3 * took:8.1f} {case.items / took:9,.0f} {case.unit:6} "
            f"{done / 1e9:8.1f} {rate / 1e9:7.1f} {done / rate:9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
