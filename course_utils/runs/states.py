"""The states of a run: its parts put into checkpoints and taken out again."""

from typing import Any

from course_utils.runs import checkpoint, sharded
from course_utils.runs.folder import RunError, RunFolder


class States:
    """Saves and restores {"model": net, "opt": optimizer, ...} in the run's ``checkpoints/``.

    shards: every process holds slices and writes them; else process 0 writes one file.
    keep: how many checkpoints stay.
    """

    def __init__(self, folder: RunFolder, parts: dict[str, Any], *, shards: bool, keep: int):
        self.folder, self.parts, self.keep = folder, parts, keep
        self.shards, self.store = shards, sharded if shards else checkpoint

    def restore(self) -> tuple[int, float]:
        """Load the newest whole checkpoint; return (its step, seconds trained so far).

        Rows of the history after that step go: they are written again. (0, 0.0) for a new run.
        Raises RunError if there are checkpoints and none can be read.
        """
        folder, world = self.folder, self.folder.world
        newest = world.from_main(self._newest) if folder.resumed else None
        if newest is None:
            if folder.resumed:
                world.say(f"{folder.name}: no checkpoint yet, starting at step 0")
                world.from_main(lambda: folder.history.cut_after(0))
            return 0, 0.0
        saved = self.store.load_parts(folder.checkpoints / newest, parts=self.parts)
        step = saved["step"]
        world.from_main(lambda: folder.history.cut_after(step))
        world.say(f"{folder.name}: going on after step {step}")
        return step, float(saved["extra"]["seconds"])

    def save(self, step: int, seconds: float) -> None:
        """Save the state after ``step`` updates; seconds: trained so far. RunError: disk full."""
        if self.shards or self.folder.world.main:
            with self.folder.writing():
                self.store.save_parts(
                    self.folder.checkpoints,
                    step=step,
                    parts=self.parts,
                    extra={"seconds": seconds},
                    keep=self.keep,
                )

    def _newest(self) -> str | None:
        folder = self.folder.checkpoints
        newest = self.store.newest(folder)
        if newest is None and self.store.stored(folder):
            raise RunError(
                f"no checkpoint of the run {self.folder.name} can be read; start it anew under a "
                "new name"
            )
        return newest
