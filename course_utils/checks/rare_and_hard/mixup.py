"""Exercise of laboratory 27b: mixed pictures with mixed labels."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, named, uniform

ABOUT = About(see="27b, step 3", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "One number a picture weighs both: its pixels and its label, the latter as zeros and a one.",
    "w = lam.view(-1, 1, 1, 1); w * x + (1 - w) * x[partner], and the same with one-hot labels.",
)


def mixup(
    x: Tensor, y: Tensor, partner: Tensor, lam: Tensor, n_classes: int
) -> tuple[Tensor, Tensor]:
    """Mix every picture with a partner of its batch, and the labels alike (Zhang et al. 2017).

    x: (B, C, H, W), y: (B,) long, partner: (B,) long rows of x, lam: (B,) the share of the picture
    itself -> mixed pictures (B, C, H, W), label probabilities (B, n_classes).
    """
    w = lam.view(-1, 1, 1, 1)
    label = F.one_hot(y, n_classes).to(x.dtype)
    pictures = w * x + (1 - w) * x[partner]
    return pictures, lam[:, None] * label + (1 - lam[:, None]) * label[partner]


def case(rng, batch, side, n_classes):
    """A small batch with partners and shares."""
    y = torch.randint(n_classes, (batch,), generator=rng)
    partner = torch.randperm(batch, generator=rng)
    x = uniform(rng, batch, 2, side, side + 1)
    return x, y, partner, 0.1 + 0.8 * uniform(rng, batch), n_classes


def cases(rng):
    x, _, _, lam, n_classes = case(rng, 2, 2, 3)
    yield x, torch.tensor([0, 2]), torch.tensor([1, 0]), lam, n_classes
    for batch, side, n_classes in ((1, 3, 4), (4, 3, 5), (5, 4, 3)):
        yield case(rng, batch, side, n_classes)


def hard_cases(rng):
    x, y, partner, lam, n_classes = case(rng, 32, 16, 10)
    yield x.float(), y, partner, lam.float(), n_classes


class Properties:
    def the_label_probabilities_sum_to_1(f, rng):
        got = f(*case(rng, 4, 3, 5))[1]
        close(got.sum(1), 1, "the label probabilities of a picture sum to {got}, not to {right}.")

    def at_a_share_of_1_a_picture_stays_itself(f, rng):
        x, y, partner, lam, n_classes = case(rng, 4, 3, 5)
        got = f(x, y, partner, torch.ones_like(lam), n_classes)
        close(got[0], x, "with share 1 a pixel stays {right}, yours is {got}.")
        close(got[1].argmax(1), y, "with share 1 the label stays {right}, yours is {got}.")


class Mistakes:
    @named("labels that are not mixed")
    def labels_stay(x, y, partner, lam, n_classes):
        """You mixed the pictures and left their labels whole. Half a 3 over half an 8 is no 3:
        the label's probability is its share."""
        label = F.one_hot(y, n_classes).to(x.dtype)
        return mixup(x, y, partner, lam, n_classes)[0], label

    @named("labels mixed the other way round")
    def other_way(x, y, partner, lam, n_classes):
        """The picture has the share lam, and its label got 1 - lam."""
        labels = mixup(x, y, partner, 1 - lam, n_classes)[1]
        return mixup(x, y, partner, lam, n_classes)[0], labels

    @named("the share given to the partner")
    def partners_share(x, y, partner, lam, n_classes):
        """lam is the share of the picture itself; you gave it to its partner."""
        return mixup(x, y, partner, 1 - lam, n_classes)

    @named("one share for the whole batch")
    def one_share(x, y, partner, lam, n_classes):
        """You mixed all pictures with one share. Each has its own: lam is (B,)."""
        return mixup(x, y, partner, lam[:1].expand_as(lam), n_classes)

    @named("added, not mixed")
    def added(x, y, partner, lam, n_classes):
        """You laid the partner's share over the whole picture. The shares must sum to 1, or the
        mixed pictures are brighter than any real one, and a label likelier than 1."""
        w, label = lam.view(-1, 1, 1, 1), F.one_hot(y, n_classes).to(x.dtype)
        return x + (1 - w) * x[partner], label + (1 - lam[:, None]) * label[partner]
