"""Exercise of lesson 54c: one step of beam search."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal, uniform

ABOUT = About(see="54c, step 6", difficulty=3, minutes=9, gradient=False)
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


def cases(rng):
    yield d([-1.0, -1.2]), d([[-1.0, -2.0, -3.0], [-3.0, -2.0, -0.5]])
    yield -normal(rng, 1, 3).abs(), normal(rng, 1, 3, 4).log_softmax(-1)
    yield -2 * uniform(rng, 3, 2), (2 * normal(rng, 3, 2, 6)).log_softmax(-1)
    yield d([0.0, -math.inf, -math.inf]), normal(rng, 1, 3, 5).log_softmax(-1)  # the first step
    yield -uniform(rng, 2, 4), normal(rng, 2, 4, 3).log_softmax(-1)  # fewer tokens than texts


def hard_cases(rng):
    scores = -150 - 50 * uniform(rng, 4, 5).float()  # exp of it is 0
    yield scores, (4 * normal(rng, 4, 5, 600)).log_softmax(-1).float()


class Properties:
    def a_score_is_that_of_its_parent_plus_that_of_its_token(f, rng):
        scores, log_probs = -normal(rng, 2, 3).abs(), normal(rng, 2, 3, 4).log_softmax(-1)
        best, parents, tokens = f(scores, log_probs)
        rows = torch.arange(2)[:, None]
        right = scores[rows, parents] + log_probs[rows, parents, tokens]
        says = "the parent and the token that you name have log p {right} together; you return "
        close(best, right, says + "the score {got}.")


def keep_best(total, width):
    """The best of all longer texts (B, K, V), with places split by a row's width."""
    best, place = total.flatten(1).topk(total.shape[1], dim=-1)
    return best, place // width, place % width


class Mistakes:
    def one_child_for_each_text(scores, log_probs):
        """You let each text keep its own best child: that is greedy search, K times. All K * V
        children compete, and one text may have several among the best."""
        best, tokens = (scores[..., None] + log_probs).max(-1)
        best, parents = best.sort(-1, descending=True)
        return best, parents, tokens.gather(-1, parents)

    def the_old_scores_forgotten(scores, log_probs):
        """You ranked by the last token alone. Add the scores of the texts so far."""
        return keep_best(log_probs, log_probs.shape[-1])

    def parents_and_tokens_swapped(scores, log_probs):
        """Parents and tokens come in the other order: place // V is the text, place % V the
        token."""
        best, parents, tokens = beam_step(scores, log_probs)
        return best, tokens, parents

    def divided_by_K_instead_of_V(scores, log_probs):
        """You split the flat place by K. A row of the (K, V) table is V long: // V and % V."""
        return keep_best(scores[..., None] + log_probs, scores.shape[1])

    def all_texts_of_the_batch_in_one_beam(scores, log_probs):
        """You flattened the batch as well, so one beam takes the places of another. Each row of the
        batch is a search of its own: flatten(1)."""
        n, k, v = log_probs.shape
        best, place = (scores[..., None] + log_probs).flatten().topk(n * k)
        place = place.view(n, k) % (k * v)
        return best.view(n, k), place // v, place % v
