"""Adverts and contacts: signs that stand together, weighed by a model that decides nothing without them."""

from __future__ import annotations

from math import inf

from classroom.rules.topics.leaning import Lean
from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Said, Speaker, Sureness, Verdict, verdict_of
from classroom.rules.topics.weighing import ASKS, POINTS, SMALL, apart

DELETES, DELETES_NEAR, DELETES_PLAIN, DELETES_ASKING = 3.6, 4.8, 5.5, 7.0
"""How far a message must lean to be deleted: as a rule, where friendly words stand in it, where its two signs
hold nothing out and reach nobody, and where it asks."""

REMINDS = {"two": 1.3, "weak": 2.0, "hard": 1.8, "one": 4.9, "small": 2.7}
"""How far it must lean to be reminded of, by what was found: two signs, two that say less, one seldom met in
honest messages, one that is met there, or nothing but numbers and links."""

REMINDS_NEAR = {"two": 1.3, "weak": 0.8, "hard": 1.8, "one": 1.7, "small": 2.7}
"""The same where words of a family stand in it, which the leaning has counted against it already."""

REMINDS_ASKED = 3.5
"""Where somebody asks or warns."""

BARE = 6
"""A link into a group with fewer characters beside it is nothing but that."""

STRANGER = 0.3
"""Somebody without a child here leans a little further."""

NEAR = frozenset({"school", "child", "giving", "thanks", "intro", "mark"})
"""Words of a family's own matters; anybody can put them before an ad, so they only ask for more."""

_OFFERS = frozenset(
    {"scam", "earn", "sell", "trade", "cheat", "service", "claim", "terms", "bargain", "commerce", "goods"}
)
_REACHES = frozenset({"handle", "invite", "group_link", "contact", "shop_link"})
_HARD = frozenset({"scam", "earn", "handle", "group_link", "sell", "trade", "cheat", "service", "invite"})
"""Signs that are seldom met in honest messages."""

_HOLDING_OUT = frozenset(
    {"sell", "earn", "scam", "trade", "cheat", "service", "claim", "offer", "promo", "bargain"}
)
"""What is said to others about what they may have; goods and prices are named by everybody."""

_WARNS = frozenset({"warning", "forbids"})
_PERSONAL = ASKS | {"intro", "giving"}
_OWN_MATTER = ASKS | {"giving"}
_QUIET = ASKS | NEAR
_LITTLE = frozenset({"one", "small"})
_COLLECTS = frozenset({"pay", "fee"})
SEVERAL = 3
"""So many words of goods and trade are more than a family says of what it has bought."""


def weigh_advert(said: Said, text: str, found: Found, lean: Lean) -> Verdict | None:
    """Delete only where two signs stand together, nobody asks or warns, and the words lean far that way."""
    own = apart(found)
    kinds = own.keys() & POINTS.keys()
    if not kinds:
        return None
    telling = kinds - SMALL
    if "to_teacher" in found and telling <= {"contact", "handle"}:
        return None  # who wants to talk to the teacher gives a number
    if kinds == {"group_link"} and len(text) < BARE and not found.keys() & ASKS:
        return verdict_of(Category.CONTACT_DROP, Sureness.LIKELY, own, kinds)
    evidence = _evidence(own, kinds, telling)
    if evidence in _LITTLE and own.keys() & (ASKS if telling else _QUIET):
        return None  # so little beside a question or a family's own words is never enough
    leaning = lean.wanting()
    if said.speaker in (Speaker.VISITOR, Speaker.CHANNEL):
        leaning += STRANGER
    if evidence == "small" and found.keys() & _COLLECTS:
        return None  # what is collected is a matter of money
    category = _category(own, telling)
    if leaning >= _deletes(evidence, own):
        return verdict_of(category, Sureness.SURE, own, kinds)
    return verdict_of(category, Sureness.LIKELY, own, kinds) if leaning >= _reminds(evidence, own) else None


def _evidence(found: Found, kinds: set[str], telling: set[str]) -> str:
    """What the signs amount to, by the names of `REMINDS`."""
    phrases = sum(len(found[kind]) for kind in telling)
    if not telling:
        return "small"
    if phrases > 1 or kinds != telling:
        return "two" if telling & (_HOLDING_OUT | _REACHES) or phrases >= SEVERAL else "weak"
    return "hard" if telling & _HARD else "one"


def _deletes(evidence: str, found: Found) -> float:
    """How far a message must lean to be deleted; without two signs, or where it warns, none is."""
    near, asks = found.keys() & NEAR, found.keys() & _PERSONAL
    if found.keys() & _WARNS or evidence not in ("two", "weak") or (evidence == "weak" and (near or asks)):
        return inf
    if asks:
        return DELETES_ASKING
    return DELETES_PLAIN if evidence == "weak" else DELETES_NEAR if near else DELETES


def _reminds(evidence: str, found: Found) -> float:
    if found.keys() & _OWN_MATTER:
        return max(REMINDS_ASKED, REMINDS[evidence])
    return (REMINDS_NEAR if found.keys() & NEAR else REMINDS)[evidence]


def _category(found: Found, telling: set[str]) -> Category:
    """Who hands out contacts alone; with anything on offer beside it, it is an ad."""
    reaches_only = telling & _REACHES and not telling & _OFFERS and len(found.get("promo", ())) < 2
    return Category.CONTACT_DROP if reaches_only else Category.AD
