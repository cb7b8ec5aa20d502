"""Small trained weights with their provenance: ``name.safetensors`` and ``name.json`` beside it.

The JSON file says what the weights are, which run made them, what that run measured, and the hash
of the weights; both are verified before they are used. Weights are never pickled.
"""

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from course_utils.machine import repo_root
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1
LIMIT_MB = 5


class WeightsError(RuntimeError):
    """Stored weights are missing, damaged, or of a format this version cannot read."""


def folder() -> Path:
    """Return where the course keeps its weights: ``data/weights`` of the repository."""
    return repo_root() / "data" / "weights"


def exists(name: str, *, where: Path | None = None) -> bool:
    """Say whether weights of this name are stored (not whether they are intact)."""
    weights, about = _paths(name, where)
    return weights.exists() and about.exists()


def save(
    name: str,
    state: dict[str, Tensor],
    *,
    config: dict,
    measured: dict[str, float],
    made_by: str,
    data: list[str],
    where: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Store a net's ``state_dict`` with its provenance and return the path of the weights.

    config: plain sizes to rebuild the net; measured: what the run found (names tell the unit);
    made_by: the command or lesson, profile and seed; data: names from ``data/datasets.toml``.
    Raises FileExistsError unless ``overwrite``, ValueError above 5 MB (these files travel with the
    repository; a full run keeps a checkpoint instead) and for NaN or infinity among the weights,
    OSError where nothing can be written.
    """
    from safetensors.torch import save as to_bytes

    weights, about = _paths(name, where)
    if (weights.exists() or about.exists()) and not overwrite:
        raise FileExistsError(
            f"{name} is already stored; pass overwrite=True to replace it, or choose a new name"
        )
    broken = [k for k, v in state.items() if not torch.isfinite(v).all()]
    if broken:
        raise ValueError(f"{broken[0]} holds NaN or infinity: the run that made {name} diverged")
    content = to_bytes({k: v.detach().cpu().contiguous() for k, v in state.items()})
    if len(content) > LIMIT_MB * 1e6:
        raise ValueError(
            f"{name} takes {len(content) / 1e6:.1f} MB; stored weights are at most {LIMIT_MB} MB"
        )
    provenance = {
        "name": name,
        "made_by": made_by,
        "data": data,
        "config": config,
        "measured": measured,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    text = record.to_text(provenance, format=FORMAT)
    write_atomically(weights, content)
    write_atomically(about, text)
    return weights


def load(name: str, *, where: Path | None = None) -> tuple[dict[str, Tensor], dict]:
    """Return (state dict, provenance) of stored weights, verified against their hash.

    Raises WeightsError with a cure if they are missing, altered, cut short or of another format.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    weights, about = _paths(name, where)
    missing = [path.name for path in (weights, about) if not path.exists()]
    if len(missing) == 2:
        names = ", ".join(sorted(path.stem for path in weights.parent.glob("*.safetensors")))
        known = f"stored are: {names}" if names else "nothing is stored"
        raise WeightsError(f"no weights named {name!r} in {weights.parent.name}/; {known}")
    if missing:
        raise WeightsError(f"{missing[0]} is missing; {_cure(name)}")
    provenance = record.read(
        about, format=FORMAT, fields={"sha256": str}, error=WeightsError, cure=_cure(name)
    )
    content = weights.read_bytes()
    if hashlib.sha256(content).hexdigest() != provenance["sha256"]:
        raise WeightsError(f"{weights.name} is not the file {about.name} describes; {_cure(name)}")
    try:
        return from_bytes(content), provenance
    except (SafetensorError, ValueError) as error:
        raise WeightsError(f"{weights.name} cannot be read; {_cure(name)}") from error


def _paths(name: str, where: Path | None) -> tuple[Path, Path]:
    if not name or Path(name).name != name:
        raise ValueError(f"a name of weights is one word without folders, got {name!r}")
    base = where or folder()
    return base / f"{name}.safetensors", base / f"{name}.json"


def _cure(name: str) -> str:
    return f"restore it with: git checkout -- data/weights/{name}.*"
