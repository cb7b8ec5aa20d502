"""Are our models as fast as well-known ones of the same size? It prints, it never fails.

    python -m tests.benchmarks.ratios [--threads 2] [--seconds 10] [--only gpt] [--unfused]

Both train in turn, in one process, with the same optimiser. Below 1: ours is faster. With --unfused
the peers' optimiser is torch's default, which most public recipes have on a CPU.
"""

import argparse

import torch

from tests.benchmarks.cases import OURS, PEERS
from tests.benchmarks.clock import in_turn, operations, ratio, threads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each row")
    parser.add_argument("--only", choices=PEERS, action="append")
    parser.add_argument("--unfused", action="store_true", help="the peers' optimiser alone")
    args = parser.parse_args()
    print(threads(args.threads))
    print(f"{'':58} {'M weights':>13} {'GFLOP a step':>15} {'ms':>15}  ours / peer")
    for key in args.only or PEERS:
        torch.manual_seed(0)
        ours, theirs = OURS[key](), PEERS[key]()
        for update in theirs.updates if args.unfused else ():
            weights = update.opt.param_groups[0]["params"]
            update.opt = torch.optim.AdamW(weights, lr=1e-4, fused=False)
        done = [operations(each.step) / 1e9 for each in (ours, theirs)]
        a, b, logs = in_turn(ours.step, theirs.step, args.seconds)
        print(
            f"{ours.name + ' / ' + theirs.name:58} "
            f"{ours.weights / 1e6:6.2f} {theirs.weights / 1e6:6.2f} {done[0]:7.2f} {done[1]:7.2f} "
            f"{1e3 * a:7.1f} {1e3 * b:7.1f}  {ratio(logs)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
