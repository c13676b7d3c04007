"""The time of day, as people write it: 7:30, 下午4点半, 晚8点, 4pm, noon."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scheduler.when.words import NUMBER, number

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes from the day's midnight (1440 and more lie in the night behind it), None: no such time.

    `named`: a word such as 中午, which begins many a sentence that is about no time.
    """

    minutes: int | None
    end: int
    named: bool = False


_PART = (
    "凌晨|清晨|清早|一早|早晨|早上|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜里|夜间|夜晚|深夜|半夜|午夜|早|晨|晚|夜|"
    "(?:in the )?(?:early )?(?:morning|afternoon|evening|night)(?![a-z'’])"
)
_COUNTED = "[个名位人年班组号日月天周岁元页题道岁件块]"
_HOUR = rf"(?P<hour>{NUMBER})\s*"
_SPOKEN = (
    rf"{_HOUR}(?:点钟?|时(?![间候常而刻段差尚装节令光代]))(?:整|(?P<half>半)|(?P<quarters>[一三])刻钟?|"
    rf"\s*(?P<minute>{NUMBER})分(?!钟|之|数|成|享|批|组|班)|"
    rf"\s*(?P<bare>\d\d|[二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])(?!\d|:|{_COUNTED}))?"
)
_DIGITAL = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?(?![\d:])(?!\.\d)"
_HALF_OF_DAY = r"\s*(?P<half_of_day>[ap])\.?m(?![a-z])\.?"
_LATE_PART = r"(?:\s+(?P<late_part>in the (?:morning|afternoon|evening)|at night)(?![a-z]))?"
_CLOCKS = tuple(
    re.compile(rf"(?:(?P<part>{_PART})[\s,]{{0,4}})?(?:at\s+|@\s*)?{shape}{_LATE_PART}")
    for shape in (
        _SPOKEN,
        rf"{_DIGITAL}{_HALF_OF_DAY}",
        _DIGITAL,
        rf"(?P<hour>\d{{1,2}}){_HALF_OF_DAY}",
        r"(?P<hour>\d{1,2}) ?o['’]?clock(?![a-z])",
        r"(?<=at )\s*(?P<hour>\d{1,2})(?=\s|$|[,;!])",
    )
)
_NAMED = re.compile(
    r"(?:at\s+)?(?:12 ?)?(?P<noon>noon|midday)(?![a-z'’])|中午|正午|(?P<night>midnight(?![a-z'’])|午夜)"
)
_TRIED = re.compile(rf"(?:(?:{_PART})\s*)?\d{{1,3}}\s*(?:[:点]|时(?!间)|[ap]m\b)")
_POINTS = re.compile(
    r"[一二两三四五六七八九十\d]+点(?:小?(?:建议|意见|要求|注意|说明|提示|希望|想法|原因|理由|问题|内容|感受|体会|"
    r"补充|看法|提醒|收获|不足|心得|经验|共识|请求|好处|东西|钱|事|需要|温馨)|多?[个几])"
)
_A_BIT = re.compile(
    r"一点(?!半|整|钟|\d|[零〇二三四五]?十|[一三]刻|$|[\s,。!;])|[一十]时(?!$|[\s,。!;\d半整零〇二三四五一])"
)


def read_clock(text: str, at: int, part: str = "") -> Clock | None:
    """Read the time of day that begins at a place; `part` is the half of the day said before (tonight)."""
    for pattern in _CLOCKS:
        if found := pattern.match(text, at):
            return _clock(found, part)
    named = _NAMED.match(text, at)
    return Clock(_DAY if named["night"] else 12 * 60, named.end(), named=True) if named else None


def tried(text: str, at: int) -> bool:
    """True if a time of day was meant at this place, though it cannot be read."""
    return _TRIED.match(text, at) is not None


def is_a_count(text: str, at: int, *, with_day: bool = False) -> bool:
    """True for 三点建议, and without a day for 一点小事, where 点 counts points and no hours."""
    return bool(_POINTS.match(text, at) or (not with_day and _A_BIT.match(text, at)))


def _clock(found: re.Match[str], said: str) -> Clock:
    groups = found.groupdict()
    part = groups["part"] or groups["late_part"] or said
    if half := groups.get("half_of_day"):
        part = half + "m"
    return Clock(_minutes(part, number(groups["hour"]), _minute(groups)), found.end())


def _minute(groups: dict[str, str | None]) -> int:
    if groups.get("half"):
        return 30
    if quarters := groups.get("quarters"):
        return 15 * number(quarters)
    written = groups.get("minute") or groups.get("bare")
    return number(written) if written else 0


def _minutes(part: str, hour: int, minute: int) -> int | None:
    """Put an hour into its half of the day; None where the two contradict each other."""
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return None
    true = _hour(part.rpartition(" ")[2], hour)
    return None if true is None else true * 60 + minute


_PARTS = {
    "am": {**{h: h for h in range(1, 12)}, 0: 0, 12: 0},
    "pm": {**{h: h + 12 for h in range(1, 12)}, **{h: h for h in range(12, 24)}},
    "night": {**{h: h for h in range(1, 6)}, 0: 0, 12: 0},
    "morning": {h: h for h in range(13)},
    "noon": {10: 10, 11: 11, 12: 12, 13: 13, 14: 14, 1: 13, 2: 14},
    "afternoon": {**{h: h + 12 for h in range(1, 8)}, **{h: h for h in range(12, 20)}},
    "evening": {
        **{h: h + 12 for h in range(4, 12)},
        **{h: h for h in range(16, 25)},
        **{h: h + 24 for h in range(4)},
        12: 24,
    },
}
_PART_OF = {
    **dict.fromkeys(("凌晨",), "night"),
    **dict.fromkeys(("清晨", "清早", "一早", "早晨", "早上", "上午", "早", "晨"), "morning"),
    **dict.fromkeys(("中午", "正午"), "noon"),
    **dict.fromkeys(("下午", "午后"), "afternoon"),
    **dict.fromkeys(
        ("傍晚", "晚上", "晚间", "夜里", "夜间", "夜晚", "深夜", "半夜", "午夜", "晚", "夜"), "evening"
    ),
}


def _hour(part: str, hour: int) -> int | None:
    """The hour of 24: 下午4点 is 16, 晚上12点 is 24, 凌晨12点 is 0, and there is no 上午15点."""
    if not part:
        return hour
    part = "evening" if part == "night" else _PART_OF.get(part, part)
    return _PARTS[part].get(hour)
