from collections import Counter, defaultdict


def right_counter(outputs):
    c = Counter(o for o in outputs if None not in o)
    return outputs.index(c.most_common(1)[0][0])


def right_groups(outputs):
    groups = defaultdict(list)
    for i, o in enumerate(outputs):
        if all(v is not None for v in o):
            groups[o].append(i)
    best = max(groups.values(), key=len)
    return best[0]


def right_two_loops(outputs):
    best_place, best_n = None, 0
    for i, mine in enumerate(outputs):
        if any(v is None for v in mine):
            continue
        n = 0
        for other in outputs:
            if other == mine:
                n += 1
        if n > best_n:
            best_place, best_n = i, n
    return best_place


def right_max_key(outputs):
    places = [i for i, o in enumerate(outputs) if None not in o]
    return max(places, key=lambda i: outputs.count(outputs[i]))


def wrong_no_filter(outputs):
    return max(range(len(outputs)), key=lambda i: outputs.count(outputs[i]))


def wrong_max_of_values(outputs):
    # the largest tuple, not the commonest
    ok = [o for o in outputs if None not in o]
    return outputs.index(max(ok))


def wrong_greater_or_equal(outputs):
    best, n_best = 0, 0
    for i, o in enumerate(outputs):
        n = outputs.count(o)
        if None not in o and n >= n_best:
            best, n_best = i, n
    return best


def wrong_returns_tuple(outputs):
    return Counter(o for o in outputs if None not in o).most_common(1)[0][0]


def wrong_sets(outputs):
    # (1, 2) and (2, 1) fall together
    c = Counter(frozenset(o) for o in outputs if None not in o)
    s = c.most_common(1)[0][0]
    return next(i for i, o in enumerate(outputs) if frozenset(o) == s)


def wrong_sum(outputs):
    sums = [None if None in o else sum(o) for o in outputs]
    c = Counter(s for s in sums if s is not None)
    return sums.index(c.most_common(1)[0][0])


def wrong_truthy(outputs):
    c = Counter(o for o in outputs if all(o))
    if not c:
        return 0
    return outputs.index(c.most_common(1)[0][0])


def wrong_last_input(outputs):
    c = Counter(o[-1] for o in outputs if None not in o)
    v = c.most_common(1)[0][0]
    return next(i for i, o in enumerate(outputs) if None not in o and o[-1] == v)


def wrong_changes_list(outputs):
    for o in [o for o in outputs if None in o]:
        outputs.remove(o)
    return outputs.index(Counter(outputs).most_common(1)[0][0])


def wrong_least(outputs):
    c = Counter(o for o in outputs if None not in o)
    return outputs.index(c.most_common()[-1][0])


def wrong_place_in_filtered(outputs):
    ok = [o for o in outputs if None not in o]
    return ok.index(max(ok, key=ok.count))
