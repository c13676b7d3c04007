"""Reading a leave out of what a parent types: the days, the part of the day, the reason. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from classroom.folding import fold
from classroom.roster import Roster
from scheduler.when import DateRange, WhenError, read_date_range

DAY, MORNING, AFTERNOON = "day", "morning", "afternoon"
PARTS = (DAY, MORNING, AFTERNOON)
FURTHEST = timedelta(days=60)

_PART_WORDS = {
    "全天": DAY,
    "整天": DAY,
    "all day": DAY,
    "whole day": DAY,
    "上午": MORNING,
    "morning": MORNING,
    "下午": AFTERNOON,
    "afternoon": AFTERNOON,
}
_PART = "|".join(_PART_WORDS)
_PART_FIRST = re.compile(rf"[\s,，、:：]*(?:in the |the )?(?P<part>{_PART})[\s,，、:：。]*", re.IGNORECASE)
_PART_LAST = re.compile(rf"[\s,，、:：](?P<part>{_PART})[\s。.]*$", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:(?:想|要|需要)?请(?:个|一?天|半天)?假(?:条|了|一天|半天|[一二两三四五\d]+天)?)[\s,，、:：。]*"
)
_MAY_BEGIN_A_DATE = re.compile(
    r"今|明|后天|大后|昨|前天|周|星期|礼拜|下|本|这|\d|[一二三四五六七八九十]{1,3}月|today|tomorrow|tonight"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|next|in ",
    re.IGNORECASE,
)
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a leave; `trouble` says why its days were refused: past, unreadable or far."""

    first: date | None = None
    last: date | None = None
    part: str | None = None
    reason: str = ""
    trouble: str | None = None


def read_leave(text: str, now: datetime, zone: ZoneInfo, roster: Roster) -> Reading:
    """Read a leave: the days stand in front as a rule, behind the reason or inside a sentence at times."""
    bare = _ASKING.sub("", text.strip(), count=1).strip()
    span, before, trouble = _find_span(bare, _without_names(bare, roster), now, zone)
    if span is None:
        part, reason = _part_of(bare)
        return Reading(part=part, reason=reason, trouble=trouble)
    if span.last > now.astimezone(zone).date() + FURTHEST:
        return Reading(reason=bare, trouble="far")
    if before:
        whole = bare if span.rest else before
        return Reading(span.first, span.last, _part_of(span.rest)[0] or _part_of(before)[0], whole)
    part, reason = _part_of(span.rest)
    return Reading(span.first, span.last, part, _ASKING.sub("", reason, count=1).strip() or reason)


def _find_span(
    text: str, masked: str, now: datetime, zone: ZoneInfo
) -> tuple[DateRange | None, str, str | None]:
    """The first span of days in a text, what stands before it, and what was wrong with one that was meant."""
    trouble: str | None = None
    for at in _places(masked):
        found = read_date_range(masked[at:], now, zone)
        if isinstance(found, DateRange):
            rest = text[len(text) - len(found.rest) :] if found.rest else ""
            return DateRange(found.first, found.last, rest), text[:at].strip(" \t,，、:：。"), None
        trouble = trouble or _trouble(found, at, masked)
    return None, "", trouble


def _places(masked: str) -> list[int]:
    found = [m.start() for m in _MAY_BEGIN_A_DATE.finditer(masked)]
    apart = [at for at in found if not (at and masked[at].isascii() and masked[at - 1].isalnum())]
    return [0, *(at for at in apart if at)][:_TRIES]


def _trouble(error: WhenError, at: int, text: str) -> str | None:
    if error is WhenError.PAST:
        return "past"
    if error is WhenError.NONEXISTENT or (error is WhenError.UNREADABLE and at == 0 and text[:1].isdigit()):
        return "unreadable"
    return None


def _without_names(text: str, roster: Roster) -> str:
    """The text with children's names blanked, since 小明早上 holds no 明早."""
    kept = list(text)
    for mention in roster.mentions(text):
        kept[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(kept)


def _part_of(text: str) -> tuple[str | None, str]:
    if found := _PART_FIRST.match(text):
        return _PART_WORDS[found["part"].lower()], text[found.end() :].strip()
    if found := _PART_LAST.search(text):
        return _PART_WORDS[found["part"].lower()], text[: found.start()].strip()
    return None, text.strip()


_HELLO = re.compile(
    r"^(?:[@＠]\S+\s*)?(?:(?:尊敬的|各位|[\u4e00-\u9fff]{0,3})?老师(?:们)?[\s,!。~]*)?"
    r"(?:您好|你好|早上好|早|下午好|晚上好|不好意思|抱歉|打扰了)?[\s,!。~]*"
)
_LEAVE = r"请(?:个|一?天|半天|一下|[一二两三四五\d]天)?(?:病|事)?假"
_BEGINS = re.compile(
    r"^(?:我们家|我家|我们|我|的|孩子|娃|想|要|需要|帮|给|今天|明天|后天|下?周[一二三四五]|上午|下午|\s)*"
    rf"{_LEAVE}(?!条|制度|流程|系统|单|的|吗|么|手续)"
)
_WHEN = (
    r"(?:今天|今日|今早|今晚|明天|明早|明日|后天|下?周[一二三四五六日]|星期[一二三四五六日]"
    r"|上午|下午|早上|这两天|这几天|\d+[号日])"
)
_AWAY = (
    rf"(?:{_LEAVE}|不(?:能|来|去|到)?来?(?:上学|上课|学校|到校)|不能来|不来了|来不了|上不了学|在家休息"
    r"|去不了(?:学校|了)?(?=[\s,。!~]|$)|没法(?:来|去|上学|上课)|不能(?:去|到校|上学|上课))"
)
_CLEARLY = re.compile(rf"{_WHEN}.{{0,30}}?{_AWAY}|{_AWAY}.{{0,12}}?{_WHEN}")
_ILL = re.compile(
    r"(?:发烧|发高烧|生病|病了|不舒服|感冒|呕吐|拉肚子|水痘|流感|肠胃炎|住院|骨折)"
    rf".{{0,20}}?{_AWAY}"
)
_ENGLISH = re.compile(
    r"\b(?:ask(?:ing)? for (?:sick )?leave|sick leave|take (?:a |the )?(?:sick )?(?:day|leave)(?: off)?"
    r"|(?:can'?t|cannot|won'?t|will not|not able to) (?:come|attend|be (?:at|in)) (?:to )?(?:school|class)"
    r"|(?:is|am|be|feels?) (?:ill|sick)\b.{0,40}\b(?:not|can'?t|won'?t|stay)|(?:will be|is) absent)\b"
)
_NOT_ASKING = re.compile(
    r"怎么请|如何请|怎样请|请假条|请假制度|请假流程|能不能请假|可以请假|要请假吗|用请假|没请假|没有请假|不请假|谁请假|老师请假|"
    r"请假的|请假了吗|吗[?？]?$|[?？]$|接龙|how (?:do|to|can)|who is absent"
)


def asks_for_leave(text: str) -> bool:
    """True if a message clearly tells that a child will be away; a question or talk about leaves is none."""
    folded = fold(text.strip()).text
    if not folded or len(folded) > 160 or _NOT_ASKING.search(folded):
        return False
    said = _HELLO.sub("", folded, count=1)
    return any(look.search(said) for look in (_BEGINS, _CLEARLY, _ILL, _ENGLISH))
