"""Lesson 83: Multiply-adds of one round of the game, for each real picture of the batch."""

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="83, step 11", difficulty=3, minutes=8)
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
    return [(1e6, 2e6), (3.5e5, 1.0), (2e9, 5e8), (0.5, 0.25)]


class Properties:
    @named("G's share of a round")
    def G_s_share_of_a_round(f, rng):
        value = f(1.0, 0.0)
        if value != 4:
            raise Fails(
                "G draws twice and learns once (two more): 4 forward passes in all, you count "
                f"{value:g}."
            )

    @named("D's share of a round")
    def D_s_share_of_a_round(f, rng):
        value = f(0.0, 1.0)
        if value != 8:
            raise Fails(
                "D judges three pictures (3), learns from two (4) and once passes the slope on (1): 8, "
                f"you count {value:g}."
            )


class Mistakes:
    def three_forward_passes_of_each_net(macs_g, macs_d):
        """That is the price of one step of one net. A round has two steps, and D sees two pictures
        in its own."""
        return 3 * (macs_g + macs_d)

    def a_frozen_D_costs_no_backward_pass(macs_g, macs_d):
        """Frozen weights save the slope in the weights. The slope in D's inputs is still needed,
        since G learns through it."""
        return 4 * macs_g + 7 * macs_d

    @named("D learns in G's step")
    def D_learns_in_G_s_step(macs_g, macs_d):
        """You charged D's weights in G's step. They are frozen there: one pass backward, not two."""
        return 4 * macs_g + 9 * macs_d

    def one_fake_for_both_steps(macs_g, macs_d):
        """You keep D's fake for G's step. This lesson's step draws it again, without gradient for
        D, so that each step is cut into micro-batches by itself."""
        return 3 * macs_g + 8 * macs_d

    def the_real_picture_forgotten(macs_g, macs_d):
        """D judges a fake and a real picture in its own step, and learns from both."""
        return 4 * macs_g + 5 * macs_d

    def G_and_D_exchanged(macs_g, macs_d):
        """You charged D's passes to G and G's to D. D works more: it judges three pictures."""
        return 8 * macs_g + 4 * macs_d

    def a_backward_pass_at_the_price_of_one_forward(macs_g, macs_d):
        """A net that learns needs two slopes, one in its inputs and one in its weights: a backward
        pass costs two forward passes."""
        return 3 * macs_g + 6 * macs_d

    def forward_passes_only(macs_g, macs_d):
        """You counted who draws and who judges. Learning costs as well: the slopes in inputs and in
        weights are missing."""
        return 2 * macs_g + 3 * macs_d

    @named("G learns in D's step")
    def G_learns_in_D_s_step(macs_g, macs_d):
        """In D's step the fake is drawn without gradient: G pays for a forward pass there, and for
        no backward pass."""
        return 6 * macs_g + 8 * macs_d

    @named("operations instead of multiply-adds")
    def operations_instead_of_multiply_adds(macs_g, macs_d):
        """You counted multiplication and addition apart. The factor 2 comes later."""
        return 8 * macs_g + 16 * macs_d
