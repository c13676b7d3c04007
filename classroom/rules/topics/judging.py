"""The judge: from a message and its context to a verdict with reasons; cheap for ordinary messages. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from classroom.rules.topics import lexicon
from classroom.rules.topics.adverts import weigh_advert
from classroom.rules.topics.begging import votes
from classroom.rules.topics.floods import flood
from classroom.rules.topics.leaks import leak
from classroom.rules.topics.leaning import Lean
from classroom.rules.topics.matching import Found, Lists
from classroom.rules.topics.money import money
from classroom.rules.topics.reading import Reading, read, tight
from classroom.rules.topics.verdicts import (
    Category,
    Context,
    Reason,
    Said,
    Speaker,
    Sureness,
    Verdict,
    verdict_of,
)

LONGEST = 4_000
"""What a message holds beyond this is not looked at: no platform lets anybody write more."""

_OK = Verdict(Category.OK, Sureness.SURE)
_LISTS = Lists(lexicon.together())
_HANDLE = re.compile("|".join(f"(?:{h})" for h in lexicon.HANDLES).replace("DIGIT", lexicon.DIGIT))
_MAY_REACH = re.compile(r"[\dqv微卫徽威薇]|联系|加我|addme|whatsapp|" + lexicon.DIGIT + "{6}")
_AMOUNT, _PHONE = re.compile(lexicon.AMOUNT), re.compile(lexicon.PHONE)
_GROUP_LINKS, _SHOP_LINKS = re.compile(lexicon.GROUP_LINKS), re.compile(lexicon.SHOP_LINKS)
_VOCATIVE = re.compile(
    r"[一-龥]{0,2}老[师師](?:您|你|好|我|方便|孩子|请|麻烦|想|今|明|这|能|可|有|辛|，|早|晚|下|上)|(?:hi|hello|dear|goodmorning)?(?:teacher|ms|miss|mrs|mr)"
)
_INTRODUCED = re.compile(r"我是[一-龥的]{0,10}(?:爸|妈|奶|爷|家长|外公|外婆|姥|姑|舅)")
_NO_GIFT = re.compile(r"[不别勿禁拒]|没有|手工|亲手|自己[画做写]|画的|贺卡|锦旗|handmade|drawn|drew")
_GUARDS = frozenset(lexicon.GUARDS) | {"neutral", "mark", "intro", "to_teacher"}


def judge(said: Said, context: Context) -> Verdict:
    """Say what a message is and how surely; teachers are never judged.

    Two kinds of evidence make a verdict sure, and only if nothing speaks for school business, a question or
    a warning. What it does not see: goods and meanings that no list knows, one line of small talk.
    """
    if said.speaker is Speaker.TEACHER:
        return _OK
    reading = read(said.text[:LONGEST], said.urls)
    verdict = _remembered(reading, context) or _by_words(said, reading, context)
    if not verdict.ok or verdict.report:
        return verdict
    too_much = flood(reading.text, said.text, context)
    if too_much is not None:
        return too_much
    return Verdict(Category.QUIET_HOURS, Sureness.LIKELY) if context.quiet else _OK


def _remembered(reading: Reading, context: Context) -> Verdict | None:
    """What a teacher of this class has decided about the like of it."""
    memory = context.memory
    if memory is None or not reading.text:
        return None
    if memory.restored_like(reading.text):
        return _OK
    known = memory.confirmed_like(reading.text)
    return Verdict(Category(known), Sureness.SURE, (Reason("confirmed", ""),)) if known else None


def _by_words(said: Said, reading: Reading, context: Context) -> Verdict:
    """Judge the words as typed, and where emoji may mean something, without them too; the graver holds."""
    verdict = _read_words(said, reading, reading.text, context)
    if reading.bare:
        other = _read_words(said, reading, reading.bare, context)
        verdict = max(verdict, other, key=lambda v: (not v.ok, v.sureness, len(v.reasons)))
    return verdict


def _read_words(said: Said, reading: Reading, text: str, context: Context) -> Verdict:
    found = signs(text, reading, _folded(context.removed))
    if said.is_forward:
        found["forward"] = ["forward"]
    for kind in said.pictured:
        found[kind] = [*found.get(kind, ()), "picture"]
    verdict = _weigh(said, text, found, Lean(text, found, context.weights))
    if context.added and (own := next((w for w in _folded(context.added) if w in text), None)) is not None:
        verdict = _with_own_word(verdict, own, found)
    return _heard(verdict, found)


@lru_cache(maxsize=512)
def _folded(typed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in map(tight, typed) if word)


def signs(text: str, reading: Reading, removed: tuple[str, ...] = ()) -> Found:
    """Every kind of sign with its phrases, without the words that the class has taken off the lists.

    Found once for a message, though the judge and whoever follows the talk both ask.
    """
    return dict(_signs(text, reading, removed))


@lru_cache(maxsize=128)
def _signs(text: str, reading: Reading, removed: tuple[str, ...]) -> Found:
    found = _LISTS.find(text, removed)
    if _INTRODUCED.search(text):
        found["intro"] = ["我是"]
    if _VOCATIVE.match(text):
        found["to_teacher"] = ["老师"]
        found.setdefault("school", []).append("老师")
    if reading.asks:
        found["mark"] = ["?"]
    if _MAY_REACH.search(text) and (hit := _HANDLE.search(text)) and not any(w in hit[0] for w in removed):
        number = _PHONE.search(hit[0])  # a mobile number is how anybody is reached, and proves less
        found["phone" if number else "handle"] = [hit[0]]
    if hit := _PHONE.search(text):
        found.setdefault("phone", [hit[0]])
    if hit := _AMOUNT.search(text):
        found["amount"] = [hit[0]]
    for url in reading.urls:
        if _GROUP_LINKS.search(url):
            found["group_link"] = ["link"]
        elif _SHOP_LINKS.search(url):
            found["shop_link"] = ["link"]
        else:
            found["link"] = ["link"]
    return found


def _weigh(said: Said, text: str, found: Found, lean: Lean) -> Verdict:
    """The first category that has its evidence."""
    if found.keys() <= _GUARDS:
        return leak(said, text, found, lean) or _OK
    for judged in (money, leak, votes, weigh_advert, _gift, _chain):
        if verdict := judged(said, text, found, lean):
            return verdict
    return _OK


def _gift(said: Said, _text: str, found: Found, _lean: Lean) -> Verdict | None:
    if "gift_word" not in found or found.keys() & {"warning", "forbids"} or _NO_GIFT.search(said.text):
        return None
    return verdict_of(Category.GIFT, Sureness.LIKELY, found, {"gift_word"})


def _chain(_said: Said, _text: str, found: Found, _lean: Lean) -> Verdict | None:
    chained = len(found.get("chain", ())) >= 2
    return verdict_of(Category.CHITCHAT, Sureness.LIKELY, found, {"chain"}) if chained else None


def _with_own_word(verdict: Verdict, word: str, found: Found) -> Verdict:
    """The class's own word decides, unless the message warns of it or asks about it."""
    category = Category.AD if verdict.ok else verdict.category
    sureness = Sureness.LIKELY if found.keys() & {"warning", "forbids", "asking", "mark"} else Sureness.SURE
    sureness = sureness if verdict.ok else max(verdict.sureness, sureness)
    return Verdict(category, sureness, (*verdict.reasons, Reason("word", word)), verdict.report)


def _heard(verdict: Verdict, found: Found) -> Verdict:
    """Complaints and outbursts stay, and the teacher is told."""
    codes = {"complaint", "outburst"} & found.keys()
    if not codes:
        return verdict
    reasons = (*verdict.reasons, *(Reason(code, found[code][0]) for code in sorted(codes)))
    if verdict.ok or verdict.sureness is not Sureness.SURE:
        return Verdict(Category.OK, Sureness.SURE, reasons, report=True)
    return replace(verdict, sureness=Sureness.LIKELY, reasons=reasons, report=True)
