"""Exercise of laboratory 24c: one style for the first layers, another for the rest."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="24c, step 4", difficulty=1, minutes=4)
HINTS = (
    "One style a layer. Layers are counted from 0; from layer k on they wear b.",
    "torch.stack([a] * k + [b] * (n_layers - k)).",
)


def mixed_styles(a: Tensor, b: Tensor, k: int, n_layers: int) -> Tensor:
    """Styles for every layer: a before layer k, b from layer k on (Karras et al. 2018).

    a, b: (B, W); k: 0 .. n_layers -> (n_layers, B, W).
    """
    return torch.stack([a if layer < k else b for layer in range(n_layers)])


def cases(rng):
    for batch, width, k, n_layers in ((2, 3, 1, 3), (1, 4, 0, 2), (5, 2, 4, 4), (3, 4, 3, 5)):
        yield normal(rng, batch, width), normal(rng, batch, width), k, n_layers


class Properties:
    def the_ends_are_pure(f, rng):
        a, b = normal(rng, 3, 2), normal(rng, 3, 2)
        close(f(a, b, 4, 4), a.expand(4, 3, 2), "with k = n_layers all layers wear a: {right}.")
        close(f(a, b, 0, 4), b.expand(4, 3, 2), "with k = 0 all layers wear b: {right}.")

    @named("k layers wear a")
    def k_layers_wear_a(f, rng):
        a, b = normal(rng, 2, 3), normal(rng, 2, 3)
        worn = (f(a, b, 2, 5) == a).all(-1).all(-1).sum()
        close(worn, 2, "with k = 2 of 5 layers, {got} wear a, not {right}.")


class Mistakes:
    @named("one layer late")
    def one_late(a, b, k, n_layers):
        """Your layer k still wears a. Layers are counted from 0, so a is for the k layers before
        it: 0 .. k - 1."""
        return torch.stack([a if layer <= k else b for layer in range(n_layers)])

    @named("the two exchanged")
    def exchanged(a, b, k, n_layers):
        """You gave b to the first layers and a to the rest: a makes the plan, b the finish."""
        return torch.stack([b if layer < k else a for layer in range(n_layers)])

    @named("a blend in the place of a swap")
    def blend(a, b, k, n_layers):
        """You mixed the two vectors and gave the mean to all layers. A swap leaves both whole and
        deals them out by layer."""
        share = k / n_layers
        return (share * a + (1 - share) * b).expand(n_layers, *a.shape).clone()

    @named("swapped at a single layer")
    def single(a, b, k, n_layers):
        """You gave b to layer k alone. From layer k ON means all later ones as well."""
        return torch.stack([b if layer == k else a for layer in range(n_layers)])
