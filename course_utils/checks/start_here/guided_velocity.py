"""Exercise of lesson 00: classifier-free guidance."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="00, section 4", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "What does the label change? The difference v_cond - v_uncond. Start at v_uncond and walk "
    "along it.",
    "scale is how far you walk: 0 stays at v_uncond, 1 arrives at v_cond, 2 goes twice as far.",
)


def guided_velocity(v_uncond: Tensor, v_cond: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: v_uncond + scale (v_cond - v_uncond).

    v_uncond, v_cond: (B, 1, H, W) velocities without and with the label; scale: 0 ignores the
    label, 1 follows it, above 1 exaggerates it -> (B, 1, H, W), units of the velocities.
    """
    return v_uncond + scale * (v_cond - v_uncond)


def cases(rng):
    yield d([[[1.0, -2.0]]]), d([[[3.0, 2.0]]]), 2.0
    yield normal(rng, 3, 1, 2, 4), normal(rng, 3, 1, 2, 4), 3.7
    yield normal(rng, 1, 1, 5, 3), normal(rng, 1, 1, 5, 3), 0.4


def hard_cases(rng):
    yield normal(rng, 100, 1, 28, 28).float(), normal(rng, 100, 1, 28, 28).float(), 1.5


class Properties:
    @named("scale 1 follows the label")
    def at_1(f, rng):
        a, b = normal(rng, 2, 1, 3, 4), normal(rng, 2, 1, 3, 4)
        close(f(a, b, 1.0), b, "at scale 1 the result is v_cond, here {right}; yours is {got}.")

    @named("scale 0 ignores the label")
    def at_0(f, rng):
        a, b = normal(rng, 2, 1, 3, 4), normal(rng, 2, 1, 3, 4)
        close(f(a, b, 0.0), a, "at scale 0 the result is v_uncond, here {right}; yours is {got}.")


class Mistakes:
    def one_guidance_too_much(v_uncond, v_cond, scale):
        """You started from v_cond, so your scale s acts like s + 1. Some papers count that way;
        here scale 1 means no guidance."""
        return v_cond + scale * (v_cond - v_uncond)

    def the_two_velocities_swapped(v_uncond, v_cond, scale):
        """You walk from the labelled velocity towards the unlabelled one, away from the class."""
        return v_cond + scale * (v_uncond - v_cond)

    def the_step_without_a_starting_point(v_uncond, v_cond, scale):
        """You return what the label changes, scaled. It has to be added to v_uncond, which holds
        what all digits have in common."""
        return scale * (v_cond - v_uncond)

    def the_whole_labelled_velocity_added(v_uncond, v_cond, scale):
        """v_cond holds what all digits share, too, and that now counts twice. Add the difference
        v_cond - v_uncond, which is the label's part alone."""
        return v_uncond + scale * v_cond

    def everything_scaled(v_uncond, v_cond, scale):
        """That makes every velocity longer. Guidance keeps v_uncond and exaggerates only what the
        label changes."""
        return scale * v_cond
