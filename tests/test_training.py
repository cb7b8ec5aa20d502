import math

import pytest
import torch
from torch import nn

from course_utils.training import Batches, DivergedError, Ema, cosine_warmup, eval_mode, fit

X = torch.arange(10.0)[:, None]


def nothing(step):
    return ()


def test_rows_average_their_window_and_end_with_the_last_step():
    losses = iter(torch.arange(1.0, 8.0))
    rows = fit(lambda: {"loss": next(losses)}, nothing, n_steps=7, log_every=3, bar=False)
    assert rows == [
        {"step": 3, "loss": 2.0},
        {"step": 6, "loss": 5.0},
        {"step": 7, "loss": 7.0},
    ]


def test_start_continues_the_count():
    seen = []
    fit(lambda: {"a": torch.ones(())}, nothing, n_steps=5, start=3, on_step=seen.append)
    assert seen == [4, 5]


def test_on_log_sees_every_row():
    seen = []
    rows = fit(lambda: {"a": torch.ones(())}, nothing, n_steps=4, log_every=2, on_log=seen.append)
    assert seen == rows


def test_a_loss_that_is_no_number_stops_the_run():
    with pytest.raises(DivergedError, match="loss is nan in the 2 steps before step 2"):
        fit(lambda: {"loss": torch.tensor(math.nan)}, nothing, n_steps=9, log_every=2)


@pytest.mark.parametrize("counts", [{"n_steps": -1}, {"n_steps": 3, "start": 4}])
def test_bad_counts_get_a_sentence(counts):
    with pytest.raises(ValueError, match="0 <= start <= n_steps"):
        fit(dict, nothing, **counts)


def test_zero_steps_are_no_error():
    assert fit(dict, nothing, n_steps=0) == []


def test_a_batch_depends_on_seed_and_step_alone():
    one, other = (Batches([X], batch_size=3, seed=0) for _ in range(2))
    for _ in range(7):
        one(0)
    assert torch.equal(one(4)[0], other(4)[0])
    assert not torch.equal(one(4)[0], Batches([X], batch_size=3, seed=1)(4)[0])


def test_an_epoch_shows_every_row_once():
    batches = Batches([X, X], batch_size=5, seed=0)
    for epoch in range(3):
        rows = torch.cat([batches(2 * epoch + k)[0] for k in range(2)])
        assert rows.flatten().sort().values.tolist() == list(range(10))
    assert not torch.equal(batches(0)[0], batches(2)[0])


def test_rows_stay_together():
    a, b = Batches([X, 2 * X], batch_size=4, seed=0)(1)
    assert torch.equal(b, 2 * a)


def test_impossible_batches_get_a_sentence():
    with pytest.raises(ValueError, match=r"batch_size must be 1\.\.10"):
        Batches([X], batch_size=11, seed=0)
    with pytest.raises(ValueError, match="differ in length"):
        Batches([X, X[:3]], batch_size=1, seed=0)


def test_the_schedule_rises_then_falls():
    values = [cosine_warmup(k, n_steps=100, warmup=10) for k in range(101)]
    assert values[:10] == pytest.approx([(k + 1) / 11 for k in range(10)])
    assert values[10] == 1.0
    assert values[55] == pytest.approx(0.5)
    assert values[100] == pytest.approx(0.0, abs=1e-12)
    assert cosine_warmup(100, n_steps=100, floor=0.1) == pytest.approx(0.1)


def test_ema_of_a_constant_is_that_constant_and_of_a_ramp_the_closed_form():
    net = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        net.weight.zero_()
    ema = Ema(net, decay=0.9)
    expected = 0.0
    for k in range(1, 200):
        with torch.no_grad():
            net.weight.fill_(float(k))
        ema.update()
        decay = min(0.9, (1 + k) / (10 + k))
        expected = decay * expected + (1 - decay) * k
    assert ema.state["weight"].item() == pytest.approx(expected, rel=1e-5)


def test_ema_keeps_buffers_and_counters():
    net = nn.BatchNorm1d(2)
    ema = Ema(net, decay=0.5)
    net(torch.randn(8, 2))
    ema.update()
    assert ema.state["num_batches_tracked"].item() == 1
    assert not torch.equal(ema.state["running_mean"], torch.zeros(2))


def test_applied_gives_the_own_weights_back_even_after_an_error():
    net = nn.Linear(2, 2)
    ema = Ema(net, decay=0.5)
    averaged = ema.state["weight"].clone()
    with torch.no_grad():
        net.weight.add_(1.0)
    own = net.weight.detach().clone()

    def use():
        with ema.applied() as averaged_net:
            assert torch.equal(averaged_net.weight, averaged)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        use()
    assert torch.equal(net.weight, own)


def test_eval_mode_restores_each_modules_own_mode():
    net = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(2))
    net[1].eval()
    with eval_mode(net):
        assert not any(m.training for m in net.modules())
    assert [m.training for m in net.modules()] == [True, True, False]


def test_an_average_of_another_net_is_refused():
    with pytest.raises(KeyError, match="another net"):
        Ema(nn.Linear(1, 1)).load_state_dict(Ema(nn.BatchNorm1d(1)).state_dict())
