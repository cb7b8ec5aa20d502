"""Exercise of lesson 44: one step back of a diffusion that hides letters behind a mask."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, uniform

ABOUT = About(see="44, step 2", difficulty=3, minutes=8, gradient=False, float32=False)
HINTS = (
    "Which places may change at all? And with what probability does a hidden letter appear between "
    "t and s?",
    "A hidden place is opened where u < (t - s) / t; there stands the guess. All others stay.",
)


def reveal_step(x_t: Tensor, guess: Tensor, u: Tensor, t: float, s: float, mask: int) -> Tensor:
    """Step back from time t to an earlier s: open some hidden places, with the guessed letters.

    At time t a letter is hidden with probability t. x_t, guess: (B, L) long, x_t with `mask` where
    a letter is hidden; u: (B, L) uniform in [0, 1), small where a place opens; 0 <= s < t <= 1
    -> x_s (B, L).
    """
    opened = (x_t == mask) & (u < (t - s) / t)
    return torch.where(opened, guess, x_t)


def letters(rng, batch, length, t, s):
    """A batch of letters 0 to 8, some hidden (9), with guesses and numbers to decide by: a case."""
    x = torch.randint(9, (batch, length), generator=rng)
    hidden = torch.rand(batch, length, generator=rng) < t
    guess = torch.randint(9, (batch, length), generator=rng)
    return torch.where(hidden, 9, x), guess, uniform(rng, batch, length), t, s, 9


def cases(rng):
    x_t, guess = torch.tensor([[3, 9, 9, 9, 9]]), torch.tensor([[1, 2, 4, 5, 6]])
    yield x_t, guess, d([0.1, 0.1, 0.4, 0.55, 0.9]), 0.8, 0.4, 9  # half of the hidden ones
    yield letters(rng, 1, 7, 0.9, 0.1)
    yield letters(rng, 4, 5, 1.0, 0.75)
    yield letters(rng, 5, 30, 0.7, 0.45)  # many places: no other rule agrees by luck
    yield letters(rng, 3, 6, 0.5, 0.0)


def hard_cases(rng):
    yield letters(rng, 64, 32, 1 / 32, 0.0)


class Properties:
    @named("at s = 0 nothing is hidden any more")
    def all_open(f, rng):
        left = int((f(*letters(rng, 5, 8, 0.6, 0.0)) == 9).sum())
        expect(left == 0, f"a step to s = 0 leaves {left} places hidden: there every one is open.")

    @named("what is shown stays")
    def shown_stays(f, rng):
        case = letters(rng, 5, 8, 0.6, 0.3)
        shown = case[0] != 9
        changed = int((f(*case) != case[0])[shown].sum())
        says = f"{changed} letters that were shown have changed. Only hidden places may change."
        expect(changed == 0, says)


class Mistakes:
    @named("the share of all letters, not of the hidden ones")
    def of_all_letters(x_t, guess, u, t, s, mask):
        """t - s is the share of ALL letters that appear in the step. Of those that are hidden at t,
        a share t of all, it is (t - s) / t."""
        return torch.where((x_t == mask) & (u < t - s), guess, x_t)

    @named("the share that stays hidden")
    def stays_hidden(x_t, guess, u, t, s, mask):
        """s / t is the probability that a letter hidden at t is STILL hidden at s. It appears with
        the rest, 1 - s / t."""
        return torch.where((x_t == mask) & (u < s / t), guess, x_t)

    @named("shown letters replaced, too")
    def shown_ones_too(x_t, guess, u, t, s, mask):
        """You also replace letters that are shown. They are the data already: only a hidden place
        may change."""
        return torch.where(u < (t - s) / t, guess, x_t)

    @named("nothing opened")
    def nothing_opened(x_t, guess, u, t, s, mask):
        """You return x_t as it was. Hidden places are those where x_t == mask, whatever number the
        mask is."""
        return x_t.clone()

    @named("everything opened at once")
    def all_at_once(x_t, guess, u, t, s, mask):
        """You open every hidden place. That is the step to s = 0; all letters are then guessed
        without a look at each other."""
        return torch.where(x_t == mask, guess, x_t)
