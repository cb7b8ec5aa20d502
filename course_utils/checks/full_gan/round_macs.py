"""Exercise of lesson 83: the price of one round of the game, in forward passes."""

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="83, step 8", difficulty=3, minutes=8)
HINTS = (
    "Count forward passes in D's step and in G's step; then add what each learns.",
    "D's step: macs_g + 2 * 3 * macs_d. G's step: 3 * macs_g + 2 * macs_d.",
)


def round_macs(macs_g: float, macs_d: float) -> float:
    """Multiply-adds of one round of the game, for each real picture of the batch.

    macs_g, macs_d: of one forward pass of generator and discriminator for one picture. D's step:
    a fake is drawn without gradient, D judges it and a real picture and learns from both. G's
    step: the fake is drawn again, D judges it, and G learns through a D that is frozen. A backward
    pass costs one forward for the slope in the inputs, one more for the slope in the weights.
    """
    step_d = macs_g + 2 * (1 + 2) * macs_d  # draw; judge two pictures, learn from two
    step_g = (1 + 2) * macs_g + (1 + 1) * macs_d  # draw and learn; D only passes the slope on
    return step_d + step_g  # 4 macs_g + 8 macs_d


def cases(rng):
    return [(10.0, 1.0), (0.25, 0.5), (3.5e5, 1.0), (2e9, 3e9)]


class Properties:
    @named("G's share of a round")
    def share_of_g(f, rng):
        says = "G draws twice and learns once (two more): {right} forward passes, you count {got}."
        close(f(1.0, 0.0), 4, says)

    @named("D's share of a round")
    def share_of_d(f, rng):
        says = "D judges three pictures (3), learns from two (4) and once passes the slope on (1): "
        close(f(0.0, 1.0), 8, says + "{right}, you count {got}.")


class Mistakes:
    def a_frozen_D_costs_no_backward_pass(macs_g, macs_d):
        """Frozen weights save the slope in the weights. The slope in D's inputs is still needed,
        since G learns through it."""
        return 4 * macs_g + 7 * macs_d

    @named("D learns in G's step")
    def d_learns_twice(macs_g, macs_d):
        """You charged D's weights in G's step. They are frozen there: one pass back, not two."""
        return 4 * macs_g + 9 * macs_d

    @named("G learns in D's step")
    def g_learns_twice(macs_g, macs_d):
        """In D's step the fake is drawn without gradient: G pays for a forward pass there, and for
        no backward pass."""
        return 6 * macs_g + 8 * macs_d

    def one_pass_of_G_is_missing(macs_g, macs_d):
        """Either you keep D's fake for G's step, which draws it again, or G learns with one slope:
        a net that learns needs that in its inputs and that in its weights."""
        return 3 * macs_g + 8 * macs_d

    def a_backward_pass_at_the_price_of_one_forward(macs_g, macs_d):
        """A net that learns needs two slopes, one in its inputs and one in its weights: a backward
        pass costs two forward passes."""
        return 3 * macs_g + 6 * macs_d
