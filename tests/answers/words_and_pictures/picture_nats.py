import torch
import torch.nn.functional as F


def right_gather(logits, stream, n_words):
    log_p = logits.log_softmax(-1)[:, n_words - 1 : -1]
    return -log_p.gather(2, stream[:, n_words:, None])[..., 0].sum(1)


def right_loop(logits, stream, n_words):
    total = torch.zeros(len(stream), dtype=logits.dtype)
    for t in range(n_words, stream.shape[1]):
        total = total + F.cross_entropy(logits[:, t - 1], stream[:, t], reduction="none")
    return total


def wrong_mask_times_minus_infinity(logits, stream, n_words):
    nats = F.cross_entropy(logits[:, :-1].transpose(1, 2), stream[:, 1:], reduction="none")
    counts = torch.arange(1, stream.shape[1]) >= n_words
    return (nats * counts).sum(1)


def right_logsumexp(logits, stream, n_words):
    rows = logits[:, n_words - 1 : stream.shape[1] - 1]
    own = torch.take_along_dim(rows, stream[:, n_words:].unsqueeze(-1), -1).squeeze(-1)
    return (rows.logsumexp(-1) - own).sum(-1)


def nats_of(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none")


def wrong_not_shifted(logits, stream, n_words):
    return nats_of(logits[:, n_words:], stream[:, n_words:]).sum(1)


def wrong_words_paid(logits, stream, n_words):
    return nats_of(logits[:, :-1], stream[:, 1:]).sum(1)


def wrong_first_code_missing(logits, stream, n_words):
    return nats_of(logits[:, n_words:-1], stream[:, n_words + 1 :]).sum(1)


def wrong_mean(logits, stream, n_words):
    return nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:]).mean(1)


def wrong_over_the_batch(logits, stream, n_words):
    return nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:]).sum(1).mean()


def wrong_sign(logits, stream, n_words):
    return -nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:]).sum(1)


def wrong_bits(logits, stream, n_words):
    return (
        nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:]).sum(1) / torch.tensor(2.0).log()
    )


def wrong_words_only(logits, stream, n_words):
    return nats_of(logits[:, : n_words - 1], stream[:, 1:n_words]).sum(1)


def wrong_reads_ahead(logits, stream, n_words):
    return nats_of(logits[:, n_words:-1], stream[:, n_words - 1 : -2]).sum(1)


def wrong_probabilities(logits, stream, n_words):
    p = logits.exp() / logits.exp().sum(-1, keepdim=True)
    picked = p[:, n_words - 1 : -1].gather(2, stream[:, n_words:, None])[..., 0]
    return -picked.log().sum(1)


def wrong_shape(logits, stream, n_words):
    return nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:])


def wrong_no_normaliser(logits, stream, n_words):
    return -logits[:, n_words - 1 : -1].gather(2, stream[:, n_words:, None])[..., 0].sum(1)


def wrong_from_the_last_word_twice(logits, stream, n_words):
    log_p = logits.log_softmax(-1)
    total = 0
    for t in range(n_words, stream.shape[1]):
        row = log_p[:, n_words - 1]
        total = total - row.gather(1, stream[:, t : t + 1])[:, 0]
    return total


def wrong_normalised_over_places(logits, stream, n_words):
    log_p = logits.log_softmax(1)[:, n_words - 1 : -1]
    return -log_p.gather(2, stream[:, n_words:, None])[..., 0].sum(1)


def wrong_one_hot(logits, stream, n_words):
    # -inf times 0 is nan: the lesson forbids words with -inf
    log_p = logits[:, n_words - 1 : -1].log_softmax(-1)
    own = F.one_hot(stream[:, n_words:], logits.shape[-1]).to(log_p.dtype)
    return -(log_p * own).sum((1, 2))


def wrong_last_word_too(logits, stream, n_words):
    # the last word is paid, too
    a = max(n_words - 2, 0)
    return F.cross_entropy(logits[:, a:-1].mT, stream[:, a + 1 :], reduction="none").sum(1)


def wrong_shifted_back(logits, stream, n_words):
    # the code before
    return F.cross_entropy(
        logits[:, n_words:].mT, stream[:, n_words - 1 : -1], reduction="none"
    ).sum(1)


def right_all_then_cut(logits, stream, n_words):
    nats = F.cross_entropy(logits[:, :-1].mT, stream[:, 1:], reduction="none")
    return nats[:, n_words - 1 :].sum(-1)
