"""Reading a sign-up out of what is typed: settings in brackets, its title, its lines with places. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.events import Json
from classroom.folding import fold
from classroom.rules.needs import shows_a_need
from handlers.poll_plan import LONGEST_OPTION, PollProblem, moment, usual_end
from handlers.poll_reading import BRACKET, LONGEST_QUESTION, MOST_OPTIONS, PIPE, UNTIL, comparable
from scheduler.when import When, WhenError, read_when

MOST_PLACES = 500
USUAL_HOUR = time(8)
"""When something takes place for which only a day was said."""
EVENING = time(20)

_HELD = re.compile(
    r"(?:(?:活动|活動)?(?:日期|时间|時間)|举行(?:时间|于)?|date|when|on)\s*[:：]?\s*(?P<when>.+)", re.DOTALL
)
_PLACES = re.compile(
    r"(?P<what>.*?[^\s(（\[x×*])(?P<gap>\s*[x×*(（\[]\s*|\s*)(?P<places>\d{1,4})\s*"
    r"(?P<unit>[个個]?(?:人|名|位|户|戶|家|份|名额|名額)|places?|people|families)?\s*[)）\]]?",
    re.IGNORECASE,
)
_NAMELESS = (
    "不列名字",
    "不列名单",
    "不公开名单",
    "名单保密",
    "保密名单",
    "保密",
    "匿名",
    "no names",
    "unlisted",
    "private",
)
_UNLISTED = dict.fromkeys(_NAMELESS, True) | dict.fromkeys(
    ("列名字", "列名单", "公开名单", "listed", "names"), False
)
_NO_COUNT = ":：.．-－/~第年月周"
"""A figure behind one of these belongs to a date, a time or a name."""


@dataclass(frozen=True, slots=True)
class SignupPlan:
    """What is to be signed up for; `lines` are (what, places), 0 places for as many as will come.

    `unlisted`: whether the group sees no names; None where nothing was said of that.
    """

    title: str
    lines: tuple[tuple[str, int], ...]
    closes_at: datetime | None = None
    held_at: datetime | None = None
    unlisted: bool | None = None

    def to_json(self) -> dict[str, Json]:
        """The plan as a draft keeps it."""
        return {
            "title": self.title,
            "lines": [[what, places] for what, places in self.lines],
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "held_at": self.held_at.isoformat() if self.held_at else None,
            "unlisted": self.unlisted,
        }

    @classmethod
    def from_json(cls, data: dict[str, Json]) -> SignupPlan:
        """The plan that was kept."""
        kept = data.get("lines")
        pairs = [pair for pair in kept if isinstance(pair, list)] if isinstance(kept, list) else []
        lines = tuple((str(what), places) for what, places in pairs if isinstance(places, int))
        unlisted = data.get("unlisted")
        return cls(
            str(data.get("title")),
            lines,
            _time(data.get("closes_at")),
            _time(data.get("held_at")),
            unlisted if isinstance(unlisted, bool) else None,
        )

    @property
    def shows_no_names(self) -> bool:
        """As was said; else where a family would rather not be seen to sign up for it."""
        if self.unlisted is not None:
            return self.unlisted
        return shows_a_need("\n".join((self.title, *(what for what, _ in self.lines))))

    def end(self, opening: datetime, zone: ZoneInfo) -> datetime:
        """When it closes: as was said, else the evening before the day, else 20:00 on the third day."""
        if self.closes_at is not None:
            return self.closes_at
        if self.held_at is None:
            return usual_end(opening, zone)
        day = self.held_at.astimezone(zone).date() - timedelta(days=1)
        evening = datetime.combine(day, EVENING, zone)
        return evening if evening > opening + timedelta(hours=1) else self.held_at


@dataclass(frozen=True, slots=True)
class SignupProblem:
    """Why there is nothing to sign up for yet: `because` names the words for it, `what` what it is about."""

    because: str
    what: str = ""


def read_signup(text: str, now: datetime, zone: ZoneInfo) -> SignupPlan | SignupProblem:
    """Read a whole sign-up; whatever is wrong is named before anything is kept."""
    plan, left = SignupPlan("", ()), text.strip()
    while bracket := BRACKET.match(left):
        found = _setting(bracket["inside"], plan, now, zone)
        if isinstance(found, SignupProblem):
            return found
        plan, left = found, left[bracket.end() :]
    if plan.closes_at and plan.held_at and plan.closes_at > plan.held_at:
        return SignupProblem("until_after")
    return _with_words(left, plan)


def _setting(inside: str, plan: SignupPlan, now: datetime, zone: ZoneInfo) -> SignupPlan | SignupProblem:
    for part in re.split(r"[,，、;；]", inside):
        folded = fold(part).text.strip()
        if until := UNTIL.fullmatch(folded):
            found = moment(until["when"].strip(), now, zone)
            if isinstance(found, PollProblem):
                return SignupProblem(found.because, found.what)
            plan = replace(plan, closes_at=found)
        elif held := _HELD.fullmatch(folded):
            when = read_when(held["when"], now, zone)
            if isinstance(when, WhenError) or when.rest:
                past = when is WhenError.PAST
                return SignupProblem("date_past" if past else "date", held["when"][:LONGEST_OPTION])
            plan = replace(plan, held_at=_hour(when))
            if plan.held_at is not None and plan.held_at <= now:
                return SignupProblem("date_past", held["when"][:LONGEST_OPTION])
        elif folded in _UNLISTED:
            plan = replace(plan, unlisted=_UNLISTED[folded])
        elif folded:
            return SignupProblem("bracket", part.strip()[:LONGEST_OPTION])
    return plan


def _hour(when: When) -> datetime:
    return when.at(USUAL_HOUR)


def _with_words(left: str, plan: SignupPlan) -> SignupPlan | SignupProblem:
    piped = PIPE.split(left)
    parts = [piped[0], *(line for part in piped[1:] for line in part.splitlines())]
    title, *lines = [p.strip() for p in (left.splitlines() if len(piped) == 1 else parts)] or [""]
    if not fold(title).text.strip():
        return SignupProblem("no_title")
    if len(title) > LONGEST_QUESTION:
        return SignupProblem("title_long", str(len(title)))
    return _checked(replace(plan, title=title, lines=_read_lines([line for line in lines if line])))


def _read_lines(typed: list[str]) -> tuple[tuple[str, int], ...]:
    """The lines with their places; figures that alone tell lines apart (小组1, 小组2) are names."""
    read = [_read_line(line) for line in typed]
    same = len({comparable(what) for what, _, _ in read}) < len(read)
    if same and all(glued for _, _, glued in read):
        return tuple((line, 0) for line in typed)
    return tuple((what, places) for what, places, _ in read)


def _read_line(line: str) -> tuple[str, int, bool]:
    """What, how many places (-1: none at all), and whether the figure stands alone right behind a word."""
    found = _PLACES.fullmatch(line)
    last = found["what"][-1] if found else ""
    apart = found is not None and bool(found["gap"])
    if found is None or last in _NO_COUNT or (last.isdigit() and not apart):
        return line, 0, False
    glued = not apart and not found["unit"]
    if glued and last.isascii():
        return line, 0, False
    return found["what"], int(found["places"]) or -1, glued


def _checked(plan: SignupPlan) -> SignupPlan | SignupProblem:
    if len(plan.lines) > MOST_OPTIONS:
        return SignupProblem("too_many", str(len(plan.lines)))
    seen: set[str] = set()
    for what, places in plan.lines:
        if len(what) > LONGEST_OPTION:
            return SignupProblem("line_long", what[:20])
        if comparable(what) in seen:
            return SignupProblem("twice", what)
        if not 0 <= places <= MOST_PLACES:
            return SignupProblem("places", what)
        seen.add(comparable(what))
    return plan


def _time(kept: Json) -> datetime | None:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else None
