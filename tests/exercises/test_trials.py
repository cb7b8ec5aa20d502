"""What every exercise is asked without its author: gradients, float32, the lesson's size."""

import time
from types import ModuleType

import torch

from course_utils.exercises import judge
from course_utils.exercises.guard import call, trusted
from course_utils.exercises.spec import About, declared
from course_utils.exercises.trials import FLOAT32, LOST, recast
from course_utils.exercises.verdict import NOT_YET, RIGHT
from tests.exercises.toy import toy_mean_square


def make(reference, cases, hard_cases=None, **about):
    """An exercise made of a reference and its cases."""

    class Mistakes:
        def one(*args):
            """Not one."""
            return 1.0

        def two(*args):
            """Not two."""
            return 2.0

        def three(*args):
            """Not three."""
            return 3.0

    module = ModuleType(f"tests.toys.{reference.__name__}")
    module.ABOUT = About(see="step 1", difficulty=1, minutes=1, **about)
    module.HINTS, module.Mistakes, module.cases = ("a hint",), Mistakes, cases
    setattr(module, reference.__name__, reference)
    if hard_cases:
        module.hard_cases = hard_cases
    return declared(module)


def log_mean_exp(x):
    """log of the mean of exp(x). x: (N,) -> ()."""
    return x.logsumexp(0) - torch.log(torch.tensor(float(len(x)), dtype=x.dtype))


def naive(x):
    return x.exp().mean().log()


def cases(rng):
    return [(torch.randn(n, generator=rng).double(),) for n in (1, 2, 5)]


def hard_cases(rng):
    yield (torch.tensor([200.0, 100.0]),)


def test_right_on_paper_but_not_in_float32_is_named():
    exercise = make(log_mean_exp, cases, hard_cases)
    assert judge(exercise, log_mean_exp).state == RIGHT
    verdict = judge(exercise, naive)
    assert verdict.state == NOT_YET
    assert verdict.mistake.name == FLOAT32
    assert "the lesson's size" in verdict.reasons[0]
    assert judge(make(log_mean_exp, cases), naive).state == RIGHT  # nobody asked for more


def test_a_lost_gradient_is_wrong_unless_nothing_is_trained_through_it():
    def lost(x):
        return log_mean_exp(x).detach()

    verdict = judge(make(log_mean_exp, cases), lost)
    assert (verdict.state, verdict.mistake.name) == (NOT_YET, LOST)
    assert judge(make(log_mean_exp, cases, gradient=False), lost).state == RIGHT


def test_a_wrong_gradient_behind_right_values_is_found():
    def half(x):
        return 0.5 * (log_mean_exp(x) + log_mean_exp(x).detach())

    verdict = judge(make(log_mean_exp, cases), half)
    assert verdict.kind == "gradient"
    assert "not the gradient in x" in verdict.mistake.why


def test_gradients_of_a_net_are_compared():
    def loss(net, x):
        """Mean of the net's square. net: module, x: (B, 2) -> ()."""
        return net(x).square().mean()

    def some(rng):
        torch.manual_seed(0)
        net = torch.nn.Linear(2, 3).double()
        return [(net, torch.randn(n, 2, generator=rng).double()) for n in (1, 2, 3)]

    def frozen(net, x):
        with torch.no_grad():
            out = net(x)
        return out.square().mean() + 0 * x.sum()

    exercise = make(loss, some)
    assert judge(exercise, loss).state == RIGHT
    assert judge(exercise, frozen).kind == "gradient"


def test_a_python_number_keeps_no_gradient_but_is_right_where_none_is_needed():
    def number(x):
        return log_mean_exp(x).item()

    assert judge(make(log_mean_exp, cases), number).state == NOT_YET
    assert judge(make(log_mean_exp, cases, gradient=False), number).state == RIGHT


def test_float32_constants_are_no_mistake():
    def with_float32(x):
        return x.logsumexp(0) - torch.log(torch.tensor(float(len(x))))

    assert judge(make(log_mean_exp, cases), with_float32).state == RIGHT


def test_an_answer_that_never_ends_at_the_lessons_size_is_slow_not_wrong():
    def crawls(x, scale):
        if len(x) > 100:
            while True:
                pass
        return scale * (x**2).mean(-1)

    verdict = judge(toy_mean_square, crawls)
    assert verdict.state == RIGHT
    assert verdict.slow


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_slow_answer_is_named_and_one_that_was_slow_once_is_not():
    def double(x):
        burn(0.001)
        return 2.0 * x

    def one_large(rng):
        return [(torch.ones(100),)]

    calls = []

    def once(x):
        burn(0.3 if len(x) == 100 and not calls else 0.001)
        calls.extend([1] * (len(x) == 100))
        return 2.0 * x

    def always(x):
        burn(0.3 if len(x) == 100 else 0.001)
        return 2.0 * x

    exercise = make(double, cases, one_large, gradient=False)
    judged = judge(exercise, once)
    assert judged.state == RIGHT
    assert not judged.slow
    assert judge(exercise, always).slow


def test_recast_reaches_into_lists_and_nets():
    net, x = torch.nn.Linear(1, 1).double(), torch.ones(2).double()
    low = recast(([x, 3], net, "text"), torch.double, torch.float)
    assert low[0][0].dtype == torch.float
    assert next(low[1].parameters()).dtype == torch.float
    assert next(net.parameters()).dtype == torch.double
    whole = (torch.ones(2), 3)
    assert recast(whole, torch.double, torch.float) is whole


def test_the_copy_of_an_optimiser_moves_the_copy_of_its_net():
    def step(net, opt, x):
        """One step; the loss before. net: module, opt: its optimiser, x: (B, 2) -> ()."""
        loss = net(x).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss.detach() + net(x).square().mean().detach()  # before and after

    net = torch.nn.Linear(2, 1).double()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    case = (net, opt, torch.ones(3, 2, dtype=torch.double))
    before = net.weight.detach().clone()
    outcome, again = call(step, case, time_limit=3.0), trusted(step, case)
    assert not outcome.changed, "a step of an optimiser is no edit of the input"
    assert torch.equal(net.weight, before), "the case itself stays as it was"
    still = 2 * net(case[2]).square().mean()
    assert outcome.value < 0.9 * still, "the copied net did not move"
    assert torch.equal(outcome.value, again.value)
    assert recast(case, torch.double, torch.float) is case
