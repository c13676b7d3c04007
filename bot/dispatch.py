"""The middle of the road: who is this, which feature wants it, and its effects stored with what it wrote."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from bot import meeting, tidings
from bot.registry import Registry
from bot.routing import Routing
from bot.spreading import spread
from classroom.addresses import ChatKind
from classroom.effects import Effect
from classroom.events import (
    Answered,
    Delivered,
    Due,
    Event,
    Message,
    PagePressed,
    Pressed,
    SenderKind,
    Told,
    Undelivered,
)
from handlers.room import Instance, Room
from storage import foreseeing, queue
from storage.database import Database, Records, describe, is_database_trouble

log = structlog.get_logger("dispatch")
BATCH = 100
TRIES = 3
IGNORED = "ignored"
Reader = Callable[[bytes], Event | None]


class StumbledError(Exception):
    """An event of a batch has failed: the whole batch is rolled back, to be done again carefully."""


class Dispatcher:
    """Handles events, a batch a transaction; where one of them fails, each in a savepoint of its own."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        readers: Mapping[str, Reader],
        instance: Instance,
        now: Callable[[], datetime],
        bot_names: Mapping[str, Callable[[], str]],
        plain: frozenset[str] = frozenset(),
        called: frozenset[str] = frozenset(),
    ) -> None:
        """`readers` turn a source's raw words into events, `bot_names` say what the bot is called there."""
        self._database = database
        self._registry = registry
        self._readers = readers
        self._instance = instance
        self._now = now
        self._routing = Routing(registry, bot_names, plain, called)
        self._warm = False

    async def run_once(self) -> int:
        """Handle the next batch; gives how many events were taken (0: nothing is ready)."""
        try:
            return await self._database.write(self.batch)
        except StumbledError:
            return await self._database.write(self._carefully)

    async def accept(self, source: str, events: Sequence[queue.NewEvent]) -> None:
        """Store what came in, and handle it in the same transaction where nothing stands against that.

        What has to queue or to gather is only stored, so is what stumbles, and so is what comes first
        after a start: an event that kills the process must be found in the queue after the next one.
        """
        try:
            await self._database.write(lambda records: self.take(records, source, events))
        except StumbledError:
            await self._database.write(lambda records: queue.store_events(records, events, self._now()))

    async def look_back(self) -> None:
        """Handle what a process before this one left, before anything new is begun.

        That process may have died over it: what is begun is marked first, what was marked is tried with
        fewer others and then alone, and set aside after three tries, so that it does not stop the class.
        """
        while chosen := await self._database.write(self._begin_again):
            await self._database.write(partial(self._these, chosen))

    async def next_at(self) -> datetime | None:
        """When the next event is ready, for whoever waits."""
        return await self._database.look(lambda records: queue.next_event_at(records, self._now()))

    # --- a batch at a time ----------------------------------------------------------------------

    def batch(self, records: Records) -> int:
        """Handle what is ready, in the caller's transaction and without savepoints.

        StumbledError if one event fails: then the transaction is over, and all is done again carefully.
        """
        pending = queue.pending_events(records, self._now(), BATCH)
        _numbered((row.key, row.id) for row in pending)
        kinds: dict[int, str] = {}
        found: list[tuple[int, Event | None]] = []
        for row in pending:
            if row.id not in kinds:
                rows = self._parts(records, row)
                found.append((row.id, self._read_or_stumble(rows)))
                kinds |= dict.fromkeys((r.id for r in rows), _kind(found[-1][1]))
        ignored = self._handle_all(records, found)
        queue.finish_kinds(records, kinds | dict.fromkeys(ignored, IGNORED), self._now())
        self._warm = self._warm or bool(pending)
        return len(pending)

    def take(self, records: Records, source: str, events: Sequence[queue.NewEvent]) -> bool:
        """As `accept`, in the caller's transaction; False where what came is only stored.

        StumbledError if one event fails: then the transaction is over.
        """
        now = self._now()
        if not self._warm or any(e.ready_at > now for e in events) or queue.any_pending(records):
            queue.store_events(records, events, now)
            return False
        read = {e.key: self._read_or_stumble([_waiting(e)]) for e in events}
        ids = queue.store_handled(records, {key: _kind(event) for key, event in read.items()}, source, now)
        _numbered(ids.items())
        ignored = self._handle_all(records, [(ids[key], read[key]) for key in read if key in ids])
        queue.finish_kinds(records, dict.fromkeys(ignored, IGNORED), now)
        return True

    def _handle_all(self, records: Records, events: Sequence[tuple[int, Event | None]]) -> list[int]:
        """Handle events in order; gives those that concerned nobody."""
        foreseeing.foresee(records, [e for _, e in events if isinstance(e, Message) and _in_a_group(e)])
        ignored, number = [], 0
        try:
            for number, event in events:
                if self._handle(records, number, event) == IGNORED:
                    ignored.append(number)
            records.write_leaving()
        except Exception as error:
            if is_database_trouble(error):
                raise
            log.info("a batch stumbles", event_id=number, error=describe(error))
            raise StumbledError from error
        return ignored

    # --- one at a time --------------------------------------------------------------------------

    def _carefully(self, records: Records) -> int:
        """Handle what is ready, each event in a savepoint of its own, so that one fails alone."""
        return self._each(records, queue.pending_events(records, self._now(), BATCH))

    def _begin_again(self, records: Records) -> list[int]:
        chosen, given_up = queue.begin_again(records, self._now(), BATCH, TRIES)
        for number in given_up:
            log.error("event set aside: processes died over it", event_id=number)
        queue.finish_events(records, given_up, "failed", self._now(), error="processes died over it")
        return chosen

    def _these(self, ids: Sequence[int], records: Records) -> int:
        return self._each(records, queue.these_events(records, ids))

    def _each(self, records: Records, pending: Sequence[queue.PendingEvent]) -> int:
        _numbered((row.key, row.id) for row in pending)
        done: set[int] = set()
        for row in pending:
            if row.id not in done:
                done |= self._one(records, row)
        return len(pending)

    def _one(self, records: Records, row: queue.PendingEvent) -> set[int]:
        rows = self._parts(records, row)
        ids = {r.id for r in rows}
        event: Event | None = None
        trouble: Exception | None = None
        for _ in range(TRIES - 1):  # the first was with the whole batch
            try:
                event = self._read(rows)
                with records.begin_nested():
                    kind = self._handle(records, row.id, event)
                    records.write_leaving()
                queue.finish_events(records, [*ids], "done", self._now(), kind=kind)
            except Exception as error:
                if is_database_trouble(error):
                    raise
                records.memory.forget()
                log.info("event stumbled", event_id=row.id, error=describe(error))
                trouble = error
            else:
                return ids
        if trouble is not None:
            self._failed(records, [r.id for r in rows], event, trouble)
        return ids

    def _parts(self, records: Records, row: queue.PendingEvent) -> list[queue.PendingEvent]:
        """All that came in as one: the event itself, or its whole album."""
        return (queue.album_of(records, row.album) if row.album else []) or [row]

    def _read_or_stumble(self, rows: Sequence[queue.PendingEvent]) -> Event | None:
        try:
            return self._read(rows)
        except Exception as error:
            log.info("a batch stumbles", event_id=rows[0].id, error=describe(error))
            raise StumbledError from error

    def _failed(self, records: Records, ids: list[int], event: Event | None, error: Exception) -> None:
        kind = type(event).__name__ if event else None
        log.error("event failed", event_id=ids[0], kind=kind, error=describe(error), at=_where(error))
        queue.finish_events(records, ids, "failed", self._now(), kind=kind, error=describe(error))
        try:
            with records.begin_nested():
                room = meeting.room_of(records, event, self._instance, self._now(), ids[0])
                effects = self._routing.apology(event, room) if room else []
                self._store(records, effects, room, ids[0])
                records.write_leaving()
        except Exception as second:
            if is_database_trouble(second):
                raise
            records.memory.forget()
            log.error("no apology possible", event_id=ids[0], error=describe(second), at=_where(second))

    def _read(self, rows: Sequence[queue.PendingEvent]) -> Event | None:
        events = [self._readers[row.source](row.raw.encode()) for row in rows]
        return _as_one(events)

    def _handle(self, records: Records, event_id: int, event: Event | None) -> str:
        if event is None:
            return IGNORED
        if not _in_a_group(event):
            records.write_put_off()  # whatever it looks at has been written
        if isinstance(event, Told):
            tidings.hear(records, event, self._now())
            return _kind(event)
        room = meeting.room_of(records, event, self._instance, self._now(), event_id)
        if room is None:
            return IGNORED
        effects = list(self._effects(event, room))
        self._store(records, effects, room, event_id)
        log.debug("event handled", event_id=event_id, kind=_kind(event))
        return _kind(event)

    def _effects(self, event: Event, room: Room) -> Sequence[Effect]:
        match event:
            case Message():
                return list(self._routing.message(event, room))
            case Pressed():
                return list(self._routing.pressed(event, room))
            case Answered():
                return list(self._registry.answers[event.then](event, room))
            case Undelivered():
                return list(self._registry.failures[event.then](event, room))
            case Delivered():
                return list(self._registry.arrivals[event.then](event, room))
            case Due():
                return list(self._registry.dues[event.kind](event, room))
            case PagePressed():
                return list(self._registry.page_presses[event.purpose](event, room))
            case _:
                return list(self._routing.happened(event, room))

    def _store(self, records: Records, effects: Sequence[Effect], room: Room | None, event_id: int) -> None:
        records.flush()
        classroom = room.classroom.id if room and room.classroom else None
        if effects:
            effects = spread(effects, room) if room is not None else effects
            queue.put_off_effects(records, effects, self._now(), event_id=event_id, classroom_id=classroom)


def _in_a_group(event: Event | None) -> bool:
    """True for what a person writes in a group: of that there is much, so it is foreseen."""
    return (
        isinstance(event, Message)
        and event.origin.kind is ChatKind.GROUP
        and event.sender.kind is SenderKind.PERSON
    )


def _kind(event: Event | None) -> str:
    return IGNORED if event is None else type(event).__name__


def _waiting(event: queue.NewEvent) -> queue.PendingEvent:
    return queue.PendingEvent(0, event.key, event.source, event.raw, event.album)


def _numbered(events: Iterable[tuple[str, int]]) -> None:
    """Say by which id each event goes on, so that it can be followed from the platform's own key."""
    for key, number in events:
        log.debug("event taken up", event_id=number, key=key)


def _as_one(events: Sequence[Event | None]) -> Event | None:
    """An album is one message: the words of whichever part has them, the files of all."""
    parts = [e for e in events if isinstance(e, Message)]
    if len(parts) < 2:
        return events[0] if events else None
    text = next((p.text for p in parts if p.text), "")
    return replace(
        parts[0],
        text=text,
        attachments=tuple(a for p in parts for a in p.attachments),
        more_refs=tuple(p.ref for p in parts[1:]),
    )


def _where(error: Exception) -> str:
    """The places an error came through, without a word of what was being handled."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
