"""Lesson 00: Classifier-free guidance: v_uncond + scale (v_cond - v_uncond)."""

from torch import Tensor

from course_utils.exercises.spec import About, Fails, normal

ABOUT = About(see="00, step 6", difficulty=2, minutes=5)
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
    return [
        (normal(rng, 1, 1, 2, 2), normal(rng, 1, 1, 2, 2), 2.0),
        (normal(rng, 3, 1, 4, 4), normal(rng, 3, 1, 4, 4), 4.0),
        (normal(rng, 3, 1, 4, 4), normal(rng, 3, 1, 4, 4), 0.5),
    ]


class Properties:
    def scale_1_follows_the_label(f, rng):
        a, b = normal(rng, 2, 1, 4, 4), normal(rng, 2, 1, 4, 4)
        gap = (f(a, b, 1.0) - b).abs().max().item()
        if not (gap <= 1e-6):
            raise Fails(f"at scale 1 the result should be v_cond, it is {gap:.3g} away")

    def scale_0_ignores_the_label(f, rng):
        a, b = normal(rng, 2, 1, 4, 4), normal(rng, 2, 1, 4, 4)
        gap = (f(a, b, 0.0) - a).abs().max().item()
        if not (gap <= 1e-6):
            raise Fails(f"at scale 0 the result should be v_uncond, {gap:.3g} away")


class Mistakes:
    def one_guidance_too_much(v_uncond, v_cond, scale):
        """You started from v_cond, so your scale s acts like s + 1. Some papers count that way;
        here scale 1 means no guidance."""
        return v_cond + scale * (v_cond - v_uncond)

    def arguments_swapped(v_uncond, v_cond, scale):
        """You walk from the labelled velocity towards the unlabelled one, away from the class."""
        return v_cond + scale * (v_uncond - v_cond)

    def the_difference_pointed_the_wrong_way(v_uncond, v_cond, scale):
        """The step must lead towards the labelled velocity: v_cond - v_uncond, in this order."""
        return v_uncond + scale * (v_uncond - v_cond)

    def scaled_without_a_starting_point(v_uncond, v_cond, scale):
        """That makes every velocity longer. Guidance keeps v_uncond and exaggerates only what the
        label changes."""
        return scale * v_cond
