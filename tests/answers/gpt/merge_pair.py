import re


def right_while(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def right_characters(tokens, pair, new):
    text = "".join(map(chr, tokens)).replace(chr(pair[0]) + chr(pair[1]), chr(new))
    return [ord(c) for c in text]


def right_regex(tokens, pair, new):
    text = "".join(f"<{t}>" for t in tokens)
    text = re.sub(f"<{pair[0]}><{pair[1]}>", f"<{new}>", text)
    return [int(t) for t in re.findall(r"\d+", text)]


def right_copy_and_delete(tokens, pair, new):
    out = list(tokens)
    j = 0
    while j < len(out) - 1:
        if out[j] == pair[0] and out[j + 1] == pair[1]:
            out[j : j + 2] = [new]
        j += 1
    return out


def right_tuple(tokens, pair, new):
    # handed on as a list
    out = ()
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            out += (new,)
            i += 2
        else:
            out += (tokens[i],)
            i += 1
    return out


def wrong_right_to_left(tokens, pair, new):
    # edge: a run of an odd number of equal tokens
    out = []
    i = len(tokens) - 1
    while i >= 0:
        if i > 0 and (tokens[i - 1], tokens[i]) == tuple(pair):
            out.append(new)
            i -= 2
        else:
            out.append(tokens[i])
            i -= 1
    return out[::-1]


def wrong_last_token_lost(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens) - 1:
        if (tokens[i], tokens[i + 1]) == tuple(pair):
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def wrong_first_only(tokens, pair, new):
    for j in range(len(tokens) - 1):
        if (tokens[j], tokens[j + 1]) == tuple(pair):
            return [*tokens[:j], new, *tokens[j + 2 :]]
    return list(tokens)


def wrong_second_stays(tokens, pair, new):
    out = list(tokens)
    for j in range(len(tokens) - 1):
        if (tokens[j], tokens[j + 1]) == tuple(pair):
            out[j] = new
    return out


def wrong_overlaps(tokens, pair, new):
    # edge: in (a, a, a) the middle one is used twice
    hit = [p == tuple(pair) for p in zip(tokens, tokens[1:])]  # noqa: B905, RUF007
    out = []
    for j, t in enumerate(tokens):
        if j < len(hit) and hit[j]:
            out.append(new)
        elif j == 0 or not hit[j - 1]:
            out.append(t)
    return out


def wrong_even_places(tokens, pair, new):
    # pairs that begin at an odd place
    out = []
    for j in range(0, len(tokens), 2):
        two = tokens[j : j + 2]
        out += [new] if tuple(two) == tuple(pair) else two
    return out


def wrong_either_order(tokens, pair, new):
    out = []
    i = 0
    while i < len(tokens):
        if sorted(tokens[i : i + 2]) == sorted(pair):
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def wrong_text_replace(tokens, pair, new):
    # in "11 2" it finds "1 2"
    text = " ".join(map(str, tokens)).replace(f"{pair[0]} {pair[1]}", str(new))
    return [int(t) for t in text.split()]


def wrong_index_error(tokens, pair, new):
    # edge: the text ends with the first of the pair
    out = []
    i = 0
    while i < len(tokens):
        if tokens[i] == pair[0] and tokens[i + 1] == pair[1]:
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def wrong_in_place(tokens, pair, new):
    # in place
    j = 0
    while j < len(tokens) - 1:
        if (tokens[j], tokens[j + 1]) == tuple(pair):
            tokens[j : j + 2] = [new]
        j += 1
    return tokens
