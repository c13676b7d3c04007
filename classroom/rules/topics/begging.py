"""Begging for votes, likes and clicks: words of voting and a plea, weighed against school and questions."""

from __future__ import annotations

from dataclasses import replace

from classroom.rules.topics.leaning import Head, Lean
from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Reason, Said, Sureness, Verdict, verdict_of

DELETES, REMINDS = 2.0, 1.1
"""Points from which a message is deleted and its author reminded."""

LEANS, MOST = 0.3, 3.0
"""How much the leaning weighs, and how far it counts."""

_CODES = frozenset({"vote", "beg", "link"})
_LINKS = frozenset({"link", "group_link", "shop_link"})
_CALM = frozenset({"warning", "forbids", "asking", "mark", "official"})
_PLEA = frozenset("帮求请麻拜给替")


def votes(_said: Said, _text: str, found: Found, lean: Lean) -> Verdict | None:
    """Delete only where two phrases beg together and nobody asks or warns."""
    if not found.keys() & {"vote", "beg"}:
        return None
    asked = [phrase[0] for phrase in found.get("vote", ()) if phrase[0] in _PLEA]
    pleas = len(found.get("beg", ())) + ("scan" in found) + bool(asked)
    leaning = lean.by(Head.VOTES)
    if "vote" not in found and leaning <= 0:
        return None  # many a thank-you sounds like a plea
    points = _points(found, pleas) + LEANS * max(-MOST, min(MOST, leaning))
    several = len(found.get("vote", ())) + pleas > 1
    if points >= DELETES and "vote" in found and several and not found.keys() & _CALM:
        found_sure = verdict_of(Category.VOTE_BEGGING, Sureness.SURE, found, _CODES)
        plea = tuple(Reason("beg", sign) for sign in asked[:1] if "beg" not in found)
        return replace(found_sure, reasons=(*found_sure.reasons, *plea))
    return verdict_of(Category.VOTE_BEGGING, Sureness.LIKELY, found, _CODES) if points >= REMINDS else None


def _points(found: Found, pleas: int) -> float:
    points = (1.5 + 0.7 * min(2, len(found["vote"]) - 1)) if "vote" in found else 0.0
    points += 0.8 * min(2, pleas) + 0.3 * bool(found.keys() & _LINKS)
    points -= 1.6 * ("warning" in found) + 2.5 * ("forbids" in found) + 1.5 * ("official" in found)
    return points - 1.2 * bool(found.keys() & {"asking", "mark"}) - min(2, len(found.get("school", ())))
