"""What must be true whatever has happened: read from the database and from what people see."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import ForeignKeyConstraint, and_, exists, func, make_url, or_, select
from sqlmodel import col
from sqlmodel import select as every

from storage.database import Database, Records, make_engine
from storage.queue import DELIVERIES, EVENTS, POSTED
from storage.sealing import KeyRing, read_key
from storage.tables import Chat, NamedBallot, Notice, Poll, Receipt, SecretBallot, StudentRow, metadata
from tests.botapi import World
from tests.torture.life import MARK, Ledger, Life

SAID = ("post", "tell")
SOON = timedelta(seconds=30)


@dataclass(frozen=True)
class Standing:
    """How the road stood when nobody was on it."""

    in_flight: int
    """Messages that were begun and not recorded: each may have arrived."""
    counted: int
    """Possible duplicates that the database counts."""
    unrecorded: int
    """Messages that people have and the database does not know."""


class Look:
    """Eyes on the database of a bot that may be dead or alive."""

    def __init__(self, url: str, key: Path) -> None:
        self._url, self._key = url, key

    @contextmanager
    def records(self) -> Iterator[Records]:
        """One transaction, on a connection of its own."""
        # no connection is kept: to SQLite the one who opens a file first is the one who repairs it
        database = Database(make_engine(make_url(self._url), durable=False), KeyRing(read_key(self._key)))
        try:
            with database.transaction() as records:
                yield records
        finally:
            database.close()

    def standing(self, world: World) -> Standing:
        """Count what was in flight; the bot must be dead."""
        with self.records() as records:
            run = records.connection().execute
            flight = select(func.count()).where(DELIVERIES.c.state == "sending", DELIVERIES.c.kind.in_(SAID))
            counted = select(func.coalesce(func.sum(DELIVERIES.c.possible_duplicates), 0))
            return Standing(
                int(run(flight).scalar_one()), int(run(counted).scalar_one()), len(unrecorded(records, world))
            )

    def quiet(self, world: World, seconds: float) -> str:
        """Wait until nothing is left to do; what is still there once it has not changed for so long."""
        until, before = time.monotonic() + seconds, ""
        while left := self._left(world):
            if left != before:
                until, before = time.monotonic() + seconds, left
            if time.monotonic() > until:
                return left
            time.sleep(0.3)
        return ""

    def _left(self, world: World) -> str:
        if world.updates.pending:
            return f"{len(world.updates.pending)} updates not fetched"
        soon = datetime.now(UTC) + SOON
        with self.records() as records:
            run = records.connection().execute
            events = run(select(func.count()).where(EVENTS.c.state == "pending")).scalar_one()
            waiting = or_(
                DELIVERIES.c.state == "sending",
                and_(DELIVERIES.c.state == "pending", DELIVERIES.c.due_at < soon),
            )
            found = run(
                select(DELIVERIES.c.kind, DELIVERIES.c.state, DELIVERIES.c.detail).where(waiting)
            ).all()
        return f"{events} events, deliveries {Counter(map(tuple, found))}" if events or found else ""


def unrecorded(records: Records, world: World) -> list[tuple[int, int]]:
    """Messages of the bot's that stand in a chat and that no row of ours names, as (chat, id)."""
    rows = records.connection().execute(
        select(col(Chat.native), POSTED.c.ref).join(POSTED, POSTED.c.chat_id == col(Chat.id))
    )
    known = {(native, ref) for native, ref in rows}
    with world.lock:
        return [
            (chat.id, message.id)
            for chat in world.chats.values()
            for message in chat.messages.values()
            if message.sender is world.bot
            and not message.service
            and not message.deleted
            and (str((chat.migrated_to or chat).id), str(message.id)) not in known
            and (str(chat.id), str(message.id)) not in known
        ]


def problems(look: Look, life: Life) -> Iterator[str]:
    """Everything that is not as it must be, once all is quiet."""
    ledger, world = life.ledger, life.world
    life.ears.listen(ledger.secret)
    yield from (f"criticism in a group: {mark}" for mark in life.ears.leaks)
    yield from (f"never ended: {what}" for what in ledger.stuck)
    for chat, mark, what in ledger.heard:
        place = world.chats.get(chat)
        now = place.migrated_to.id if place and place.migrated_to else chat
        if not {(chat, mark), (now, mark)} & life.ears.said.keys():
            yield f"nobody heard {what} {mark}"
    yield from (f"still to be seen: {what}" for message, what in ledger.removed if not message.deleted)
    with look.records() as records:
        yield from _events(records, world, ledger.poison)
        yield from _deliveries(records, world)
        yield from _receipts(records, ledger)
        yield from _ballots(records, ledger)
        yield from _sound(records)


def _events(records: Records, world: World, poison: set[str]) -> Iterator[str]:
    """Every update that was ever offered was taken and handled once, or set aside if it had to be."""
    found = dict(records.connection().execute(select(EVENTS.c.key, EVENTS.c.state)).all())
    for update in world.update_log():
        state = found.pop(f"telegram:{update['update_id']}", "lost")
        wanted = "failed" if poison & set(MARK.findall(str(update))) else "done"
        if state != wanted:
            yield f"update {update['update_id']} is {state}: {sorted(update)}"
    yield from (f"event {key} is {state}" for key, state in found.items() if state != "done")


def _deliveries(records: Records, world: World) -> Iterator[str]:
    """What counts as sent was sent, what was sent counts, and what may be double is counted."""
    run = records.connection().execute
    moved = any(chat.migrated_to for chat in world.chats.values())
    silent = select(func.count()).where(
        DELIVERIES.c.state == "sent",
        DELIVERIES.c.kind.in_(SAID),
        ~exists().where(POSTED.c.delivery_id == DELIVERIES.c.id),
    )
    if (count := run(silent).scalar_one()) > 0:
        yield f"{count} messages count as sent and became nothing"
    for state, kind, outcome, count in run(
        select(DELIVERIES.c.state, DELIVERIES.c.kind, DELIVERIES.c.outcome, func.count())
        .where(DELIVERIES.c.state.not_in(("sent", "merged")), DELIVERIES.c.kind != "toast")
        .group_by(DELIVERIES.c.state, DELIVERIES.c.kind, DELIVERIES.c.outcome)
    ):
        # what stood in a group before it moved cannot be changed any more: Telegram counts anew there
        left_behind = moved and (kind, outcome) == ("edit_post", "not_found")
        if (state, outcome) != ("pending", None) and not left_behind:
            yield f"{count} × {kind} {state}: {outcome}"
    rows = run(select(col(Chat.native), POSTED.c.ref).join(POSTED, POSTED.c.chat_id == col(Chat.id))).all()
    twice = [row for row, count in Counter(tuple(r) for r in rows).items() if count > 1]
    if twice:
        yield f"{len(twice)} messages are recorded twice"
    known = {
        (str((chat.migrated_to or chat).id), str(message.id))
        for chat in world.chats.values()
        for message in chat.messages.values()
    }
    if missing := [tuple(row) for row in rows if tuple(row) not in known]:
        yield f"{len(missing)} messages are recorded that nobody ever got: {missing[:3]}"
    counted = int(run(select(func.coalesce(func.sum(DELIVERIES.c.possible_duplicates), 0))).scalar_one())
    extra = unrecorded(records, world)
    if len(extra) > counted:
        yield f"{len(extra)} messages arrived twice, {counted} are counted: {extra[:5]}"


def _receipts(records: Records, ledger: Ledger) -> Iterator[str]:
    children = {row.id: (row.classroom_id, row.name) for row in records.exec(every(StudentRow))}
    marks = {row.id: MARK.findall(row.text) for row in records.exec(every(Notice))}
    found = {
        (m, children[row.student_id]) for row in records.exec(every(Receipt)) for m in marks[row.notice_id]
    }
    for mark, families in ledger.receipts.items():
        yield from (f"receipt of {mark} lost: {family}" for family in families if (mark, family) not in found)


def _ballots(records: Records, ledger: Ledger) -> Iterator[str]:
    children = {row.id: (row.classroom_id, row.name) for row in records.exec(every(StudentRow))}
    polls = {mark: row for row in records.exec(every(Poll)) for mark in MARK.findall(row.question)}
    named = {(row.poll_id, children[row.household]): row.choice for row in records.exec(every(NamedBallot))}
    secret = Counter((row.poll_id, tuple(row.choice)) for row in records.exec(every(SecretBallot)))
    for mark, votes in ledger.votes.items():
        poll = polls.get(mark)
        if poll is None:
            yield f"poll {mark} lost"
        elif poll.anonymous:
            wanted = Counter(votes.values())
            got = Counter({c.index(1): n for (number, c), n in secret.items() if number == poll.id})
            if wanted != got:
                yield f"secret votes of {mark}: {dict(got)} instead of {dict(wanted)}"
        else:
            for family, choice in votes.items():
                if named.get((poll.id, family)) != [choice]:
                    yield f"vote in {mark} by {family}: {named.get((poll.id, family))} instead of {choice}"


def _sound(records: Records) -> Iterator[str]:
    """The database itself: its pages where it can say so, and every foreign key looked up."""
    connection = records.connection()
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        yield from (f"integrity_check: {line}" for line in found if line != "ok")
        yield from (
            f"foreign_key_check: {row}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        )
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            if not isinstance(constraint, ForeignKeyConstraint):
                continue
            parent = constraint.referred_table.alias()
            pairs = [(e.parent, parent.c[e.column.name]) for e in constraint.elements]
            orphans = select(func.count()).where(
                *(child.is_not(None) for child, _ in pairs),
                ~exists().where(*(child == there for child, there in pairs)),
            )
            if (count := connection.execute(orphans).scalar_one()) > 0:
                yield f"{count} rows of {table.name} point to no {constraint.referred_table.name}"
