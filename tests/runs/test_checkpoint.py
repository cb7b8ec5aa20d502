"""Interrupted equals uninterrupted, and no way of dying loses the last good checkpoint."""

import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.runs import checkpoint
from course_utils.training import Batches, Ema, fit
from tests.runs.toy import same_bits


def run(folder, *, n_steps, start_from=None, save_at=None):
    """Train a tiny net with dropout, Adam and EMA; returns its final state."""
    torch.manual_seed(0)
    x = torch.randn(64, 4)
    net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    ema = Ema(net, decay=0.9)
    start = 0
    if start_from is not None:
        net.load_state_dict(start_from["model"])
        opt.load_state_dict(start_from["opt"])
        ema.load_state_dict(start_from["ema"])
        start = start_from["step"]

    def step_fn(rows):
        loss = (net(rows) - rows.sum(-1, keepdim=True)).square().mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        ema.update()
        return {"loss": loss.detach()}

    def on_step(step):
        if step == save_at:
            checkpoint.save(
                folder,
                step=step,
                model=net.state_dict(),
                opt=opt.state_dict(),
                ema=ema.state_dict(),
            )

    draw = Batches([x], batch_size=16, seed=3)

    def batches(step):
        torch.manual_seed(step)
        return draw(step)

    fit(step_fn, batches, n_steps=n_steps, start=start, on_step=on_step, bar=False)
    return {"model": net.state_dict(), "opt": opt.state_dict(), "ema": ema.state_dict()}


def test_interrupted_equals_uninterrupted_bit_for_bit(tmp_path):
    whole = run(tmp_path, n_steps=40)
    run(tmp_path, n_steps=17, save_at=17)
    resumed = run(tmp_path, n_steps=40, start_from=checkpoint.latest(tmp_path))
    assert same_bits(whole, resumed)


def test_without_the_moments_the_bits_differ(tmp_path):
    """The test above can fail: Adam needs its saved state."""
    whole = run(tmp_path, n_steps=40)
    run(tmp_path, n_steps=17, save_at=17)
    saved = checkpoint.latest(tmp_path)
    for moments in saved["opt"]["state"].values():
        moments["exp_avg"].zero_()
    resumed = run(tmp_path, n_steps=40, start_from=saved)
    assert not torch.equal(whole["model"]["0.weight"], resumed["model"]["0.weight"])


def test_a_checkpoint_that_holds_random_states_still_loads(tmp_path):
    """They were saved once."""
    path = checkpoint.save(tmp_path, step=1, model={"w": torch.ones(3)})
    rng = {"torch": torch.get_rng_state(), "cuda": [], "python": [3, [1, 2], None]}
    torch.save(checkpoint.load(path) | {"rng": rng}, path)
    assert torch.equal(checkpoint.latest(tmp_path)["model"]["w"], torch.ones(3))


def test_saving_makes_no_second_copy_of_the_state(tmp_path):
    """20 MB go to the file tensor by tensor. What is counted is Python's memory, not torch's."""
    state = {f"w{k}": torch.full((1_000_000,), float(k)) for k in range(5)}
    tracemalloc.start()
    path = checkpoint.save(tmp_path, step=1, model=state)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6
    assert path.stat().st_size > 20e6


def test_the_newest_are_kept(tmp_path):
    for step in (1, 2, 3, 10):
        checkpoint.save(tmp_path, step=step, model={}, keep=2)
    assert [p.name for p in sorted(tmp_path.iterdir())] == [
        "step_000000003.pt",
        "step_000000010.pt",
    ]


def test_a_damaged_later_one_does_not_push_out_what_is_saved_now(tmp_path):
    """A run that went back behind a damaged checkpoint saves with a lower step."""
    (tmp_path / "step_000000009.pt").write_bytes(b"")
    for step in (1, 2):
        checkpoint.save(tmp_path, step=step, model={}, keep=1)
    assert checkpoint.latest(tmp_path)["step"] == 2


def test_a_newer_format_is_not_skipped_for_an_older_checkpoint(tmp_path):
    checkpoint.save(tmp_path, step=1, model={})
    path = checkpoint.save(tmp_path, step=2, model={})
    torch.save(checkpoint.load(path) | {"format": 99}, path)
    with pytest.raises(checkpoint.FormatError, match="format 99"):
        checkpoint.latest(tmp_path)


def test_no_checkpoint_is_none(tmp_path):
    assert checkpoint.latest(tmp_path) is None
    assert checkpoint.latest(tmp_path / "absent") is None


@pytest.mark.parametrize("harm", ["truncate", "flip", "empty", "text"])
def test_a_damaged_newest_is_skipped_and_named(tmp_path, capsys, harm):
    checkpoint.save(tmp_path, step=1, model={"w": torch.ones(100)})
    newest = checkpoint.save(tmp_path, step=2, model={"w": torch.ones(100)})
    content = bytearray(newest.read_bytes())
    if harm == "truncate":
        content = content[: len(content) // 2]
    elif harm == "flip":
        where = content.find(torch.ones(100).numpy().tobytes())
        assert where > 0
        content[where + 3] ^= 1
    elif harm == "empty":
        content = bytearray()
    else:
        content = bytearray(b"this is a text")
    newest.write_bytes(content)
    assert checkpoint.latest(tmp_path)["step"] == 1
    assert newest.name in capsys.readouterr().out
    with pytest.raises(checkpoint.CheckpointError, match=r"damaged|cut short"):
        checkpoint.load(newest)


def test_a_newer_or_foreign_format_gets_a_sentence(tmp_path):
    path = checkpoint.save(tmp_path, step=1, model={})
    content = checkpoint.load(path)
    content["format"] = 99
    torch.save(content, path)
    with pytest.raises(checkpoint.CheckpointError, match="format 99, this version reads 1"):
        checkpoint.load(path)
    torch.save({"weights": torch.ones(2)}, path)
    with pytest.raises(checkpoint.CheckpointError, match="not written by this course"):
        checkpoint.load(path)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (nn.Linear(1, 1), "torch.nn.modules.linear.Linear"),
        (np.float64(3), "numpy._core.multiarray.scalar"),
        (Path("a"), "PosixPath|WindowsPath"),
        (lambda: 1, "lambda"),
        (os, "cannot pickle 'module' object"),
    ],
    ids=["module", "numpy", "path", "function", "package"],
)
def test_what_is_not_plain_is_named_in_one_sentence_and_not_saved(tmp_path, value, named):
    with pytest.raises(ValueError, match=rf"tensors, numbers, .*{named}") as caught:
        checkpoint.save(tmp_path, step=1, model={"net": value})
    assert "weights_only" not in str(caught.value)
    assert len(str(caught.value)) < 250
    assert list(tmp_path.iterdir()) == []


def test_pickled_code_is_not_loaded(tmp_path):
    path = tmp_path / "step_000000001.pt"
    torch.save({"format": 1, "net": nn.Linear(1, 1)}, path)
    with pytest.raises(checkpoint.CheckpointError):
        checkpoint.load(path)


def test_a_full_disk_leaves_the_former_checkpoint_alone(tmp_path, monkeypatch):
    first = checkpoint.save(tmp_path, step=1, model={"w": torch.ones(3)})

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(tmp_path, step=2, model={"w": torch.ones(3)})
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == [first.name]
    assert checkpoint.latest(tmp_path)["step"] == 1


CHILD = """
import os, sys, torch
from course_utils.runs import checkpoint

def save(step):
    checkpoint.save(sys.argv[1], step=step, model={"w": torch.full((500_000,), step)})
    print(step, flush=True)

def hang(_handle):
    print("written, not yet renamed", flush=True)
    while True:
        pass

save(1)
os.fsync = hang
save(2)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
def test_kill_9_in_mid_save_leaves_the_former_checkpoint(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    lines = [process.stdout.readline().strip() for _ in range(2)]
    process.kill()
    process.communicate()
    assert lines == ["1", "written, not yet renamed"]
    assert len(list(tmp_path.glob(".*.tmp"))) == 1
    newest = checkpoint.latest(tmp_path)
    assert newest["step"] == 1
    assert bool((newest["model"]["w"] == 1).all())
    checkpoint.save(tmp_path, step=3, model={})
    assert not list(tmp_path.glob(".*.tmp")), "a later save clears what the killed one left"
