"""Effects become deliveries: buttons get their random tokens, waiting edits of one post merge."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, and_, func, insert, select, update

from classroom.addresses import ChatKind, GroupAddress, GuardianAddress, PersonAddress
from classroom.drawings import PrivateDrawing
from classroom.effects import (
    AnyButton,
    Button,
    EditPost,
    EditTold,
    Effect,
    Hours,
    Lane,
    LinkButton,
    Post,
    Restrict,
    Tell,
)
from classroom.text import PrivateText, PublicText
from storage.database import Records
from storage.queue.deliveries import DELIVERIES, PENDING
from storage.tables import ButtonRow

EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
_STORED = insert(DELIVERIES)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A button as it will be shown: the label with its random token, or with a start payload."""

    label: str
    token: str | None = None
    payload: str | None = None
    row: int | None = None


def store_effects(
    records: Records,
    effects: Iterable[Effect],
    now: datetime,
    *,
    event_id: int | None,
    classroom_id: int | None,
) -> list[int]:
    """Store effects as deliveries, in order, in the caller's transaction; gives the deliveries' ids."""
    return [_store_effect(records, effect, now, event_id, classroom_id) for effect in effects]


def _store_effect(
    records: Records, effect: Effect, now: datetime, event_id: int | None, classroom_id: int | None
) -> int:
    effect, keys = _mint(records, effect, now, classroom_id)
    to = effect.to if isinstance(effect, Post | Tell | EditPost | EditTold) else effect.chat
    handle = getattr(effect, "handle", None)
    lane_key = _lane_key(effect, to)
    due_at = now + timedelta(seconds=effect.delay) if isinstance(effect, EditPost) else now
    if isinstance(effect, EditPost | EditTold):
        waited = _merge_waiting_edits(records, effect.kind, str(handle), lane_key, now)
        due_at = min(due_at, waited or due_at)
    row = {
        "event_id": event_id,
        "classroom_id": classroom_id,
        "platform": None if isinstance(to, GuardianAddress) else to.platform,
        "chat_id": None if isinstance(to, GuardianAddress) else to.chat,
        "chat_kind": _kind_of(to),
        "guardian_id": to.guardian if isinstance(to, GuardianAddress) else None,
        "audience": _audience(effect),
        "kind": effect.kind,
        "lane": effect.lane.value,
        "lane_key": lane_key,
        "payload": dump(effect, keys),
        "handle": handle,
        "quiet": _quiet(effect.quiet) if isinstance(effect, Tell) else None,
        "park": effect.park if isinstance(effect, Tell) else False,
        "state": "pending",
        "attempts": 0,
        "due_at": due_at,
        "possible_duplicates": 0,
        "created_at": now,
    }
    return _inserted(records.connection().execute(_STORED, row))


def _audience(effect: Effect) -> str | None:
    """For whom it is: what is drawn for one person alone makes all of it private."""
    text = getattr(effect, "text", None)
    if not isinstance(text, PublicText | PrivateText):
        return None
    files = effect.files if isinstance(effect, Post | Tell) else ()
    return "private" if any(isinstance(f, PrivateDrawing) for f in files) else text.audience


def _lane_key(effect: Effect, to: GroupAddress | PersonAddress | GuardianAddress) -> str:
    """Behind what a delivery queues; what is instant waits for nobody, a mute only for its member's other."""
    if isinstance(to, GuardianAddress):
        return f"guardian:{to.guardian}"
    if effect.lane is not Lane.INSTANT:
        return f"chat:{to.chat}"
    own = effect.member if isinstance(effect, Restrict) else secrets.token_hex(6)
    return f"chat:{to.chat}/{own}"


def _inserted(result: CursorResult[tuple[int]]) -> int:
    made = result.inserted_primary_key
    if made is None:
        raise LookupError("the database gave no id back")
    return int(made[0])


def _kind_of(to: GroupAddress | PersonAddress | GuardianAddress) -> str | None:
    if isinstance(to, GroupAddress):
        return ChatKind.GROUP.value
    return ChatKind.PRIVATE.value if isinstance(to, PersonAddress) else None


def _quiet(hours: Hours | None) -> str | None:
    return f"{hours.start}-{hours.end}@{hours.zone}" if hours else None


def _mint(
    records: Records, effect: Effect, now: datetime, classroom_id: int | None
) -> tuple[Effect, list[StoredKey]]:
    if not isinstance(effect, Post | Tell | EditPost | EditTold) or not effect.buttons:
        return effect, []
    handle = effect.handle or f"auto/{secrets.token_urlsafe(9)}"
    to = effect.to
    chat = to.chat if isinstance(to, PersonAddress | GroupAddress) else None
    keys = [_mint_key(records, b, handle, chat, now, classroom_id) for b in effect.buttons]
    return replace(effect, handle=handle, buttons=()), keys


def _mint_key(
    records: Records,
    button: AnyButton,
    handle: str,
    chat: int | None,
    now: datetime,
    classroom_id: int | None,
) -> StoredKey:
    if isinstance(button, LinkButton):
        return StoredKey(button.label.text, payload=button.payload, row=button.row)
    token = secrets.token_urlsafe(18)
    records.add(_button_row(button, token, handle, chat, now, classroom_id))
    return StoredKey(button.label.text, token=token, row=button.row)


def _button_row(
    button: Button, token: str, handle: str, chat: int | None, now: datetime, classroom_id: int | None
) -> ButtonRow:
    return ButtonRow(
        token=token,
        purpose=button.purpose,
        args=button.args,
        classroom_id=classroom_id,
        person_id=button.person,
        roles=sorted(button.roles),
        chat_id=chat,
        handle=handle,
        once=button.once,
        expires_at=now + timedelta(hours=button.hours),
    )


_KEYS: TypeAdapter[list[StoredKey]] = TypeAdapter(list[StoredKey])


def dump(effect: Effect, keys: list[StoredKey]) -> str:
    """Write a delivery's payload; `load` reads it."""
    return _KEYS.dump_json(keys).decode() + "\n" + EFFECT.dump_json(effect).decode()


def load(payload: str) -> tuple[Effect, list[StoredKey]]:
    """Read a delivery's payload back."""
    keys, _, effect = payload.partition("\n")
    return EFFECT.validate_json(effect), _KEYS.validate_json(keys)


def _merge_waiting_edits(
    records: Records, kind: str, handle: str, lane_key: str, now: datetime
) -> datetime | None:
    """Let a new edit stand for those that wait; gives when the first of them would have been made."""
    waiting = and_(
        DELIVERIES.c.state == PENDING,
        DELIVERIES.c.kind == kind,
        DELIVERIES.c.handle == handle,
        DELIVERIES.c.lane_key == lane_key,
    )
    first = records.connection().execute(select(func.min(DELIVERIES.c.due_at)).where(waiting)).scalar()
    if first is not None:
        merged = update(DELIVERIES).where(waiting)
        records.connection().execute(merged.values(state="merged", finished_at=now, payload=None))
    return first
