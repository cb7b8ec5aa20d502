"""Byte-pair encoding: text as tokens learnt from text, with an exact way back.

Byte-level, so every string has an encoding (Sennrich et al. 2015, arXiv:1508.07909; on bytes:
Radford et al. 2019). Text is first cut into pieces that merges never cross. Lesson 54 builds it.
"""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

# a word with one leading space, digits one by one, runs of symbols or of white space
PIECES = re.compile(r" ?[A-Za-z_]+|[0-9]| ?[^\sA-Za-z0-9_]+|\n *|\s+?", re.ASCII)


class Bpe:
    """A byte-pair encoder: ``Bpe.train(texts, vocab_size=512).encode("def f")``.

    merges: pairs of token ids in the order they were learnt; tokens 0..255 are the bytes, token
    256 + i is the i-th merge.
    """

    def __init__(self, merges: Sequence[tuple[int, int]]):
        self.merges = [tuple(m) for m in merges]
        self.rank = {pair: i for i, pair in enumerate(self.merges)}
        self.bytes_of = [bytes([b]) for b in range(256)]
        for i, (a, b) in enumerate(self.merges):
            if not (0 <= a < 256 + i and 0 <= b < 256 + i):
                raise ValueError(f"merge {i} joins {a} and {b}, which are not known at that point")
            self.bytes_of.append(self.bytes_of[a] + self.bytes_of[b])
        self._known: dict[str, list[int]] = {}

    @property
    def vocab_size(self) -> int:
        """Number of tokens: the 256 bytes and one a merge."""
        return len(self.bytes_of)

    @classmethod
    def train(cls, texts: Iterable[str], *, vocab_size: int) -> "Bpe":
        """Learn merges: again and again join the most frequent neighbours, until enough.

        Ties go to the smaller pair, so the result depends on the texts alone. Stops early when no
        pair occurs twice. Raises ValueError for vocab_size < 256 or when texts is one string.
        """
        if vocab_size < 256:
            raise ValueError(f"vocab_size must be >= 256, one token a byte, got {vocab_size}")
        if isinstance(texts, str):
            raise ValueError("texts is a list of strings, got one string; pass [text]")
        counts = Counter(piece for text in texts for piece in pieces(text))
        words = [(list(piece.encode()), n) for piece, n in sorted(counts.items())]
        pairs: Counter = Counter()
        where: dict[tuple[int, int], set[int]] = {}
        for w, (tokens, n) in enumerate(words):
            for pair in pairwise(tokens):
                pairs[pair] += n
                where.setdefault(pair, set()).add(w)
        merges: list[tuple[int, int]] = []
        heap = [(-n, pair) for pair, n in pairs.items()]  # most frequent first, then the smaller
        heapq.heapify(heap)
        while len(merges) < vocab_size - 256 and heap:
            n, best = heapq.heappop(heap)
            if -n != pairs[best]:
                continue  # an old count; the present one is in the heap too
            if -n < 2:
                break
            new = 256 + len(merges)
            merges.append(best)
            changed: set[tuple[int, int]] = set()
            for w in where.pop(best):  # only the words that hold the pair change
                tokens, n = words[w]
                for pair in pairwise(tokens):
                    pairs[pair] -= n
                    changed.add(pair)
                tokens[:] = join(tokens, best, new)
                for pair in pairwise(tokens):
                    pairs[pair] += n
                    changed.add(pair)
                    where.setdefault(pair, set()).add(w)
            for pair in changed:
                heapq.heappush(heap, (-pairs[pair], pair))
        return cls(merges)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text; ``decode`` gives exactly the text back."""
        out: list[int] = []
        for piece in pieces(text):
            if piece not in self._known:
                self._known[piece] = self._encode_piece(piece)
            out += self._known[piece]
        return out

    def _encode_piece(self, piece: str) -> list[int]:
        # "surrogatepass": a lone surrogate is no valid UTF-8, yet a Python string may hold one
        tokens = list(piece.encode("utf8", "surrogatepass"))
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda p: self.rank.get(p, len(self.rank)))
            if pair not in self.rank:
                break
            tokens = join(tokens, pair, 256 + self.rank[pair])
        return tokens

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens; bytes that form no character become U+FFFD.

        Raises ValueError for a token outside the vocabulary.
        """
        try:
            whole = b"".join([self.bytes_of[t] for t in self._checked(tokens)])
        except IndexError as error:
            raise ValueError(f"a token is outside 0..{self.vocab_size - 1}") from error
        try:
            return whole.decode("utf8", "surrogatepass")
        except UnicodeDecodeError:
            return whole.decode("utf8", "replace")

    def _checked(self, tokens: Iterable[int]) -> list[int]:
        tokens = [int(t) for t in tokens]
        if any(t < 0 for t in tokens):
            raise ValueError(f"a token is outside 0..{self.vocab_size - 1}")
        return tokens


def pieces(text: str) -> list[str]:
    """Cut a text where merges must not cross; joined, the pieces are the text."""
    return PIECES.findall(text)


def join(tokens: Sequence[int], pair: tuple[int, int], new: int) -> list[int]:
    """Replace each occurrence of the pair, from the left, by the new token."""
    out: list[int] = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out
