"""A moment as people say it, in their language: 明天（周二）07:00, tomorrow (Tue) 07:00."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = {
    "zh_CN": "一二三四五六日",
    "zh_TW": "一二三四五六日",
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_NEAR = {
    "zh_CN": {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"},
    "zh_TW": {-1: "昨天", 0: "今天", 1: "明天", 2: "後天"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def when(language: str, moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Day and time in `zone`, seen from `now`; what is near is named so, what is far gets its date."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    spoken = day(language, local.date(), today)
    return f"{spoken}{clock}" if spoken.endswith("）") else f"{spoken} {clock}"


def day(language: str, that: date, today: date) -> str:
    """A date seen from `today`, with its weekday; the year only where it is another one."""
    near = _NEAR[language].get((that - today).days)
    weekday = _WEEKDAYS[language][that.weekday()]
    if language.startswith("zh"):
        return _chinese(that, today, near, f"（{'週' if language == 'zh_TW' else '周'}{weekday}）")
    if near is not None:
        return near if that == today else f"{near} ({weekday})"
    year = "" if that.year == today.year else f" {that.year}"
    return f"{weekday} {that.day} {_MONTHS[that.month - 1]}{year}"


def _chinese(that: date, today: date, near: str | None, weekday: str) -> str:
    if near is not None:
        return near if that == today else near + weekday
    year = "" if that.year == today.year else f"{that.year}年"
    return f"{year}{that.month}月{that.day}日{weekday}"
