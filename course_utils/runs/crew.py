"""Real processes for a notebook: they call functions that were written on its page.

A notebook is one process, and others cannot see its functions. So ``@crew.shared`` copies a
function's source into a file, and every process of a crew imports that file::

    crew = Crew(imports="import torch.distributed as dist")

    @crew.shared
    def total(world, numbers):
        mine = numbers[world.rank].clone()
        dist.all_reduce(mine)
        return mine

    crew.run(2, total, torch.randn(2, 5))  # a list: what each of the two processes returned

The processes run on the CPU of this machine. They meet in a file and talk through the loopback.
"""

import contextlib
import faulthandler
import importlib
import inspect
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import torch

from course_utils.runs import parallel

LINUX = sys.platform == "linux"
PAGE = "functions_of_the_page"  # the module that holds the copied functions
HANGS = 900  # seconds after which a process of a job gives up
# what torchrun may have put into our environment would tell the processes of other ones
FOREIGN = ("RANK", "WORLD", "LOCAL_", "GROUP_", "ROLE_", "MASTER_", "TORCHELASTIC", "COURSE_")


class Crew:
    """A server process and the jobs it does: each in processes of its own.

    imports: lines that the copied functions need. world: who asks; of several processes under
    ``course launch`` only process 0 has a server, and all get its results.
    """

    def __init__(self, imports: str = "", world: parallel.World | None = None):
        self.world = world or parallel.World()
        self._temporary = tempfile.TemporaryDirectory(prefix="crew_")  # gone when the kernel ends
        self.folder = Path(self._temporary.name)
        self._page = self.folder / f"{PAGE}.py"
        self._page.write_text(imports + "\n", encoding="utf8")
        self._server = self._start() if self.world.main else None

    def shared(self, function: Callable) -> Callable:
        """Copy a function of the page to where the processes find it; return it as it is."""
        lines = inspect.getsource(function).splitlines()
        while lines[0].startswith("@"):
            del lines[0]
        with self._page.open("a", encoding="utf8") as file:
            file.write("\n\n" + "\n".join(lines) + "\n")
        return function

    def run(self, n: int, function: Callable, *arguments, threads: int = 1) -> list:
        """Call ``function(world, *arguments)`` in n processes; return their results, by rank.

        arguments, results: tensors and plain values. threads: of each process. Raises RuntimeError
        with the end of what the processes printed if one of them fails.
        """

        def job() -> list:
            folder = Path(tempfile.mkdtemp(dir=self.folder))
            torch.save(arguments, folder / "arguments.pt")
            order = [str(folder), function.__name__, n, threads]
            print(json.dumps(order), file=self._server.stdin, flush=True)
            codes = json.loads(self._server.stdout.readline() or "[-1]")
            if any(codes):
                notes = (self.folder / "notes.txt").read_text("utf8")
                raise RuntimeError(f"exit codes {codes} of {n} processes. {notes[-3000:]}")
            return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(n)]

        return self.world.from_main(job)

    def _start(self) -> subprocess.Popen:
        env = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
        env["PYTHONPATH"] = os.pathsep.join([str(self.folder), *sys.path])
        env["OMP_WAIT_POLICY"] = "passive"  # who waits for a neighbour leaves the core to others
        env["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"  # no port is opened
        env["CUDA_VISIBLE_DEVICES"] = ""
        if LINUX:
            env["GLOO_SOCKET_IFNAME"] = "lo"
        return subprocess.Popen(
            [sys.executable, "-c", "from course_utils.runs.crew import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "notes.txt").open("w"),
            text=True,
            env=env,
        )


def serve() -> None:
    """Read jobs from stdin, one a line; do each in n processes; answer with their exit codes."""
    import torch._dynamo  # noqa: F401 - every optimiser imports it: seconds, here only once

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the processes print goes where their errors go
    for line in sys.stdin:
        job = json.loads(line)
        codes = _copies(*job) if LINUX else _fresh_processes(*job)
        print(json.dumps(codes), file=answers, flush=True)


def _copies(folder: str, name: str, n: int, threads: int) -> list[int]:
    """Do a job in n copies of this process: torch is imported already."""
    pids = []
    for rank in range(n):
        pid = os.fork()
        if pid == 0:  # the copy; it must not come back into the loop of serve
            os._exit(_member(folder, name, rank, n, threads))
        pids.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


def _fresh_processes(folder: str, name: str, n: int, threads: int) -> list[int]:
    """Do a job in n new processes, where copies do not exist or are not safe."""
    code = "import json, sys; from course_utils.runs.crew import _member; "
    code += "sys.exit(_member(*json.loads(sys.argv[1])))"
    orders = [json.dumps([folder, name, rank, n, threads]) for rank in range(n)]
    children = [subprocess.Popen([sys.executable, "-c", code, order]) for order in orders]
    return [child.wait() for child in children]


def _member(folder: str, name: str, rank: int, n: int, threads: int) -> int:
    """Be process ``rank`` of n: meet the others, call a function, store the result -> exit code."""
    faulthandler.dump_traceback_later(HANGS, exit=True)
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(n), "COURSE_STORE": f"{folder}/meeting"}
    torch.set_num_threads(threads)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            world = parallel.join()
            function = getattr(importlib.import_module(PAGE), name)
            arguments = torch.load(f"{folder}/arguments.pt", weights_only=True)
            torch.save(function(world, *arguments), f"{folder}/{rank}.pt")
            parallel.leave()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        return 1
    faulthandler.cancel_dump_traceback_later()
    return 0
