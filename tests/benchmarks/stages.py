"""Where does the time of a training step go? It prints, it never fails.

python -m tests.benchmarks.stages [--threads 2] [--steps 20] [--only gpt] [--peers]
"""

import argparse
import statistics
import time

import torch

from tests.benchmarks.cases import OURS, PEERS, Training
from tests.benchmarks.clock import threads

STAGES = ("data", "forward", "backward", "optimiser")


def stage_seconds(training: Training) -> dict[str, float]:
    """Processor seconds of each stage of one step; a GAN's two updates are added."""
    took, last = dict.fromkeys(STAGES, 0.0), time.process_time()

    def stop(stage: str) -> None:
        nonlocal last
        now = time.process_time()
        took[stage] += now - last
        last = now

    batch = training.batch()
    stop("data")
    for update in training.updates:
        loss = update.loss(*batch)
        stop("forward")
        update.opt.zero_grad(set_to_none=True)
        stop("optimiser")
        loss.backward()
        stop("backward")
        update.opt.step()
        stop("optimiser")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--only", choices=OURS, action="append")
    parser.add_argument("--peers", action="store_true", help="the peers instead of ours")
    args = parser.parse_args()
    print(threads(args.threads))
    print(f"{'ms a step (median)':58}" + "".join(f"{stage:>11}" for stage in STAGES))
    cases = PEERS if args.peers else OURS
    for key in args.only or cases:
        torch.manual_seed(0)
        training = cases[key]()
        training.step()
        rows = [stage_seconds(training) for _ in range(args.steps)]
        medians = [statistics.median(row[stage] for row in rows) for stage in STAGES]
        print(f"{training.name:58}" + "".join(f"{1e3 * m:11.2f}" for m in medians), flush=True)


if __name__ == "__main__":
    main()
