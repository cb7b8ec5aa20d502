"""``course launch``: run a lesson as a script under torchrun, in one process or many."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils import notebooks as nb
from course_utils.cli import options
from course_utils.cli.environment import environment
from course_utils.cli.script import script
from course_utils.store.atomic import write_atomically

Name = Annotated[str, typer.Argument(metavar="LESSON", help="Number, id or path.")]
PerNode = Annotated[
    int | None,
    typer.Option("--nproc-per-node", min=1, help="Processes here (default: GPUs, else 1)."),
]
Nodes = Annotated[str, typer.Option("--nnodes", metavar="M", help="Machines: M, or MIN:MAX.")]
NodeRank = Annotated[int | None, typer.Option("--node-rank", min=0, help="Which machine this is.")]
Endpoint = Annotated[
    str | None, typer.Option("--rdzv-endpoint", metavar="HOST:PORT", help="Where machines meet.")
]
MeetingId = Annotated[str | None, typer.Option("--rdzv-id", help="A name all machines share.")]
Restarts = Annotated[
    int, typer.Option("--max-restarts", min=0, help="How often to start again after a failure.")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the script and all that a rehearsal keeps.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run of this name.")]


def launch(
    lesson: Name,
    profile: options.Profile = "quick",
    parameter: options.Parameters = None,
    nproc_per_node: PerNode = None,
    nnodes: Nodes = "1",
    node_rank: NodeRank = None,
    rdzv_endpoint: Endpoint = None,
    rdzv_id: MeetingId = None,
    max_restarts: Restarts = 0,
    resume: Resume = False,
    out: Out = None,
    notebooks: options.Folder = None,
) -> None:
    """Run one lesson as a script in several processes, on one machine or many.

    Exit status: 0 if it ran, 1 if a process failed, 2 for a wrong name or option.
    """
    from course_utils.machine import build_folder

    build = (out or build_folder()).resolve()
    with options.refusing("launch"):
        (chosen,) = nb.find([lesson], options.lessons("launch", notebooks))
        given = options.given(parameter) | ({"resume": True} if resume else {})
        wanted = options.changes(chosen, profile, given)
        meeting = _meeting(nnodes, node_rank, rdzv_endpoint, rdzv_id, max_restarts)
        options.must_write(build)
        path = _write(chosen, wanted, build / "launch")
    processes = nproc_per_node or _gpus(profile)
    words = [f"--nproc-per-node={processes}", f"--nnodes={nnodes}", *meeting]
    alone = nnodes == "1" and rdzv_endpoint is None
    with _environment(processes, alone, rdzv_id, build) as here:
        if alone:
            words.append(f"--rdzv-endpoint={here}/meeting")
        os.chdir(chosen.path.parent)
        raise typer.Exit(_torchrun([*words, str(path)], chosen.id))


def _write(lesson: nb.Lesson, parameters: dict[str, Any], folder: Path) -> Path:
    """Write the script; other parameters get another file, so that two launches do not mix."""
    text = script(lesson, parameters)
    key = json.dumps([str(lesson.path), parameters], sort_keys=True)
    mark = hashlib.sha256(key.encode()).hexdigest()[:8]
    path = (folder / f"{lesson.id}-{mark}.py").resolve()
    write_atomically(path, text)
    return path


def _gpus(profile: str) -> int:
    import torch

    return max(1, torch.cuda.device_count()) if profile == "full" else 1


def _meeting(
    nnodes: str, node_rank: int | None, endpoint: str | None, name: str | None, restarts: int
) -> list[str]:
    """Return torchrun's options on how machines find each other.

    One machine meets in a file and listens nowhere. With --node-rank the first machine leads; else
    they number themselves at the endpoint, which also lets machines come back.
    """
    words = [f"--max-restarts={restarts}"]
    if not all(part.isdigit() and int(part) > 0 for part in nnodes.split(":", 1)):
        raise ValueError(f"--nnodes is a number of machines, or MIN:MAX, got {nnodes!r}")
    if endpoint is None:
        if nnodes != "1":
            raise ValueError("several machines need --rdzv-endpoint HOST:PORT, the same on each")
        return [*words, "--rdzv-backend=c10d", "--rdzv-conf=store_type=file"]
    words += [f"--rdzv-endpoint={endpoint}", f"--rdzv-id={name or 'course'}"]
    if node_rank is None:
        return [*words, "--rdzv-backend=c10d"]
    return [*words, "--rdzv-backend=static", f"--node-rank={node_rank}"]


@contextmanager
def _environment(processes: int, alone: bool, name: str | None, build: Path) -> Iterator[str]:
    """Give the processes their environment and, on one machine, a folder to meet in."""
    from course_utils.machine import cpu_count, loopback

    variables = environment(max(1, cpu_count()[0] // processes), alone=processes == 1)
    variables |= {"MPLBACKEND": "agg", "COURSE_LAUNCH": name or uuid.uuid4().hex}
    variables["COURSE_BUILD"] = str(build)
    variables["COURSE_COMMAND"] = shlex.join(["course", *sys.argv[1:]])
    with tempfile.TemporaryDirectory(prefix="course_launch_") as here:
        if alone:
            variables["COURSE_STORE"] = f"{here}/store"
            variables["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"
            for key in ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME") if loopback() else ():
                variables[key] = os.environ.get(key, loopback())
        os.environ.update(variables)
        yield here


def _torchrun(words: list[str], name: str) -> int:
    """Hand over to torchrun; say which process failed first, and why. Returns the exit status."""
    from torch.distributed import run as torchrun
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    try:
        torchrun.run(torchrun.parse_args(words))
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        typer.echo(_reason(failure), err=True)
        typer.echo(f"course launch: {name} failed in process {rank}", err=True)
        return 1
    except Exception as error:  # the processes could not meet, or were stopped
        typer.echo(f"course launch: {name} ended: {type(error).__name__}: {error}", err=True)
        return 1
    return 0


def _reason(failure: Any) -> str:
    """The first error's traceback, or the signal that ended the process."""
    try:
        return failure.error_file_data["message"]["extraInfo"]["py_callstack"].rstrip()
    except (KeyError, TypeError):
        signal = f" ({failure.signal_name()})" if failure.exitcode < 0 else ""
        return f"the process ended with status {failure.exitcode}{signal}, without an error"
