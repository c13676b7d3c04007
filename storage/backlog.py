"""How the road stands, counted: for whoever watches from outside. Kinds and numbers, nothing of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, literal_column, or_, select, text
from sqlmodel import col

from storage.database import Records
from storage.queue import DELIVERIES, EVENTS
from storage.tables import Classroom, ScheduleRow, Violation

SCHEDULES = ScheduleRow.metadata.tables["schedules"]
VIOLATIONS = Violation.metadata.tables["violations"]
ODD = text("state IN ('parked', 'failed', 'dead')")
"""As the index has it: with values put in later, SQLite would not use it."""

SETTLED = timedelta(minutes=1)
"""After this time what was done about a violation is not expected to change any more."""

Tally = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, and since when the oldest of it could have been done; None where nothing waits."""

    events: int
    oldest_event: datetime | None
    deliveries: int
    oldest_delivery: datetime | None
    oldest_schedule: datetime | None


def backlog(records: Records, now: datetime, platforms: Sequence[str]) -> Backlog:
    """What is ready and not yet done. A broadcast takes its time, and so does not count as waiting."""
    run = records.connection().execute
    ready = (EVENTS.c.state == "pending", EVENTS.c.ready_at <= now)
    events, oldest_event = run(select(func.count(), func.min(EVENTS.c.ready_at)).where(*ready)).one()
    served = DELIVERIES.c.platform
    due = (
        DELIVERIES.c.state == "pending",
        DELIVERIES.c.lane != "bulk",
        DELIVERIES.c.due_at <= now,
        or_(served.is_(None), served.in_(platforms)),
    )
    deliveries, oldest = run(select(func.count(), func.min(DELIVERIES.c.due_at)).where(*due)).one()
    late = run(
        select(func.min(SCHEDULES.c.due_at)).where(SCHEDULES.c.state == "waiting", SCHEDULES.c.due_at <= now)
    ).scalar()
    return Backlog(events, oldest_event, deliveries, oldest, late)


def deliveries_by_state(records: Records) -> dict[str, int]:
    """How many deliveries are in each state that somebody may have to look at: not those that were sent."""
    run = records.connection().execute
    counted = {
        state: int(
            run(select(func.count()).where(DELIVERIES.c.state == literal_column(f"'{state}'"))).scalar_one()
        )
        for state in ("pending", "sending")
    }
    odd = select(DELIVERIES.c.state, func.count()).where(ODD).group_by(DELIVERIES.c.state)
    return counted | {"parked": 0, "failed": 0, "dead": 0} | {str(s): int(n) for s, n in run(odd)}


def suspected_duplicates(records: Records) -> int:
    """How many messages may have arrived twice, of those whose delivery is still kept."""
    total = select(func.sum(DELIVERIES.c.possible_duplicates)).where(text("possible_duplicates > 0"))
    return int(records.connection().execute(total).scalar() or 0)


def active_classrooms(records: Records) -> int:
    """How many classes are served."""
    served = select(func.count()).where(col(Classroom.state) == "active")
    return int(records.connection().execute(served).scalar() or 0)


@dataclass(slots=True)
class Reader:
    """Counts what has come to an end since the last look; one reader's figures only grow.

    It reads the rows behind its mark, by their primary key: what was counted once is not read again.
    """

    events_until: int
    violations_until: int

    @classmethod
    def from_now_on(cls, records: Records) -> Reader:
        """A reader to whom everything that is there is old."""
        return cls(_last(records, EVENTS), _last(records, VIOLATIONS))

    def events(self, records: Records) -> Tally:
        """Events handled since the last look, by kind and outcome; none is passed over that still waits."""
        waiting = select(func.min(EVENTS.c.id)).where(EVENTS.c.state == "pending")
        first = records.connection().execute(waiting).scalar()
        until = first - 1 if first is not None else _last(records, EVENTS)
        among = (EVENTS.c.id > self.events_until, EVENTS.c.id <= until)
        found = _by_two(records, EVENTS.c.kind, EVENTS.c.state, among)
        self.events_until = max(self.events_until, until)
        return found

    def verdicts(self, records: Records, now: datetime) -> Tally:
        """Messages and names judged to break a rule since the last look, by rule and what was done."""
        behind = VIOLATIONS.c.id > self.violations_until
        fresh = select(func.min(VIOLATIONS.c.id)).where(behind, VIOLATIONS.c.at > now - SETTLED)
        first = records.connection().execute(fresh).scalar()
        until = first - 1 if first is not None else _last(records, VIOLATIONS)
        found = _by_two(records, VIOLATIONS.c.rule, VIOLATIONS.c.done, (behind, VIOLATIONS.c.id <= until))
        self.violations_until = max(self.violations_until, until)
        return found


def _last(records: Records, table: Table) -> int:
    return int(records.connection().execute(select(func.max(table.c.id))).scalar() or 0)


def _by_two(
    records: Records,
    one: ColumnElement[str],
    other: ColumnElement[str],
    among: Sequence[ColumnElement[bool]],
) -> Tally:
    counted = select(one, other, func.count()).where(*among).group_by(one, other)
    return Counter({(str(a), str(b)): int(n) for a, b, n in records.connection().execute(counted)})
