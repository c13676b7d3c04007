"""Polls and their ballots: one choice a household, in the open or as nobody can read it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import col, select

from classroom.people import Role
from storage import households, poll_traces, schedules
from storage.database import Records
from storage.households import Households
from storage.tables import NamedBallot, Poll, RoleGrant, SecretBallot, Turnout

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
FAMILIES, COMMITTEE = "families", "committee"
SPLIT_FROM = 5
"""From so many votes on, how an anonymous poll was voted is told; with fewer one could guess who."""

Digest = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Count:
    """How a poll stands: how many households have voted, and one number an option."""

    voted: int
    totals: tuple[int, ...]


def begin(
    records: Records,
    classroom: int,
    question: str,
    options: Sequence[str],
    now: datetime,
    closes_at: datetime,
    *,
    by: int | None,
    anonymous: bool = False,
    multiple: bool = False,
    live: bool = False,
    voters: str = FAMILIES,
    quorum: str | None = None,
    hidden: bool = False,
    grows: bool = False,
) -> Poll:
    """A new poll, open at once."""
    row = Poll(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "poll"),
        by_person=by,
        question=question,
        options=list(options),
        anonymous=anonymous,
        multiple=multiple,
        live=live,
        voters=voters,
        quorum=quorum,
        hidden=hidden,
        grows=grows,
        salt=secrets.token_hex(16) if anonymous else None,
        opened_at=now,
        closes_at=closes_at,
    )
    records.add(row)
    records.flush()
    row.handle = f"poll/{row.id}"
    records.flush()
    return row


def get(records: Records, poll: int) -> Poll | None:
    """The poll with this id."""
    return records.get(Poll, poll)


def locked(records: Records, poll: int) -> Poll | None:
    """The poll, for writing a ballot: whoever else votes or closes waits."""
    return records.exec(select(Poll).where(Poll.id == poll).with_for_update()).one_or_none()


def numbered(records: Records, classroom: int, number: int) -> Poll | None:
    """The poll that people of a class call by this number."""
    return records.exec(
        select(Poll).where(Poll.classroom_id == classroom, Poll.number == number)
    ).one_or_none()


def voting(records: Records, classroom: int, voters: str, today: date) -> Households:
    """The households that vote: all of a class, or the committee's, for which only its members speak."""
    everybody = households.of_class(records, classroom)
    if voters != COMMITTEE:
        return everybody
    found = records.exec(
        select(RoleGrant).where(
            RoleGrant.classroom_id == classroom,
            RoleGrant.role == Role.COMMITTEE,
            col(RoleGrant.ended_at).is_(None),
        )
    ).all()
    return everybody.only({r.person_id for r in found if r.until is None or r.until >= today})


def add_option(records: Records, poll: Poll, option: str) -> None:
    """One more option. Ballots that are there already become as long as those to come, so that none tells
    whether it was cast before or after.
    """
    poll.options = [*poll.options, option]
    if poll.totals is not None:
        poll.totals = [*poll.totals, 0]
    if poll.anonymous:
        for ballot in records.exec(select(SecretBallot).where(SecretBallot.poll_id == poll.id)):
            ballot.choice = [*ballot.choice, 0]
    records.flush()


def remove_option(records: Records, poll: Poll, index: int) -> list[int]:
    """One option less, of a poll whose ballots may be read; gives the households that have no choice left."""
    poll.options = [*poll.options[:index], *poll.options[index + 1 :]]
    if poll.totals is not None:
        poll.totals = [*poll.totals[:index], *poll.totals[index + 1 :]]
    lost: list[int] = []
    for ballot in records.exec(select(NamedBallot).where(NamedBallot.poll_id == poll.id)):
        ballot.choice = [i - (i > index) for i in ballot.choice if i != index]
        if not ballot.choice:
            lost.append(ballot.household)
            records.delete(ballot)
    records.flush()
    return lost


def reopen(records: Records, poll: Poll, closes_at: datetime) -> None:
    """Let a poll run longer; of one that is closed, a named one only: of secret ones nothing is left."""
    if poll.state == CLOSED and not poll.anonymous:
        poll.totals, poll.voted, poll.households, poll.closed_at = None, None, None, None
        poll.state = OPEN
    poll.closes_at = closes_at
    poll.nudged = False
    records.flush()


def open_in(records: Records, classroom: int) -> list[Poll]:
    """The open polls of a class, oldest first."""
    return list(
        records.exec(
            select(Poll).where(Poll.classroom_id == classroom, Poll.state == OPEN).order_by(col(Poll.number))
        ).all()
    )


# --- ballots --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ballots:
    """The ballots of one poll, seen by the households of today.

    A household that was joined to another one meanwhile has one vote: a new choice replaces both old ones,
    and until then the newest counts (of secret ones, which have no time, that of the smallest student id).
    """

    records: Records
    poll: Poll
    homes: Households
    digest: Digest

    def choice(self, home: int) -> tuple[int, ...]:
        """What a household has chosen, empty if it has not voted."""
        return self._found(home, self._all())

    def last_voter(self, home: int) -> int | None:
        """The person whose choice of a named poll holds; nobody knows it of an anonymous one."""
        if self.poll.anonymous:
            return None
        ballots = [b for b in self._named() if b.household in self.homes.students[home]]
        return max(ballots, key=lambda b: b.at).person_id if ballots else None

    def voted(self) -> set[int]:
        """The households that have voted."""
        rows: Iterable[NamedBallot | Turnout] = self._named()
        if self.poll.anonymous:
            rows = self.records.exec(select(Turnout).where(Turnout.poll_id == self.poll.id)).all()
        return {self.homes.of[row.household] for row in rows if row.household in self.homes.of}

    def choices(self) -> dict[int, tuple[int, ...]]:
        """The choice of each household that has voted."""
        everything = self._all()
        found = {home: self._found(home, everything) for home in self.homes.students}
        return {home: choice for home, choice in found.items() if choice}

    def count(self) -> Count:
        """How the poll stands."""
        chosen = self.choices().values()
        totals = tuple(sum(i in choice for choice in chosen) for i in range(len(self.poll.options)))
        return Count(len(chosen), totals)

    def choose(self, home: int, choice: Sequence[int], person: int, now: datetime) -> None:
        """Let this be the household's choice; an empty one takes its vote back."""
        if self.poll.anonymous:
            self._choose_in_secret(home, choice)
        else:
            self._choose_openly(home, choice, person, now)
        self.records.flush()

    def _choose_openly(self, home: int, choice: Sequence[int], person: int, now: datetime) -> None:
        mine = [b for b in self._named() if b.household in self.homes.students[home]]
        kept = next((b for b in mine if b.household == home), None)
        for ballot in mine:
            if not choice or ballot is not kept:
                self.records.delete(ballot)
        if not choice:
            return
        if kept is None:
            kept = NamedBallot(poll_id=self.poll.id, household=home, at=now)
            self.records.add(kept)
        kept.choice, kept.person_id, kept.at = [*choice], person, now

    def _choose_in_secret(self, home: int, choice: Sequence[int]) -> None:
        students = self.homes.students[home]
        others = [s for s in students if s != home or not choice]
        run = self.records.connection().execute
        voters = [self._voter(s) for s in others]
        run(delete(SecretBallot).where(col(SecretBallot.voter).in_(voters)))
        run(delete(Turnout).where(col(Turnout.id).in_([self._turnout(s) for s in others])))
        if not choice:
            return
        ballot = self.records.get(SecretBallot, self._voter(home))
        if ballot is None:
            ballot = SecretBallot(voter=self._voter(home), poll_id=self.poll.id)
            self.records.add(ballot)
        # one figure an option: sealed, every choice is as long as any other
        ballot.choice = [int(i in choice) for i in range(len(self.poll.options))]
        if self.records.get(Turnout, self._turnout(home)) is None:
            self.records.add(Turnout(id=self._turnout(home), poll_id=self.poll.id, household=home))

    def _voter(self, student: int) -> str:
        return self.digest(f"ballot/{self.poll.id}/{student}/{self.poll.salt}")

    def _turnout(self, student: int) -> str:
        return self.digest(f"turnout/{self.poll.id}/{student}/{self.poll.salt}")

    def _named(self) -> list[NamedBallot]:
        return list(
            self.records.exec(
                select(NamedBallot).where(NamedBallot.poll_id == self.poll.id).order_by(col(NamedBallot.id))
            ).all()
        )

    def _all(self) -> dict[str, tuple[int, ...]]:
        """Every choice by what names its household, the newest last."""
        if self.poll.anonymous:
            secret = self.records.exec(select(SecretBallot).where(SecretBallot.poll_id == self.poll.id)).all()
            return {b.voter: tuple(i for i, on in enumerate(b.choice) if on) for b in secret}
        return {str(b.household): tuple(b.choice) for b in sorted(self._named(), key=lambda b: b.at)}

    def _found(self, home: int, everything: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
        students = self.homes.students[home]
        if self.poll.anonymous:
            return next((everything[v] for v in map(self._voter, students) if v in everything), ())
        mine = [choice for name, choice in everything.items() if int(name) in students]
        return mine[-1] if mine else ()


# --- the end --------------------------------------------------------------------------------------


def close(records: Records, ballots: Ballots, now: datetime) -> Count:
    """Write the totals and end the poll; of an anonymous one everything else is destroyed.

    An anonymous split of fewer than SPLIT_FROM votes is not even written down.
    """
    poll, count = ballots.poll, ballots.count()
    poll.voted, poll.households = count.voted, len(ballots.homes.students)
    told = not poll.anonymous or count.voted >= SPLIT_FROM
    poll.totals = [*count.totals] if told else None
    _end(poll, CLOSED, now)
    destroy(records, poll)
    return count


def cancel(records: Records, poll: Poll, now: datetime) -> None:
    """End a poll that nobody has seen, without a result."""
    poll.totals = None
    _end(poll, CANCELLED, now)
    destroy(records, poll)


def _end(poll: Poll, state: str, now: datetime) -> None:
    poll.state = state
    poll.closed_at = now


def destroy(records: Records, poll: Poll) -> None:
    """Destroy what could tell how somebody voted in an anonymous poll."""
    if not poll.anonymous:
        return
    run = records.connection().execute
    records.flush()
    run(delete(SecretBallot).where(col(SecretBallot.poll_id) == poll.id))
    run(delete(Turnout).where(col(Turnout.poll_id) == poll.id))
    poll.salt = None
    poll.traces = True
    records.flush()
    poll_traces.forget_marks(records, poll)


def swept(records: Records) -> bool:
    """Sweep again after secret polls that are over; True if the database's files are all that is left."""
    over = records.exec(select(Poll).where(col(Poll.traces).is_(True))).all()
    done = [poll_traces.forget_marks(records, poll) for poll in over]
    return bool(done) and all(done)


def traces_gone(records: Records) -> None:
    """Note that the files hold nothing of them any more."""
    for poll in records.exec(select(Poll).where(col(Poll.traces).is_(True))):
        poll.traces = False
