"""What every stage knows: its device, its time, its folders; and the yardstick of its machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from course_utils.runs.speed import matmul_rate


@dataclass(frozen=True)
class Task:
    """One stage's work. until: seconds since the epoch, by which it should be done."""

    stage: str
    folder: Path  # where its result goes, as STAGE.json
    until: float
    rehearse: bool  # tiny sizes on the CPU

    @property
    def device(self) -> torch.device:
        """The card; in a rehearsal the CPU."""
        return torch.device("cpu") if self.rehearse else torch.device("cuda", 0)

    @property
    def dtype(self) -> torch.dtype:
        """What products are computed in."""
        return torch.float32 if self.rehearse else torch.bfloat16

    def left(self) -> float:
        """Seconds that are left."""
        return self.until - time.time()

    def rate(self) -> float:
        """Operations a second of large matrix products, in this very dtype and process."""
        return matmul_rate(self.device, self.dtype, size=512 if self.rehearse else 8192)

    def facts(self) -> dict[str, Any]:
        """What stands in every result: the device, and that a rehearsal is one."""
        name = "CPU" if self.rehearse else torch.cuda.get_device_name(self.device)
        return {"stage": self.stage, "device": name, "rehearsal": self.rehearse}

    def memory_mb(self) -> float:
        """The most memory that this process has held: on the card, or of the machine."""
        if not self.rehearse:
            return round(torch.cuda.max_memory_allocated(self.device) / 1e6, 1)
        import resource

        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1)
