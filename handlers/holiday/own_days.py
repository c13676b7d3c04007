"""The class's own days: days off, exams and sports days, terms, school on a weekend and its timetable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from classroom.effects import Button, Effect
from classroom.folding import fold
from classroom.text import PrivateText
from handlers import leave_morning
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.holiday import draft, feed, reading, school
from handlers.holiday.reading import Span
from handlers.holiday.school import calendar_of, day_text, own_day, span_text
from handlers.holiday.words import Facts, ahead, facts_of, weekday_text
from handlers.room import Room
from scheduler.calendar import SchoolCalendar
from scheduler.calendar.days import Kind
from storage import calendar
from storage.tables import CalendarDay

MOST = 100
AHEAD = timedelta(days=400)
_AT_SCHOOL = (
    *(
        "运动会",
        "考试",
        "月考",
        "期中",
        "期末",
        "模拟考",
        "测验",
        "春游",
        "秋游",
        "家长会",
        "开放日",
        "艺术节",
    ),
    *("研学", "exam", "test", "sports day", "trip", "meeting", "open day"),
)
"""What is held at school: no day off, whoever adds it."""
_NO_SCHOOL = ("放假", "停课", "no school", "day off", "休息")


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.button("holiday.undo")(undo)
    feature.button("holiday.bring_back")(bring_back)


def names_a_child(text: str, room: Room) -> bool:
    """True if a child of the class is named: the calendar is read by everybody, and by phones."""
    return bool(room.roster.mentioned_in(text))


def as_it_will_be(row: CalendarDay, room: Room) -> Facts:
    """What a notice would say of days that are not in the calendar yet."""
    rows = [own_day(r) for r in calendar.days(room.db, room.here.id)]
    given, say = room.instance.defaults.calendar, room.say_class
    language = school.NAMES_IN.get(say.language, "")
    others = [day for day in rows if day.id != row.id]
    school_ = SchoolCalendar(room.here.country, [*others, own_day(row)], given, language)
    found = school_.find(f"own/{row.id}", row.first)
    if found is None:
        raise LookupError("what was just set is in the calendar")
    facts = facts_of(found, room)
    return Facts(
        facts.key,
        facts.name,
        facts.first,
        facts.last,
        school_.back_on(found),
        facts.returns_at,
        ahead(school_.makeups_of(found), room),
        row.id,
    )


def typed(span: Span, room: Room) -> tuple[CalendarDay, list[Effect]]:
    """The row for days that were typed with a draft in mind; what was typed before for them is let go.

    Days that are in the calendar already keep their row.
    """
    returns_at = f"{span.back.at:%H:%M}" if span.back.at else None
    for row in calendar.days(room.db, room.here.id):
        if row.kind == Kind.OFF and (row.first, row.last) == (span.first, span.last):
            row.name, row.changed_at = span.name, room.now
            row.returns_on, row.returns_at = span.back.on, returns_at
            return row, []
    gone: list[Effect] = []
    for asked in calendar.asked(room.db, room.here.id):
        before = draft.own_day_of(asked, room)
        touching = asked.first <= span.last and asked.last >= span.first
        if before is not None and before.state == calendar.DRAFT and touching:
            gone += draft.withdraw(asked, "holiday.newer_below", room)
            before.state, asked.state = calendar.GONE, calendar.SKIPPED
    row = calendar.add_day(
        room.db,
        room.here.id,
        Kind.OFF,
        span.name,
        (span.first, span.last),
        room.now,
        returns_on=span.back.on,
        returns_at=returns_at,
        state=calendar.DRAFT,
    )
    return row, gone


# --- added ---------------------------------------------------------------------------------------


def add(text: str, room: Room) -> list[Effect]:
    """A day off of the class's own; what is held at school becomes an event."""
    folded = fold(text).text.casefold()
    at_school = any(word in folded for word in _AT_SCHOOL)
    off = any(word in folded for word in _NO_SCHOOL)
    return _add(Kind.EVENT if at_school and not off else Kind.OFF, text, room)


def event(text: str, room: Room) -> list[Effect]:
    """Exams, a sports day: school is held, and the calendar shows it."""
    return _add(Kind.EVENT, text, room)


def term(text: str, room: Room) -> list[Effect]:
    """First and last day of a term; between two terms there is no school."""
    return _add(Kind.TERM, text, room)


def school_day(text: str, room: Room) -> list[Effect]:
    """School on a weekend, or instead of a holiday; with the weekday whose timetable it follows."""
    return _add(Kind.SCHOOL, text, room)


def _add(kind: Kind, text: str, room: Room) -> list[Effect]:
    text, follows = reading.weekday_behind(text) if kind is Kind.SCHOOL else (text, None)
    typed = reading.span(text, room, reading.LONGEST_TERM if kind is Kind.TERM else reading.LONGEST)
    if not isinstance(typed, Span):
        return refused(typed, room, kind)
    name = typed.name
    if kind in (Kind.OFF, Kind.EVENT) and not name:
        return refused("nameless", room, kind)
    if names_a_child(name, room):
        return refused("child", room, kind)
    if len(calendar.days(room.db, room.here.id)) >= MOST:
        return refused("many", room, kind)
    row = calendar.add_day(
        room.db,
        room.here.id,
        kind,
        name,
        (typed.first, typed.last),
        room.now,
        returns_on=typed.back.on,
        returns_at=f"{typed.back.at:%H:%M}" if typed.back.at else None,
        weekday=follows,
    )
    _follows(room)
    say = own(room)
    key = Button(say.label("common.undo"), "holiday.undo", {"day": row.id}, person=room.who.person)
    return aside(room, say.private("holiday.added", line=line(row, room), kind=kind, number=row.number), key)


def refused(why: str, room: Room, kind: Kind | None = None) -> list[Effect]:
    """Say what is wrong and how it is written."""
    text = own(room).private(
        "holiday.refused", because=why, longest=reading.LONGEST_NAME, kind=kind.value if kind else ""
    )
    return aside(room, text)


def timetable(text: str, room: Room) -> list[Effect]:
    """Whose weekday's timetable a make-up day follows: `/holiday timetable 2026-10-10 wed`."""
    text, follows = reading.weekday_behind(text)
    typed = reading.span(text, room)
    if not isinstance(typed, Span) or follows is None or typed.first != typed.last:
        return refused("timetable", room)
    makeup = calendar_of(room).makeup_on(typed.first)
    if makeup is None:
        return _no_makeup(typed.first, room)
    for row in calendar.days(room.db, room.here.id):
        if row.kind == Kind.TIMETABLE and row.first == typed.first:
            row.state = calendar.GONE
    room.db.flush()
    span = (typed.first, typed.last)
    calendar.add_day(room.db, room.here.id, Kind.TIMETABLE, "", span, room.now, weekday=follows)
    _follows(room)
    say = own(room)
    day, weekday = day_text(typed.first, say, room), weekday_text(follows, say)
    return [*aside(room, say.private("holiday.timetable_set", day=day, weekday=weekday)), *_drafts_anew(room)]


def _no_makeup(day: date, room: Room) -> list[Effect]:
    say, ahead = own(room), calendar_of(room).makeups(room.today.date(), room.today.date() + AHEAD)
    days = [day_text(m.day, say, room) for m in ahead]
    return aside(room, say.private("holiday.no_makeup", day=day_text(day, say, room), days=days))


def _drafts_anew(room: Room) -> list[Effect]:
    """Open drafts that the teacher has not worded say what is known now."""
    effects: list[Effect] = []
    for row in calendar.asked(room.db, room.here.id):
        effects += draft.refresh(row, room)
    return effects


def back_at(text: str, room: Room) -> list[Effect]:
    """The time by which this class is back after every holiday: `/holiday return 07:20`."""
    say = own(room)
    if reading.switch(text) is False:
        school.change(room, school.BACK_AT, None)
    elif text.strip():
        back = reading.back(text, room.today.date(), room)
        if back is None or back.at is None or back.on is not None:
            return refused("clock", room)
        school.change(room, school.BACK_AT, f"{back.at:%H:%M}")
    at = school.back_at(room)
    told = aside(room, say.private("holiday.back_at", at=f"{at:%H:%M}" if at else ""))
    return [*told, *_drafts_anew(room)] if text.strip() else told


def _follows(room: Room) -> None:
    """What goes by the calendar goes by it as it is now: the feed, and the list of who is absent."""
    feed.refresh(room)
    leave_morning.plan_list(room)


# --- shown and removed ---------------------------------------------------------------------------


def lines(room: Room) -> list[PrivateText]:
    """What the class has set and is not over, each with its number."""
    today = room.today.date()
    rows = [r for r in calendar.days(room.db, room.here.id) if r.last >= today and r.kind != Kind.TIMETABLE]
    return [line(row, room) for row in sorted(rows, key=lambda r: r.first)]


def line(row: CalendarDay, room: Room) -> PrivateText:
    """One entry as its teacher reads it."""
    say = own(room)
    return say.private(
        "holiday.own_line",
        number=row.number,
        kind=row.kind,
        name=row.name,
        span=span_text(row.first, row.last, say, room),
        follows=weekday_text(row.weekday, say),
        back=_back(row, room),
    )


def _back(row: CalendarDay, room: Room) -> str:
    day = day_text(row.returns_on, own(room), room) if row.returns_on else ""
    return " ".join(part for part in (day, row.returns_at or "") if part)


def remove(text: str, room: Room) -> list[Effect]:
    """Take an own entry out, by its number or its name."""
    row = _asked_for(text, room)
    if row is None:
        return aside(room, own(room).private("holiday.no_such", typed=text[:40], own=lines(room)))
    return _remove(row, room)


def _asked_for(text: str, room: Room) -> CalendarDay | None:
    rows = calendar.days(room.db, room.here.id)
    asked = fold(text).text.strip(" #第号条.")
    if asked.isdecimal():
        return next((r for r in rows if r.number == int(asked)), None)
    ahead = [r for r in rows if r.name and r.name == text.strip() and r.last >= room.today.date()]
    return ahead[0] if len(ahead) == 1 else None


def _remove(row: CalendarDay, room: Room) -> list[Effect]:
    say, removed = own(room), line(row, room)
    row.state, row.changed_at = calendar.GONE, room.now
    room.db.flush()
    _follows(room)
    kept = calendar.holiday(room.db, room.here.id, f"own/{row.id}")
    gone = draft.withdraw(kept, "holiday.removed_draft", room) if kept is not None else []
    key = Button(say.label("common.undo"), "holiday.bring_back", {"day": row.id}, person=room.who.person)
    return [*aside(room, say.private("holiday.removed", line=removed), key), *gone]


def undo(press: Press, room: Room) -> Iterable[Effect]:
    """What was just added goes again."""
    row = calendar.get_day(room.db, press.args.get("day"), room.here.id)
    if row is None or row.state != calendar.LIVE or not room.who.leads:
        return [room.toast(press.callback, own(room).label("holiday.gone"), alert=True)]
    return _remove(row, room)


def bring_back(press: Press, room: Room) -> Iterable[Effect]:
    """What was just removed is there again."""
    row = calendar.get_day(room.db, press.args.get("day"), room.here.id)
    if row is None or row.state != calendar.GONE or not room.who.leads:
        return [room.toast(press.callback, own(room).label("holiday.gone"), alert=True)]
    row.state, row.changed_at = calendar.LIVE, room.now
    room.db.flush()
    _follows(room)
    return [room.edit(press.handle, own(room).private("holiday.back_again", line=line(row, room)))]
