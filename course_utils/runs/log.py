"""What a run logs while it trains: rows of its history, curves for TensorBoard, its speed."""

import contextlib
import time
from collections.abc import Iterator

from course_utils.runs.folder import RunFolder


class Log:
    """Writes rows into ``history.jsonl`` and ``tensorboard/`` of a run, in process 0 only.

    start: the step at which this process begins; seconds: trained before it; examples: rows of a
    global batch, for the column "examples_per_second".
    """

    def __init__(self, folder: RunFolder, *, start: int, seconds: float, examples: int | None):
        self.folder, self.before, self.examples = folder, seconds, examples
        self.began = time.monotonic()
        self.window_step, self.window_began = start, self.began  # of the present row
        self.board = _board(folder, start) if folder.world.main else None

    def seconds(self) -> float:
        """Return the seconds since the run's first start, without those between its starts."""
        return self.before + time.monotonic() - self.began

    def trained(self, row: dict) -> None:
        """Write a row of ``fit``, averaged over the processes; every process calls it."""
        step = row["step"]
        values = self.folder.world.mean({k: v for k, v in row.items() if k != "step"})
        now = time.monotonic()
        if self.examples:
            done = (step - self.window_step) * self.examples
            values["examples_per_second"] = round(done / max(now - self.window_began, 1e-9), 2)
        self._write({"step": step, **values, "seconds": round(self.seconds(), 3)})
        self.window_step, self.window_began = step, now

    def evaluated(self, step: int, measured: dict[str, float]) -> None:
        """Write what an evaluation measured."""
        self._write({"step": step, **measured})

    def has_evaluation(self, step: int) -> bool:
        """Say whether an evaluation of this step is in the history; every process calls it.

        step: that of a checkpoint, so training logged one row of it, and an evaluation the second.
        """
        rows = self.folder.history.rows
        return self.folder.world.from_main(lambda: sum(r["step"] == step for r in rows()) > 1)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time inside the block in the speed, which is that of training alone."""
        began = time.monotonic()
        yield
        self.window_began += time.monotonic() - began

    def close(self) -> None:
        """End the log; every process calls it, and waits until process 0 has written all."""
        if self.board is not None:
            self.board.close()
        self.folder.world.from_main(lambda: None)

    def _write(self, row: dict) -> None:
        if not self.folder.world.main:
            return
        with self.folder.writing():
            self.folder.history.append(row)
        for name, value in row.items():
            if name != "step":
                self.board.add_scalar(name, value, row["step"])


def _board(folder: RunFolder, start: int):
    """Open the TensorBoard log; what it holds after ``start`` is hidden, as the history's is."""
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder.path / "tensorboard"), purge_step=start + 1)
