"""The course's judge: the digit classifier of lesson 14, whose reading and features score samples.

It saw the training digits only. A Frechet distance on its features is called classifier-FID and
compares with nothing but other figures of the same judge (its floor: train against test digits).
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from course_utils.models.classifier import Classifier, ClassifierConfig
from course_utils.store import weights

CHUNK = 512  # images at a time, which bounds the memory


def name_of(size: int) -> str:
    """Return the name under which the judge of this image size is stored."""
    return f"judge_{size}px"


@dataclass(frozen=True)
class Judge:
    """A trained classifier, frozen, with what is known about it; made by :func:`load_judge`."""

    net: Classifier
    provenance: dict

    @property
    def size(self) -> int:
        """Pixels along one side of the images it reads."""
        return self.net.config.img_size

    def features(self, x: Tensor) -> Tensor:
        """Return the last hidden layer. x: (N, 1, S, S) in [0, 1] -> (N, 64) float32, on the CPU.

        Raises ValueError for another shape, integers, NaN or values outside [0, 1].
        """
        return self._run(self.net.features, x)

    def probs(self, x: Tensor) -> Tensor:
        """Return class probabilities. x: (N, 1, S, S) in [0, 1] -> (N, 10), rows sum to 1."""
        return self._run(self.net, x).softmax(-1)

    def read(self, x: Tensor) -> Tensor:
        """Return the most probable digit. x: (N, 1, S, S) in [0, 1] -> (N,) long."""
        return self.probs(x).argmax(-1)

    @torch.no_grad()
    def _run(self, function, x: Tensor) -> Tensor:
        _check(x, self.size)
        device = next(self.net.parameters()).device
        parts = [function(part.to(device).float()).cpu() for part in x.split(CHUNK)]
        return torch.cat(parts)


def _check(x: Tensor, size: int) -> None:
    if not isinstance(x, Tensor) or x.ndim != 4 or x.shape[1:] != (1, size, size) or len(x) == 0:
        got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(
            f"the judge reads images (N, 1, {size}, {size}) with N >= 1, got {got}; add axes with "
            "x[None] or resize with torch.nn.functional.interpolate(x, antialias=True)"
        )
    if not x.is_floating_point():
        raise ValueError(f"the judge reads floats in [0, 1], got {x.dtype}; divide by 255 first")
    if not torch.isfinite(x).all():
        raise ValueError("the images hold NaN or infinity: find out where they come from")
    low, high = x.min().item(), x.max().item()
    if low < -1e-3 or high > 1 + 1e-3:
        raise ValueError(
            f"the judge reads values in [0, 1], got [{low:.3g}, {high:.3g}]; "
            "map [-1, 1] by (x + 1) / 2, or clamp(0, 1)"
        )


def load_judge(size: int = 16, *, device: str | torch.device = "cpu", where=None) -> Judge:
    """Return the stored judge for images of ``size`` x ``size`` pixels, frozen, in eval mode.

    Raises WeightsError if it is missing or altered (lesson 14 makes it: ``course run 14``).
    """
    name = name_of(size)
    if not weights.exists(name, where=where):
        raise weights.WeightsError(
            f"no judge for {size} x {size} pixels is stored; lesson 14 makes the one for 16 pixels "
            "(course run 14), and with --profile full the one for 28"
        )
    state, provenance = weights.load(name, where=where)
    try:
        config = dict(provenance["config"])
        config["widths"] = tuple(config["widths"])
        net = Classifier(ClassifierConfig(**config))
        net.load_state_dict(state)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise weights.WeightsError(
            f"{name}.json does not describe the weights beside it; restore it with: "
            f"git checkout -- data/weights/{name}.*"
        ) from error
    net.to(device).eval().requires_grad_(False)
    return Judge(net, provenance)


def save_judge(
    net: Classifier, *, accuracy: float, made_by: str, where=None, overwrite: bool = False
) -> str:
    """Store the classifier as the course's judge, unless one is stored; return a line saying so.

    accuracy: share of held-out digits it reads rightly. A stored judge is kept unless
    ``overwrite``, because every score in the course depends on it.
    Raises ValueError if it reads fewer than 97 % rightly.
    """
    if not 0.97 <= accuracy <= 1:
        raise ValueError(
            f"a judge must read at least 97 % of the held-out digits, this one reads {accuracy:.1%}"
        )
    name = name_of(net.config.img_size)
    if weights.exists(name, where=where) and not overwrite:
        stored = weights.load(name, where=where)[1]["measured"]["accuracy"]
        return (
            f"kept the stored judge ({stored:.1%} of the held-out digits; this one {accuracy:.1%})"
        )
    path = weights.save(
        name,
        net.state_dict(),
        config=asdict(net.config),
        measured={"accuracy": accuracy},
        made_by=made_by,
        data=["mnist_5k"],
        where=where,
        overwrite=overwrite,
    )
    return f"stored {path.name} ({accuracy:.1%} of held-out digits)"
