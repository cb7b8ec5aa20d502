"""Exercise of laboratory 12b: the Wasserstein-1 distance of two samples on a line."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="12b, step 3", difficulty=1, minutes=3, gradient=False)
HINTS = (
    "On a line the cheapest plan moves the smallest point of x to the smallest of y, and so on.",
    "x.sort().values and y.sort().values; then the mean of the absolute differences.",
)


def wasserstein_sorted(x: Tensor, y: Tensor) -> Tensor:
    """Wasserstein-1 distance of two samples of equal size. x, y: (N,) -> scalar, unit of x."""
    return (x.sort().values - y.sort().values).abs().mean()


def cases(rng):
    yield d(0.0, 1.0, 5.0), d(2.0, 0.0, 4.0)
    yield d(1.5), d(-1.0)
    yield d(2.0, -1.0, 2.0, 0.0), d(2.0, 2.0, 0.0, 7.0)  # ties
    yield normal(rng, 20), 2 * normal(rng, 20) + 0.3


def hard_cases(rng):
    yield normal(rng, 20_000).float(), 1000 + normal(rng, 20_000).float()


class Properties:
    def a_shift_by_3_costs_3(f, rng):
        x = normal(rng, 40)
        close(f(x, x.flip(0) + 3), 3, "moving a sample by 3 costs 3, you return {got}.")


class Mistakes:
    def pairs_not_sorted(x, y):
        """You paired the points as they came. The cheapest transport on a line keeps the order:
        smallest to smallest."""
        return (x - y).abs().mean()

    def only_one_sample_sorted(x, y):
        """You sorted x only. Both need it: smallest to smallest, largest to largest."""
        return (x.sort().values - y).abs().mean()

    def difference_of_the_means(x, y):
        """You compared the means only: a narrow and a wide sample with one mean would be equal. The
        absolute value comes before the average."""
        return (x.mean() - y.mean()).abs()

    @named("Wasserstein-2")
    def w2(x, y):
        """You return the root mean square, which is W2. W1 averages the plain distances."""
        return (x.sort().values - y.sort().values).square().mean().sqrt()

    def squared_distances(x, y):
        """You averaged squared distances; the unit of W1 is the unit of x, not its square."""
        return (x.sort().values - y.sort().values).square().mean()
