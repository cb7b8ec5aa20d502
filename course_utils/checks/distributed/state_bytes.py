"""Lesson 82: Bytes of training state that one process holds between updates, float32 with Ad"""

import itertools

from course_utils.exercises.spec import About, Fails

ABOUT = About(see="82, step 8", difficulty=2, minutes=5)
HINTS = (
    "Three things: weights (4 bytes each), gradients (4), Adam's moments (8). Stage k shards "
    "the first k of: moments, gradients, weights.",
    "Divide moments by n if stage >= 1, gradients if >= 2, weights if >= 3; add all three.",
)


def state_bytes(n_weights: int, n: int, stage: int) -> float:
    """Bytes of training state that one process holds between updates, float32 with Adam.

    n_weights: weights of the net; n: processes; stage: 0 all replicated (DDP), 1 Adam's two moments
    sharded, 2 gradients too, 3 weights too (FSDP) -> bytes. Each number takes 4 bytes.
    """
    weights, grads, moments = 4 * n_weights, 4 * n_weights, 8 * n_weights
    if stage >= 1:
        moments = moments / n
    if stage >= 2:
        grads = grads / n
    if stage >= 3:
        weights = weights / n
    return float(weights + grads + moments)


def cases(rng):
    return [
        (1000, 1, 0),
        *[(120_000, 4, stage) for stage in range(4)],
        (7, 2, 3),
        *[(90_000, 3, stage) for stage in range(4)],
    ]


def _stages(weights: float, grads: float, moments: float):
    """A wrong rule: from which stage on each part is sharded (9: never)."""

    def rule(n_weights, n, stage):
        parts = ((4, weights), (4, grads), (8, moments))
        return float(sum(b * n_weights / (n if stage >= s else 1) for b, s in parts))

    return rule


class Properties:
    def alone_nothing_changes(f, rng):
        got = [f(1000, 1, stage) for stage in range(4)]
        if any(abs(v - 16000) > 1e-6 for v in got):
            raise Fails(
                f"one process holds 16 bytes a weight in every stage: 16000, you return {got}."
            )

    def every_stage_saves_something(f, rng):
        got = [f(1000, 4, stage) for stage in range(4)]
        if not all(a > b for a, b in itertools.pairwise(got)):
            raise Fails(
                f"each stage shards one thing more; for 1000 weights, 4 processes you return {got}."
            )


class Mistakes:
    def the_optimizer_forgotten(n_weights, n, stage):
        """Adam keeps two numbers a weight (the moments): half of all bytes, and what stage 1
        shards."""
        return float(
            4 * n_weights / (n if stage >= 3 else 1) + 4 * n_weights / (n if stage >= 2 else 1)
        )

    def one_moment(n_weights, n, stage):
        """You count one moment. Adam keeps the mean of the gradient and that of its square: 8 bytes
        a weight."""
        return state_bytes(n_weights, n, stage) - 4 * n_weights / (n if stage >= 1 else 1)

    def everything_sharded_at_once(n_weights, n, stage):
        """From stage 1 on you divide everything by n. Stage 1 shards the moments only, stage 2
        gradients too, stage 3 weights too."""
        return (_stages(1, 1, 1))(n_weights, n, stage)

    def the_order_reversed(n_weights, n, stage):
        """You shard the weights first. The moments come first: nobody but the optimizer needs them,
        so sharding them costs no message more."""
        return (_stages(1, 2, 3))(n_weights, n, stage)

    def weights_never_sharded(n_weights, n, stage):
        """In stage 3 the weights are sharded as well; a layer's are gathered to compute it."""
        return (_stages(9, 2, 1))(n_weights, n, stage)
