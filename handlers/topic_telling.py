"""What the author of a judged message reads, in private: why, and what to do now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from classroom.effects import Button, Effect, Report
from classroom.events import Delivered, Json, Undelivered
from handlers import topic_reports
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import violations
from storage.tables import Violation

NOTICE = "topics/notice/"
"""What a notice to an author is called, with the violation's number behind it."""

SHOWN = 300
"""So many characters of a message are quoted to its author and to the teacher."""


def attach(feature: Feature) -> None:
    """Declare what this part hears of."""
    feature.delivered("topics.removed")(removed)
    feature.undelivered("topics.not_removed")(not_removed)
    feature.delivered("topics.muted")(muted)
    feature.undelivered("topics.not_muted")(not_muted)
    feature.delivered("topics.reminded")(reminded)
    feature.undelivered("topics.not_reminded")(not_reminded)
    feature.button("topics.mistake")(mistake)


def remind(noted: Violation, room: Room) -> list[Effect]:
    """Remind the author, who is awake: something was just written."""
    return _tell(noted, "topics.reminder", room, report=True)


def _tell(
    noted: Violation, block: str, room: Room, *buttons: Button, report: bool = False, park: bool = False
) -> list[Effect]:
    person = noted.data.get("person")
    if not isinstance(person, int):
        return []
    data: dict[str, Json] = {"violation": noted.id}
    say, text = room.say_to(person), noted.text or ""
    quiet = room.quiet
    words = say.private(
        block,
        name=room.here.name,
        rule=noted.rule,
        words=text[:SHOWN] + ("…" if len(text) > SHOWN else ""),
        quiet=f"{quiet.start_text}–{quiet.end_text}" if quiet else "",
    )
    then = Report(sent="topics.reminded", failed="topics.not_reminded", data=data) if report else None
    handle = f"{NOTICE}{noted.id}"
    return room.tell_person(person, words, *buttons, handle=handle, park=park, report=then)


# --- what the platform has answered --------------------------------------------------------------


def _row(data: dict[str, Json], room: Room) -> Violation | None:
    noted = data.get("violation")
    row = violations.get(room.db, noted) if isinstance(noted, int) else None
    return row if row is not None and room.classroom is not None and row.data else None


def removed(event: Delivered, room: Room) -> Iterable[Effect]:
    """It is gone: the author reads why and what to do, the teacher may restore it."""
    row = _row(event.data, room)
    if row is None:
        return []
    row.done = violations.ENFORCED
    person = row.data.get("person")
    buttons = []
    if isinstance(person, int):
        label = room.say_to(person).label("topics.mistake")
        buttons = [Button(label, "topics.mistake", {"violation": row.id}, person=person, once=True)]
    told = _tell(row, "topics.removed", room, *buttons, park=True)
    return [*told, *topic_reports.lists(room, news=True)]


def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The bot may not delete here: the author is asked to, and the teacher reads that it stands."""
    row = _row(event.data, room)
    if row is None:
        return []
    if event.reason == "not_found":  # somebody was faster
        return removed(Delivered(event.delivery, "topics.removed", event.data, event.classroom), room)
    row.done = violations.REPORTED
    row.data = {**row.data, "delete": False, "refused": True}
    return [*_tell(row, "topics.please_remove", room), *topic_reports.lists(room, news=True)]


def muted(event: Delivered, room: Room) -> Iterable[Effect]:
    """The author cannot write for a while: say until when."""
    row, until = _row(event.data, room), event.data.get("until")
    person = row.data.get("person") if row is not None else None
    if row is None or not isinstance(until, str) or not isinstance(person, int):
        return []
    row.data = {**row.data, "mute": until}
    say = room.say_to(person)
    when = say.when(datetime.fromisoformat(until), room.zone, room.now)
    text = say.private("topics.muted", name=room.here.name, until=when)
    return [*room.tell_person(person, text, park=True), *topic_reports.lists(room, news=False)]


def not_muted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Nobody was muted, and nothing says so."""
    return []


def reminded(event: Delivered, room: Room) -> Iterable[Effect]:
    """The reminder has arrived."""
    if (row := _row(event.data, room)) is not None:
        row.done = violations.NUDGED
    return []


def not_reminded(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Nobody was reminded: the private door is shut, and a stale reminder helps nobody later."""
    if (row := _row(event.data, room)) is not None:
        row.done = violations.UNSUPPORTED
    return []


# --- the author's answer ---------------------------------------------------------------------------


def mistake(press: Press, room: Room) -> Iterable[Effect]:
    """The author says that this was no such thing: the teacher is asked to look."""
    row = _row(press.args, room)
    say = own(room)
    if row is None or row.restored_at is not None or row.data.get("settled"):
        return [room.toast(press.callback, say.label("toast.done_already"))]
    row.data = {**row.data, "mistake": True, "report": True}
    return [
        room.toast(press.callback, say.label("topics.teacher_looks")),
        *topic_reports.lists(room, news=True),
    ]
