"""What a platform tells later of a message that it took: it arrived, or after all it did not."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter

from bot import recording
from bot.ports import Failure, Fate, Refused
from bot.recording import Book
from classroom.events import Told
from storage import identity, queue
from storage.database import Records

log = structlog.get_logger("delivery")
SOURCE = "told"
PATIENCE = (timedelta(seconds=2), timedelta(seconds=20), timedelta(minutes=3))
"""How long a message is waited for of which something is told before it is recorded as sent."""
_WORDS = TypeAdapter(Told)


def read(raw: bytes) -> Told:
    """What was told too early, to be looked at again."""
    return _WORDS.validate_json(raw)


def to_hear(event: Told, at: datetime) -> queue.NewEvent:
    """What was told, as an event that is looked at then."""
    raw = _WORDS.dump_json(event).decode()
    return queue.NewEvent(f"{SOURCE}:{hashlib.sha256(raw.encode()).hexdigest()}", SOURCE, raw, at)


def hear(records: Records, event: Told, now: datetime) -> None:
    """Note what has become of a message; one that failed after all takes the next way, as if at once."""
    chat = identity.find_chat(records, event.origin.platform, event.origin.native)
    if chat is None:
        return
    found = queue.told_of(records, chat.id, event.refs)
    if not found:
        _look_again(records, event, now)
    book = Book()
    for sent in found:
        if sent.state != "sent" or sent.due.chat_id != chat.id:
            continue  # it was told of before, and goes another way by now
        if event.failure is not None:
            recording.failed_after_all(records, book, sent, _refusal(event.failure), now)
        elif sent.outcome != Fate.DELIVERED and event.fate in set(Fate):
            queue.set_delivery(records, sent.due.id, {"outcome": event.fate})
    book.write(records, now)


def _refusal(failure: str) -> Refused:
    known = failure in set(Failure)
    return Refused(Failure(failure)) if known else Refused(Failure.REFUSED, failure[:200])


def _look_again(records: Records, event: Told, now: datetime) -> None:
    """A platform may tell of a message sooner than its sending has been recorded."""
    if event.tries >= len(PATIENCE):
        log.info("told of a message that is not known", platform=event.origin.platform)
        return
    later = Told(event.origin, event.refs, event.fate, event.failure, event.tries + 1)
    queue.store_events(records, [to_hear(later, now + PATIENCE[event.tries])], now)
