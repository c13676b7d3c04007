"""The calendar has changed after a holiday was announced: the teacher hears, with a correction to send."""

from __future__ import annotations

from dataclasses import replace

from classroom.effects import Effect, Tell
from handlers import notice, notice_post, notice_reading
from handlers.concern_people import as_person
from handlers.holiday import draft as drafting
from handlers.holiday import school
from handlers.holiday.words import Facts, back_text, facts_of, words_of
from handlers.room import Room
from scheduler.calendar import Holiday, Makeup
from storage import calendar, notices
from storage.tables import HolidayRow, Notice


def put_right(holiday: Holiday, room: Room) -> list[Effect]:
    """What is told of a holiday that was announced with other days, once for each change."""
    row = calendar.holiday(room.db, room.here.id, holiday.key)
    if row is None or row.state != calendar.SENT or not holiday.announced:
        return []
    sent = notices.get(room.db, row.notice_id, room.here.id)
    facts = facts_of(holiday, room)
    if (
        sent is None
        or sent.state not in drafting.STANDS
        or (row.first, row.last) == (facts.first, facts.last)
    ):
        return []
    before = replace(
        facts,
        first=row.first,
        last=row.last,
        returns_on=row.returns_on,
        returns_at=school.clock(row.returns_at),
    )
    after = replace(facts, returns_at=before.returns_at or facts.returns_at)
    told = _tell(row, sent, before, after, room)
    if told:
        row.first, row.last, row.returns_on = after.first, after.last, after.returns_on
        row.changed_at = room.now
    return told


def _tell(row: HolidayRow, sent: Notice, before: Facts, after: Facts, room: Room) -> list[Effect]:
    person = notice_post.owner(sent, room)
    inner = as_person(room, person) if person is not None else None
    if person is None or inner is None:
        return []
    words, say = _words(sent.text, before, after, room), room.say_to(person)
    draft = sent.state == notices.OPEN and words != sent.text
    text = say.private(
        "holiday.dates_changed",
        classroom=room.here.name,
        name=after.name,
        number=sent.number,
        before=school.span_text(before.first, before.last, say, room),
        after=school.span_text(after.first, after.last, say, room),
        draft=draft,
    )
    quiet = room.hours_of(person)
    told = room.tell_person(person, text, quiet=quiet, park=True)
    if not draft:
        return told
    base = notice_reading.of_notice(sent, inner)
    wish = replace(base, text=words, corrects=sent.id, files=(), drafted_by=None)
    shown = notice.show(wish, inner)
    return [*told, *(replace(e, quiet=quiet, park=True) if isinstance(e, Tell) else e for e in shown)]


def _words(text: str, before: Facts, after: Facts, room: Room) -> str:
    """The words of the notice with the new days; what its teacher has written stays."""
    say = room.say_class
    if _is_homerooms(text, before, room):
        return words_of(after, room)
    pairs = [
        (
            school.span_text(before.first, before.last, say, room),
            school.span_text(after.first, after.last, say, room),
        ),
        (
            back_text(before.returns_on, before.returns_at, say, room),
            back_text(after.returns_on, after.returns_at, say, room),
        ),
    ]
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _is_homerooms(text: str, before: Facts, room: Room) -> bool:
    """True if a notice stands as it was drafted, whatever make-up days there were then."""
    bare = words_of(replace(before, makeups=()), room).splitlines()
    one = replace(before, makeups=(Makeup(before.first, "", None),))
    day = school.day_text(before.first, room.say_class, room)
    starts = [line[: line.index(day)] for line in words_of(one, room).splitlines() if line not in bare]
    return [line for line in text.splitlines() if not line.startswith(tuple(starts))] == bare
