"""What ``course full`` found on a graphics card, in a line for the lessons that it ran."""

import json
from pathlib import Path

from course_utils.machine import repo_root
from course_utils.runs.parallel import World

NONE = "on a graphics card: no run is stored; where there is one, `course full` makes it"
SPEED = ("seconds", "seconds_an_update", "examples_per_second", "operations_an_update")
SPEED += ("matmul_rate", "share_of_matmul_rate", "memory_mb", "weights_mb", "seconds_here")


def show(run: str, world: World, *, folder: Path | None = None) -> None:
    """Print what a card found for the lesson whose run this is ("full_vae"), if it is stored."""
    stage = run.removeprefix("full_").split("_")[0]
    text = said(stage, folder=folder) if run.startswith("full_") else NONE
    if text != NONE:
        world.say(text)


def said(stage: str, *, folder: Path | None = None) -> str:
    """Say what a stage of ``course full`` found ("gan", "vae", "diffusion", "gpt", "matmul").

    folder: where the results are, by default data/results/card. Says so where there are none.
    """
    path = (folder or repo_root() / "data" / "results" / "card") / f"{stage}.json"
    if not path.is_file():
        return NONE
    stored = json.loads(path.read_text("utf8"))
    device, found = stored["device"], stored["found"]
    if stage == "matmul":
        rates = found["operations_per_second"].items()
        words = [
            f"{name.replace('_', ', n = ')}: {rate / 1e12:.0f} TFLOP/s" for name, rate in rates
        ]
        return f"on one {device}: {'; '.join(words)}"
    numbers = {k: v for k, v in found.items() if isinstance(v, float) and k not in SPEED}
    measured = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in numbers.items())
    return (
        f"on one {device}, a run of {found['updates']:,} updates in {found['seconds']:.0f} s "
        f"({found['share_of_matmul_rate']:.0%} of its matmul rate, {found['memory_mb']:,.0f} MB; "
        f"data: {found['data']}): {measured}"
    )
