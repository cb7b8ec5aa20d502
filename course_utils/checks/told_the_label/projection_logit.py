"""Exercise of laboratory 22b: the logit of a discriminator that is told the label."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="22b, step 2", difficulty=2, minutes=8)
HINTS = (
    "Two numbers a picture: how real it looks at all, and how well it fits its label. The second "
    "is a product of its features with the label's row of the table.",
    "h @ w + b, plus (h * table[y]).sum(1).",
)


def projection_logit(h: Tensor, y: Tensor, w: Tensor, b: Tensor, table: Tensor) -> Tensor:
    """Logit of a picture with its label (Miyato and Koyama 2018, equation 3): w·h + b + table_y·h.

    h: (B, D) features, y: (B,) long labels, w: (D,), b: scalar, table: (K, D) -> (B,).
    """
    return h @ w + b + (h * table[y]).sum(1)


def case(rng, batch, width, n_classes):
    """Features, labels and weights."""
    y = torch.randint(n_classes, (batch,), generator=rng)
    w, table = normal(rng, width), normal(rng, n_classes, width)
    return normal(rng, batch, width), y, w, normal(rng, 1)[0], table


def cases(rng):
    for batch, width, n_classes in ((1, 2, 3), (3, 2, 4), (4, 4, 4), (6, 3, 2)):
        yield case(rng, batch, width, n_classes)


def hard_cases(rng):
    yield case(rng, 64, 256, 10)


class Properties:
    def a_table_of_zeros_tells_nothing(f, rng):
        h, y, w, b, table = case(rng, 5, 3, 4)
        got = f(h, y, w, b, torch.zeros_like(table))
        close(got, h @ w + b, "with a table of zeros the label says nothing: {right}, not {got}.")

    @named("only the label's own row counts")
    def only_its_own_row_counts(f, rng):
        h, _, w, b, table = case(rng, 5, 3, 4)
        y = torch.zeros(5, dtype=torch.long)
        other = torch.cat([table[:1], table[1:] + 1])
        says = "only rows of other labels have changed; the logit is {right}, yours became {got}."
        close(f(h, y, w, b, other), f(h, y, w, b, table), says)


class Mistakes:
    def the_label_is_forgotten(h, y, w, b, table):
        """Your logit does not depend on the label: add the product of h with row y of the table."""
        return h @ w + b

    def only_the_label(h, y, w, b, table):
        """Your logit asks whether the picture fits its label, but not whether it looks real:
        w·h + b is missing."""
        return (h * table[y]).sum(1)

    @named("every label's row at once")
    def all_rows(h, y, w, b, table):
        """You added up the products with all rows. A picture has one label: take table[y]."""
        return h @ w + b + (h @ table.T).sum(1)

    @named("a softmax where a logit is asked for")
    def softmax(h, y, w, b, table):
        """You made the fit a log-probability over labels. The normaliser belongs to no logit: the
        product alone is added."""
        fit = (h @ table.T).log_softmax(1)
        return h @ w + b + fit.gather(1, y[:, None])[:, 0]

    @named("a mean over the features")
    def mean_of_features(h, y, w, b, table):
        """A product of two vectors is a sum over the features; you took the mean."""
        return h @ w + b + (h * table[y]).mean(1)
