"""Gradients over micro-batches, clipping, the optimizer and the schedule against closed forms."""

import itertools
import math

import pytest
import torch
from torch import nn

from course_utils.runs import speed, updates
from course_utils.runs.parallel import Objective
from course_utils.training import cosine_warmup


def square_loss(net, x):
    """Mean over examples of the squared output."""
    return {"loss": net(x).square().sum(-1).mean(), "first": x[:, 0].mean()}


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("n", [1, 3, 10])
def test_any_cut_gives_the_gradient_of_the_mean(parts, n):
    """10 rows in 3 parts are 4 + 4 + 2: a mean of the parts' means would be wrong."""
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    net = nn.Linear(4, 2, bias=False).double()
    row = updates.accumulate(Objective(net, square_loss), (x,), split=updates.Split(parts))
    closed_form = 2 * net.weight @ x.T @ x / n
    assert torch.allclose(net.weight.grad, closed_form, atol=1e-12)
    assert row["first"].item() == pytest.approx(x[:, 0].mean().item(), abs=1e-6)
    assert not row["loss"].requires_grad


def test_former_gradients_are_dropped():
    net, x = nn.Linear(2, 1), torch.ones(4, 2)
    net.weight.grad = torch.full((1, 2), 1e6)
    updates.accumulate(Objective(net, square_loss), (x,), split=updates.Split())
    assert net.weight.grad.abs().max() < 100


def test_what_has_no_rows_is_passed_whole():
    def loss(net, x, step, weight):
        assert step == 7
        assert weight.ndim == 0
        return {"loss": weight * net(x).mean()}

    net = nn.Linear(2, 1)
    batch = (torch.ones(4, 2), 7, torch.tensor(2.0))
    updates.accumulate(Objective(net, loss), batch, split=updates.Split(2))
    assert torch.allclose(net.weight.grad, torch.full((1, 2), 2.0))


def test_bfloat16_is_for_the_forward_pass_only():
    kinds = []

    def loss(net, x):
        out = net(x)
        kinds.append(out.dtype)
        return {"loss": out.float().square().mean()}

    net = nn.Linear(4, 4)
    batch = (torch.randn(6, 4),)
    updates.accumulate(Objective(net, loss), batch, split=updates.Split(2), dtype=torch.bfloat16)
    assert kinds == [torch.bfloat16] * 2
    assert net.weight.grad.dtype == net.weight.dtype == torch.float32


def test_clipping_returns_the_norm_before_it():
    net = nn.Linear(2, 1, bias=False)
    for limit, left in ((1.0, 1.0), (10.0, 5.0), (None, 5.0)):
        net.weight.grad = torch.tensor([[3.0, 4.0]])
        assert updates.clip_gradients(net, limit).item() == pytest.approx(5.0)
        assert net.weight.grad.norm().item() == pytest.approx(left, rel=1e-5)


def test_a_split_refuses_nonsense_and_is_saved():
    with pytest.raises(ValueError, match="parts must be >= 1"):
        updates.Split(0)
    split = updates.Split(3)
    split.double(5)
    other = updates.Split()
    other.load_state_dict(split.state_dict())
    assert (other.parts, other.trials) == (5, updates.TRIALS)


def test_adamw_decays_matrices_only_and_follows_its_closed_form():
    """After one step from zero moments every weight moves by lr, against its gradient's sign."""
    net = nn.Linear(3, 2)
    before = [p.detach().clone() for p in net.parameters()]
    opt = updates.adamw(net, lr=0.1, weight_decay=0.5)
    for p in net.parameters():
        p.grad = torch.ones_like(p)
    opt.step()
    weight, bias = net.parameters()
    assert torch.allclose(weight, before[0] * (1 - 0.1 * 0.5) - 0.1, atol=1e-6)
    assert torch.allclose(bias, before[1] - 0.1, atol=1e-6)
    updates.set_lr(opt, 0.0)
    opt.step()
    assert torch.allclose(bias, before[1] - 0.1, atol=1e-6)


def test_the_schedule_sums_to_its_closed_form():
    """Without a floor the mean factor is (1 + 1/n) / 2: the cosines cancel in pairs."""
    n = 200
    values = [cosine_warmup(k, n_steps=n) for k in range(n)]
    assert math.fsum(values) / n == pytest.approx((1 + 1 / n) / 2, abs=1e-12)
    warm = [cosine_warmup(k, n_steps=n, warmup=9) for k in range(10)]
    assert warm == pytest.approx([(k + 1) / 10 for k in range(10)])


def test_compiling_reports_a_gain_and_changes_nothing():
    net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    before = {k: v.clone() for k, v in net.state_dict().items()}
    objective, x = Objective(net, square_loss), torch.randn(8, 4)
    state = torch.get_rng_state()
    fast, gain = speed.compiled(objective, (x,), backend="eager", n=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert all(p.grad is None for p in net.parameters())
    assert gain.eager > 0
    assert len(gain.ratios) == 2
    assert gain.ratios[0] <= gain.ratio <= gain.ratios[1]
    assert "times as fast" in str(gain)
    assert torch.equal(fast(x)["loss"], objective(x)["loss"])
    assert speed.compiled(objective, (x,), on=False) == (objective, None)


def test_a_machine_that_slows_down_halfway_shows_no_gain(monkeypatch):
    """Both ways take turns: what is slow while one is measured is slow for the other, too."""
    clock = itertools.count()
    monkeypatch.setattr(speed, "seconds", lambda *_, **__: 1.0 if next(clock) < 9 else 5.0)
    objective = Objective(nn.Linear(4, 4), square_loss)
    _, gain = speed.compiled(objective, (torch.randn(8, 4),), backend="eager", n=6)
    assert gain.ratio == 1.0


def test_where_compiling_fails_a_line_says_so(capsys):
    objective = Objective(nn.Linear(4, 4), square_loss)

    def broken(graph, inputs):
        raise OSError("no C++ compiler found")

    batch = (torch.randn(8, 4),)
    assert speed.compiled(objective, batch, backend=broken) == (objective, None)
    assert "not compiled" in capsys.readouterr().out


def test_seconds_are_the_median(monkeypatch):
    """One call that was delayed a thousandfold changes nothing."""
    ticks = iter([0.0, 2.0, 10.0, 2010.0, 3000.0, 3003.0])
    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(ticks))
    calls = []
    took = speed.seconds(lambda: calls.append(1), n=3, device=torch.device("cpu"))
    assert (took, len(calls)) == (3.0, 4)


def test_the_matmul_rate_counts_two_operations_a_product(monkeypatch):
    monkeypatch.setattr(speed, "seconds", lambda *_, **__: 0.5)
    rate = speed.matmul_rate(torch.device("cpu"), torch.float32, size=10)
    assert rate == 2 * 10**3 / 0.5
