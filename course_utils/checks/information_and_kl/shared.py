"""What exercises of lesson 12 and of its laboratory use."""

from course_utils.exercises.spec import normal, simplex, sizes


def pairs_of_probabilities(rng):
    """Pairs p, q (..., K) without zeros: a batch of 1, a longer one, and one of two dimensions."""
    for batch, k in sizes(2)[1:]:
        yield simplex(rng, batch, k), simplex(rng, batch, k)
    yield simplex(rng, 3, 2, 12), simplex(rng, 3, 2, 12)


def long_tails(rng, batch: int, k: int):
    """Float32 probabilities (batch, k) as a language model gives them: most of them tiny."""
    return (6 * normal(rng, batch, k)).float().softmax(-1)
