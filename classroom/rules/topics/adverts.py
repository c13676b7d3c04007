"""Adverts and contacts: which kinds of signs stand together, against what speaks for a family's own matter."""

from __future__ import annotations

from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Said, Speaker, Sureness, Verdict, verdict_of

POINTS = {
    "scam": 2.2,
    "earn": 1.8,
    "sell": 1.6,
    "trade": 1.5,
    "group_link": 1.8,
    "handle": 1.6,
    "invite": 1.4,
    "promo": 1.0,
    "contact": 1.0,
    "shop_link": 1.0,
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
    "loss": 2.0,
    "asking": 1.8,
    "mark": 0.8,
    "giving": 1.2,
    "school": 1.0,
    "child": 0.8,
    "thanks": 0.7,
}
MORE, MORE_AGAINST = 0.5, 0.4
LIKELY, SURE, SURE_AGAINST = 1.8, 2.5, 3.2
"""Points from which an author is reminded, a message deleted, and deleted although something speaks for it."""

FRIENDLY = 2.0
"""No more than this do words of school, children and thanks weigh: anybody can put them before an ad."""

_ASKS = frozenset({"warning", "forbids", "asking", "classwork", "loss"})
_OFFERS = frozenset({"scam", "earn", "sell", "trade", "commerce"})
_REACHES = frozenset({"handle", "invite", "group_link", "contact", "shop_link"})
_SMALL = frozenset({"amount", "link", "forward", "phone", "scan"})
_WEAK = frozenset({"contact", "promo", "goods", "commerce", "invite"})
_HARD = frozenset({"scam", "earn", "handle", "group_link", "sell", "trade"})


def weigh_advert(said: Said, found: Found) -> Verdict | None:
    """Delete only where two kinds of signs stand together, one of them seldom met in honest messages."""
    kinds = found.keys() & POINTS.keys()
    telling = kinds - _SMALL
    if not telling or (
        len(telling) == 1
        and telling <= _WEAK
        and len(found[next(iter(telling))]) < 2
        and not kinds & {"phone", "scan"}
    ):
        return None
    points = sum(
        POINTS[kind] + MORE * min(4 if kind == "commerce" else 2, len(found[kind]) - 1) for kind in kinds
    )
    points += 0.3 if said.speaker in (Speaker.VISITOR, Speaker.CHANNEL) else 0.0
    weights = {
        kind: weight + MORE_AGAINST * min(2, len(found[kind]) - 1)
        for kind, weight in AGAINST.items()
        if kind in found
    }
    grave = sum(weight for kind, weight in weights.items() if kind in _ASKS)
    against = grave + min(FRIENDLY, sum(weights.values()) - grave)
    return _decide(found, kinds, telling, points - against, against)


def _decide(
    found: Found, kinds: set[str], telling: set[str], points: float, against: float
) -> Verdict | None:
    category = Category.AD if telling & (_OFFERS | {"goods"}) or not telling & _REACHES else _reaching(found)
    enough = SURE if not against else SURE_AGAINST
    asked = found.keys() & _ASKS
    trading = sum(len(found[kind]) for kind in telling & {"commerce", "goods", "promo", "invite"}) > 2
    several = len(telling) > 1 or len(found.get("scam", ())) > 1
    if points >= enough and several and (telling & _HARD or trading) and not asked:
        return verdict_of(category, Sureness.SURE, found, kinds)
    alone = (
        len(telling) > 1
        or telling & _HARD
        or len(found.get("commerce", ())) > 2
        or len(found.get("invite", ())) > 1
        or (kinds & _SMALL)
    )
    if points >= LIKELY and alone:
        return verdict_of(category, Sureness.LIKELY, found, kinds)
    if telling <= {"handle", "group_link"} and points >= POINTS["handle"]:
        return verdict_of(category, Sureness.LIKELY, found, kinds)
    return None


def _reaching(found: Found) -> Category:
    """Who hands out contacts; with bargains beside it, it is an ad."""
    return Category.AD if len(found.get("promo", ())) > 1 else Category.CONTACT_DROP
