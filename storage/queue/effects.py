"""Effects become deliveries: buttons get their random tokens, waiting edits of one post merge."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Discriminator, TypeAdapter
from sqlalchemy import and_, bindparam, func, select, update

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
from storage.leaving import Due, Leaving, StoredKey
from storage.putting_off import APART
from storage.queue.deliveries import DELIVERIES, PENDING

EFFECT: TypeAdapter[Effect] = TypeAdapter(Annotated[Effect, Discriminator("kind")])
_WAITING = and_(
    DELIVERIES.c.state == PENDING,
    DELIVERIES.c.kind == bindparam("of_kind"),
    DELIVERIES.c.handle == bindparam("name"),
    DELIVERIES.c.lane_key == bindparam("key"),
)
_FIRST_EDIT = select(func.min(DELIVERIES.c.due_at)).where(_WAITING).execution_options(**{APART: True})
_MERGED = (
    update(DELIVERIES)
    .where(_WAITING)
    .values(state="merged", finished_at=bindparam("now"), payload=None)
    .execution_options(**{APART: True})
)


def store_effects(
    records: Records,
    effects: Iterable[Effect],
    now: datetime,
    *,
    event_id: int | None,
    classroom_id: int | None,
) -> list[int]:
    """Store effects as deliveries, in order, in the caller's transaction; gives the deliveries' ids."""
    records.write_leaving()
    put_off_effects(records, effects, now, event_id=event_id, classroom_id=classroom_id)
    leaving = list(records.memory.leaving)
    records.write_leaving()
    return [one.due.id for one in leaving]


def put_off_effects(
    records: Records,
    effects: Iterable[Effect],
    now: datetime,
    *,
    event_id: int | None,
    classroom_id: int | None,
) -> None:
    """Let effects leave, in order, with all that leaves in the caller's transaction."""
    for effect in effects:
        _put_off(records, effect, now, event_id, classroom_id)


def _put_off(
    records: Records, effect: Effect, now: datetime, event_id: int | None, classroom_id: int | None
) -> None:
    effect, keys, buttons = _mint(effect, now, classroom_id)
    to = effect.to if isinstance(effect, Post | Tell | EditPost | EditTold) else effect.chat
    handle = getattr(effect, "handle", None)
    lane_key = _lane_key(effect, to)
    due_at = now + timedelta(seconds=effect.delay) if isinstance(effect, EditPost) else now
    if isinstance(effect, EditPost | EditTold):
        waited = _merge_waiting_edits(records, effect.kind, str(handle), lane_key, now)
        due_at = min(due_at, waited or due_at)
    due = Due(
        id=0,
        platform=None if isinstance(to, GuardianAddress) else to.platform,
        chat_id=None if isinstance(to, GuardianAddress) else to.chat,
        chat_kind=_kind_of(to),
        guardian_id=to.guardian if isinstance(to, GuardianAddress) else None,
        classroom_id=classroom_id,
        kind=effect.kind,
        lane=effect.lane.value,
        lane_key=lane_key,
        payload=dump(effect, keys),
        quiet=_quiet(effect.quiet) if isinstance(effect, Tell) else None,
        attempts=0,
        possible_duplicates=0,
        created_at=now,
        park=effect.park if isinstance(effect, Tell) else False,
        handle=handle,
        event_id=event_id,
    )
    records.memory.leaving.append(Leaving(due, effect, keys, due_at, _audience(effect), buttons))


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


def _kind_of(to: GroupAddress | PersonAddress | GuardianAddress) -> str | None:
    if isinstance(to, GroupAddress):
        return ChatKind.GROUP.value
    return ChatKind.PRIVATE.value if isinstance(to, PersonAddress) else None


def _quiet(hours: Hours | None) -> str | None:
    return f"{hours.start}-{hours.end}@{hours.zone}" if hours else None


def _mint(
    effect: Effect, now: datetime, classroom_id: int | None
) -> tuple[Effect, list[StoredKey], list[dict[str, object]]]:
    if not isinstance(effect, Post | Tell | EditPost | EditTold) or not effect.buttons:
        return effect, [], []
    handle = effect.handle or f"auto/{secrets.token_urlsafe(9)}"
    to = effect.to
    chat = to.chat if isinstance(to, PersonAddress | GroupAddress) else None
    rows: list[dict[str, object]] = []
    keys = []
    for button in effect.buttons:
        keys.append(_mint_key(button))
        if isinstance(button, Button) and (token := keys[-1].token):
            rows.append(_button_row(button, token, handle, chat, now, classroom_id))
    return replace(effect, handle=handle, buttons=()), keys, rows


def _mint_key(button: AnyButton) -> StoredKey:
    if isinstance(button, LinkButton):
        return StoredKey(button.label.text, payload=button.payload, row=button.row)
    return StoredKey(button.label.text, token=secrets.token_urlsafe(18), row=button.row)


def _button_row(
    button: Button, token: str, handle: str, chat: int | None, now: datetime, classroom_id: int | None
) -> dict[str, object]:
    return {
        "token": token,
        "purpose": button.purpose,
        "args": button.args,
        "classroom_id": classroom_id,
        "person_id": button.person,
        "roles": sorted(button.roles),
        "chat_id": chat,
        "handle": handle,
        "once": button.once,
        "expires_at": now + timedelta(hours=button.hours),
    }


_KEYS: TypeAdapter[list[StoredKey]] = TypeAdapter(list[StoredKey])


def dump(effect: Effect, keys: list[StoredKey]) -> str:
    """Write a delivery's payload; `load` reads it."""
    return _KEYS.dump_json(keys).decode() + "\n" + EFFECT.dump_json(effect).decode()


def load(payload: str) -> tuple[Effect, list[StoredKey]]:
    """Read a delivery's payload back."""
    keys, _, effect = payload.partition("\n")
    return EFFECT.validate_json(effect), _KEYS.validate_json(keys)


def opened(records: Records, due: Due) -> tuple[Effect, list[StoredKey]]:
    """What a delivery says; one that was stored in this very transaction need not be read back."""
    fresh = records.memory.fresh.get(due.id)
    return (fresh.effect, fresh.keys) if fresh is not None else load(due.payload)


def _merge_waiting_edits(
    records: Records, kind: str, handle: str, lane_key: str, now: datetime
) -> datetime | None:
    """Let a new edit stand for those that wait; gives when the first of them would have been made."""
    for one in records.memory.leaving:
        if (one.due.kind, one.due.handle, one.due.lane_key) == (kind, handle, lane_key):
            records.memory.leaving.remove(one)
            return one.due_at
    named = {"of_kind": kind, "name": handle, "key": lane_key}
    first = records.connection().execute(_FIRST_EDIT, named).scalar()
    if first is not None:
        records.connection().execute(_MERGED, {**named, "now": now})
    return first
