"""Lesson 54: Extend each of K texts by each of V tokens and keep the K best of all."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="54, step 9", difficulty=3, minutes=9)
HINTS = (
    "First the log p of all K * V longer texts, in one tensor (B, K, V). Then the K best of "
    "them, regardless of which text they come from.",
    "(scores[..., None] + log_probs).flatten(1).topk(K) gives values and flat places; "
    "place // V is the text, place % V the token.",
)


def beam_step(scores: Tensor, log_probs: Tensor) -> tuple:
    """Extend each of K texts by each of V tokens and keep the K best of all.

    scores: (B, K) log p of the texts so far; log_probs: (B, K, V) of their next tokens
    -> scores (B, K) falling, parents (B, K) long: which text, tokens (B, K) long: which token.
    """
    total = scores[..., None] + log_probs  # (B, K, V) log p of the longer texts
    best, place = total.flatten(1).topk(scores.shape[1], dim=-1)  # among all K * V
    n_token = log_probs.shape[-1]
    return best, place // n_token, place % n_token


def cases(rng) -> list[tuple]:
    return [
        (d(-1.0, -1.2)[None], d(0.5, 0.3, 0.2, 0.1, 0.1, 0.8).view(1, 2, 3).log()),
        (-normal(rng, 1, 3).abs(), normal(rng, 1, 3, 4).log_softmax(-1)),
        (-2 * normal(rng, 3, 2).abs(), (2 * normal(rng, 3, 2, 6)).log_softmax(-1)),
        (d(0.0, -math.inf, -math.inf)[None], normal(rng, 1, 3, 5).log_softmax(-1)),
    ]


def _keep_best(total, n_token):
    best, place = total.flatten(1).topk(total.shape[1], dim=-1)
    return best, place // n_token, place % n_token


class Properties:
    @named("at the start, the likeliest tokens of the one text")
    def at_the_start_the_likeliest_tokens_of_the_one_text(f, rng):
        log_probs = normal(rng, 1, 3, 5).log_softmax(-1)
        got = f(d(0.0, -math.inf, -math.inf)[None], log_probs)
        want = log_probs[0, 0].topk(3)
        if got[2][0].tolist() != want.indices.tolist() or got[1][0].tolist() != [0, 0, 0]:
            raise Fails(
                "at the start only text 0 exists (scores 0, -inf, -inf), so its three likeliest tokens "
                f"survive: parents [0, 0, 0], tokens {want.indices.tolist()}; you return parents "
                f"{got[1][0].tolist()}, tokens {got[2][0].tolist()}."
            )

    @named("a score is the parent's plus the token's")
    def a_score_is_the_parent_s_plus_the_token_s(f, rng):
        scores, log_probs = -normal(rng, 2, 3).abs(), normal(rng, 2, 3, 4).log_softmax(-1)
        best, parents, tokens = f(scores, log_probs)
        rows = torch.arange(2)[:, None]
        worst = float((scores[rows, parents] + log_probs[rows, parents, tokens] - best).abs().max())
        if not worst < 1e-9:
            raise Fails(
                "a new score is its parent's score plus the token's log p, for the parent and token "
                f"you name; yours is off by {worst:.4g}."
            )


class Mistakes:
    def one_child_for_each_text(scores, log_probs):
        """You let each text keep its own best child: that is greedy search, K times. All K * V
        children compete, and one text may have several among the best."""
        best, token = (scores[..., None] + log_probs).max(-1)
        best, order = best.sort(-1, descending=True)
        return best, order, token.gather(-1, order)

    def the_old_scores_forgotten(scores, log_probs):
        """You ranked by the last token alone. Add the scores of the texts so far."""
        return _keep_best(log_probs, log_probs.shape[-1])

    def log_probabilities_multiplied(scores, log_probs):
        """You multiplied logarithms. Probabilities multiply; their logarithms add."""
        return _keep_best(scores[..., None] * log_probs, log_probs.shape[-1])

    def parents_and_tokens_swapped(scores, log_probs):
        """Parents and tokens come in the other order: place // V is the text, place % V the token."""
        return tuple(beam_step(scores, log_probs)[k] for k in (0, 2, 1))

    def divided_by_K_instead_of_V(scores, log_probs):
        """You split the flat place by K. A row of the (K, V) table is V long: // V and % V."""
        return (
            (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).values,
            (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).indices
            // scores.shape[1],
            (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).indices
            % scores.shape[1],
        )

    def the_worst_kept(scores, log_probs):
        """You kept the texts with the lowest log p. Less negative is likelier."""
        return tuple(
            x
            for x in (
                (scores[..., None] + log_probs)
                .flatten(1)
                .topk(scores.shape[1], largest=False)
                .values,
                (scores[..., None] + log_probs)
                .flatten(1)
                .topk(scores.shape[1], largest=False)
                .indices
                // log_probs.shape[-1],
                (scores[..., None] + log_probs)
                .flatten(1)
                .topk(scores.shape[1], largest=False)
                .indices
                % log_probs.shape[-1],
            )
        )
