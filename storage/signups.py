"""Sign-ups: who is down for what, who waits, and who moves up when a place gets free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import or_
from sqlmodel import col, select

from storage import schedules
from storage.database import Records
from storage.guardians import ACTIVE
from storage.households import Households
from storage.tables import Guardian, Signup, SignupEntry, StudentRow

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"


def begin(
    records: Records,
    classroom: int,
    title: str,
    lines: Sequence[tuple[str, int]],
    now: datetime,
    closes_at: datetime,
    *,
    held_at: datetime | None,
    by: int | None,
    unlisted: bool = False,
) -> Signup:
    """A new sign-up, open at once; `lines` are (what, how many places), 0 for as many as will come."""
    row = Signup(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "signup"),
        by_person=by,
        unlisted=unlisted,
        title=title,
        lines=[what for what, _ in lines],
        places=[places for _, places in lines],
        opened_at=now,
        closes_at=closes_at,
        held_at=held_at,
    )
    records.add(row)
    records.flush()
    row.handle = f"signup/{row.id}"
    records.flush()
    return row


def locked(records: Records, signup: int) -> Signup | None:
    """The sign-up, for writing into it: whoever else signs up or closes it waits."""
    return records.exec(select(Signup).where(Signup.id == signup).with_for_update()).one_or_none()


def get(records: Records, signup: int) -> Signup | None:
    """The sign-up with this id."""
    return records.get(Signup, signup)


def numbered(records: Records, classroom: int, number: int) -> Signup | None:
    """The sign-up that people of a class call by this number."""
    return records.exec(
        select(Signup).where(Signup.classroom_id == classroom, Signup.number == number)
    ).one_or_none()


def current(records: Records, classroom: int, now: datetime) -> list[Signup]:
    """What is open, and what is closed but still to take place; oldest first."""
    ahead = (col(Signup.state) == CLOSED) & (col(Signup.held_at) > now)
    return list(
        records.exec(
            select(Signup)
            .where(Signup.classroom_id == classroom, or_(col(Signup.state) == OPEN, ahead))
            .order_by(col(Signup.number))
        ).all()
    )


def end(records: Records, signup: Signup, state: str, now: datetime) -> None:
    """Close it, or call it off."""
    signup.state = state
    signup.closed_at = now
    records.flush()


def unnamed(records: Records, classroom: int) -> set[int]:
    """The students of a class who are not to be named in public, by their own or any guardian's wish."""
    own = records.exec(
        select(StudentRow.id).where(
            StudentRow.classroom_id == classroom, col(StudentRow.public_mention).is_(False)
        )
    ).all()
    by_guardian = records.exec(
        select(Guardian.student_id).where(
            Guardian.classroom_id == classroom,
            Guardian.state == ACTIVE,
            col(Guardian.public_mention).is_(False),
        )
    ).all()
    return {*own, *by_guardian}


@dataclass
class Standing:
    """Who is down for what in one sign-up, seen by the households of today; read it anew after a change."""

    records: Records
    signup: Signup
    homes: Households

    @cached_property
    def entries(self) -> list[SignupEntry]:
        """The entries in the order of arrival; those of children who have left are none any more."""
        found = self.records.exec(
            select(SignupEntry).where(SignupEntry.signup_id == self.signup.id).order_by(col(SignupEntry.id))
        ).all()
        return [entry for entry in found if entry.student_id in self.homes.of]

    def of_home(self, home: int) -> list[SignupEntry]:
        """What a household is down for."""
        return [entry for entry in self.entries if self.homes.of[entry.student_id] == home]

    def coming(self, line: int) -> list[SignupEntry]:
        """Who has a place."""
        return [entry for entry in self.entries if entry.line == line and not entry.waiting]

    def waiting(self, line: int) -> list[SignupEntry]:
        """Who waits for one, the next first."""
        return [entry for entry in self.entries if entry.line == line and entry.waiting]

    def left(self, line: int) -> int | None:
        """How many places are left; None where there is room for everybody."""
        places = self.signup.places[line]
        return max(0, places - len(self.coming(line))) if places else None

    def enter(self, line: int, student: int, person: int | None, now: datetime) -> SignupEntry:
        """Put a household down by one of its children; at the end of those who wait, if it is full."""
        full = self.left(line) == 0 or bool(self.waiting(line))
        entry = SignupEntry(
            signup_id=self.signup.id, line=line, student_id=student, person_id=person, waiting=full, at=now
        )
        self.records.add(entry)
        self._changed()
        return entry

    def withdraw(self, entry: SignupEntry) -> None:
        """Take a household off a line."""
        self.records.delete(entry)
        self._changed()

    def fill(self) -> list[SignupEntry]:
        """Let those who wait have the places that are free; gives who has moved up."""
        moved: list[SignupEntry] = []
        for line in range(len(self.signup.lines)):
            left = self.left(line)
            moved += self.waiting(line)[:left]
        for entry in moved:
            entry.waiting = False
        self._changed()
        return moved

    def _changed(self) -> None:
        self.records.flush()
        self.__dict__.pop("entries", None)
