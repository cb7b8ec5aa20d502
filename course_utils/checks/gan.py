"""Exercises of lesson 21: the best discriminator, JS from its logits, the two losses, the pull."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "21_gan"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the best discriminator --------------------------------------------------------------------


def optimal_discriminator_reference(log_p: Tensor, log_q: Tensor) -> Tensor:
    """Best D: the probability that a point is real, p / (p + q) (Goodfellow et al. 2014, eq. 2).

    log_p, log_q: (B,) log densities of the data and of the generator, nats -> (B,) in [0, 1].
    """
    return torch.sigmoid(log_p - log_q)


def _halves(f, rng) -> str | None:
    log_p = 3 * _normal(rng, 4)
    got = f(log_p, log_p.clone())
    if not (got - 0.5).abs().max() < 1e-9:
        return (
            f"where both densities are equal nobody can tell real from fake: 1/2; you return "
            f"{float(got[0]):.4f}."
        )
    return None


def _exchanged(f, rng) -> str | None:
    log_p, log_q = _normal(rng, 2, 5)
    total = f(log_p, log_q) + f(log_q, log_p)
    if not (total - 1).abs().max() < 1e-9:
        return (
            f"exchange the roles of real and fake and D becomes 1 - D; your two answers add up to "
            f"{float(total[0]):.4f}, not to 1."
        )
    return None


def _far_out(f, rng) -> str | None:
    got = f(_d(-900.0, -2000.0), _d(-903.0, -2000.0))
    expected = _d(1 / (1 + math.exp(-3)), 0.5)
    if not (got - expected).abs().max() < 1e-9:
        return (
            f"far from all data, log p = -900 and log q = -903, D is sigmoid(3) = 0.9526; you "
            f"return {float(got[0]):.4f}. e^-900 is 0 for the machine: stay with the logs."
        )
    return None


optimal_discriminator = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=optimal_discriminator_reference,
    cases=lambda rng: [
        (_d(-1.0), _d(-2.0)),
        (_d(-1.0, 0.5, -3.0), _d(-2.0, 0.5, -0.5)),
        (_normal(rng, 3), _normal(rng, 3)),
    ],
    properties=[
        Property("1/2 where the densities agree", _halves),
        Property("D and 1 - D change places with the data", _exchanged),
        Property("works where both densities underflow", _far_out),
    ],
    mistakes=[
        Mistake(
            "real and fake exchanged",
            lambda log_p, log_q: torch.sigmoid(log_q - log_p),
            "You return q / (p + q), the probability of *fake*. D(x) near 1 means real.",
            "21, step 1",
        ),
        Mistake(
            "the ratio p / q",
            lambda log_p, log_q: (log_p - log_q).exp(),
            "p / q is the odds of *real*, and may be any positive number. A probability is odds "
            "divided by 1 + odds.",
            "21, step 1",
        ),
        Mistake(
            "the logit",
            lambda log_p, log_q: log_p - log_q,
            "log p - log q is the logit of D. One sigmoid is missing.",
            "21, step 1",
        ),
        Mistake(
            "logs put where densities belong",
            lambda log_p, log_q: log_p / (log_p + log_q),
            "You divided log densities. The densities themselves add up: p / (p + q).",
            "21, step 1",
        ),
        Mistake(
            "a sigmoid of the densities' difference",
            lambda log_p, log_q: torch.sigmoid(log_p.exp() - log_q.exp()),
            "The logit is the difference of the logs, not of the densities: it is a log ratio.",
            "21, step 1",
        ),
        Mistake(
            "sigmoid applied twice (R14)",
            lambda log_p, log_q: torch.sigmoid(torch.sigmoid(log_p - log_q)),
            "You squashed a probability once more: your D never leaves (0.5, 0.731). Say once "
            "whether a number is a logit or a probability.",
            "21, step 6",
        ),
        Mistake(
            "the density of the data",
            lambda log_p, log_q: log_p.exp(),
            "You return p(x). A discriminator knows no density, only how it compares with the "
            "generator's.",
            "21, step 1",
        ),
    ],
    hints=[
        "Bayes with equal priors: of all points that land near x, which share is real?",
        "p / (p + q) = 1 / (1 + q / p), and q / p = exp(log_q - log_p): a sigmoid.",
    ],
)

# ---- JS from the logits of a discriminator ------------------------------------------------------


def js_from_logits_reference(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """Lower bound on JS(p, q) that a discriminator proves: log 2 + V / 2.

    logits_real: (N,) on real points, logits_fake: (M,) on fakes -> scalar, nats.
    V = E log D(x) + E log(1 - D(G(z))), D = sigmoid(logit).
    """
    value = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return math.log(2) + value / 2


def _nothing_known(f, rng) -> str | None:
    got = float(f(_d(0.0, 0.0, 0.0), _d(0.0, 0.0)))
    if not abs(got) < 1e-9:
        return f"a D that always says 1/2 (logit 0) proves no difference: 0; you return {got:.4f}."
    return None


def _everything_known(f, rng) -> str | None:
    got = float(f(_d(200.0, 300.0), _d(-200.0, -900.0)))
    if not abs(got - math.log(2)) < 1e-9:
        return (
            f"a D that is right and sure about everything proves JS = log 2 = 0.6931; you return "
            f"{got:.4f}."
        )
    return None


def _sure_and_wrong(f, rng) -> str | None:
    got = float(f(_d(-800.0), _d(800.0)))
    if not abs(got - (LOG2 - 800)) < 1e-6:
        return (
            f"a D that is sure and wrong about everything, logits of -800 and 800, proves nothing: "
            f"a bound of log 2 - 800; you return {got:g}. Use logsigmoid, and do not cut off."
        )
    return None


LOG2 = math.log(2)


def _js(r, f, *, start=LOG2, weight=0.5):
    return start + weight * (F.logsigmoid(r).mean() + F.logsigmoid(-f).mean())


js_from_logits = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=7,
    reference=js_from_logits_reference,
    cases=lambda rng: [
        (_d(2.0), _d(-1.0)),
        (_d(0.4, 1.3, -0.2), _d(-0.7, 0.1)),
        (_normal(rng, 3) + 1, _normal(rng, 5) - 1),
    ],
    properties=[
        Property("0 for a D that knows nothing", _nothing_known),
        Property("log 2 for a D that knows everything", _everything_known),
        Property("finite, however wrong D is", _sure_and_wrong),
    ],
    mistakes=[
        Mistake(
            "the value itself",
            lambda logits_real, logits_fake: _js(logits_real, logits_fake, start=0.0, weight=1.0),
            "That is V. Solve V = 2 JS - 2 log 2 for JS.",
            "21, step 2",
        ),
        Mistake(
            "not halved",
            lambda logits_real, logits_fake: _js(
                logits_real, logits_fake, start=2 * math.log(2), weight=1.0
            ),
            "V + 2 log 2 is twice the JS.",
            "21, step 2",
        ),
        Mistake(
            "2 log 2 not halved",
            lambda logits_real, logits_fake: _js(logits_real, logits_fake, start=2 * math.log(2)),
            "You halved V, but not the 2 log 2 beside it.",
            "21, step 2",
        ),
        Mistake(
            "the loss instead of the value",
            lambda logits_real, logits_fake: _js(logits_real, logits_fake, weight=-0.5),
            "You used D's loss, which is -V: a better D would prove a smaller difference.",
            "21, step 2",
        ),
        Mistake(
            "fakes scored as reals",
            lambda logits_real, logits_fake: (
                math.log(2)
                + (F.logsigmoid(logits_real).mean() + F.logsigmoid(logits_fake).mean()) / 2
            ),
            "The second term is log(1 - D), and 1 - sigmoid(logit) = sigmoid(-logit): a minus "
            "sign is missing.",
            "21, step 2",
        ),
        Mistake(
            "bits",
            lambda logits_real, logits_fake: _js(logits_real, logits_fake) / math.log(2),
            "That is the same in bits. Nats, please: no division by log 2.",
            "21, step 2",
        ),
        Mistake(
            "one mean over reals and fakes together",
            lambda logits_real, logits_fake: (
                math.log(2)
                + torch.cat([F.logsigmoid(logits_real), F.logsigmoid(-logits_fake)]).mean()
            ),
            "You averaged over all points at once: with unequal numbers of reals and fakes one "
            "side counts more. Take the two means first.",
            "21, step 2",
        ),
    ],
    hints=[
        "V = 2 JS - 2 log 2 for the best D. Solve for JS; any other D gives less.",
        "log D = F.logsigmoid(logit), log(1 - D) = F.logsigmoid(-logit), each averaged by itself.",
    ],
)

# ---- the discriminator's loss -------------------------------------------------------------------


def discriminator_loss_reference(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """Loss of the discriminator: E[-log D(x)] + E[-log(1 - D(G(z)))], a sum of two means.

    logits_real: (B,), logits_fake: (B,) -> scalar >= 0, nats. Finite at logits of +-100.
    """
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def _two_log_two(f, rng) -> str | None:
    got = float(f(_d(0.0, 0.0), _d(0.0, 0.0)))
    if not abs(got - 2 * math.log(2)) < 1e-9:
        return f"D = 1/2 everywhere costs 2 log 2 = 1.3863; you return {got:.4f}."
    return None


def _extreme(f, rng) -> str | None:
    got = float(f(_d(-100.0, 100.0), _d(100.0, -100.0)))
    if not abs(got - 100) < 1e-6:
        return (
            f"logits of +-100, half of them wrong, cost 50 + 50 = 100 nats; you return {got:g}. "
            f"Use softplus or logsigmoid of the logit, not log of a sigmoid."
        )
    return None


def _pushes(f, rng) -> str | None:
    real, fake = (_normal(rng, 4).requires_grad_() for _ in range(2))
    up, down = torch.autograd.grad(f(real, fake), (real, fake), allow_unused=True)
    if up is None or down is None:
        missing = "real" if up is None else "fake"
        return f"the {missing} logits play no part: a discriminator needs both sides."
    if not ((up < 0).all() and (down > 0).all()):
        return (
            f"a step down your loss must raise real logits and lower fake ones; the slopes are "
            f"{float(up[0]):+.3f} (real) and {float(down[0]):+.3f} (fake)."
        )
    return None


discriminator_loss = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=discriminator_loss_reference,
    cases=lambda rng: [
        (_d(0.7), _d(-0.3)),
        (_d(0.7, -1.0, 2.0), _d(0.7, -0.4, 0.1)),
        (_normal(rng, 3), _normal(rng, 3)),
    ],
    properties=[
        Property("2 log 2 for a D that always says 1/2", _two_log_two),
        Property("finite at logits of 100", _extreme),
        Property("real logits up, fake logits down", _pushes),
    ],
    mistakes=[
        Mistake(
            "plus for minus in the fake term (R12)",
            lambda logits_real, logits_fake: (
                F.softplus(-logits_real).mean() - F.softplus(logits_fake).mean()
            ),
            "Your fake term is +log(1 - D): minimising it calls fakes real, without a floor. One "
            "of the articles prints this sign.",
            "21, step 6",
        ),
        Mistake(
            "fakes labelled real (R13, R21)",
            lambda logits_real, logits_fake: (
                F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()
            ),
            "-log D(G(z)) in D's loss rewards calling fakes real; D = 1 everywhere is optimal. "
            "The fake term is softplus(+logit).",
            "21, step 6",
        ),
        Mistake(
            "labels swapped (R16)",
            lambda logits_real, logits_fake: (
                F.softplus(logits_real).mean() + F.softplus(-logits_fake).mean()
            ),
            "Real has label 1, fake 0. Yours is trained the other way round.",
            "21, step 6",
        ),
        Mistake(
            "no real example (R35)",
            lambda logits_real, logits_fake: F.softplus(logits_fake).mean() + 0 * logits_real.sum(),
            "Your loss never looks at the reals: saying *fake* to everything is optimal.",
            "21, step 6",
        ),
        Mistake(
            "sigmoid applied twice (R14)",
            lambda logits_real, logits_fake: (
                F.softplus(-logits_real.sigmoid()).mean() + F.softplus(logits_fake.sigmoid()).mean()
            ),
            "softplus already holds the sigmoid; you applied another one first, so D stays within "
            "(0.5, 0.731).",
            "21, step 6",
        ),
        Mistake(
            "the generator's term added (R10)",
            lambda logits_real, logits_fake: (
                F.softplus(-logits_real).mean()
                + F.softplus(logits_fake).mean()
                + F.softplus(-logits_fake).mean()
            ),
            "You added L_G. Together the two fake terms are smallest at D = 1/2: the discriminator "
            "is paid for not knowing.",
            "21, step 6",
        ),
        Mistake(
            "mean of the two terms",
            lambda logits_real, logits_fake: (
                (F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()) / 2
            ),
            "You averaged the two terms. That trains as well, but the equilibrium is then log 2, "
            "not 2 log 2. Here the loss is their sum.",
            "21, step 3",
        ),
        Mistake(
            "the value instead of the loss",
            lambda logits_real, logits_fake: (
                F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
            ),
            "That is V, which D wants large. An optimizer descends: return -V.",
            "21, step 3",
        ),
        Mistake(
            "sum over the batch",
            lambda logits_real, logits_fake: (
                F.softplus(-logits_real).sum() + F.softplus(logits_fake).sum()
            ),
            "You summed over the batch, so the loss grows with the batch size. Take means.",
            "21, step 3",
        ),
    ],
    hints=[
        "-log sigmoid(a) = softplus(-a), and 1 - sigmoid(a) = sigmoid(-a).",
        "F.softplus(-logits_real).mean() + ... with the sign of the fake logits turned.",
    ],
)

# ---- the generator's loss -----------------------------------------------------------------------


def generator_loss_reference(logits_fake: Tensor) -> Tensor:
    """Non-saturating loss of the generator, E[-log D(G(z))] (Goodfellow et al. 2014, section 3).

    logits_fake: (B,) -> scalar >= 0, nats. Finite at logits of +-100.
    """
    return F.softplus(-logits_fake).mean()


def _log_two(f, rng) -> str | None:
    got = float(f(_d(0.0, 0.0, 0.0)))
    if not abs(got - math.log(2)) < 1e-9:
        return f"D = 1/2 for every fake costs log 2 = 0.6931; you return {got:.4f}."
    return None


def _towards_real(f, rng) -> str | None:
    logits = (_normal(rng, 5) - 1).requires_grad_()
    (slope,) = torch.autograd.grad(f(logits), logits)
    if not (slope < 0).all():
        return (
            f"a step down your loss must make fakes look MORE real; your slope is "
            f"{float(slope.max()):+.3f} for one of them."
        )
    return None


def _strong_when_losing(f, rng) -> str | None:
    logits = _d(-8.0).requires_grad_()
    (slope,) = torch.autograd.grad(f(logits), logits)
    if not abs(float(slope)) > 0.9:
        return (
            f"when D is sure (logit -8) the generator needs its strongest push, slope -1; yours "
            f"is {float(slope):+.5f}."
        )
    return None


generator_loss = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=generator_loss_reference,
    cases=lambda rng: [
        (_d(0.7),),
        (_d(0.7, -1.0, 2.0),),
        (_normal(rng, 3) - 1,),
    ],
    properties=[
        Property("log 2 where D says 1/2", _log_two),
        Property("fakes become more real", _towards_real),
        Property("strongest where the generator is losing", _strong_when_losing),
    ],
    mistakes=[
        Mistake(
            "label 0 (R01)",
            lambda logits_fake: F.softplus(logits_fake).mean(),
            "Your generator is trained towards the label *fake*: its loss falls while the samples "
            "move away from the data.",
            "21, bug 1",
        ),
        Mistake(
            "the saturating loss",
            lambda logits_fake: -F.softplus(logits_fake).mean(),
            "log(1 - D) is the right game but saturates: where D is sure its slope is nearly 0. "
            "Minimise -log D(G(z)).",
            "21, step 4",
        ),
        Mistake(
            "both labels at once (R46, R55)",
            lambda logits_fake: (F.softplus(-logits_fake) + F.softplus(logits_fake)).mean() / 2,
            "You ask for real and for fake in one breath. That loss is smallest at D = 1/2, where "
            "its slope is 0.",
            "21, step 6",
        ),
        Mistake(
            "both labels, summed (R46)",
            lambda logits_fake: (F.softplus(-logits_fake) + F.softplus(logits_fake)).mean(),
            "You ask for real and for fake in one breath. That loss is smallest at D = 1/2, where "
            "its slope is 0.",
            "21, step 6",
        ),
        Mistake(
            "sigmoid applied twice (R14)",
            lambda logits_fake: F.softplus(-logits_fake.sigmoid()).mean(),
            "softplus already holds the sigmoid; another one first leaves D within (0.5, 0.731).",
            "21, step 6",
        ),
        Mistake(
            "the probability, no log",
            lambda logits_fake: -logits_fake.sigmoid().mean(),
            "-D(G(z)) without the log: its slope vanishes where D is sure, like the saturating "
            "loss. Take -log D.",
            "21, step 4",
        ),
        Mistake(
            "log of the mean",
            lambda logits_fake: -logits_fake.sigmoid().mean().log(),
            "You took the log of the mean D. The mean of the logs is asked: by Jensen yours is "
            "smaller.",
            "21, step 3",
        ),
        Mistake(
            "sum over the batch",
            lambda logits_fake: F.softplus(-logits_fake).sum(),
            "You summed over the batch, so the loss grows with the batch size. Take the mean.",
            "21, step 3",
        ),
    ],
    hints=[
        "The generator wants the label 1 for its fakes: -log D(G(z)).",
        "-log sigmoid(a) = softplus(-a); then the mean over the batch.",
    ],
)

# ---- how hard the two losses pull ---------------------------------------------------------------


def loss_slopes_reference(logits_fake: Tensor) -> Tensor:
    """Slopes with respect to a fake's logit of log(1 - D) and of -log D, D = sigmoid(logit).

    logits_fake: (B,) -> (2, B): row 0 saturating, row 1 non-saturating, both negative.
    """
    d = torch.sigmoid(logits_fake)
    return torch.stack([-d, d - 1])


def _add_up(f, rng) -> str | None:
    total = f(_normal(rng, 6)).sum(0)
    if not (total + 1).abs().max() < 1e-9:
        return (
            f"D and 1 - D add up to 1, so the two slopes add up to -1; yours to "
            f"{float(total[0]):+.4f}."
        )
    return None


def _against_autograd(f, rng) -> str | None:
    logits = (2 * _normal(rng, 4)).requires_grad_()
    for row, loss in enumerate((F.logsigmoid(-logits), -F.logsigmoid(logits))):
        (slope,) = torch.autograd.grad(loss.sum(), logits)
        got = f(logits.detach())[row]
        if not (got - slope).abs().max() < 1e-9:
            name = ("log(1 - D)", "-log D")[row]
            return (
                f"autograd's slope of {name} at logit {float(logits.detach()[0]):.2f} is "
                f"{float(slope[0]):+.4f}, yours {float(got[0]):+.4f}."
            )
    return None


def _slopes(saturating, other):
    return lambda logits_fake: torch.stack(
        [g(torch.sigmoid(logits_fake)) for g in (saturating, other)]
    )


loss_slopes = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=7,
    reference=loss_slopes_reference,
    cases=lambda rng: [
        (_d(-3.0),),
        (_d(-3.0, 0.4, 1.0),),
        (_normal(rng, 3) - 1,),
    ],
    properties=[
        Property("the two slopes add up to -1", _add_up),
        Property("autograd agrees", _against_autograd),
    ],
    mistakes=[
        Mistake(
            "factor 1/(1 - D) dropped (R64)",
            _slopes(lambda d: -d * (1 - d), lambda d: d - 1),
            "Row 0: you differentiated 1 - D instead of log(1 - D). The log brings a factor "
            "1 / (1 - D). One article drops it, too.",
            "21, step 4",
        ),
        Mistake(
            "factor dropped in both rows",
            _slopes(lambda d: -d * (1 - d), lambda d: -d * (1 - d)),
            "You differentiated D itself; both losses hold a log, which divides by 1 - D or by D.",
            "21, step 4",
        ),
        Mistake(
            "sign of the saturating loss (R63)",
            _slopes(lambda d: d, lambda d: d - 1),
            "log(1 - D) FALLS as D grows: minimising it makes D(G(z)) larger, so the slope is "
            "negative.",
            "21, step 4",
        ),
        Mistake(
            "both signs",
            _slopes(lambda d: d, lambda d: 1 - d),
            "Both losses fall as the fake looks more real: the slopes are negative.",
            "21, step 4",
        ),
        Mistake(
            "rows exchanged",
            _slopes(lambda d: d - 1, lambda d: -d),
            "Row 0 is the saturating loss log(1 - D), with slope -D.",
            "21, step 4",
        ),
        Mistake(
            "slope by D instead of by the logit",
            _slopes(lambda d: -1 / (1 - d), lambda d: -1 / d),
            "Those are slopes with respect to D. The logit comes before it: multiply by "
            "dD/dlogit = D (1 - D).",
            "21, step 4",
        ),
        Mistake(
            "divided by the batch size",
            lambda logits_fake: (
                torch.stack([-torch.sigmoid(logits_fake), torch.sigmoid(logits_fake) - 1])
                / len(logits_fake)
            ),
            "You divided by the batch size. Each fake has its own slope here; no mean.",
            "21, step 4",
        ),
    ],
    hints=[
        "The sigmoid's derivative is D (1 - D). Chain rule: the log divides by 1 - D or by D.",
        "-D (1 - D) / (1 - D), and -D (1 - D) / D; stack the two rows.",
    ],
)
