"""Appointments: who has which time, taken first come first served, changed and exchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import col, select

from storage import schedules
from storage.database import Records
from storage.tables import Meeting, Slot, SlotSwap, StudentRow

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
ASKED, DONE, OVER = "open", "done", "over"

Times = Sequence[tuple[datetime, datetime]]


def begin(
    records: Records,
    classroom: int,
    title: str,
    place: str,
    times: Times,
    now: datetime,
    closes_at: datetime,
    *,
    by: int | None,
) -> Meeting:
    """Offer these times, all of them free."""
    row = Meeting(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "meeting"),
        by_person=by,
        title=title,
        place=place or None,
        opened_at=now,
        closes_at=closes_at,
    )
    records.add(row)
    records.flush()
    row.handle = f"slots/{row.id}"
    records.add_all(Slot(meeting_id=row.id, starts_at=start, ends_at=end) for start, end in times)
    records.flush()
    return row


def get(records: Records, meeting: int) -> Meeting | None:
    """The meeting with this id."""
    return records.get(Meeting, meeting)


def locked(records: Records, meeting: int) -> Meeting | None:
    """The meeting, for changing who comes when: whoever else does that waits."""
    return records.exec(select(Meeting).where(Meeting.id == meeting).with_for_update()).one_or_none()


def numbered(records: Records, classroom: int, number: int) -> Meeting | None:
    """The meeting that people of a class call by this number."""
    return records.exec(
        select(Meeting).where(Meeting.classroom_id == classroom, Meeting.number == number)
    ).one_or_none()


def coming(records: Records, classroom: int, now: datetime) -> list[Meeting]:
    """The meetings of a class that are not over or called off, in the order in which they were offered."""
    to_come = select(Slot.meeting_id).where(Slot.ends_at > now)
    return list(
        records.exec(
            select(Meeting)
            .where(
                Meeting.classroom_id == classroom,
                Meeting.state != CANCELLED,
                col(Meeting.id).in_(to_come),
            )
            .order_by(col(Meeting.number))
        ).all()
    )


# --- times ----------------------------------------------------------------------------------------


def slots_of(records: Records, meeting: int) -> list[Slot]:
    """The times of a meeting, in order; a child that has left leaves its time to others."""
    found = list(
        records.exec(select(Slot).where(Slot.meeting_id == meeting).order_by(col(Slot.starts_at))).all()
    )
    taken = [row.student_id for row in found if row.student_id is not None]
    left = records.exec(
        select(StudentRow.id).where(col(StudentRow.id).in_(taken), col(StudentRow.removed_at).is_not(None))
    ).all()
    for row in found:
        if row.student_id in left:
            free(records, row)
    return found


def slot(records: Records, wanted: int) -> Slot | None:
    """The time with this id."""
    return records.get(Slot, wanted)


def of_family(records: Records, meeting: int, students: Sequence[int]) -> Slot | None:
    """The time that a family has."""
    return next((s for s in slots_of(records, meeting) if s.student_id in students), None)


def choose(
    records: Records,
    meeting: Meeting,
    students: Sequence[int],
    wanted: int,
    person: int | None,
    now: datetime,
) -> bool:
    """Let a family have this time instead of what it had; False if somebody else was first.

    The meeting is to be `locked`; the update takes nothing that is not free even if it is not.
    """
    kept = [s for s in slots_of(records, meeting.id) if s.student_id in students]
    if any(s.id == wanted for s in kept):
        return True
    table = update(Slot).where(col(Slot.id) == wanted, col(Slot.meeting_id) == meeting.id)
    with records.begin_nested() as attempt:
        for mine in kept:
            free(records, mine)
        taken = records.connection().execute(
            table.where(col(Slot.student_id).is_(None)).values(
                student_id=students[0], person_id=person, taken_at=now
            )
        )
        if taken.rowcount != 1:
            attempt.rollback()
    records.expire_all()
    return taken.rowcount == 1


def free(records: Records, row: Slot) -> None:
    """Nobody has this time any more."""
    row.student_id, row.person_id, row.taken_at = None, None, None
    records.flush()


def end(records: Records, meeting: Meeting, state: str) -> None:
    """Close a meeting's choosing, or call it off."""
    meeting.state = state
    over_offers(records, [s.id for s in slots_of(records, meeting.id)])
    records.flush()


# --- exchanges ------------------------------------------------------------------------------------


def offer(records: Records, mine: Slot, wanted: Slot, person: int, now: datetime) -> SlotSwap:
    """Ask the family that has another time whether it would change; an older offer of one's own is over."""
    if mine.student_id is None or wanted.student_id is None:
        raise LookupError("a free time is taken, not exchanged")
    for older in offers(records, [mine.id]):
        if older.slot_id == mine.id and older.state == ASKED:
            older.state = OVER
    row = SlotSwap(
        slot_id=mine.id,
        wanted_id=wanted.id,
        student_id=mine.student_id,
        wanted_by=wanted.student_id,
        person_id=person,
        at=now,
    )
    records.add(row)
    records.flush()
    return row


def get_offer(records: Records, swap: int) -> SlotSwap | None:
    """The offer with this id."""
    return records.get(SlotSwap, swap)


def offers(records: Records, of: Iterable[int]) -> list[SlotSwap]:
    """Every offer that has to do with these times, whatever became of it."""
    ids = [*of]
    concerned = or_(col(SlotSwap.slot_id).in_(ids), col(SlotSwap.wanted_id).in_(ids))
    return list(records.exec(select(SlotSwap).where(concerned).order_by(col(SlotSwap.id))).all())


def still_stands(records: Records, swap: SlotSwap) -> bool:
    """True if nobody has decided, and both families have what they had when it was made."""
    mine, wanted = records.get(Slot, swap.slot_id), records.get(Slot, swap.wanted_id)
    if swap.state != ASKED or mine is None or wanted is None:
        return False
    return mine.student_id == swap.student_id and wanted.student_id == swap.wanted_by


def exchange(records: Records, swap: SlotSwap, person: int, now: datetime) -> bool:
    """Change the two families' places; False if the offer does not stand any more."""
    mine, wanted = records.get(Slot, swap.slot_id), records.get(Slot, swap.wanted_id)
    if mine is None or wanted is None or not still_stands(records, swap):
        return False
    free(records, mine)
    free(records, wanted)
    mine.student_id, mine.person_id, mine.taken_at = swap.wanted_by, person, now
    wanted.student_id, wanted.person_id, wanted.taken_at = swap.student_id, swap.person_id, now
    over_offers(records, [mine.id, wanted.id])
    swap.state = DONE
    records.flush()
    return True


def over_offers(records: Records, of: Iterable[int]) -> None:
    """What was offered about these times is void."""
    for swap in offers(records, of):
        if swap.state == ASKED:
            swap.state = OVER
    records.flush()
