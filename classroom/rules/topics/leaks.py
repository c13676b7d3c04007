"""Leaks: what is about others and goes outside, or is spread inside. One's own number is none."""

from __future__ import annotations

import re

from classroom.rules.topics import lexicon
from classroom.rules.topics.leaning import Head, Lean
from classroom.rules.topics.matching import Found
from classroom.rules.topics.verdicts import Category, Reason, Said, Sureness, Verdict, verdict_of

_IDENTITY, _PHONE = re.compile(lexicon.IDENTITY), re.compile(lexicon.PHONE)
_PLACE, _OWN = re.compile(lexicon.PLACE), re.compile(lexicon.OWN)
_MARKS, _MARKS_WORDS = re.compile(lexicon.MARKS, re.MULTILINE), re.compile(lexicon.MARKS_WORDS)
TELLS = -1.2
"""How far a message with two signs must lean towards telling of others to be shown to the teacher."""

_CODES = frozenset({"data", "outside", "hearsay", "sensitive", "kin"})
_DIGIT = re.compile(r"\d")
_LOOKS = frozenset({"warning", "forbids", "asking", "mark"})


def leak(said: Said, text: str, found: Found, lean: Lean) -> Verdict | None:
    """Never sure but for numbers of identity cards: whose data they are, the words do not say."""
    own = _OWN.search(text) is not None
    if verdict := _numbers(said, text, found, own=own):
        return verdict
    warned = "warning" in found
    if "forbids" in found:
        return None
    if {"data", "outside"} <= found.keys() and not (warned and not _strong(found)):
        return _likely(found)
    if {"data", "sensitive"} <= found.keys() and "outside" in found:
        return _likely(found)
    others = found.keys() & {"kin", "outside"} and not own and not found.keys() & _LOOKS
    if "data" in found and others and _PLACE.search(text):
        return _likely(found, Reason("place", "address"))
    gossip = "sensitive" in found and "hearsay" in found and not own
    about = "kin" in found or "data" in found or len(found["sensitive"]) > 1 if gossip else False
    if about and not warned:
        return _likely(found)
    told = len(found.keys() & {"data", "sensitive", "outside", "hearsay"}) + ("kin" in found) > 1
    return _likely(found) if told and not own and lean.by(Head.LEAKS) >= TELLS else None


def _strong(found: Found) -> bool:
    return len(found["data"]) + len(found["outside"]) > 2


def _likely(found: Found, *more: Reason) -> Verdict:
    verdict = verdict_of(Category.LEAK, Sureness.LIKELY, found, _CODES, report=True)
    return Verdict(verdict.category, verdict.sureness, (*verdict.reasons, *more), True)


def _numbers(said: Said, text: str, found: Found, *, own: bool) -> Verdict | None:
    if not _DIGIT.search(text):
        return None
    identities = set(_IDENTITY.findall(text))
    if identities and not own:
        more = [Reason("identity", f"×{len(identities)}")] if len(identities) > 1 else []
        more += [Reason("phone", "…")] if _PHONE.search(text) else []
        sure = more or found.keys() & {"data", "kin", "outside"}
        sureness = Sureness.SURE if sure and not found.keys() & _LOOKS else Sureness.LIKELY
        beside = verdict_of(Category.LEAK, sureness, found, _CODES, report=True).reasons
        return Verdict(Category.LEAK, sureness, (Reason("identity", "…"), *more, *beside), True)
    if len(set(_PHONE.findall(text))) >= 3 and not own:
        return Verdict(Category.LEAK, Sureness.LIKELY, (Reason("phones", "…"),), True)
    marks = _MARKS.findall(said.text[:4000]) if _MARKS_WORDS.search(text) else []
    if len(marks) >= 3:
        return Verdict(Category.LEAK, Sureness.LIKELY, (Reason("marks", "…"),), True)
    return None
