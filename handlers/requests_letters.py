"""What teachers and families read of a request: letters, with the buttons that belong to its state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from classroom.addresses import GuardianAddress
from classroom.effects import Button, Effect, Report, Tell
from classroom.events import Json
from classroom.people import ALL_TEACHERS
from classroom.text import Label, PrivateText
from handlers import requests_people as people
from handlers.concern_people import TERM_HOURS
from handlers.enclosing import enclosed
from handlers.room import Room
from storage import guardians, identity, queue, requests
from storage.tables import Request, RequestLine
from templates.render import Say

# --- to the teachers ------------------------------------------------------------------------------


def handle(request: Request, line: RequestLine, person: int) -> str:
    """Our name for the letter that a teacher gets for one line of a thread."""
    return f"request/{request.id}/{line.id}/{person}"


def letter(
    room: Room,
    request: Request,
    line: RequestLine,
    say: Say,
    *,
    status: PrivateText | None = None,
    updated: bool = False,
    handed_by: str = "",
) -> PrivateText:
    """One line of a family's as a teacher reads it; a leave shows its days and its reason."""
    opens_leave = request.kind == requests.LEAVE and line.text == request.text
    return say.private(
        "leave.letter" if opens_leave else "requests.letter",
        kind=request.kind,
        number=request.number,
        who=people.called(room, request, say, line.from_person),
        classroom=room.here.name,
        days=people.days_of(room, request, say),
        words=line.text,
        files=len(line.files),
        updated=updated,
        handed_by=handed_by,
        status=status,
    )


def teacher_buttons(room: Room, request: Request, person: int, say: Say) -> tuple[Button, ...]:
    """What a teacher can do with a request now."""
    waits = request.state in requests.WAITING
    leave = request.kind == requests.LEAVE and requests.in_force(request)
    others = [p for p in people.everybody_who_teaches(room) if p != person]
    offered = {
        "approve": leave and request.decision != requests.APPROVED,
        "known": waits,
        "reply": True,
        "hand": waits and bool(others),
    }
    return tuple(
        teacher_button(say.label(f"requests.{name}"), name, request, person, row=1 if row < 2 else 2)
        for row, (name, wanted) in enumerate(offered.items())
        if wanted
    )


def teacher_button(
    label: Label,
    name: str,
    request: Request,
    person: int,
    *,
    row: int | None = None,
    more: dict[str, Json] | None = None,
) -> Button:
    """A button under a request, for this teacher alone and only while the role lasts."""
    args: dict[str, Json] = {"request": request.id, **(more or {})}
    return Button(
        label,
        f"requests.{name}",
        args,
        person=person,
        roles=frozenset(ALL_TEACHERS),
        row=row,
        hours=TERM_HOURS,
    )


def to_teachers(
    room: Room,
    request: Request,
    line: RequestLine,
    *,
    to: Sequence[int] | None = None,
    updated: bool = False,
    handed_by: str = "",
) -> list[Effect]:
    """Bring a line of a family's to the teachers concerned, in their hours."""
    told: list[Effect] = []
    for person in to if to is not None else people.hearing(room, request):
        say = room.say_to(person)
        address = identity.private_address(room.db, person)
        if address is None:
            continue
        told.append(
            Tell(
                address,
                letter(room, request, line, say, updated=updated, handed_by=handed_by),
                teacher_buttons(room, request, person, say),
                handle=handle(request, line, person),
                files=enclosed(line.files),
                quiet=room.hours_of(person),
                report=Report(failed="requests.not_reached", data={"request": request.id, "teacher": person}),
            )
        )
    return told


def mark(
    room: Room, request: Request, shown: str, name: str, *, over: bool = False, **values: str
) -> list[Effect]:
    """Write what became of a request under every teacher's letter, and change its buttons.

    `shown` is the message under which the button was pressed; empty if there was none. `over`: a newer
    letter takes this one's place.
    """
    said = requests.lines(room.db, request.id)
    family = [line for line in said if not _teacher_said(room, line)] or said
    if not family:
        return []
    last = family[-1]
    edits: list[Effect] = []
    everybody = dict.fromkeys([*_actor(room), *people.everybody_who_teaches(room)])
    for person in everybody:
        say = room.say_to(person)
        status = say.private(f"requests.{name}", **values)
        mine = person in _actor(room)
        places = {handle(request, last, person)} | ({shown} if mine and shown else set())
        for place in sorted(places):
            if place != shown and not queue.was_said(room.db, place):
                continue
            text = (
                thread(room, request, say, status=status)
                if "/thread/" in place
                else letter(room, request, last, say, status=status)
            )
            buttons = () if over else teacher_buttons(room, request, person, say)
            edits.append(room.edit(place, text, *buttons, of=person))
    return edits


def _actor(room: Room) -> list[int]:
    return [room.actor.person] if room.actor is not None and room.actor.teaches else []


def _teacher_said(room: Room, line: RequestLine) -> bool:
    return line.from_person is not None and room.teaches(line.from_person)


def thread(
    room: Room, request: Request, say: Say, *, status: PrivateText | None = None, most: int = 12
) -> PrivateText:
    """A whole thread as a teacher reads it, its last lines if it is long."""
    said = requests.lines(room.db, request.id)
    shown = [
        {
            "who": guardians.display_name(room.db, line.from_person)
            if line.from_person and _teacher_said(room, line)
            else people.called(room, request, say, line.from_person),
            "at": say.when(line.at, room.zone, room.now),
            "words": line.text,
            "files": len(line.files),
        }
        for line in said[-most:]
    ]
    return say.private(
        "requests.thread",
        kind=request.kind,
        number=request.number,
        who=people.called(room, request, say),
        classroom=room.here.name,
        days=people.days_of(room, request, say),
        lines=shown,
        earlier=max(0, len(said) - most),
        status=status,
    )


# --- to the family --------------------------------------------------------------------------------


def family_button(say: Say, name: str, request: Request, person: int, *, once: bool = False) -> Button:
    """A button under what a parent reads of a request, for this person alone."""
    purpose = "leave.withdraw" if name == "withdraw" else f"requests.{name}"
    label = say.label("leave.withdraw" if name == "withdraw" else f"requests.{name}")
    return Button(label, purpose, {"request": request.id}, person=person, hours=TERM_HOURS, once=once)


def to_family(
    room: Room,
    request: Request,
    name: str,
    *,
    line: RequestLine | None = None,
    but: int | None = None,
    report: bool = False,
    **values: str,
) -> list[Effect]:
    """Tell those of the family who have written in this thread; each is looked up anew at every attempt."""
    told: list[Effect] = []
    for link in people.family(room, request):
        if link.person_id == but:
            continue
        say = room.say_to(link.person_id)
        text = say.private(
            f"requests.{name}",
            kind=request.kind,
            number=request.number,
            student=guardians.student_name(room.db, link.student_id),
            classroom=room.here.name,
            days=people.days_of(room, request, say),
            **values,
        )
        address = identity.private_address(room.db, link.person_id)
        files = enclosed(line.files) if line is not None and address is not None else ()
        tell = Tell(
            GuardianAddress(link.id),
            text,
            (family_button(say, "say", request, link.person_id),),
            handle=f"request/{request.id}/family/{name}/{line.id if line else 0}/{link.id}",
            files=files,
            quiet=room.hours_of(link.person_id),
        )
        data: dict[str, Json] = {
            "request": request.id,
            "guardian": link.id,
            "teacher": room.actor.person if room.actor else 0,
        }
        told.append(
            replace(tell, report=Report(failed="requests.answer_failed", data=data)) if report else tell
        )
    return told


def later_for_family(room: Room, request: Request, say: Say) -> list[dict[str, str]]:
    """Which of the family read an answer only later, as their quiet hours hold now."""
    found: Iterable[tuple[str, str]] = (
        (people.called(room, request, say, g.person_id), people.when_read(room, [g.person_id], say))
        for g in people.family(room, request)
    )
    return [{"who": who, "when": when} for who, when in found if when]
