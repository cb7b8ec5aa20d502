"""Exercise of lesson 54: replace a pair of neighbours by one token."""

from course_utils.exercises.spec import About, expect

ABOUT = About(see="54, step 1", difficulty=1, minutes=5)
HINTS = (
    "Walk through the tokens with an index i. If tokens[i] and tokens[i + 1] are the pair, "
    "write `new`; otherwise copy one token.",
    "After a match i grows by 2, otherwise by 1. Mind the last token, which has no neighbour.",
)


def merge_pair(tokens: list, pair: tuple, new: int) -> list:
    """Replace each occurrence of a pair of neighbours by one token, from left to right.

    tokens: list of int; pair: (a, b); new: the token that stands for a followed by b
    -> a new list; the given one is not changed.
    """
    out = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            out.append(new)
            i += 2  # both are used up: in a a a the middle one cannot be used twice
        else:
            out.append(tokens[i])
            i += 1
    return out


def cases(rng):
    yield [1, 2, 3], (1, 2), 256
    yield [4], (4, 4), 256
    yield [7, 7, 7, 7, 7], (7, 7), 300
    yield [1, 2, 2, 1, 2, 1, 2], (1, 2), 257
    yield [3, 1, 2], (2, 3), 257
    yield [11, 2, 1, 25, 1, 2, 1], (1, 2), 256  # 1 and 2 are no digits of other tokens
    yield [], (1, 2), 256


class Properties:
    def writing_the_new_token_out_gives_the_old_ones(f, rng):
        tokens = [1, 2, 1, 2, 3, 1]
        got = f(list(tokens), (1, 2), 9)
        restored = [t for token in got for t in ((1, 2) if token == 9 else (token,))]
        says = f"writing (1, 2) out again must give the tokens back: {tokens} became {got}, which "
        expect(restored == tokens, says + f"writes out to {restored}.")


class Mistakes:
    def only_the_first_occurrence(tokens, pair, new):
        """You stopped after the first occurrence. One merge replaces all of them."""
        for i in range(len(tokens) - 1):
            if tuple(tokens[i : i + 2]) == pair:
                return [*tokens[:i], new, *tokens[i + 2 :]]
        return list(tokens)

    def from_the_right(tokens, pair, new):
        """In a a a two places fit, and only one of them can be taken. By agreement the left one:
        otherwise two encoders give two results for one text."""
        return merge_pair(tokens[::-1], pair[::-1], new)[::-1]

    def in_either_order(tokens, pair, new):
        """You also replaced (b, a). The new token stands for a followed by b; the way back would
        turn ba into ab."""
        out = list(tokens)
        for i in range(len(tokens)):
            if sorted(out[i : i + 2]) == sorted(pair):
                out[i : i + 2] = [new]
        return out

    def one_token_used_twice(tokens, pair, new):
        """After a match you moved on by one token, so the second one was used again. A match uses
        up both: i += 2."""
        hit = [tuple(tokens[i : i + 2]) == pair for i in range(len(tokens))]
        found = [(new if hit[i] else t, hit[i] or not hit[i - 1]) for i, t in enumerate(tokens)]
        return [token for token, kept in found if kept]

    def the_last_token_lost(tokens, pair, new):
        """Your loop ends one token early: a last token without a neighbour must be kept."""
        ends_in_a_pair = tuple(tokens[-2:]) == pair and merge_pair(tokens, pair, new)[-1] == new
        return merge_pair(tokens if ends_in_a_pair else tokens[:-1], pair, new)
