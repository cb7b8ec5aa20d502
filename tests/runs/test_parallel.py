"""Two processes do what one does: same gradient, same curve; shards; memory; who speaks."""

import os

import pytest
import torch
from torch import nn

from course_utils.runs import parallel, sharded, updates
from course_utils.runs.checkpoint import CheckpointError, FormatError
from course_utils.runs.folder import RunError, open_run
from course_utils.runs.parallel import Objective, World, replicate
from course_utils.training import Ema
from tests.runs.toy import Config, Toy, loss_fn, processes, run, untimed

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")


def data(n=8, seed=1):
    make = torch.Generator().manual_seed(seed)
    return [torch.randn(n, 6, generator=make) for _ in range(2)]


def gradient(world, parts, n=8, trials=updates.TRIALS):
    """The toy's gradient on n rows, as {weight: tensor}, and its loss averaged over processes."""
    torch.manual_seed(world.rank)  # the processes start apart; replicating brings them together
    net = Toy(0.0)
    objective = replicate(Objective(net, loss_fn), world)
    split = updates.Split(parts)
    split.trials = trials
    row = updates.accumulate(objective, world.share(*data(n)), split=split, world=world)
    loss = world.mean({"loss": row["loss"].item()})["loss"]
    return {"grads": {k: p.grad.clone() for k, p in net.named_parameters()}, "loss": loss}


@pytest.mark.slow
@pytest.mark.parametrize("trials", [updates.TRIALS, 0], ids=["first steps", "later, by DDP"])
def test_two_processes_give_the_single_processs_gradient(trials):
    expected = gradient(World(), 1)
    found, codes = processes(2, gradient, 2, 8, trials)
    assert codes == [0, 0]
    for one in found:
        assert one["loss"] == pytest.approx(expected["loss"], abs=1e-6)
        for name, grad in expected["grads"].items():
            assert torch.allclose(one["grads"][name], grad, rtol=0, atol=1e-6)
    assert expected["grads"]["a.weight"].abs().max() > 1e-2


def curve(world, where):
    rows, _ = run(where, config=Config(dropout=0.0), world=world)
    return {"rows": untimed(rows)}


@pytest.mark.slow
def test_two_processes_give_the_single_processs_curve(tmp_path):
    expected, _ = run(tmp_path / "one", config=Config(dropout=0.0))
    (found, other), codes = processes(2, curve, tmp_path / "two")
    assert codes == [0, 0]
    assert other == found
    for row, want in zip(found["rows"], untimed(expected), strict=True):
        assert row == pytest.approx(want, abs=1e-5)
    assert len(found["rows"]) == 12


def short_of_memory(world, limit, ranks):
    """A loss that raises where a process of ``ranks`` sees more than ``limit`` rows at once."""
    seen = []

    def loss(net, x, noise):
        if len(x) > limit and world.rank in ranks:
            raise torch.OutOfMemoryError("CUDA out of memory")
        seen.append(len(x))
        return loss_fn(net, x, noise)

    torch.manual_seed(0)
    net, split = Toy(0.0), updates.Split(1)
    objective = replicate(Objective(net, loss), world)
    updates.accumulate(objective, world.share(*data(24)), split=split, world=world)
    return {"parts": split.parts, "seen": seen, "grads": {"a": net.a.weight.grad}}


def test_out_of_memory_halves_the_batch_and_says_so(capsys):
    found = short_of_memory(World(), 5, (0,))
    assert (found["parts"], found["seen"]) == (8, [3] * 8)
    assert capsys.readouterr().out.splitlines() == [
        "out of memory with micro-batches of 24: a batch of 24 is now 2 micro-batches of 12",
        "out of memory with micro-batches of 12: a batch of 24 is now 4 micro-batches of 6",
        "out of memory with micro-batches of 6: a batch of 24 is now 8 micro-batches of 3",
    ]
    whole = short_of_memory(World(), 99, (0,))
    assert torch.allclose(found["grads"]["a"], whole["grads"]["a"], atol=1e-6)


def test_two_processes_halve_together_when_one_lacks_memory():
    found, codes = processes(2, short_of_memory, 6, (1,))
    assert codes == [0, 0]
    assert [f["parts"] for f in found] == [2, 2]
    whole = short_of_memory(World(), 99, (0,))
    for one in found:
        assert torch.allclose(one["grads"]["a"], whole["grads"]["a"], atol=1e-6)


def test_one_example_that_does_not_fit_ends_with_a_sentence():
    with pytest.raises(RuntimeError, match="one example: take a smaller network"):
        short_of_memory(World(), 0, (0,))


def test_a_batch_that_does_not_divide_gets_a_sentence():
    with pytest.raises(ValueError, match="batch of 9 does not divide among 2 processes"):
        World(0, 2).share(torch.zeros(9, 1))
    shares = [World(rank, 2).share(torch.arange(8))[0].tolist() for rank in range(2)]
    assert shares == [[0, 1, 2, 3], [4, 5, 6, 7]]


def refused(world, where):
    """Both processes learn why process 0 cannot open the run, and nobody waits for ever."""
    with pytest.raises((RunError, RuntimeError), match="the run toy exists"):
        open_run("toy", config=Config(), world=world, where=where)


def test_all_processes_stop_when_the_run_exists(tmp_path):
    open_run("toy", config=Config(), where=tmp_path)
    assert processes(2, refused, tmp_path)[1] == [0, 0]


def test_a_process_alone_needs_no_torchrun(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    world = parallel.join("cpu")
    assert (world.rank, world.size, world.main) == (0, 1, True)
    net = nn.Linear(2, 2)
    assert replicate(net, world) is net
    with pytest.raises(ValueError, match="needs several processes"):
        sharded.shard(net, world, blocks=[])


def shards(world, where, n_steps, start=0):
    """Train the toy sharded, save after step 3; return whole weights, average and losses."""
    torch.manual_seed(0)
    net = Toy(0.0)
    objective = sharded.shard(Objective(net, loss_fn), world, blocks=[net.a, net.b])
    opt, split = updates.adamw(net, lr=1e-2, weight_decay=0.1), updates.Split(2)
    parts = {"model": net, "opt": opt, "ema": Ema(net, 0.9), "split": split}
    if start:
        split.parts = 1  # the checkpoint knows better
        name = sharded.newest(where)
        assert sharded.load_parts(where / name, parts=parts)["step"] == start
    losses = []
    for k in range(start, n_steps):
        row = updates.accumulate(objective, world.share(*data(8, k)), split=split, world=world)
        norm = updates.clip_gradients(net, 1.0)
        opt.step()
        parts["ema"].update()
        losses.append([world.mean({"loss": row["loss"].item()})["loss"], norm.item()])
        if k == 2:
            sharded.save_parts(where, step=3, parts=parts, extra={"seconds": 0.5})
    local = net.a.weight.to_local().shape[0]
    whole = {k: v.full_tensor() for k, v in net.state_dict().items()}
    whole |= {f"ema {k}": v.full_tensor() for k, v in parts["ema"].state.items()}
    return {"whole": whole, "losses": losses, "local": local, "parts": split.parts}


@pytest.mark.slow
def test_sharded_training_equals_plain_training_and_resumes_bit_for_bit(tmp_path, capsys):
    found, codes = processes(2, shards, tmp_path, 6)
    assert codes == [0, 0]
    assert [f["local"] for f in found] == [8, 8], "each process holds half of 16 rows"
    torch.manual_seed(0)
    net, split = Toy(0.0), updates.Split(2)
    opt = updates.adamw(net, lr=1e-2, weight_decay=0.1)
    for k in range(6):
        row = updates.accumulate(Objective(net, loss_fn), tuple(data(8, k)), split=split)
        want = [row["loss"].item(), updates.clip_gradients(net, 1.0).item()]
        assert found[0]["losses"][k] == pytest.approx(want, abs=1e-5)
        opt.step()
    for name, value in net.state_dict().items():
        assert torch.allclose(found[1]["whole"][name], value, atol=1e-5)
    again, codes = processes(2, shards, tmp_path, 6, 3)
    assert codes == [0, 0]
    assert again[0]["parts"] == 2
    assert again[0]["losses"] == found[0]["losses"][3:]
    for name, value in found[0]["whole"].items():
        assert torch.equal(again[0]["whole"][name], value), name
    damage(tmp_path, capsys)


def damage(folder, capsys):
    """Whatever is done to a sharded checkpoint is noticed before it is used."""
    (saved,) = folder.iterdir()
    slices = saved / "__1_0.distcp"
    intact = slices.read_bytes()
    slices.write_bytes(intact[:-9])
    with pytest.raises(CheckpointError, match=r"__1_0\.distcp is damaged"):
        sharded.verify(saved)
    assert sharded.newest(folder) is None
    assert "checkpoint skipped" in capsys.readouterr().out
    slices.write_bytes(intact)
    assert sharded.newest(folder) == "step_000000003"
    manifest = saved / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"format": 2', '"format": 7'))
    with pytest.raises(FormatError, match="format 7, this version reads 2"):
        sharded.newest(folder)
