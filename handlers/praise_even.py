"""An even hand: once a week the teacher is told, alone, which children nobody has praised for four weeks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from classroom import markup
from classroom.effects import Button, Effect
from classroom.events import Due
from classroom.folding import fold
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.holiday.school import calendar_of
from handlers.room import Room
from scheduler.school_days import is_school_day
from scheduler.when import Every, WhenError, read_every
from storage import classrooms, guardians, praises, rosters, schedules
from storage.tables import StudentRow
from templates.render import Say

SETTING, OFF = "even_hand", "off"
SCHOOL_DAYS = 20
FARTHEST = 250
"""Days that are looked back at for twenty school days: over the summer holidays, too."""

GRACE = timedelta(days=2)
MOST = 12
RECORDED = 3
CUT = 40
DRAFTS = 3
ASKED = re.compile(r"(?:remind(?:er)?|even|提醒)(?![a-z])\s*[:：]?\s*(?P<when>.*)", re.I | re.S)
OFF_WORDS = frozenset({"off", "no", "关", "关闭", "不要", "停"})
ON_WORDS = frozenset({"on", "yes", "开", "开启", "打开", "default", "默认"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child that has not been praised for long, and what is on record about it."""

    row: StudentRow
    recorded: list[praises.Recorded]


def attach(feature: Feature) -> None:
    """Declare what the clock brings, and the button that ends it."""
    feature.due("praise.even")(remind)
    feature.button("praise.even_off")(switch_off)


# --- when ----------------------------------------------------------------------------------------


def every_of(room: Room) -> Every | None:
    """When this class's teacher is reminded; None: never."""
    kept = room.here.settings.get(SETTING)
    chosen = kept if isinstance(kept, str) else room.instance.defaults.even_hand
    if chosen == OFF:
        return None
    found = read_every(f"every {chosen}", room.zone)
    return found if isinstance(found, Every) else None


def plan(room: Room) -> None:
    """See that the next reminder is planned as the class wants it now."""
    name, every = f"praise.even/{room.here.id}", every_of(room)
    waiting = schedules.waiting(room.db, name)
    if every is None:
        schedules.cancel(room.db, name)
    elif waiting is None or waiting.due_at > room.now:  # else it is about to ring
        at = every.next_after(room.now)
        schedules.plan(room.db, name, "praise.even", at, room.now, grace=GRACE, classroom=room.here.id)


def change(asked: re.Match[str], room: Room) -> list[Effect]:
    """`/praise reminder off`, `on`, `fri 16:30`; bare: how it is."""
    typed = fold(asked["when"]).text.strip()
    if typed and not room.who.leads:
        return aside(room, own(room).private("praise.titles_by_teacher"))
    if typed.casefold() in OFF_WORDS:
        classrooms.change_setting(room.here, SETTING, OFF)
    elif typed.casefold() in ON_WORDS:
        classrooms.change_setting(room.here, SETTING, None)
        if every_of(room) is None:  # the server has it off: a class that wants it has to say when
            return aside(room, own(room).private("praise.even_when"))
    elif typed:
        found = _weekly(typed, room)
        if found is None:
            return aside(room, own(room).private("praise.even_when"))
        classrooms.change_setting(room.here, SETTING, found)
    plan(room)
    return aside(room, _how_it_is(room))


def _weekly(typed: str, room: Room) -> str | None:
    """A day of the week and a time, as the setting keeps them: "fri 16:30"."""
    for lead in ("", "every ", "每"):
        found = read_every(lead + typed, room.zone)
        if not isinstance(found, WhenError) and len(found.weekdays) == 1 and found.has_time:
            [day] = found.weekdays
            return f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day]} {found.clock:%H:%M}"
    return None


def _how_it_is(room: Room) -> PrivateText:
    every, say = every_of(room), own(room)
    at = say.when(every.next_after(room.now), room.zone, room.now) if every else None
    return say.private("praise.even_is", at=at)


def switch_off(press: Press, room: Room) -> Iterable[Effect]:
    """The button under the reminder: never again."""
    if not room.who.leads:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    classrooms.change_setting(room.here, SETTING, OFF)
    plan(room)
    return [room.tell(_how_it_is(room))]


# --- whom ----------------------------------------------------------------------------------------


def remind(due: Due, room: Room) -> Iterable[Effect]:
    """Tell whoever leads the class, if there is school and anybody to tell of; missed, it waits a week."""
    teachers = room.teachers()
    if every_of(room) is None or not teachers:
        return []
    plan(room)
    since = _since(room)
    if due.missed or since is None:
        return []
    found = _waiting_since(since, room)
    if not found:
        return []
    person = teachers[0]
    say = room.say_to(person)
    text = say.private(
        "praise.even",
        classroom=room.here.name,
        children=[_line(one, room, say) for one in found[:MOST]],
        more=max(0, len(found) - MOST),
        everybody=len(found) == len(room.roster.students),
    )
    keys = [
        Button(
            say.label("praise.even_child", name=one.row.name[:12]),
            "praise.even_child",
            {"student": one.row.id},
            person=person,
            row=place // 3,
        )
        for place, one in enumerate(found[:MOST])
    ]
    off = Button(say.label("praise.even_off"), "praise.even_off", person=person, row=9)
    return room.tell_person(person, text, *keys, off, quiet=room.hours_of(person), park=True)


def _since(room: Room) -> datetime | None:
    """Twenty school days back, at least four weeks; None where this week had no school at all."""
    calendar, today = calendar_of(room), room.today.date()
    back = [today - timedelta(days=n) for n in range(FARTHEST)]
    school = [day for day in back if is_school_day(day, calendar)]
    if not school or school[0] < today - timedelta(days=6):
        return None
    first = min(school[:SCHOOL_DAYS][-1], today - timedelta(days=28))
    return _midnight(first, room)


def _midnight(day: date, room: Room) -> datetime:
    return datetime.combine(day, time(), room.zone).astimezone(UTC)


def _waiting_since(since: datetime, room: Room) -> list[Waiting]:
    """Those without a praise since then, the longest first; who came to the class later has time."""
    recorded = praises.on_record(room.db, room.here.id)
    rows = [row for row in rosters.rows_of(room.db, room.here.id) if row.added_at <= since]
    found = [Waiting(row, recorded.get(row.id, [])) for row in rows]
    late = [one for one in found if not one.recorded or one.recorded[0].at < since]
    return sorted(late, key=lambda one: (bool(one.recorded), one.recorded[0].at if one.recorded else since))


# --- what is said --------------------------------------------------------------------------------


def _line(one: Waiting, room: Room, say: Say) -> dict[str, object]:
    """A child as the teacher reads of it: what is on record, and a draft."""
    return {
        "name": one.row.name,
        "private": not guardians.wishes_public_mention(room.db, one.row.id),
        "recorded": recorded_lines(one, room, say),
        "draft": draft_of(one, 0, room),
    }


def recorded_lines(one: Waiting, room: Room, say: Say) -> list[tuple[str, str, str]]:
    """When a child was praised last, with which title and words, the latest first."""
    return [(say.day(r.at, room.zone, room.now), r.title or "", cut(r.text)) for r in one.recorded[:RECORDED]]


def draft_of(one: Waiting, variant: int, room: Room) -> str:
    """A sentence that can stand in the group as it is; the first goes on from what was praised before.

    Children begin with different ones, so that not everybody hears the same.
    """
    last = cut(one.recorded[0].text) if one.recorded else ""
    turn = variant % (DRAFTS + 1) if last else variant % DRAFTS + 1
    kind = (turn + one.row.id) % DRAFTS + 1 if turn else 0
    text = room.say_class.group("praise.even_draft", kind=kind, last=last)
    return markup.plain(text.body)


def cut(words: str) -> str:
    """The beginning of what was said, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= CUT else line[: CUT - 1] + "…"
