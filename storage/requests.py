"""What parents bring: leaves and messages, each a thread of lines between a family and the teachers."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import col, select

from classroom.events import Json
from classroom.text import PrivateStr
from storage import schedules
from storage.database import Records
from storage.tables import Request, RequestLine

LEAVE, MESSAGE = "leave", "message"
OPEN, ANSWERED, HANDED_OVER, CLOSED = "open", "answered", "handed_over", "closed"
WAITING = (OPEN, HANDED_OVER)
APPROVED, KNOWN, WITHDRAWN, DONE = "approved", "known", "withdrawn", "done"
"""What became of a request; a plain answer needs no such word."""

SUMMARY = 60


def create(
    records: Records,
    classroom: int,
    kind: str,
    student: int,
    person: int,
    words: PrivateStr,
    now: datetime,
) -> Request:
    """A request under the next number of its classroom; of a message only the beginning is kept beside it."""
    row = Request(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "request"),
        kind=kind,
        student_id=student,
        person_id=person,
        text=words.reveal() if kind == LEAVE else words.reveal()[:SUMMARY],
        made_at=now,
    )
    records.add(row)
    records.flush()
    return row


def get(records: Records, request: int, classroom: int) -> Request | None:
    """A request of this classroom, by its id."""
    row = records.get(Request, request)
    return row if row is not None and row.classroom_id == classroom else None


def anywhere(records: Records, request: int) -> Request | None:
    """A request by its id, in whichever classroom."""
    return records.get(Request, request)


def add_line(
    records: Records, request: Request, person: int, words: PrivateStr, files: list[Json], now: datetime
) -> RequestLine:
    """Keep one line of a thread."""
    row = RequestLine(request_id=request.id, from_person=person, text=words.reveal(), files=[*files], at=now)
    records.add(row)
    records.flush()
    return row


def lines(records: Records, request: int) -> list[RequestLine]:
    """A thread, oldest line first."""
    return list(
        records.exec(
            select(RequestLine).where(RequestLine.request_id == request).order_by(col(RequestLine.id))
        ).all()
    )


def waiting(records: Records, classroom: int) -> list[Request]:
    """The requests of a class that nobody has answered yet, oldest first."""
    return list(
        records.exec(
            select(Request)
            .where(Request.classroom_id == classroom, col(Request.state).in_(WAITING))
            .order_by(col(Request.id))
        ).all()
    )


def latest(records: Records, classroom: int, person: int, since: datetime) -> Request | None:
    """The last thread that a parent began and that is not over, for who goes on without its button."""
    return records.exec(
        select(Request)
        .where(
            Request.classroom_id == classroom,
            Request.person_id == person,
            Request.made_at >= since,
            Request.state != CLOSED,
        )
        .order_by(col(Request.id).desc())
    ).first()


def leaves(records: Records, classroom: int, since: date) -> list[Request]:
    """The leaves of a class that last until a day or beyond it and were not taken back."""
    return list(
        records.exec(
            select(Request)
            .where(
                Request.classroom_id == classroom,
                Request.kind == LEAVE,
                col(Request.last_day) >= since,
            )
            .order_by(col(Request.id))
        ).all()
    )


def in_force(leave: Request) -> bool:
    """False for a leave that was taken back."""
    return leave.decision != WITHDRAWN


def covers(leave: Request, day: date) -> bool:
    """True if a child is absent on a day by this leave."""
    if not in_force(leave) or leave.first_day is None or leave.last_day is None:
        return False
    return leave.first_day <= day <= leave.last_day


def touching(records: Records, classroom: int, student: int, first: date, last: date) -> Request | None:
    """The newest leave of a child that shares a day with a span and was not taken back."""
    found = [
        row
        for row in leaves(records, classroom, first)
        if row.student_id == student and in_force(row) and row.first_day is not None and row.first_day <= last
    ]
    return found[-1] if found else None


def answer(request: Request, state: str, now: datetime, *, decision: str | None = None) -> None:
    """Somebody of the teachers dealt with a request."""
    request.state = state
    request.answered_at = now
    request.decision = decision or request.decision


def reopen(request: Request) -> None:
    """The family has written again: it waits for its teacher anew."""
    request.state = HANDED_OVER if request.assigned_to is not None else OPEN
    request.reminded_at = None


def waits_since(records: Records, request: Request) -> datetime:
    """Since when a family has been waiting for an answer."""
    if request.answered_at is None:
        return request.made_at
    later = [line.at for line in lines(records, request.id) if line.at > request.answered_at]
    return later[0] if later else request.answered_at
