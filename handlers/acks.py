"""收到 in the group: a receipt with a sign under it; where the class wishes, bare ones go after a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from classroom.effects import Effect, React, Remove
from classroom.events import Due, Json, Message
from classroom.rules.acks import Ack, read_ack
from handlers import receipts
from handlers.feature import Feature
from handlers.places import is_set_up
from handlers.room import Room
from handlers.rule_book import rules_of
from storage import identity, notices, schedules
from storage.tables import Chat, Notice

feature = Feature("acks")
COUNTS_FOR = timedelta(hours=48)
GOES_AFTER = timedelta(minutes=10)
GRACE = timedelta(hours=24)
SIGN = "👍"
NAMED_AT_MOST = 60
"""So long is 张小明妈妈：收到，谢谢老师 at most; longer texts are not searched for names."""


@feature.beside
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Count a family's 收到 for the notice it answers."""
    if room.group is None or room.actor is None or not room.who.guardian_of or not is_set_up(room):
        return None
    kind = _kind(message, room)
    if message.edited:
        _says_more_now(message, kind, room)
        return None
    notice = _answered(message, room) if kind is not Ack.NONE else None
    if notice is None:
        return None
    confirmed = receipts.confirm(room, room.who.person, notice, "ack")
    if confirmed is None:
        return None
    if kind is Ack.BARE and rules_of(room).collapse:
        _plan_removal(message, room)
    return [*confirmed, React(room.group, message.ref, SIGN)]


def _kind(message: Message, room: Room) -> Ack:
    kind = read_ack(message.text)
    if kind is Ack.NONE and len(message.text) <= NAMED_AT_MOST and "收到" in message.text:
        kind = read_ack(message.text, room.roster)
    return Ack.MORE if kind is Ack.BARE and message.attachments else kind


def _answered(message: Message, room: Room) -> Notice | None:
    """The notice that is quoted, else the latest one, if it is not too long ago."""
    if room.group is not None and message.reply_to is not None:
        quoted = notices.by_post(room.db, room.group.chat, message.reply_to.ref)
        if quoted is not None:
            return quoted
    latest = next(iter(notices.awaiting(room.db, room.here.id, room.now, of=())), None)
    since = room.now - COUNTS_FOR
    return latest if latest is not None and latest.sent_at is not None and latest.sent_at >= since else None


# --- collapsing ---------------------------------------------------------------------------------


def _plan_removal(message: Message, room: Room) -> None:
    """Let it go in ten minutes, together with those of the same minute."""
    at = (room.now + GOES_AFTER).replace(second=0, microsecond=0) + timedelta(minutes=1)
    name = f"{_prefix(room)}{at:%Y%m%d%H%M}"
    planned = schedules.waiting(room.db, name)
    refs = [*_refs(planned.args if planned else {}), *message.refs]
    _plan(name, refs, at, room)


def _prefix(room: Room) -> str:
    return f"acks.collapse/{room.group.chat if room.group else 0}/"


def _refs(args: dict[str, Json]) -> list[Json]:
    found = args.get("refs")
    return found if isinstance(found, list) else []


def _plan(name: str, refs: list[Json], at: datetime, room: Room) -> None:
    args: dict[str, Json] = {"chat": room.group.chat if room.group else 0, "refs": refs}
    schedules.plan(
        room.db, name, "acks.collapse", at, room.now, grace=GRACE, args=args, classroom=room.here.id
    )


def _says_more_now(message: Message, kind: Ack, room: Room) -> None:
    """One that was edited into more than a bare 收到 stays."""
    if kind is Ack.BARE or not rules_of(room).collapse:
        return
    for row in schedules.of_classroom(room.db, room.here.id):
        if row.name.startswith(_prefix(room)) and message.ref in _refs(row.args):
            _plan(row.name, [r for r in _refs(row.args) if r != message.ref], row.due_at, room)


@feature.due("acks.collapse")
def collapse(due: Due, room: Room) -> Iterable[Effect]:
    """The bare ones of a minute go, without further word."""
    row = schedules.get(room.db, due.schedule)
    chat = row.args.get("chat") if row is not None else None
    group = room.db.get(Chat, chat) if isinstance(chat, int) else None
    if row is None or group is None or due.missed or not is_set_up(room) or not rules_of(room).collapse:
        return []
    refs = tuple(str(ref) for ref in _refs(row.args))
    return [Remove(identity.group_address(group), refs)] if refs else []
