"""The calendar as phones subscribe to it (RFC 5545): whole days, so that no time zone is needed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

REFRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """One whole-day entry; `last` is its last day. `sequence` counts how often it was changed."""

    uid: str
    first: date
    last: date
    title: str
    note: str = ""
    sequence: int = 0
    changed: datetime = datetime(2000, 1, 1, tzinfo=UTC)


def render(name: str, entries: list[Entry]) -> str:
    """A calendar of this name; the same entries always give the same text."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - takes 0.1 s, and few events need it

    made = Calendar()
    made.add("prodid", "-//Homeroom//School calendar//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT12H")
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", entry.changed.replace(microsecond=0))
        event.add("last-modified", entry.changed.replace(microsecond=0))
        event.add("sequence", entry.sequence)
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
        event.add("summary", entry.title)
        if entry.note:
            event.add("description", entry.note)
        event.add("transp", "TRANSPARENT")
        event.add("class", "PUBLIC")
        made.add_component(event)
    body: bytes = made.to_ical()
    return body.decode()
