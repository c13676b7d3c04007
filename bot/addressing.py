"""Where a delivery goes today: a chat's current address, or a guardian looked up anew."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Failure
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Effect, Post, RemovePost
from storage import identity, queue
from storage.database import Records
from storage.memory import Reach
from storage.tables import Guardian, StudentRow


@dataclass(frozen=True, slots=True)
class Target:
    """A platform, the chat's row and address there, and what the effect's handle became in it."""

    platform: str
    chat: int
    address: GroupAddress | PersonAddress
    refs: tuple[str, ...] = ()


def target_of(records: Records, due: queue.Due, effect: Effect) -> Target | Failure:
    """Look the address up as it is now; a Failure where there is none (any more)."""
    chat = identity.reach(records, due.chat_id) if due.guardian_id is None else None
    if due.guardian_id is not None:
        found = _guardians_chat(records, due)
        if isinstance(found, Failure):
            return found
        chat = found
    if chat is None:
        return Failure.NOT_FOUND
    if chat.kind == ChatKind.GROUP and not chat.present and isinstance(effect, Post):
        return Failure.GONE
    refs = _refs(records, due, chat.chat, effect)
    if not refs and (elsewhere := _where_told(records, due, chat)) is not None:
        chat, refs = elsewhere, _refs(records, due, elsewhere.chat, effect)
    return Target(chat.platform, chat.chat, _address(chat, effect), refs)


def _where_told(records: Records, due: queue.Due, chat: Reach) -> Reach | None:
    """Where the person was told what is to be changed, if that is not where they would be told now."""
    if due.kind not in ("edit_told", "remove_post") or due.handle is None or chat.kind != ChatKind.PRIVATE:
        return None
    found = queue.told_at(records, due.handle, chat.chat)
    there = identity.reach(records, found) if found != chat.chat else None
    if there is None or there.kind != ChatKind.PRIVATE:
        return None
    queue.readdress(records, due, queue.Place(there.chat, there.platform))
    return there


def _guardians_chat(records: Records, due: queue.Due) -> Reach | Failure:
    link = records.get(Guardian, due.guardian_id)
    if link is None or link.state != "active":
        return Failure.NOT_A_GUARDIAN
    student = records.get(StudentRow, link.student_id)
    if student is None or student.removed_at is not None:
        return Failure.NOT_A_GUARDIAN
    address = identity.private_address(records, link.person_id, queue.tried_ways(records, due.id))
    chat = identity.reach(records, address.chat) if address else None
    return chat if chat is not None and chat.kind == ChatKind.PRIVATE else Failure.NOT_FOUND


def _address(chat: Reach, effect: Effect) -> GroupAddress | PersonAddress:
    if chat.kind != ChatKind.GROUP:
        return identity.person_address(chat)
    to = effect.to if isinstance(effect, Post) else None
    return identity.group_address(chat, to.thread if to else None)


def _refs(records: Records, due: queue.Due, chat: int, effect: Effect) -> tuple[str, ...]:
    if due.handle is None or due.kind in ("post", "tell"):
        return ()
    found = queue.posted(records, due.handle, chat)
    if isinstance(effect, RemovePost):
        return tuple(ref for _, ref in found)
    latest = max((d for d, _ in found if d is not None), default=None)
    return tuple(ref for d, ref in found if d == latest)
