"""How `/role @user ROLE until DATE` is read, in either language and without blanks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from classroom.folding import fold
from classroom.people import Role


class Wish(StrEnum):
    """What somebody is to become: a role, the head teacher, a guardian only, or nothing."""

    HEAD = "head"
    TEACHER = "teacher"
    SUBJECT_TEACHER = "subject_teacher"
    SUBSTITUTE = "substitute"
    COMMITTEE = "committee"
    GUARDIAN = "guardian"
    NONE = "none"

    @property
    def role(self) -> Role | None:
        """The role that is given; None where roles end."""
        if self is Wish.HEAD:
            return Role.TEACHER
        return None if self in (Wish.GUARDIAN, Wish.NONE) else Role(self.value)


WORDS: dict[str, Wish] = {
    **dict.fromkeys(("head", "head teacher", "班主任"), Wish.HEAD),
    **dict.fromkeys(("teacher", "老师", "教师", "副班主任"), Wish.TEACHER),
    **dict.fromkeys(
        ("subject_teacher", "subject teacher", "subject", "任课老师", "任课教师", "任课", "科任老师", "科任"),
        Wish.SUBJECT_TEACHER,
    ),
    **dict.fromkeys(("substitute", "代班老师", "代课老师", "代班", "代课"), Wish.SUBSTITUTE),
    **dict.fromkeys(("committee", "家委会成员", "家委会", "家委"), Wish.COMMITTEE),
    **dict.fromkeys(("guardian", "parent", "家长"), Wish.GUARDIAN),
    **dict.fromkeys(("none", "remove", "取消", "移除"), Wish.NONE),
}
_USER = re.compile(r"@([a-z0-9_]{1,32})", re.IGNORECASE)
_ROLE = re.compile(
    "|".join(
        re.escape(word) + (r"(?![a-z_])" if word.isascii() else "")
        for word in sorted(WORDS, key=len, reverse=True)
    )
)
JUST_PAST = timedelta(days=90)
_UNTIL = re.compile(r"[\s,]*(?:until|till|to|直到|到|至|截止)?\s*")
_DATE = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?\s*(?:为止|止)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: `odd` is what could not be read, `day` the last day in force."""

    username: str | None
    wish: Wish | None
    day: date | None
    odd: str = ""


def read_role(text: str, today: date) -> Asked:
    """Read whom, what and until when; a date without a year is the nearest one."""
    folded = fold(text).text.strip()
    user = _USER.search(folded)
    rest = f"{folded[: user.start()]} {folded[user.end() :]}".strip() if user else folded
    username = user[1] if user else None
    role = _ROLE.match(rest)
    if role is None:
        return Asked(username, None, None, rest)
    behind = rest[role.end() :]
    lead = _UNTIL.match(behind)
    tail = behind[lead.end() :] if lead else behind
    day = read_day(tail, today) if tail else None
    return Asked(username, WORDS[role[0]], day, tail if tail and day is None else "")


def read_day(text: str, today: date) -> date | None:
    """Read 2026-12-01, 12-01 or 12月1日; None for what is no day.

    A day without a year that has just passed was meant so: nobody gives access for a year by a slip.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    month, day = int(found[2]), int(found[3])
    if found[1]:
        return _day(int(found[1]), month, day)
    coming = [_day(today.year + more, month, day) for more in range(-1, 2)]
    return next((d for d in coming if d is not None and d >= today - JUST_PAST), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
