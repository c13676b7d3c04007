"""What signs weigh for an advert and against one: the scale that the model reads and the rules begin with."""

from __future__ import annotations

from math import fsum

from classroom.rules.topics.matching import Found

POINTS = {
    "scam": 2.2,
    "earn": 1.8,
    "sell": 1.6,
    "trade": 1.5,
    "cheat": 1.5,
    "service": 1.3,
    "claim": 1.1,
    "offer": 1.1,
    "terms": 0.6,
    "group_link": 1.8,
    "handle": 1.6,
    "invite": 1.4,
    "promo": 1.0,
    "contact": 1.0,
    "shop_link": 1.0,
    "bargain": 0.8,
    "commerce": 0.8,
    "goods": 0.8,
    "phone": 0.8,
    "scan": 0.5,
    "forward": 0.5,
    "amount": 0.3,
    "link": 0.3,
}
"""What the first phrase of a kind weighs; each further one adds `MORE`, up to two."""

AGAINST = {
    "forbids": 2.5,
    "warning": 2.5,
    "classwork": 2.5,
    "joking": 2.0,
    "official": 2.0,
    "loss": 2.0,
    "asking": 1.8,
    "intro": 1.5,
    "mark": 0.8,
    "giving": 0.8,
    "school": 1.0,
    "child": 0.8,
    "thanks": 0.7,
}
MORE, MORE_AGAINST = 0.5, 0.4

FRIENDLY = 2.0
"""No more than this do words of school, children and thanks weigh: anybody can put them before an ad."""

ASKS = frozenset({"warning", "forbids", "asking", "classwork", "loss", "official", "joking"})
"""Who warns, asks, jokes, or speaks for the town or of what was lost is hardly ever deleted."""

SMALL = frozenset({"amount", "terms", "link", "forward", "phone", "scan"})
"""What everybody writes; a second sign beside one that tells."""

CROWD = 16
"""Among more signs than these it does not matter which of them stands within another."""

OWN = 2
"""A phrase within another must leave it so many characters of its own to be a sign beside it."""


def apart(found: Found) -> Found:
    """The signs without those that only stand within another kind's words: one phrase is no two signs."""
    told = [(kind, phrase) for kind in found.keys() & POINTS.keys() for phrase in found[kind]]
    if not 1 < len(told) <= CROWD:
        return found
    within = {
        (kind, phrase)
        for kind, phrase in told
        for other, longer in told
        if other != kind
        and phrase in longer
        and len(longer) - len(phrase) < OWN
        and (len(phrase) < len(longer) or (POINTS[other], other) > (POINTS[kind], kind))
    }
    if not within:
        return found
    kept = {kind: [p for p in phrases if (kind, p) not in within] for kind, phrases in found.items()}
    return {kind: phrases for kind, phrases in kept.items() if phrases}


def points(found: Found) -> float:
    """What speaks for an advert."""
    kinds = found.keys() & POINTS.keys()
    most = {kind: 4 if kind == "commerce" else 2 for kind in kinds}
    return fsum(POINTS[kind] + MORE * min(most[kind], len(found[kind]) - 1) for kind in kinds)


def against(found: Found) -> float:
    """What speaks for a family's own matter."""
    weights = {
        kind: weight + MORE_AGAINST * min(2, len(found[kind]) - 1)
        for kind, weight in AGAINST.items()
        if kind in found
    }
    grave = fsum(weight for kind, weight in weights.items() if kind in ASKS)
    friendly = fsum(weight for kind, weight in weights.items() if kind not in ASKS)
    return grave + min(FRIENDLY, friendly)
