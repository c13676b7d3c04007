"""The middle of the road: who is this, which feature wants it, and its effects stored with what it wrote."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from bot import meeting
from bot.registry import Registry
from bot.routing import Routing
from classroom.effects import Effect
from classroom.events import Answered, Delivered, Due, Event, Message, Pressed, Undelivered
from handlers.room import Instance, Room
from storage import queue
from storage.database import Database, Records, describe, is_database_trouble

log = structlog.get_logger("dispatch")
BATCH = 50
Reader = Callable[[bytes], Event | None]


class Dispatcher:
    """Handles stored events, a batch a transaction, each event in a savepoint of its own."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        readers: Mapping[str, Reader],
        instance: Instance,
        now: Callable[[], datetime],
        bot_names: Mapping[str, Callable[[], str]],
    ) -> None:
        """`readers` turn a source's raw words into events, `bot_names` say what the bot is called there."""
        self._database = database
        self._registry = registry
        self._readers = readers
        self._instance = instance
        self._now = now
        self._routing = Routing(registry, bot_names)

    async def run_once(self) -> int:
        """Handle the next batch; gives how many events were taken (0: nothing is ready)."""
        return await self._database.write(self._batch)

    async def next_at(self) -> datetime | None:
        """When the next event is ready, for whoever waits."""
        return await self._database.write(lambda records: queue.next_event_at(records, self._now()))

    def _batch(self, records: Records) -> int:
        done: set[int] = set()
        pending = queue.pending_events(records, self._now(), BATCH)
        for row in pending:
            if row.id not in done:
                done |= self._one(records, row)
        return len(pending)

    def _one(self, records: Records, row: queue.PendingEvent) -> set[int]:
        rows = queue.album_of(records, row.album) if row.album else [row]
        ids = [r.id for r in rows] or [row.id]
        event: Event | None = None
        try:
            event = self._read(rows or [row])
            with records.begin_nested():
                kind = self._handle(records, row.id, event)
            queue.finish_events(records, ids, "done", self._now(), kind=kind)
            log.debug("event handled", event_id=row.id, key=row.key, kind=kind)
        except Exception as error:
            if is_database_trouble(error):
                raise
            self._failed(records, ids, event, error)
        return set(ids)

    def _failed(self, records: Records, ids: list[int], event: Event | None, error: Exception) -> None:
        kind = type(event).__name__ if event else None
        log.error("event failed", event_id=ids[0], kind=kind, error=describe(error), at=_where(error))
        queue.finish_events(records, ids, "failed", self._now(), kind=kind, error=describe(error))
        try:
            with records.begin_nested():
                room = meeting.room_of(records, event, self._instance, self._now(), ids[0])
                effects = self._routing.apology(event, room) if room else []
                self._store(records, effects, room, ids[0])
        except Exception as second:
            if is_database_trouble(second):
                raise
            log.error("no apology possible", event_id=ids[0], error=describe(second), at=_where(second))

    def _read(self, rows: Sequence[queue.PendingEvent]) -> Event | None:
        events = [self._readers[row.source](row.raw.encode()) for row in rows]
        return _as_one(events)

    def _handle(self, records: Records, event_id: int, event: Event | None) -> str:
        if event is None:
            return "ignored"
        room = meeting.room_of(records, event, self._instance, self._now(), event_id)
        if room is None:
            return "ignored"
        effects = list(self._effects(event, room))
        self._store(records, effects, room, event_id)
        return type(event).__name__

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
            case _:
                return list(self._routing.happened(event, room))

    def _store(self, records: Records, effects: Sequence[Effect], room: Room | None, event_id: int) -> None:
        records.flush()
        classroom = room.classroom.id if room and room.classroom else None
        queue.store_effects(records, effects, self._now(), event_id=event_id, classroom_id=classroom)
        records.flush()


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
