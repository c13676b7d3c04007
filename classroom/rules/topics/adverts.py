"""Adverts and contacts: which kinds of signs stand together, and what speaks for a family's own matter."""

from __future__ import annotations

from classroom.rules.topics.leaning import lean
from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Said, Speaker, Sureness, Verdict, verdict_of

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
LIKELY, SURE, SURE_LEANING, SURE_AGAINST = 1.7, 2.3, 2.0, 2.9
"""Points from which an author is reminded, a message deleted, and deleted whatever speaks for it."""

FRIENDLY = 2.0
"""No more than this do words of school, children and thanks weigh: anybody can put them before an ad."""

_ASKS = frozenset({"warning", "forbids", "asking", "classwork", "loss"})
_OFFERS = frozenset(
    {"scam", "earn", "sell", "trade", "cheat", "service", "claim", "terms", "bargain", "commerce"}
)
_REACHES = frozenset({"handle", "invite", "group_link", "contact", "shop_link"})
SEVERAL = 4
"""So many words of goods and trade are more than a family says of what it has bought."""

_HOLDING_OUT = frozenset(
    {"sell", "earn", "scam", "trade", "cheat", "service", "claim", "offer", "promo", "bargain"}
)
"""What is said to others about what they may have; goods and prices are named by everybody."""

TIP, LEAST, MOST = 0.8, -1.2, 2.5
"""How much the leaning weighs, and within which bounds."""

SHORT = 10
"""A text of fewer characters leans this way or that by chance."""

FAR = 1.8
"""Words that lean so far need more than a friendly word beside them."""

CROWD = 16
"""Among more signs than these it does not matter which of them stands within another."""

OWN = 2
"""A phrase within another must leave it so many characters of its own to be a sign beside it."""

LEANS, LEANS_ALONE, LEANS_HARD, LEANS_FAR, STRANGER, VETO = 0.5, 1.3, 1.0, 1.8, 0.3, -1.0
_TRADING = frozenset({"commerce", "bargain", "goods", "promo", "invite"})
_SMALL = frozenset({"amount", "terms", "link", "forward", "phone", "scan"})
_WEAK = frozenset({"contact", "promo", "goods", "bargain", "commerce", "invite", "offer"})
_TELLING_ALONE = frozenset({"scam", "handle", "group_link"})
_HARD = frozenset({"scam", "earn", "handle", "group_link", "sell", "trade", "cheat", "service"})


def weigh_advert(said: Said, text: str, found: Found) -> Verdict | None:
    """Delete only where two kinds of signs stand together, one of them seldom met in honest messages.

    Which way the words lean may tip the balance between a few signs and what speaks against them.
    """
    found = _apart(found)
    kinds = found.keys() & POINTS.keys()
    telling = kinds - _SMALL
    if not kinds:
        return None
    most = MOST if len(text) >= SHORT else 0.0
    if "to_teacher" in found and telling <= {"contact", "handle"}:
        return None  # who wants to talk to the teacher gives a number
    leaning = max(LEAST, min(most, lean(text, found)))
    if not telling and (leaning < LEANS_HARD or found.keys() & {"pay", "fee"}):
        return None
    against = _against(found, FRIENDLY if leaning < FAR else FRIENDLY / 2)
    points = _points(found, kinds) - against + TIP * leaning
    if said.speaker in (Speaker.VISITOR, Speaker.CHANNEL):
        points += STRANGER
    category = Category.AD if telling & (_OFFERS | {"goods"}) or not telling & _REACHES else _reaching(found)
    if _surely(found, kinds, points, against, leaning):
        return verdict_of(category, Sureness.SURE, found, kinds)
    if not telling:
        told = points >= LEANS_HARD and not found.keys() & _ASKS
        return verdict_of(category, Sureness.LIKELY, found, kinds) if told else None
    if points >= LIKELY and (
        leaning >= (LEANS if len(telling) > 1 else LEANS_ALONE) or _enough(found, kinds, telling)
    ):
        return verdict_of(category, Sureness.LIKELY, found, kinds)
    return None


def _apart(found: Found) -> Found:
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
    kept = {kind: [p for p in phrases if (kind, p) not in within] for kind, phrases in found.items()}
    return {kind: phrases for kind, phrases in kept.items() if phrases}


def _points(found: Found, kinds: set[str]) -> float:
    more = {kind: 4 if kind == "commerce" else 2 for kind in kinds}
    return sum(POINTS[kind] + MORE * min(more[kind], len(found[kind]) - 1) for kind in kinds)


def _against(found: Found, friendly: float) -> float:
    weights = {
        kind: weight + MORE_AGAINST * min(2, len(found[kind]) - 1)
        for kind, weight in AGAINST.items()
        if kind in found
    }
    grave = sum(weight for kind, weight in weights.items() if kind in _ASKS)
    return grave + min(friendly, sum(weights.values()) - grave)


def _surely(found: Found, kinds: set[str], points: float, against: float, leaning: float) -> bool:
    """Two kinds of signs, one of them seldom met; and nothing asks, warns or leans away."""
    telling = kinds - _SMALL
    phrases = sum(len(found[kind]) for kind in telling)
    if not telling or found.keys() & _ASKS or leaning < VETO:
        return False
    if leaning >= LEANS_FAR and telling & _HOLDING_OUT and len(kinds) > 1 and not against:
        return points >= SURE_AGAINST
    if phrases < 2 or not (telling & (_HOLDING_OUT | _REACHES) or phrases >= SEVERAL):
        return False
    several = len(telling) > 1 or len(found.get("scam", ())) > 1
    if leaning >= LEANS_HARD and (several or kinds & _SMALL):
        return points >= (SURE_AGAINST if found.keys() & {"school", "child", "giving"} else SURE_LEANING)
    trading = sum(len(found[kind]) for kind in telling & _TRADING) > 2
    return several and bool(telling & _HARD or trading) and points >= (SURE_AGAINST if against else SURE)


def _enough(found: Found, kinds: set[str], telling: set[str]) -> bool:
    """Enough of the signs themselves, where the words do not lean."""
    trade = len(found.get("commerce", ())) + len(found.get("bargain", ()))
    many = trade > 2 or len(found.get("invite", ())) > 1
    weak = len(telling) == 1 and telling <= _WEAK and len(found[next(iter(telling))]) < 2
    plain = len(telling) == 1 and len(found[next(iter(telling))]) < 2 and not telling & _TELLING_ALONE
    hard = telling & _HARD and not (plain and not kinds & _SMALL)
    return bool(len(telling) > 1 or hard or many or (kinds & _SMALL and not weak))


def _reaching(found: Found) -> Category:
    """Who hands out contacts; with bargains beside it, it is an ad."""
    return Category.AD if len(found.get("promo", ())) > 1 else Category.CONTACT_DROP
