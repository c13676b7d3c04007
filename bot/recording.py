"""What became of a delivery, and the events that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.addressing import Target
from bot.ports import Done, Failure, Moved, Outcome, Refused, TryAgain
from bot.webhooks import gives_up, goes_by_webhook
from classroom.addresses import PAGE, ChatKind
from classroom.effects import Ask, Effect, Menu, React, RemovePost, Report, Toast
from classroom.events import Json
from scheduler.hours import read_hours
from storage import classrooms, identity, queue
from storage.database import Records
from storage.tables import Chat

log = structlog.get_logger("delivery")
SOURCE = "delivery"
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
GIVE_UP = timedelta(hours=24)
SHUT = (Failure.NEVER_STARTED, Failure.BLOCKED, Failure.NOT_SUBSCRIBED, Failure.WINDOW_CLOSED)
"""Doors that open again once the person writes or subscribes: what may wait for that waits."""
SAME_EVERYWHERE = (Failure.LEAK, Failure.NOT_A_GUARDIAN)
"""Failures that no other way would cure."""
GIVE_UP_SOON = (Toast, Menu, React)
"""Effects that are not worth a day of trying."""


@dataclass(slots=True)
class Book:
    """What is to be written about several deliveries, each kind of it at once."""

    closed: list[dict[str, object]] = field(default_factory=list)
    erased: list[dict[str, object]] = field(default_factory=list)
    posted: list[dict[str, object]] = field(default_factory=list)
    told: list[queue.NewEvent] = field(default_factory=list)

    def write(self, records: Records, now: datetime) -> None:
        """Write it down; the book is empty then."""
        queue.close_deliveries(records, self.closed)
        queue.close_deliveries(records, self.erased, erase=True)
        queue.remember_posted(records, self.posted)
        queue.store_events(records, self.told, now)
        self.closed, self.erased, self.posted, self.told = [], [], [], []


def put_off_for_quiet(records: Records, due: queue.Due, now: datetime) -> bool:
    """Put a delivery off to the end of its reader's quiet hours, if they hold now.

    It begins anew then: what was tried before would else keep its lane shut all night.
    """
    if due.quiet is None:
        return False
    window, _, zone = due.quiet.partition("@")
    hours = read_hours(window, ZoneInfo(zone))
    if hours is None or not hours.holds(now):
        return False
    queue.set_delivery(records, due.id, {"due_at": hours.over(now), "attempts": 0})
    return True


def begun(records: Records, under_way: Sequence[tuple[queue.Due, Target]]) -> None:
    """Mark as under way; one to a guardian gets the chat found, so that the database's lock sees it."""
    queue.begin_deliveries(records, [due.id for due, _ in under_way])
    for due, target in under_way:
        if due.guardian_id is not None:
            found = {"chat_id": target.chat, "chat_kind": ChatKind.PRIVATE.value}
            queue.set_delivery(records, due.id, {**found, "platform": target.platform})


def recover(records: Records, now: datetime, harmless: frozenset[str]) -> int:
    """Put back what a dead process left under way; gives how many messages may arrive twice."""
    doubtful = 0
    for due in queue.under_way(records):
        again = 0 if due.kind in harmless else 1
        doubtful += again
        queue.set_delivery(
            records,
            due.id,
            {"state": "pending", "due_at": now, "possible_duplicates": due.possible_duplicates + again},
        )
    if doubtful:
        log.warning("messages may arrive twice after a crash", count=doubtful)
    return doubtful


def never_begun(records: Records, deliveries: Iterable[int], now: datetime) -> None:
    """Put back what was marked as begun by a commit of which its own process never heard."""
    for delivery in deliveries:
        queue.set_delivery(records, delivery, {"state": "pending", "due_at": now})


def record(
    records: Records,
    book: Book,
    due: queue.Due,
    effect: Effect,
    target: Target,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Note what a platform did."""
    match outcome:
        case Done():
            _done(records, book, due, effect, target, outcome, now)
        case TryAgain():
            _again(records, book, due, effect, target, outcome, now)
        case Moved():
            _moved(records, target, outcome.new_native)
            queue.set_delivery(records, due.id, {"state": "pending", "due_at": now})
        case Refused():
            refused(records, book, due, effect, target.chat, outcome, now)


def refused(
    records: Records,
    book: Book,
    due: queue.Due,
    effect: Effect,
    chat: int,
    outcome: Refused,
    now: datetime,
    *,
    state: str = "failed",
) -> None:
    """It will never happen there: it takes the next way, if the person has one, or has failed."""
    if outcome.failure in SHUT or (outcome.failure is Failure.GONE and due.kind == "tell"):
        classrooms.set_door(records, chat, outcome.failure.value)
    if due.kind == "tell" and _another_way(records, due, chat, outcome.failure, now):
        return
    if goes_by_webhook(records, due, chat, outcome.failure, now):
        return
    book.told += gives_up(records, due, chat, outcome.failure, now)
    failed(records, book, due, effect, outcome, now, state=state)


def failed_after_all(records: Records, book: Book, sent: queue.Sent, outcome: Refused, now: datetime) -> None:
    """The platform took a message, and tells later that it never arrived."""
    due = sent.due
    if sent.erased or due.chat_id is None:  # too long ago: nobody can say it again
        queue.set_delivery(records, due.id, {"state": "failed", "outcome": outcome.failure.value})
        return
    effect, _ = queue.opened(records, due)
    book.write(records, now)
    queue.forget_delivered(records, due.id, due.chat_id)
    refused(records, book, due, effect, due.chat_id, outcome, now)


def _done(
    records: Records,
    book: Book,
    due: queue.Due,
    effect: Effect,
    target: Target,
    outcome: Done,
    now: datetime,
) -> None:
    said = due.kind in ("post", "tell")
    close(book, due, "sent", now, outcome.fate if said else "enforced")
    log.debug("delivery carried out", **_named(due))
    if said:
        handle = due.handle or f"delivery/{due.id}"
        book.posted += [
            {"delivery_id": due.id, "handle": handle, "chat_id": target.chat, "ref": ref, "at": now}
            for ref in outcome.refs
        ]
    if due.kind == "tell" and due.platform != PAGE:
        classrooms.set_door(records, target.chat, "open")
    if isinstance(effect, RemovePost):
        book.write(records, now)
        queue.forget_posted(records, effect.handle, target.chat)
    if isinstance(effect, Ask):
        _answer(book, due, effect, outcome.answer, None, now)
    report = _report(effect)
    if report and report.sent:
        _event(book, due, "sent", {"then": report.sent, "data": report.data}, now)


def _again(
    records: Records,
    book: Book,
    due: queue.Due,
    effect: Effect,
    target: Target,
    outcome: TryAgain,
    now: datetime,
) -> None:
    attempts = due.attempts + 1
    patience = timedelta(minutes=10) if isinstance(effect, GIVE_UP_SOON) else GIVE_UP
    if now - due.created_at > patience and attempts > 5:
        over = Refused(Failure.EXPIRED, outcome.why)
        refused(records, book, due, effect, target.chat, over, now, state="dead")
        return
    wait = (
        outcome.after
        if outcome.after is not None
        else min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 9))
    )
    doubt = 1 if outcome.uncertain and due.kind in ("post", "tell") else 0
    log.info("delivery will be tried again", **_named(due), why=outcome.why, wait=wait)
    queue.set_delivery(
        records,
        due.id,
        {
            "state": "pending",
            "attempts": attempts,
            "due_at": now + timedelta(seconds=wait),
            "possible_duplicates": due.possible_duplicates + doubt,
            "detail": outcome.why[:200],
        },
    )


def failed(
    records: Records,
    book: Book,
    due: queue.Due,
    effect: Effect,
    outcome: Refused,
    now: datetime,
    *,
    state: str = "failed",
) -> None:
    """Record a failure for good, and tell the handler that asked to hear of it."""
    if due.park and outcome.failure in SHUT:
        queue.set_delivery(records, due.id, {"state": "parked", "outcome": outcome.failure.value})
        return
    close(book, due, state, now, outcome.failure, outcome.detail)
    log.info("delivery failed", **_named(due), failure=outcome.failure.value)
    if isinstance(effect, Ask):
        _answer(book, due, effect, None, outcome.detail or outcome.failure.value, now)
    report = _report(effect)
    if report and report.failed:
        reason: dict[str, Json] = {"reason": outcome.failure.value}
        _event(book, due, "failed", {"then": report.failed, "data": report.data, **reason}, now)


def close(book: Book, due: queue.Due, state: str, now: datetime, outcome: str, detail: str = "") -> None:
    """A delivery is over, and `outcome` is what became of it; what nobody may read any more is not kept."""
    over: dict[str, object] = {
        "number": due.id,
        "new_state": state,
        "now": now,
        "why": str(outcome),
        "more": detail[:200] or None,
        "tried": due.attempts + 1,
    }
    # a toast's text names who pressed, and nobody needs it any more; a page is read a moment later
    erased = outcome == Failure.NOT_A_GUARDIAN or (due.kind == "toast" and due.platform != PAGE)
    (book.erased if erased else book.closed).append(over)


def _named(due: queue.Due) -> dict[str, int | str | None]:
    """What a delivery is called in the log: by the event that caused it, it can be followed."""
    return {"event_id": due.event_id, "delivery_id": due.id, "kind": due.kind}


def _report(effect: Effect) -> Report | None:
    found = getattr(effect, "report", None)
    return found if isinstance(found, Report) else None


def _moved(records: Records, target: Target, new_native: str) -> None:
    chat = records.get(Chat, target.chat)
    if chat is not None:
        identity.move_chat(records, chat, new_native)


def goes_elsewhere(records: Records, due: queue.Due, chat: int, now: datetime) -> bool:
    """True if somebody on a platform that runs here no more is told at another of their channels."""
    return due.kind == "tell" and _another_way(records, due, chat, Failure.UNSUPPORTED, now)


def _another_way(records: Records, due: queue.Due, chat: int, failure: Failure, now: datetime) -> bool:
    """Who cannot be told at one door is told at another of their own, before anybody hears that it failed.

    Each door is tried once, so that this ends; a group is no door of anybody's.
    """
    if failure in SAME_EVERYWHERE:
        return False
    tried = queue.tried_ways(records, due.id) | {chat}
    other = identity.next_door(records, chat, tried)
    if other is None:
        return False
    log.info("delivery takes another way", **_named(due), failure=failure.value)
    queue.note_way(records, due.id, chat, failure.value, now)
    queue.redirect(records, due, queue.Place(other.id, other.platform), now)
    return True


def _answer(
    book: Book, due: queue.Due, effect: Ask, answer: Json, failure: str | None, now: datetime
) -> None:
    told: dict[str, Json] = {
        "then": effect.then,
        "answer": answer,
        "data": effect.data,
        "failure": failure,
        "chat": due.chat_id,
        "asked_by": effect.asked_by,
    }
    _event(book, due, "answered", told, now)


def _event(book: Book, due: queue.Due, what: str, told: dict[str, Json], now: datetime) -> None:
    raw = json.dumps({"what": what, "delivery": due.id, "classroom": due.classroom_id, **told})
    # a parked or repeated delivery may report more than once; the attempt makes the key unique
    key = f"delivery:{due.id}:{what}:{due.attempts}"
    book.told.append(queue.NewEvent(key, SOURCE, raw, now))
