"""Exercise of lesson 44c: what is left of a variance after one more generation."""

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="44c, step 3", difficulty=4, minutes=12, gradient=False)
HINTS = (
    "With a = n_own / n: what are the mean of x^2 and the mean of (mean of x)^2 over the n points?",
    "E[x^2] = a (v + m) + (1 - a); E[mean^2] = a^2 m + (a v + 1 - a) / n. The second is the new "
    "mean square, their difference the new variance.",
)


def next_moments(variance, mean_square, n_own: int, n_fresh: int) -> tuple:
    """Expected variance and squared mean of a Gaussian fitted to own and fresh points.

    The last generation is N(mu, v) with E[v] = variance and E[mu^2] = mean_square, numbers or
    tensors; n_own points are drawn from it, n_fresh from the data, N(0, 1). The fit is maximum
    likelihood (divisor n) -> (E[new v], E[new mu^2]).
    """
    n = n_own + n_fresh
    own = n_own / n
    square = own * (variance + mean_square) + (1 - own)  # E[x^2]
    new_mean_square = own**2 * mean_square + (own * variance + 1 - own) / n
    return square - new_mean_square, new_mean_square


def cases(rng):
    yield d(1.0), d(0.0), 10, 0
    yield d(0.5), d(0.2), 8, 2
    for n_own, n_fresh in ((5, 15), (1, 1), (30, 3)):
        yield uniform(rng, 3), uniform(rng, 3), n_own, n_fresh
    yield d(0.7), d(0.3), 0, 6


def hard_cases(rng):
    yield uniform(rng, 50).float(), uniform(rng, 50).float(), 900, 100


class Properties:
    @named("without fresh points a share 1 / n is lost")
    def alone(f, rng):
        got = f(d(0.8), d(0.5), 20, 0)
        says = "without fresh points a variance of 0.8 becomes {right} with n = 20, yours {got}."
        close(got[0], d(0.8 * 19 / 20), says)
        close(got[1], d(0.5 + 0.8 / 20), "and the mean square 0.5 becomes {right}, yours {got}.")

    @named("fresh points alone: a fit of the data")
    def fresh_alone(f, rng):
        got = f(d(0.1), d(3.0), 0, 20)
        close(got[0], d(0.95), "20 fresh points alone give a variance of {right}, yours {got}.")
        close(got[1], d(0.05), "20 fresh points alone: a mean square of {right}, yours {got}.")


def share(n_own, n_fresh):
    """The share of own points."""
    return n_own / (n_own + n_fresh)


class Mistakes:
    @named("the divisor n - 1")
    def unbiased(variance, mean_square, n_own, n_fresh):
        """That is the unbiased estimate. The maximum likelihood fit divides by n: it measures from
        its own mean and loses a share 1 / n."""
        a = share(n_own, n_fresh)
        _v, m = next_moments(variance, mean_square, n_own, n_fresh)
        return a * variance + 1 - a + a * (1 - a) * mean_square, m

    @named("the distance of the two means left out")
    def means_left_out(variance, mean_square, n_own, n_fresh):
        """Two heaps around different means are wider than either: a (1 - a) mu^2 is missing."""
        a = share(n_own, n_fresh)
        _v, m = next_moments(variance, mean_square, n_own, n_fresh)
        n = n_own + n_fresh
        return (1 - 1 / n) * (a * variance + 1 - a), m

    @named("the share not squared")
    def not_squared(variance, mean_square, n_own, n_fresh):
        """The mean of all points is a mu + noise: its square holds a^2 mu^2, not a mu^2."""
        a = share(n_own, n_fresh)
        v, m = next_moments(variance, mean_square, n_own, n_fresh)
        off = a * (1 - a) * mean_square
        return v - off, m + off

    @named("the second moment, not the variance")
    def second_moment(variance, mean_square, n_own, n_fresh):
        """That is E[x^2] of the n points. Their variance is E[x^2] minus the square of their mean,
        your second value."""
        v, m = next_moments(variance, mean_square, n_own, n_fresh)
        return v + m, m

    @named("a mean without noise")
    def exact_mean(variance, mean_square, n_own, n_fresh):
        """The mean of n points is not exact: its square has the variance of a point / n in it."""
        a = share(n_own, n_fresh)
        square = a * (variance + mean_square) + 1 - a
        return square - a**2 * mean_square, a**2 * mean_square
