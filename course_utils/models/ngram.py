"""Character n-gram models: count, smooth, score and sample, exactly and in seconds.

A model of order n predicts a character from the n - 1 before it: a Markov chain of order n - 1.
Smoothing interpolates all orders down to the uniform distribution (Kneser and Ney 1995; Chen and
Goodman 1999, doi:10.1006/csla.1999.0128): every symbol keeps some probability, each sum is 1.
Laboratory 51b builds it by hand.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

PRINTABLE = "\n" + "".join(map(chr, range(32, 127)))  # 96 symbols
SMOOTHING = ("kneser-ney", "witten-bell")
END = ""  # the end of a document, as an entry of the vocabulary


class NGram:
    """A smoothed character model: ``NGram.train(text, order=5).bits_per_char(other_text)``.

    vocab: the V symbols that can come next; the last is END if the model learnt where documents
    end. Make one with :meth:`train`.
    """

    def __init__(self, vocab: Sequence[str], order: int, smoothing: str):
        self.vocab, self.order, self.smoothing = tuple(vocab), order, smoothing
        self._id = {c: i for i, c in enumerate(self.vocab)}
        self._levels: list[_Level] = []  # of n-grams of length 1, 2, ..., order

    @classmethod
    def train(
        cls,
        texts: str | Iterable[str],
        *,
        order: int,
        smoothing: str = "kneser-ney",
        vocab: Iterable[str] = PRINTABLE,
    ) -> "NGram":
        """Count n-grams in one running text, or in documents (which also teach their END).

        smoothing: "kneser-ney" (interpolated, three discounts a level) or "witten-bell". vocab:
        symbols that get a probability even if no text holds them. Raises ValueError for
        order < 1, another smoothing, or texts without a character.
        """
        if order < 1:
            raise ValueError(f"order must be >= 1 (1: each character on its own), got {order}")
        if smoothing not in SMOOTHING:
            raise ValueError(f"smoothing is one of {', '.join(SMOOTHING)}, got {smoothing!r}")
        running = isinstance(texts, str)
        documents = [texts] if running else list(texts)
        if not any(documents):
            raise ValueError("the texts hold no character to count")
        symbols = sorted(set(vocab).union(*documents) - {END})
        if any(len(c) != 1 for c in symbols):
            raise ValueError("vocab holds single characters")
        model = cls(symbols if running else [*symbols, END], order, smoothing)
        model._count(*model._encode(documents, end=not running))
        return model

    def log_probs(self, text: str, *, end: bool = False) -> np.ndarray:
        """Return log p(character | all before it) along a document, nats: (T,), T + 1 with its end.

        Raises ValueError for a character outside the vocabulary, or if the model knows no END.
        """
        ids, scored = self._encode([text], end=end)
        return np.log(self._probs(ids)[scored])

    def bits_per_char(self, texts: str | Iterable[str]) -> float:
        """Return the mean of -log2 p over all characters of one text or of several documents.

        A model that knows END scores it for each document of a list, as one more character; a
        single string is scored without. Raises ValueError if there is nothing to score.
        """
        running = isinstance(texts, str)
        documents = [texts] if running else list(texts)
        ids, scored = self._encode(documents, end=END in self._id and not running)
        if not scored.any():
            raise ValueError("there is no character to score")
        return float(-np.log2(self._probs(ids)[scored]).mean())

    def next_probs(self, context: str) -> np.ndarray:
        """Return p(next | context) for every symbol of ``vocab``: (V,), summing to 1.

        context: the document so far, "" at its beginning; only its last order - 1 characters count.
        """
        width, n = self.order - 1, len(self.vocab)
        tail = context[max(0, len(context) - width) :]
        ids = np.array([n] * (width - len(tail)) + [self._known(c) for c in tail], dtype=np.int64)
        probs = np.full(n, 1 / n)
        for length, level in enumerate(self._levels, 1):
            gram = np.zeros(1, dtype=np.int64)  # the empty n-gram
            for shorter, symbol in zip(self._levels, ids[width - length + 1 :], strict=False):
                gram = shorter.find(gram, symbol)
            probs = level.mix(np.repeat(gram, n), np.arange(n), probs)
        return probs

    def sample(
        self,
        n_chars: int,
        generator: torch.Generator,
        *,
        prompt: str = "",
        temperature: float = 1.0,
    ) -> str:
        """Return up to n_chars characters that continue a prompt; stops early where END is drawn.

        temperature: draw from p^(1 / temperature), renormalised; 0 takes the likeliest. Raises
        ValueError if it is negative.
        """
        if temperature < 0:
            raise ValueError(f"temperature must be >= 0, got {temperature}")
        text = prompt
        for u in torch.rand(n_chars, generator=generator, dtype=torch.double).tolist():
            probs = self.next_probs(text)
            if temperature == 0:
                k = int(probs.argmax())
            else:
                weights = (probs / probs.max()) ** (1 / temperature)
                total = weights.cumsum()
                k = min(int(np.searchsorted(total, u * total[-1], "right")), len(probs) - 1)
            if self.vocab[k] == END:
                break
            text += self.vocab[k]
        return text[len(prompt) :]

    def _known(self, symbol: str) -> int:
        if symbol not in self._id:
            raise ValueError(
                f"the character {symbol!r} is outside the vocabulary of {len(self.vocab)}; pass it "
                "to train(..., vocab=...) or replace it"
            )
        return self._id[symbol]

    def _encode(self, documents: Sequence[str], *, end: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return all symbols in a row, each document behind order - 1 marks of its beginning.

        -> ids (N,) with V for the mark; scored (N,), False at the marks.
        """
        if end and END not in self._id:
            raise ValueError("the model knows no END: train it on a list of documents")
        for c in sorted(set().union(*documents)):
            self._known(c)
        begin = [len(self.vocab)] * (self.order - 1)
        row: list[int] = []
        for document in documents:
            row += begin
            row += [self._id[c] for c in document]
            if end:
                row.append(self._id[END])
        ids = np.array(row, dtype=np.int64)
        return ids, ids < len(self.vocab)

    def _count(self, ids: np.ndarray, scored: np.ndarray) -> None:
        """Fill the levels from the training symbols."""
        grams = np.zeros(len(ids), dtype=np.int64)  # which n-gram ends here; level 0: the empty one
        tables = []
        for _ in range(self.order):
            context = _shift(grams)
            keys, first, grams = np.unique(
                context * (len(self.vocab) + 1) + ids, return_index=True, return_inverse=True
            )
            counts = np.bincount(grams, weights=scored, minlength=len(keys))
            tables.append((keys, counts, grams, first))
        for k, (keys, counts, grams, _first) in enumerate(tables):
            if self.smoothing == "kneser-ney" and k + 1 < self.order:
                # below the top, count in how many different contexts an n-gram appears
                longer, first = tables[k + 1][1], tables[k + 1][3]
                counts = np.bincount(grams[first], weights=longer > 0, minlength=len(keys))
            self._levels.append(_Level(keys, counts, len(self.vocab) + 1, self.smoothing))

    def _probs(self, ids: np.ndarray) -> np.ndarray:
        """Return p(symbol | context) at each position of an encoded row: (N,); ignore the marks."""
        probs = np.full(len(ids), 1 / len(self.vocab))
        grams = np.zeros(len(ids), dtype=np.int64)
        for level in self._levels:
            context = _shift(grams)
            probs = level.mix(context, ids, probs)
            grams = level.find(context, ids)
        return probs


class _Level:
    """All n-grams of one length: p = share[n-gram] + rest[context] * p of the shorter context."""

    def __init__(self, keys: np.ndarray, counts: np.ndarray, base: int, smoothing: str):
        self.keys, self.base = keys, base  # key = (number of the context) * base + symbol, sorted
        context = keys // base
        size = int(context.max()) + 1
        total = np.bincount(context, weights=counts, minlength=size)
        if smoothing == "witten-bell":
            taken = np.zeros(len(keys))
            total += np.bincount(context, weights=counts > 0, minlength=size)
        else:
            taken = _discounts(counts)[np.minimum(counts, 3).astype(np.int64)]
        kept = counts - taken
        safe = np.maximum(total, 1)
        self.share = kept / safe[context]
        self.rest = 1 - np.bincount(context, weights=self.share, minlength=size)
        self.rest[total == 0] = 1.0

    def find(self, context: np.ndarray, symbol: np.ndarray | int) -> np.ndarray:
        """Return the numbers of n-grams, -1 where the context or the n-gram was never seen."""
        wanted = context * self.base + symbol
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where((context >= 0) & (self.keys[place] == wanted), place, -1)

    def mix(self, context: np.ndarray, symbol: np.ndarray, shorter: np.ndarray) -> np.ndarray:
        """Return the probabilities at this level, given those of the level below."""
        known = (context >= 0) & (context < len(self.rest))
        rest = np.where(known, self.rest[np.where(known, context, 0)], 1.0)
        gram = self.find(context, symbol)
        return np.where(gram >= 0, self.share[gram], 0.0) + rest * shorter


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Return what is taken off an n-gram counted 0, 1, 2 and 3 or more times.

    Estimated from n_r, how many n-grams were counted exactly r times (Chen and Goodman's modified
    Kneser-Ney); 0.5, 1 and 1.5 where a level is too small for that.
    """
    n1, n2, n3, n4 = (float((counts == r).sum()) for r in (1, 2, 3, 4))
    if min(n1, n2, n3, n4) == 0:
        return np.array([0.0, 0.5, 1.0, 1.5])
    y = n1 / (n1 + 2 * n2)
    raw = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return np.array([0.0, *(min(max(d, 0.1), r) for r, d in enumerate(raw, 1))])


def _shift(grams: np.ndarray) -> np.ndarray:
    """Return, for each position, the n-gram that ends just before it (0 at the very start)."""
    return np.concatenate([np.zeros(1, dtype=np.int64), grams[:-1]])
