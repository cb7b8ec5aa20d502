"""Processes that work for a notebook: they find its functions, answer by rank, and fail loudly."""

import os
import signal

import pytest
import torch
import torch.distributed as dist

from course_utils.runs import crew as crew_module
from course_utils.runs.crew import PAGE, Crew

pytestmark = pytest.mark.slow  # every crew starts processes that load torch

IMPORTS = "import os, signal, torch, torch.distributed as dist"


@pytest.fixture(scope="module")
def crew():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RANK", "5")  # as if torchrun had started this program
        patch.setenv("WORLD_SIZE", "9")
        return Crew(IMPORTS)


def total(world, numbers):
    mine = numbers[world.rank].clone()
    dist.all_reduce(mine)
    return mine, world.rank, world.size, torch.get_num_threads(), os.getpid()


def test_processes_meet_and_answer_in_the_order_of_their_ranks(crew):
    numbers = torch.arange(6.0).view(3, 2)
    results = crew.run(3, crew.shared(total), numbers, threads=2)
    for rank, (found, *facts) in enumerate(results):
        assert torch.equal(found, numbers.sum(0))
        assert facts[:3] == [rank, 3, 2]
    assert len({pid for *_, pid in results} | {os.getpid()}) == 4


def add(world, a, b):
    return a + b


def test_a_function_written_again_is_the_one_that_is_called(crew):
    crew.shared(add)
    assert crew.run(1, add, 2, 3) == [5]

    with crew._page.open("a", encoding="utf8") as file:
        file.write("\n\ndef add(world, a, b):\n    return a - b\n")
    assert crew.run(1, add, 2, 3) == [-1]


def breaks(world):
    if world.rank == 1:
        raise ValueError("the second one breaks")


def is_killed(world):
    if world.rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("function", "says"), [(breaks, "the second one breaks"), (is_killed, "exit codes")]
)
def test_a_process_that_fails_is_reported_and_the_crew_goes_on(crew, function, says):
    with pytest.raises(RuntimeError, match=says):
        crew.run(2, crew.shared(function))
    crew.shared(total)
    assert len(crew.run(2, total, torch.ones(2, 2))) == 2


class Foreign:
    """Not a plain value: its pickle could run code."""


def test_what_is_not_plain_is_not_loaded(crew):
    with pytest.raises(RuntimeError, match=r"weights_only|Unsupported"):
        crew.run(1, crew.shared(add), Foreign(), 3)


def test_new_processes_do_the_job_where_copies_cannot(tmp_path, monkeypatch):
    page = "def add(world, a, b):\n    return a + b\n"
    (tmp_path / f"{PAGE}.py").write_text(page, encoding="utf8")
    torch.save((2, 3), tmp_path / "arguments.pt")
    root = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), root]))
    assert crew_module._fresh_processes(str(tmp_path), "add", 1, 1) == [0]
    assert torch.load(tmp_path / "0.pt", weights_only=True) == 5
