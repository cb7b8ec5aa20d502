"""Random generators that depend on a seed and on names, never on what ran before."""

import hashlib

import torch


def generator(seed: int, *keys: int | str) -> torch.Generator:
    """Return a fresh CPU generator determined by ``(seed, *keys)`` alone.

    ``generator(seed, step)`` is how the batch of a step is drawn: a resumed run needs no state of a
    loader, and step 1000 is the same whether or not steps 0..999 ran in this process.
    """
    text = "/".join(str(k) for k in (seed, *keys))
    digest = hashlib.sha256(text.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
