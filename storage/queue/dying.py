"""Events over which processes have died: found at the next start, tried alone, and set aside in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select, update

from storage.database import Records
from storage.queue.events import EVENTS, PendingEvent

MARK = "begun "
"""What stands in `error` of an event that was begun and not ended, with how often that was."""

COMPANY = (100, 10)
"""With how many others it is begun the first time and the second; after that alone."""


def begin_again(records: Records, now: datetime, limit: int, tries: int) -> tuple[list[int], list[int]]:
    """Mark what is begun next, to be committed before it is; gives that, and what had all its tries.

    What was begun before is begun with fewer others, then alone, `tries` times. The order is kept.
    """
    found = records.connection().execute(
        select(EVENTS.c.id, EVENTS.c.error)
        .where(EVENTS.c.state == "pending", EVENTS.c.ready_at <= now)
        .order_by(EVENTS.c.id)
        .limit(limit)
    )
    begun = {int(number): _times(error) for number, error in found}
    given_up = [number for number, times in begun.items() if times >= len(COMPANY) + tries]
    left = [number for number in begun if number not in given_up]
    chosen = _together(left, begun)
    if chosen:
        mark = f"{MARK}{begun[chosen[0]] + 1}"
        records.connection().execute(update(EVENTS).where(EVENTS.c.id.in_(chosen)).values(error=mark))
    return chosen, given_up


def _together(left: Sequence[int], begun: Mapping[int, int]) -> list[int]:
    """The oldest, and those behind it that were begun as often: as many as may be begun together."""
    if not left:
        return []
    times = begun[left[0]]
    most = COMPANY[times] if times < len(COMPANY) else 1
    return list(takewhile(lambda number: begun[number] == times, left[:most]))


def _times(error: str | None) -> int:
    return int(error.removeprefix(MARK)) if error and error.startswith(MARK) else 0


def these_events(records: Records, ids: Iterable[int]) -> Sequence[PendingEvent]:
    """Unhandled events by their ids."""
    found = records.connection().execute(
        select(EVENTS.c.id, EVENTS.c.key, EVENTS.c.source, EVENTS.c.raw, EVENTS.c.album)
        .where(EVENTS.c.state == "pending", EVENTS.c.id.in_(list(ids)))
        .order_by(EVENTS.c.id)
    )
    return [PendingEvent(*row) for row in found]
