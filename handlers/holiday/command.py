"""/holiday: what comes, a draft now, and everything that a class sets about its holidays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from classroom.effects import Button, Effect, Remove, Report
from classroom.events import Json, Message, Undelivered
from handlers.aside import aside, own
from handlers.enclosing import files_of, own_files
from handlers.feature import Command, Feature, Press, Said, Who
from handlers.holiday import deciding, draft, greeting, looking, own_days, points, reading, returning, school
from handlers.holiday.reading import Back, Span
from handlers.holiday.school import calendar_of, day_text, span_text
from handlers.holiday.words import Facts, facts_of, with_return
from handlers.room import Room
from scheduler.calendar import Holiday
from storage import calendar
from templates.render import Say

feature = Feature("holiday")
SHOWN = 5
OFFERED = 3
_YEAR = re.compile(r"\s*(?P<year>20\d\d)\s*年?\s*(?P<name>\D.*)")


@feature.command("holiday", "放假", "假期", who=Who.TEACHER)
def holiday(command: Command, room: Room) -> Iterable[Effect]:
    """Out of the group with it, then do what was typed, in private."""
    removed: list[Effect] = []
    if room.group is not None:
        report = Report(failed="holiday.not_removed", data={"person": room.who.person})
        removed = [Remove(room.group, command.message.refs, report)]
    return [*removed, *_run(command.text, command.message, room)]


def _run(text: str, message: Message, room: Room) -> Iterable[Effect]:
    files = files_of(message)
    if not text.strip():
        return listed(room, files)
    word, rest = reading.subcommand(text)
    if word in OWN:
        return OWN[word](rest, room)
    return begin(text, room, files)


OWN: dict[str, Callable[[str, Room], Iterable[Effect]]] = {
    "add": own_days.add,
    "remove": own_days.remove,
    "event": own_days.event,
    "school": own_days.school_day,
    "term": own_days.term,
    "timetable": own_days.timetable,
    "points": points.typed,
    "auto": looking.switch_auto,
    "greetings": greeting.switch,
    "return": own_days.back_at,
}


# --- what comes ----------------------------------------------------------------------------------


def listed(room: Room, files: list[Json] | None = None) -> list[Effect]:
    """The next holidays, each with what is known of it, and buttons that draft their notices."""
    say, school_ = own(room), calendar_of(room, own(room))
    coming = school_.next_holidays(room.today.date())[:SHOWN]
    text = say.private(
        "holiday.listed",
        classroom=room.here.name,
        lines=[_line(h, say, room) for h in coming],
        unknown=list(dict.fromkeys(h.first.year for h in coming if not h.announced)),
        own=own_days.lines(room),
        auto=school.auto(room),
        greetings=school.greets(room),
        back=f"{at:%H:%M}" if (at := school.back_at(room)) else "",
        files=len(files or []),
    )
    return aside(room, text, *_offers(coming, files or [], room))


def _line(found: Holiday, say: Say, room: Room) -> dict[str, object]:
    school_ = calendar_of(room)
    row = calendar.holiday(room.db, room.here.id, found.key)
    return {
        "name": found.name,
        "span": span_text(found.first, found.last, say, room),
        "days": found.days,
        "announced": found.announced,
        "makeups": [
            day_text(m.day, say, room) for m in school_.makeups_of(found) if m.day >= room.today.date()
        ],
        "back": day_text(school_.back_on(found), say, room) if found.announced else "",
        "sent": draft.sent_before(row, room) if row else None,
    }


def _offers(coming: list[Holiday], files: list[Json], room: Room) -> list[Button]:
    say = own(room)
    args: dict[str, Json] = {"files": files} if files else {}
    return [
        Button(
            say.label("holiday.draft_it", name=found.name[: reading.LONGEST_NAME]),
            "holiday.draft",
            {**args, "key": found.key, "first": found.first.isoformat()},
            person=room.who.person,
            row=1,
        )
        for found in coming[:OFFERED]
    ]


@feature.button("holiday.draft")
def draft_it(press: Press, room: Room) -> Iterable[Effect]:
    """The draft of one that was listed."""
    if not room.who.leads:
        return [room.edit(press.handle, own(room).private("holiday.over"))]
    near = date.fromisoformat(str(press.args.get("first")))
    found = calendar_of(room).find(str(press.args.get("key")), near)
    files = press.args.get("files")
    if found is None or found.last < room.today.date():
        return [room.toast(press.callback, own(room).label("holiday.gone"), alert=True)]
    return _draft(found, Back(), room, files if isinstance(files, list) else [])


# --- a draft now ---------------------------------------------------------------------------------


def begin(text: str, room: Room, files: list[Json]) -> list[Effect]:
    """A draft for an official holiday by its name, or for days that were typed."""
    typed = reading.span(text, room)
    if isinstance(typed, Span):
        return _of_span(typed, room, files)
    if typed != "unread":
        return own_days.refused(typed, room)
    name, back = reading.named(text, room)
    if back is None:
        return own_days.refused("return", room)
    found = _named(name, room)
    if found is None:
        coming = calendar_of(room, own(room)).next_holidays(room.today.date())[:SHOWN]
        text_ = own(room).private("holiday.unknown", typed=name[:40], names=[h.name for h in coming])
        return aside(room, text_, *_offers(coming, files, room))
    return _draft(found, back, room, files)


def _named(name: str, room: Room) -> Holiday | None:
    today = room.today.date()
    if found := _YEAR.fullmatch(name):
        year = int(found["year"])
        today = max(today, date(year, 1, 1)) if today.year <= year else today
        name = found["name"]
    return calendar_of(room).named(name.strip(), today)


def _draft(found: Holiday, back: Back, room: Room, files: list[Json]) -> list[Effect]:
    """The draft of a known holiday; of one that is not announced the days are asked for, not guessed."""
    if not found.announced:
        return looking.ask_days(found, room, files)
    facts = with_return(facts_of(found, room), back.on, back.at)
    return show(facts, room, files)


def show(facts: Facts, room: Room, files: list[Json], *, early: bool = False) -> list[Effect]:
    """Make a draft and show it to whoever asked for it."""
    made, gone = draft.make(facts, room, room.who.person, files=files, early=early)
    return [*gone, *draft.show(made, room)]


def _of_span(typed: Span, room: Room, files: list[Json]) -> list[Effect]:
    """A draft for days of the class's own; they count in its calendar once it is sent."""
    if typed.first < room.today.date():
        return own_days.refused("past", room)
    if own_days.names_a_child(typed.name, room):
        return own_days.refused("child", room)
    name = typed.name or _official_name(typed, room) or room.say_class.label("holiday.plain_name").text
    row, gone = own_days.typed(replace(typed, name=name), room)
    found = own_days.as_it_will_be(row, room)
    early = typed.back.on is None and typed.back.at is not None
    shown = show(with_return(found, typed.back.on, typed.back.at), room, files, early=early)
    return [*gone, *shown]


def _official_name(typed: Span, room: Room) -> str:
    found = calendar_of(room).holidays(typed.first, typed.last)
    return found[0].name if found else ""


# --- what went wrong -----------------------------------------------------------------------------


@feature.undelivered("holiday.not_removed")
def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The command still stands in the group: its author hears at once, to delete it by hand."""
    person = event.data.get("person")
    if not isinstance(person, int) or event.reason == "not_found":
        return []
    return room.tell_person(person, room.say_to(person).private("notice.not_removed"), park=True)


@feature.dialogue("holiday.days", outlives_commands=True)
def days_said(said: Said, room: Room) -> Iterable[Effect]:
    """The days of a holiday that is not announced."""
    if not room.who.leads:
        return [room.tell(own(room).private("holiday.over"))]
    typed, kept = reading.span(said.text, room), said.data.get("files")
    if not isinstance(typed, Span):
        if any(char.isdigit() for char in said.text):  # else it was about something else
            room.expect("holiday.days", said.data)
        return own_days.refused(typed, room)
    files = [*(kept if isinstance(kept, list) else []), *own_files(said.message)]
    name = typed.name or str(said.data.get("name") or "")
    return _of_span(replace(typed, name=name), room, files)


deciding.attach(feature)
returning.attach(feature)
looking.attach(feature)
greeting.attach(feature)
points.attach(feature)
own_days.attach(feature)
