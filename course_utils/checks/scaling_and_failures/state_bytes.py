"""Exercise of lesson 82b: bytes of training state in one process, replicated or sharded."""

from itertools import pairwise

from course_utils.exercises.spec import About, expect

ABOUT = About(see="82b, step 2", difficulty=2, minutes=5)
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
    yield from ((10, 4, stage) for stage in (1, 0, 2, 3))
    yield from ((90_000, 3, stage) for stage in range(4))
    yield from ((1000, 1, 3), (10**9, 64, 3))


class Properties:
    def every_stage_saves_something(f, rng):
        got = [float(f(1000, 4, stage)) for stage in range(4)]
        says = f"each stage shards one thing more; 1000 weights, 4 processes: you return {got}."
        expect(all(a > b for a, b in pairwise(got)), says)


class Mistakes:
    def one_moment(n_weights, n, stage):
        """You count one moment. Adam keeps the mean of the gradient and that of its square: 8 bytes
        a weight."""
        whole = (12, 8, 4, 0)[stage]
        return n_weights * (whole + (12 - whole) / n)

    def the_order_reversed(n_weights, n, stage):
        """You shard the weights first. The moments come first: nobody but the optimizer needs them,
        so sharding them costs no message more."""
        whole = (16, 12, 8, 0)[stage]
        return n_weights * (whole + (16 - whole) / n)

    def only_the_newest_part_sharded(n_weights, n, stage):
        """Each stage of yours shards one thing and replicates the others again. Stage 2 shards
        gradients and moments, stage 3 all: test with >=, not with ==."""
        cut = (0, 8, 4, 4)[stage]
        return n_weights * (16 - cut + cut / n)

    def what_is_sharded_is_gone(n_weights, n, stage):
        """You count nothing for what is sharded. A process still holds its own part of it, one of
        n."""
        return n_weights * (16, 8, 4, 0)[stage]

    def weights_never_sharded(n_weights, n, stage):
        """In stage 3 the weights are sharded as well; a layer's are gathered to compute it."""
        whole = (16, 8, 4, 4)[stage]
        return n_weights * (whole + (16 - whole) / n)
