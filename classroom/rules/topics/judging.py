"""The judge: from a message and its context to a verdict with reasons; cheap for ordinary messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from classroom.rules.topics import words
from classroom.rules.topics.floods import flood
from classroom.rules.topics.reading import Reading, read, tight
from classroom.rules.topics.verdicts import (
    Category,
    Context,
    Reason,
    Said,
    Speaker,
    Sureness,
    Verdict,
)

_OK = Verdict(Category.OK, Sureness.SURE)
_SIGNS = {
    "handle": words.HANDLE,
    "contact": words.CONTACT,
    "invite": words.INVITE,
    "lure": words.LURE,
    "sell": words.SELL,
    "earn": words.EARN,
    "scam": words.SCAM,
    "pay": words.PAY,
    "fee": words.FEE,
    "urgent": words.URGENT,
    "false_teacher": words.FALSE_TEACHER,
    "vote": words.VOTE,
    "beg": words.BEG,
    "data": words.DATA,
    "outside": words.OUTSIDE,
    "gift": words.GIFT,
    "chain": words.CHAIN,
    "complaint": words.COMPLAINT,
    "outburst": words.OUTBURST,
}
_PATTERNS = {code: re.compile(pattern) for code, pattern in _SIGNS.items()}
_ONLY_BESIDE = frozenset({"lure", "beg", "fee", "outside", "urgent", "false_teacher"})
"""Kinds that say nothing without another, so that a message with no other needs no look at them."""

_ANY = re.compile("|".join(f"(?:{pattern})" for code, pattern in _SIGNS.items() if code not in _ONLY_BESIDE))
_WARNING, _SCHOOL, _QUESTION = (re.compile(p) for p in (words.WARNING, words.SCHOOL, words.QUESTION))
_GROUP_LINKS, _SHOP_LINKS = re.compile(words.GROUP_LINKS), re.compile(words.SHOP_LINKS)

_HANDMADE = re.compile(words.HANDMADE)

_ADVERTISING = frozenset({"sell", "earn", "scam"})
_REACHING = frozenset({"handle", "invite", "group_link", "shop_link"})
_HARD = _REACHING | {"earn", "scam"}
"""Kinds that are seldom met in honest messages; 优惠 with 先到先得 is also what a library writes."""

_SOFT = frozenset({"lure", "forward"})
_BESIDE = _HARD | {"sell", "lure", "contact", "forward"}

_Found = dict[str, tuple[str, ...]]
"""The kinds of signs in a message, each with the different phrases that showed it."""


def judge(said: Said, context: Context) -> Verdict:
    """Say what a message is and how surely; teachers are never judged.

    Two kinds of evidence make a verdict sure, and only if nothing speaks for school business, a question or
    a warning. What it does not see: pictures, goods and meanings that no list knows, one line of small talk.
    """
    if said.speaker is Speaker.TEACHER:
        return _OK
    reading = read(said.text, said.urls)
    verdict = _by_words(said, reading, context)
    if not verdict.ok or verdict.report:
        return verdict
    too_much = flood(reading.text, said.text, context)
    if too_much is not None:
        return too_much
    return Verdict(Category.QUIET_HOURS, Sureness.LIKELY) if context.quiet else _OK


def _by_words(said: Said, reading: Reading, context: Context) -> Verdict:
    own = _own_word(reading.text, context.added) if context.added else None
    if own is None and not _ANY.search(reading.text) and not (reading.urls and _links(reading.urls)):
        return _OK
    found = dict(_signs(reading, _folded(context.removed)))
    if said.is_forward:
        found["forward"] = ("forward",)
    verdict = _weigh(said, reading, found)
    if own is not None:
        verdict = _with_own_word(verdict, own, reading.text)
    return _heard(verdict, found)


@lru_cache(maxsize=512)
def _folded(typed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in map(tight, typed) if word)


def _own_word(text: str, added: tuple[str, ...]) -> str | None:
    return next((word for word in _folded(added) if word in text), None)


def _signs(reading: Reading, removed: tuple[str, ...]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Every kind of sign with its phrases, without the words that the class has taken off the lists."""
    for code, pattern in _PATTERNS.items():
        phrases = dict.fromkeys(hit[0] for hit in pattern.finditer(reading.text))
        if kept := tuple(p for p in phrases if not any(word in p for word in removed)):
            yield code, kept
    yield from ((code, ("link",)) for code in _links(reading.urls))


def _links(urls: tuple[str, ...]) -> tuple[str, ...]:
    """Which kinds of telling links there are; all others are no sign."""
    kinds = (("group_link", _GROUP_LINKS), ("shop_link", _SHOP_LINKS))
    return tuple(code for code, links in kinds if any(links.search(url) for url in urls))


def _weigh(said: Said, reading: Reading, found: _Found) -> Verdict:
    """The first category that has its evidence, lowered by what speaks against it."""
    for judged in (_money, _leak, _votes, _advert, _contacts, _gift, _chain):
        if verdict := judged(said, found):
            return _lowered(verdict, reading.text)
    return _OK


def _lowered(verdict: Verdict, text: str) -> Verdict:
    """A warning is none of this; school business and questions are never sure, and mostly nothing at all."""
    if any(reason.code == "pay" for reason in verdict.reasons):
        return verdict
    many = len({reason.code for reason in verdict.reasons}) > 2
    if _WARNING.search(text):
        return replace(verdict, sureness=Sureness.LIKELY) if many else _OK
    if _SCHOOL.search(text) or _QUESTION.search(text):
        return replace(verdict, sureness=Sureness.LIKELY if many else Sureness.DOUBTFUL)
    return verdict


def _verdict(
    category: Category, sureness: Sureness, found: _Found, codes: Iterable[str], *, report: bool = False
) -> Verdict:
    reasons = tuple(Reason(code, phrase) for code in found if code in codes for phrase in found[code][:3])
    return Verdict(category, sureness, reasons, report)


def _money(said: Said, found: _Found) -> Verdict | None:
    """Whoever is no teacher and collects fees into the own pocket; the committee may collect."""
    codes = {"pay", "fee", "urgent", "false_teacher"} & found.keys()
    if "pay" not in codes or len(codes) < 2 or said.speaker is Speaker.COMMITTEE:
        return None
    surely = "false_teacher" in codes or (said.speaker is not Speaker.GUARDIAN and len(codes) > 2)
    return _verdict(Category.AD, Sureness.SURE if surely else Sureness.LIKELY, found, codes, report=True)


def _leak(_said: Said, found: _Found) -> Verdict | None:
    """Never sure: whose data they are, and who may see them, the words do not say. The teacher is told."""
    codes = {"data", "outside"} & found.keys()
    numbered = [
        phrase for phrase in found.get("data", ()) if phrase.startswith("身份证") and phrase[-1].isdecimal()
    ]
    if len(codes) < 2 and not (numbered and len(found["data"]) > 1):
        return None
    return _verdict(Category.LEAK, Sureness.LIKELY, found, codes, report=True)


def _votes(_said: Said, found: _Found) -> Verdict | None:
    codes = {"vote", "beg"} & found.keys()
    if "vote" not in codes:
        return None
    sureness = Sureness.SURE if "beg" in codes else Sureness.LIKELY
    return _verdict(Category.VOTE_BEGGING, sureness, found, codes)


def _advert(_said: Said, found: _Found) -> Verdict | None:
    codes = _BESIDE & found.keys()
    if not codes & _ADVERTISING:
        return None
    alone = Sureness.LIKELY if "scam" in codes else Sureness.DOUBTFUL
    return _verdict(Category.AD, _how_sure(found, codes, alone), found, codes)


def _contacts(_said: Said, found: _Found) -> Verdict | None:
    codes = (_REACHING | {"lure", "contact"}) & found.keys()
    if not codes & (_REACHING | {"contact"}):
        return None
    if not codes & _REACHING:
        return _verdict(Category.CONTACT_DROP, Sureness.DOUBTFUL, found, codes)
    alone = Sureness.DOUBTFUL if codes <= {"shop_link", "contact"} else Sureness.LIKELY
    return _verdict(Category.CONTACT_DROP, _how_sure(found, codes - {"contact"}, alone), found, codes)


def _how_sure(found: _Found, codes: frozenset[str] | set[str], alone: Sureness) -> Sureness:
    """Two kinds of which one is hard, or three phrases that do not merely lure, are sure; two are likely."""
    phrases = sum(len(found[code]) for code in codes)
    luring = sum(len(found[code]) for code in codes & _SOFT)
    if phrases - luring >= 3 or (len(codes) >= 2 and codes & _HARD):
        return Sureness.SURE
    return Sureness.LIKELY if phrases >= 2 else alone


def _gift(said: Said, found: _Found) -> Verdict | None:
    bought = "gift" in found and not _HANDMADE.search(said.text)
    return _verdict(Category.GIFT, Sureness.LIKELY, found, {"gift"}) if bought else None


def _chain(_said: Said, found: _Found) -> Verdict | None:
    return _verdict(Category.CHITCHAT, Sureness.LIKELY, found, {"chain"}) if "chain" in found else None


def _with_own_word(verdict: Verdict, word: str, text: str) -> Verdict:
    """The class's own word decides, unless the message warns of it or asks about it."""
    category = Category.AD if verdict.ok else verdict.category
    asked = _WARNING.search(text) or _QUESTION.search(text)
    sureness = Sureness.LIKELY if asked else Sureness.SURE
    return Verdict(
        category,
        max(verdict.sureness if not verdict.ok else sureness, sureness),
        (*verdict.reasons, Reason("word", word)),
        verdict.report,
    )


def _heard(verdict: Verdict, found: _Found) -> Verdict:
    """Complaints and outbursts stay, and the teacher is told."""
    codes = {"complaint", "outburst"} & found.keys()
    if not codes:
        return verdict
    reasons = (*verdict.reasons, *(Reason(code, found[code][0]) for code in sorted(codes)))
    if verdict.ok or verdict.sureness is Sureness.DOUBTFUL:
        return Verdict(Category.OK, Sureness.SURE, reasons, report=True)
    return replace(verdict, sureness=Sureness.LIKELY, reasons=reasons, report=True)
