"""What several exercises of lesson 13 use."""

from course_utils.exercises.spec import d, normal, uniform


def moments(rng, *shape: int):
    """A weight, its gradient and the two running means of Adam: w, grad, m, v."""
    return *(normal(rng, *shape) for _ in range(3)), 0.1 + uniform(rng, *shape)


def long_training(rng):
    """The same in float32, for a layer late in training; every other gradient is tiny."""
    w, grad, m, v = (x.float() for x in moments(rng, 32, 16, 3, 3))
    scale = d(1.0, 1e-6, 1.0).float()
    return w, scale * grad, scale * m, scale**2 * v


def untouched():
    """Weights at the first step, one of which has never had a gradient: w, grad, m, v."""
    return d(1.0, -2.0), d(0.5, 0.0), d(0.0, 0.0), d(0.0, 0.0)
