"""Reading appointments out of what is typed: what for, where, when, how long each, and breaks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.events import Json
from scheduler.when import When, WhenError, read_when
from scheduler.when.clock import Clock, read_clock
from scheduler.when.moments import later_if_skipped
from scheduler.when.words import NUMBER, comparable, number

USUAL_MINUTES = 15
SHORTEST, LONGEST = 5, 180
MOST = 60
LONGEST_TITLE, LONGEST_PLACE = 40, 60
FARTHEST = timedelta(days=180)
USUAL_CLOSE = time(19)
LEAST_TO_CHOOSE = timedelta(hours=2)
BEFORE_THE_FIRST = timedelta(hours=1)
DAWN = 6 * 60
HALF_A_DAY = 12 * 60


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What is to be offered: the times in UTC, and until when families may choose and change."""

    title: str
    place: str
    times: tuple[tuple[datetime, datetime], ...]
    closes_at: datetime

    def to_json(self) -> dict[str, Json]:
        """The plan as a draft or a schedule keeps it."""
        times: list[Json] = [[start.isoformat(), end.isoformat()] for start, end in self.times]
        return {
            "title": self.title,
            "place": self.place,
            "times": times,
            "closes_at": self.closes_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Json]) -> SlotPlan:
        """The plan that was kept."""
        pairs = data.get("times")
        kept = [p for p in pairs if isinstance(p, list)] if isinstance(pairs, list) else []
        times = tuple((_moment(p[0]), _moment(p[1])) for p in kept)
        return cls(str(data.get("title")), str(data.get("place")), times, _moment(data.get("closes_at")))


@dataclass(frozen=True, slots=True)
class SlotProblem:
    """Why there are no appointments yet: `because` names the words for it, `what` is what it is about."""

    because: str
    what: str = ""


def read_slots(text: str, now: datetime, zone: ZoneInfo) -> SlotPlan | SlotProblem:
    """Read a whole afternoon; whatever is wrong is named before anything is kept."""
    found = _Reader(text, now, zone).read()
    return found if isinstance(found, SlotProblem) else _checked(found, now)


def usual_close(first: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """19:00 on the day before; of what is offered late an hour before the first, or at the last moment."""
    eve = first.astimezone(zone).date() - timedelta(days=1)
    usual = later_if_skipped(eve, USUAL_CLOSE, zone)
    if usual >= now + LEAST_TO_CHOOSE:
        return usual.astimezone(UTC)
    return first - BEFORE_THE_FIRST if first - BEFORE_THE_FIRST > now else first


def _checked(plan: SlotPlan, now: datetime) -> SlotPlan | SlotProblem:
    if len(plan.title) > LONGEST_TITLE:
        return SlotProblem("title_long", str(len(plan.title)))
    if len(plan.place) > LONGEST_PLACE:
        return SlotProblem("place_long", str(len(plan.place)))
    if not plan.times:
        return SlotProblem("no_room")
    if len(plan.times) > MOST:
        return SlotProblem("too_many", str(len(plan.times)))
    first = plan.times[0][0]
    if first > now + FARTHEST:
        return SlotProblem("far")
    if not now < plan.closes_at <= first:
        return SlotProblem("until_past" if plan.closes_at <= now else "until_late")
    return plan


def _moment(kept: Json) -> datetime:
    return datetime.fromisoformat(str(kept))


_BRACKET = re.compile(r"[\[【](?P<inside>[^\]】]*)[\]】]")
_UNTIL = re.compile(
    r"\s*(?:截止(?:时间|到|至|于)?|截至|until|till|closes(?: at| on)?|by)\s*:?\s*(?P<when>.+)", re.DOTALL
)
_UNIT = r"\s*(?:分钟?|min(?:ute)?s?(?![a-z]))"
_HOURS = "(?:个?小时|个?钟头)"
_SPOKEN = rf"(?P<quarter>一刻钟?)|(?P<half>半{_HOURS})|(?P<hour>[1一]{_HOURS})"
_EACH = rf"(?:(?P<count>\d{{1,4}}|{NUMBER}){_UNIT}|{_SPOKEN})"
_EVERY = re.compile(
    rf"每(?:隔|位|家|人|户|个)?\s*{_EACH}(?:一[位家个人户])?|(?:every|each)\s*(?P<count_en>\d{{1,4}})(?:{_UNIT})?"
    rf"|(?P<count_behind>\d{{1,4}}){_UNIT}\s*(?:一[位家个人户]|each|per family)"
)
_BREAK = re.compile(r"(?:中间|课间)?(?:休息|break|pause|without)\s*:?\s*")
_LINK = re.compile(r"\s*(?:[-~–—到至]|to\b|until\b)\s*")
_AND = re.compile(r"\s*(?:[,、;和与及/]|and\b|\s)\s*")
_PLACE = re.compile(r"(?:@|地点\s*:)[^\S\n]*(?P<place>[^\n|]*)")
_EDGES = " \t\r\n,，、:：;；。.|｜-"


@dataclass(frozen=True, slots=True)
class _Window:
    """From when to when, in minutes of the day, and where in the text."""

    start: int
    end: int
    at: int
    until: int


class _Reader:
    """Reads one text: what was understood is taken out of `left`, whatever remains is the title."""

    def __init__(self, text: str, now: datetime, zone: ZoneInfo) -> None:
        self.folded = comparable(text)
        self.left = self.folded.text
        self.now = now.astimezone(UTC)
        self.zone = zone

    def read(self) -> SlotPlan | SlotProblem:
        """The settings first, since an hour in them is not an hour of the afternoon."""
        until = self._until()
        minutes = self._minutes()
        if isinstance(until, SlotProblem):
            return until
        if isinstance(minutes, SlotProblem):
            return minutes
        breaks = self._breaks()
        windows = list(self._windows())
        if not windows:
            return SlotProblem("no_window")
        first = self._first(windows[0])
        if isinstance(first, SlotProblem):
            return first
        return self._plan(first, windows, breaks, minutes, until)

    def _plan(
        self,
        first: datetime,
        windows: list[_Window],
        breaks: list[_Window],
        minutes: int,
        until: str,
    ) -> SlotPlan | SlotProblem:
        local = first.astimezone(self.zone)
        begun = local.hour * 60 + local.minute
        if begun < DAWN:
            return SlotProblem("night", f"{local:%H:%M}")
        open_at = [_after(begun, windows[0]), *(_after(begun, w) for w in windows[1:])]
        if any(end <= start for start, end in open_at):
            return SlotProblem("backwards")
        shut_at = [_after(begun, w) for w in breaks]
        times = tuple(self._times(local, open_at, shut_at, minutes))
        place, title = self._place(), self._title()
        closes = self._close(until, first)
        return closes if isinstance(closes, SlotProblem) else SlotPlan(title, place, times, closes)

    def _close(self, until: str, first: datetime) -> datetime | SlotProblem:
        if not until:
            return usual_close(first, self.now, self.zone)
        found = read_when(until, self.now, self.zone)
        if isinstance(found, When) and not found.rest:
            return found.at(USUAL_CLOSE).astimezone(UTC)
        return SlotProblem("until_past" if found is WhenError.PAST else "until", until[:LONGEST_TITLE])

    def _times(
        self, day: datetime, open_at: list[tuple[int, int]], shut_at: list[tuple[int, int]], minutes: int
    ) -> Iterator[tuple[datetime, datetime]]:
        """Whole appointments only, one after the other, none over a break."""
        last = 0
        for start, end in sorted(open_at):
            at = max(start, last)
            while at + minutes <= end:
                over = next((b for b in shut_at if b[0] < at + minutes and at < b[1]), None)
                if over is not None:
                    at = over[1]
                    continue
                yield self._at(day, at), self._at(day, at + minutes)
                at += minutes
            last = max(last, at)

    def _at(self, day: datetime, minutes: int) -> datetime:
        days, left = divmod(minutes, 24 * 60)
        clock = time(*divmod(left, 60))
        return later_if_skipped(day.date() + timedelta(days=days), clock, self.zone).astimezone(UTC)

    # --- parts --------------------------------------------------------------------------------------

    def _blank(self, start: int, end: int) -> None:
        self.left = self.left[:start] + "\n" * (end - start) + self.left[end:]

    def _until(self) -> str | SlotProblem:
        until = ""
        for bracket in _BRACKET.finditer(self.left):
            found = _UNTIL.fullmatch(bracket["inside"])
            if found is None:
                return SlotProblem("bracket", self.folded.typed(*bracket.span("inside"))[:LONGEST_TITLE])
            until = found["when"].strip()
            self._blank(*bracket.span())
        return until

    def _minutes(self) -> int | SlotProblem:
        found = _EVERY.search(self.left)
        if found is None:
            return USUAL_MINUTES
        self._blank(*found.span())
        count = found["count"] or found["count_en"] or found["count_behind"]
        minutes = 15 if found["quarter"] else 30 if found["half"] else 60
        if count:
            minutes = int(count) if count.isdecimal() else number(count)
        return minutes if SHORTEST <= minutes <= LONGEST else SlotProblem("minutes", str(minutes))

    def _breaks(self) -> list[_Window]:
        found: list[_Window] = []
        for word in _BREAK.finditer(self.left):
            at = word.end()
            while window := _window(self.left, at):
                found.append(window)
                gap = _AND.match(self.left, window.until)
                at = gap.end() if gap else window.until
                self._blank(word.start(), window.until)
        return found

    def _windows(self) -> Iterator[_Window]:
        at = 0
        while at < len(self.left):
            window = None if _inside(self.left, at) else _window(self.left, at)
            if window is not None:
                yield window
            at = window.until if window else at + 1

    def _first(self, window: _Window) -> datetime | SlotProblem:
        """The moment of the first appointment: the day stands right before its hour."""
        hour = read_clock(self.left, window.at)
        end = hour.end if hour else window.at
        wrong: SlotProblem | None = None
        for at in range(window.at):
            if _inside(self.left, at) or self.left[at].isspace():
                continue
            found = read_when(self.left[at:end], self.now, self.zone)
            if isinstance(found, When) and found.has_time and not found.rest:
                self._blank(at, window.until)
                self._blank_rest()
                return found.moment.astimezone(UTC)
            if found is WhenError.NONEXISTENT:
                return SlotProblem("no_such_day", self._typed(at, window.at))
            if found is WhenError.PAST:
                wrong = wrong or SlotProblem("past", self._typed(at, window.at))
        return wrong or SlotProblem("no_day")

    def _typed(self, at: int, end: int) -> str:
        return self.folded.typed(at, end).strip(_EDGES)[:LONGEST_TITLE]

    def _blank_rest(self) -> None:
        for window in [*self._windows()]:
            self._blank(window.at, window.until)

    def _place(self) -> str:
        found = _PLACE.search(self.left)
        if found is None:
            return ""
        self._blank(*found.span())
        return self.folded.typed(*found.span("place")).strip(_EDGES) if found["place"].strip() else ""

    def _title(self) -> str:
        kept = [self.folded.typed(*run.span()) for run in re.finditer(r"[^\n]+", self.left)]
        return " ".join(part for piece in kept if (part := piece.strip(_EDGES)))


def _window(text: str, at: int) -> _Window | None:
    first = read_clock(text, at)
    link = _LINK.match(text, first.end) if first else None
    last = read_clock(text, link.end()) if link else None
    if first is None or last is None or first.minutes is None or last.minutes is None:
        return None
    return _Window(first.minutes, _not_before(first, last), at, last.end)


def _not_before(first: Clock, last: Clock) -> int:
    """下午2点到5点: the second hour lies in the half of the day that was said for the first."""
    start, end = first.minutes or 0, last.minutes or 0
    later = end + HALF_A_DAY
    return later if end <= start < later <= 2 * HALF_A_DAY and start >= HALF_A_DAY else end


def _after(begun: int, window: _Window) -> tuple[int, int]:
    """A window of the day whose first hour is `begun`: an hour before that is meant after noon."""
    late = HALF_A_DAY if window.start < begun <= window.start + HALF_A_DAY else 0
    end = window.end + late
    return window.start + late, end


def _inside(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    return before.isascii() and before.isalnum() and text[at].isascii() and text[at].isalnum()
