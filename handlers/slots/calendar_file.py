"""An appointment as a file that phones put into their calendar."""

from __future__ import annotations

import base64

from classroom.effects import Enclosed
from handlers.room import Room
from storage.tables import Meeting, Slot
from templates.render import Say

NOBODYS = "homeroom"


def calendar_file(
    say: Say, meeting: Meeting, row: Slot, student: int, room: Room, *, cancelled: bool = False
) -> Enclosed:
    """One event, without a name in it; a later file of the same family takes the place of this one.

    `student` is the family's first child, by which its event is known again.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - seldom needed, and large

    event = Event()
    event.add("uid", f"{room.instance.digest(f'slot/{meeting.id}/{student}')[:32]}@{NOBODYS}")
    event.add("sequence", int((room.now - meeting.opened_at).total_seconds()))
    event.add("dtstamp", room.now)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", say.label("slots.summary", title=meeting.title, classroom=room.here.name).text)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.place:
        event.add("location", meeting.place)
    calendar = Calendar()
    calendar.add("prodid", "-//Homeroom//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    name = say.label("slots.file_name", number=meeting.number).text
    data = base64.b64encode(calendar.to_ical()).decode()
    return Enclosed("document", f"{name}.ics", data=data, private=True)
