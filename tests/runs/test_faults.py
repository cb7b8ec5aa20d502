"""A run killed, starved or damaged at any moment ends as the uninterrupted one, bit for bit."""

import json
import os
import signal

import pytest
import torch

from course_utils.runs import checkpoint
from course_utils.runs.checkpoint import FormatError
from course_utils.runs.folder import RunError
from tests.runs.toy import Config, processes, run, same_bits, untimed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The uninterrupted run: rows and final states."""
    return run(tmp_path_factory.mktemp("whole"))


def killed(world, where, step, ranks=(0,), how="step", **options):
    """Train until the processes ``ranks`` kill themselves."""

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    def on_step(k):
        if k == step and world.rank in ranks:
            if how == "step":
                die()
            os.replace = die  # the checkpoint is written and not yet renamed

    run(where, world=world, on_step=on_step, **options)


def terminated(world, where):
    """Go on, and be ended at step 11 as a batch system does it."""

    def on_step(k):
        if k == 11:
            os.kill(os.getpid(), signal.SIGTERM)

    run(where, resume=True, world=world, on_step=on_step)


def resumed(where, **options):
    return run(where, resume=True, **options)


def assert_equal(one, other):
    assert untimed(one[0]) == untimed(other[0])
    assert same_bits(one[1], other[1])


@pytest.mark.parametrize("step", [0, 3, 8, 13, 23])
def test_killed_at_a_step(tmp_path, whole, step):
    _, codes = processes(1, killed, tmp_path, step)
    assert codes == [-9]
    assert_equal(resumed(tmp_path), whole)


def test_killed_again_and_again(tmp_path, whole):
    assert processes(1, killed, tmp_path, 6)[1] == [-9]

    assert processes(1, terminated, tmp_path)[1] == [-signal.SIGTERM]
    assert_equal(resumed(tmp_path), whole)


def test_killed_while_saving(tmp_path, whole):
    _, codes = processes(1, killed, tmp_path, 10, (0,), "save")
    assert codes == [-9]
    saves = tmp_path / "toy" / "checkpoints"
    assert checkpoint.stored(saves) == ["step_000000004.pt", "step_000000008.pt"]
    assert list(saves.glob(".*.tmp"))
    assert_equal(resumed(tmp_path), whole)
    assert not list(saves.glob(".*.tmp"))


def measured(net, step):
    """An evaluation that depends on the weights and on torch's own random numbers."""
    with torch.no_grad():
        return {"held_out": net.b(net.encode(torch.randn(5, 6))).square().mean().item()}


def killed_while_evaluating(world, where, at, resume):
    """Train until the evaluation at step ``at``, which kills the process."""

    def evaluate(net, step):
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return measured(net, step)

    run(where, world=world, resume=resume, evaluate=evaluate, evaluate_every=6)


@pytest.mark.parametrize("at", [24, 12], ids=["at the end", "halfway"])
def test_killed_while_evaluating(tmp_path, at):
    """The training before it is saved, and a resumed run makes up for the evaluation."""
    how = {"evaluate": measured, "evaluate_every": 6}
    expected = run(tmp_path / "whole", **how)
    assert [row["step"] for row in expected[0] if "held_out" in row] == [6, 12, 18, 24]
    for resume in (False, True):  # it may happen again
        assert processes(1, killed_while_evaluating, tmp_path, at, resume)[1] == [-9]
        newest = checkpoint.stored(tmp_path / "toy" / "checkpoints")[-1]
        assert newest == f"step_{at:09d}.pt"
    assert_equal(resumed(tmp_path, **how), expected)
    assert_equal(resumed(tmp_path, **how), expected)  # what has been evaluated is left alone


@pytest.mark.parametrize("harm", ["truncate", "flip", "empty"])
def test_a_damaged_newest_checkpoint_is_skipped_and_named(tmp_path, whole, capsys, harm):
    processes(1, killed, tmp_path, 14)
    newest = tmp_path / "toy" / "checkpoints" / "step_000000012.pt"
    content = bytearray(newest.read_bytes())
    if harm == "flip":
        where = content.find(checkpoint.load(newest)["model"]["b.weight"].numpy().tobytes())
        assert where > 0
        content[where + 5] ^= 8
    newest.write_bytes({"truncate": content[:-100], "flip": content, "empty": b""}[harm])
    assert_equal(resumed(tmp_path), whole)
    shown = capsys.readouterr().out
    assert "checkpoint skipped: step_000000012.pt" in shown
    assert "going on after step 8" in shown


def test_no_good_checkpoint_is_a_sentence_and_loses_nothing(tmp_path):
    processes(1, killed, tmp_path, 14)
    saves = tmp_path / "toy" / "checkpoints"
    for path in saves.iterdir():
        path.write_bytes(b"")
    before = (tmp_path / "toy" / "history.jsonl").read_bytes()
    with pytest.raises(RunError, match="no checkpoint of the run toy can be read"):
        resumed(tmp_path)
    assert (tmp_path / "toy" / "history.jsonl").read_bytes() == before


def test_a_newer_format_is_not_skipped(tmp_path):
    processes(1, killed, tmp_path, 14)
    path = tmp_path / "toy" / "checkpoints" / "step_000000012.pt"
    torch.save(torch.load(path, weights_only=True) | {"format": 99}, path)
    with pytest.raises(FormatError, match="format 99, this version reads 1"):
        resumed(tmp_path)


def test_a_checkpoint_of_another_net_gets_a_sentence(tmp_path):
    processes(1, killed, tmp_path, 14)
    path = tmp_path / "toy" / "checkpoints" / "step_000000012.pt"
    with pytest.raises(checkpoint.CheckpointError, match=r"'model' in .* is another one"):
        checkpoint.load_parts(path, parts={"model": torch.nn.Linear(2, 2)})
    with pytest.raises(checkpoint.CheckpointError, match="holds no 'disc'"):
        checkpoint.load_parts(path, parts={"disc": torch.nn.Linear(2, 2)})


def starved(world, where, spare):
    """From step 9 on, files may not grow beyond a limit: the disk is full (for this process)."""
    import resource

    def on_step(k):
        if k == 9:
            size = (where / "toy" / "history.jsonl").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + spare, hard))

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(RunError, match=r"cannot write .* holds is safe: make room, then resume it"):
        run(where, world=world, on_step=on_step)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.mark.parametrize(("spare", "cut"), [(20, True), (600, False)])
def test_a_full_disk_stops_the_run_with_a_sentence(tmp_path, whole, spare, cut):
    """With 20 bytes left a line of the history is cut; with 600 the next checkpoint fails."""
    _, codes = processes(1, starved, tmp_path, spare)
    assert codes == [0]
    history = (tmp_path / "toy" / "history.jsonl").read_text()
    assert history.endswith("\n") is not cut
    assert checkpoint.stored(tmp_path / "toy" / "checkpoints")[-1] == "step_000000008.pt"
    assert_equal(resumed(tmp_path), whole)


def states(world, where, resume, **options):
    rows, final = run(where, world=world, resume=resume, **options)
    return {"rows": rows, "final": final}


@pytest.mark.parametrize(("ranks", "how"), [((1,), "step"), ((0, 1), "step"), ((0,), "save")])
def test_two_processes_killed_and_resumed(tmp_path, ranks, how):
    """One of two killed, both, or the saving one; with dropout, so each has random numbers."""
    (expected, _), codes = processes(2, states, tmp_path / "whole", False)
    assert codes == [0, 0]
    _, codes = processes(2, killed, tmp_path, 10, ranks, how)
    assert [code for k, code in enumerate(codes) if k in ranks] == [-9] * len(ranks)
    assert 0 not in codes
    (found, _), codes = processes(2, states, tmp_path, True)
    assert codes == [0, 0]
    assert untimed(found["rows"]) == untimed(expected["rows"])
    assert same_bits(found["final"], expected["final"])


def shards_killed(world, where):
    """Process 1 dies at step 10, process 0 with it."""
    killed(world, where, 10, (1,), shards=True)


def shards_trained(world, where, resume, harm):
    """Train sharded to the end; the newest checkpoint is damaged first, if asked."""
    if harm and world.main:
        newest = sorted((where / "toy" / "checkpoints").glob("step_*"))[-1]
        content = bytearray((newest / "__1_0.distcp").read_bytes())
        content[len(content) // 2] ^= 8
        (newest / "__1_0.distcp").write_bytes(content)
    return states(world, where, resume, shards=True, evaluate=lambda net, step: {"at": float(step)})


@pytest.mark.parametrize("harm", [False, True])
def test_a_sharded_run_killed_and_resumed(tmp_path, harm):
    """Each process keeps its slices; the whole run ends with the same bits, damage or not."""
    expected, codes = processes(2, shards_trained, tmp_path / "whole", False, False)
    assert codes == [0, 0]
    _, codes = processes(2, shards_killed, tmp_path)
    assert codes[1] == -9
    assert codes[0] != 0
    found, codes = processes(2, shards_trained, tmp_path, True, harm)
    assert codes == [0, 0]
    for ours, theirs in zip(found, expected, strict=True):
        assert same_bits(ours["final"], theirs["final"])
    rows = untimed(found[0]["rows"])
    assert rows == untimed(expected[0]["rows"])
    assert rows[-1] == {"step": 24, "at": 24.0}


def test_a_finished_run_resumes_to_itself(tmp_path, whole):
    run(tmp_path)
    assert_equal(resumed(tmp_path), whole)


def test_another_seed_gives_other_bits(whole, tmp_path):
    """The comparisons above can fail."""
    other = run(tmp_path, config=Config(seed=1))
    assert not same_bits(other[1], whole[1])
    assert untimed(other[0]) != untimed(whole[0])


def test_checkpoints_hold_plain_types(tmp_path):
    run(tmp_path)
    for path in (tmp_path / "toy" / "checkpoints").iterdir():
        content = torch.load(path, weights_only=True)
        assert content["step"] in (20, 24)
        assert set(content["more"]) == {"split"}
    lines = (tmp_path / "toy" / "starts.jsonl").read_text().splitlines()
    assert {"command", "versions", "processes"} <= json.loads(lines[0]).keys()
