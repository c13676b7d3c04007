"""Webhooks of a class's groups in WeCom: which there are, what their secrets are, and which have ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import col, select

from classroom.addresses import ChatKind
from classroom.events import Origin
from storage import identity
from storage.database import Records
from storage.tables import Chat, Webhook

PLATFORM = identity.WEBHOOK
MOST = 5
"""How many groups of one class may be posted to so."""


def native_of(digest: Callable[[str], str], token: str) -> str:
    """What a group is called by us: a keyed hash, from which nobody learns its webhook."""
    return f"hook:{digest(f'webhook/{token}')[:32]}"


def find(records: Records, digest: Callable[[str], str], token: str) -> Webhook | None:
    """The webhook with this secret, if a class has it."""
    chat = identity.find_chat(records, PLATFORM, native_of(digest, token))
    return of_chat(records, chat.id) if chat is not None else None


def of_chat(records: Records, chat: int) -> Webhook | None:
    """The webhook of a group."""
    return records.exec(select(Webhook).where(Webhook.chat_id == chat)).one_or_none()


def of_class(records: Records, classroom: int) -> list[Webhook]:
    """A class's webhooks, the first one first."""
    return list(
        records.exec(select(Webhook).where(Webhook.classroom_id == classroom).order_by(col(Webhook.id))).all()
    )


def add(
    records: Records,
    digest: Callable[[str], str],
    token: str,
    *,
    classroom: int,
    title: str,
    by: int,
    now: datetime,
) -> Webhook:
    """Let a class post into a group; the secret is sealed."""
    origin = Origin(PLATFORM, native_of(digest, token), ChatKind.GROUP, title)
    chat = identity.meet_chat(records, origin, now)
    chat.classroom_id, chat.present, chat.introduced = classroom, True, True
    row = Webhook(classroom_id=classroom, chat_id=chat.id, token=token, given_by=by, given_at=now)
    records.add(row)
    records.flush()
    return row


def end(records: Records, row: Webhook) -> None:
    """Forget a webhook, its secret and all; what was posted stays known."""
    chat = records.get(Chat, row.chat_id)
    if chat is not None:
        chat.present, chat.classroom_id = False, None
    records.delete(row)
    records.flush()


def refuse(records: Records, chat: int, now: datetime) -> Webhook | None:
    """WeCom takes nothing there any more; gives the webhook the first time."""
    row, group = of_chat(records, chat), records.get(Chat, chat)
    if row is None or row.refused_at is not None or group is None:
        return None
    row.refused_at, group.present = now, False
    records.flush()
    return row


def token_of(records: Records, native: str) -> str | None:
    """The secret of a group, for whoever posts there; None where it has ended."""
    return records.exec(
        select(Webhook.token)
        .join(Chat, col(Chat.id) == col(Webhook.chat_id))
        .where(Chat.platform == PLATFORM, Chat.native == native, col(Webhook.refused_at).is_(None))
    ).one_or_none()


def stand_in(records: Records, chat: int) -> Chat | None:
    """The group of a webhook that posts what the class's bot may not say in its group any more."""
    lost = records.get(Chat, chat)
    if lost is None or lost.platform != identity.CALLED or lost.classroom_id is None:
        return None
    return records.exec(
        select(Chat)
        .join(Webhook, col(Webhook.chat_id) == col(Chat.id))
        .where(
            Webhook.classroom_id == lost.classroom_id,
            col(Webhook.apart).is_(False),
            col(Webhook.refused_at).is_(None),
            col(Chat.present).is_(True),
        )
        .order_by(col(Webhook.id))
    ).first()


def numbers(records: Records) -> tuple[int, int]:
    """How many webhooks are in use, and how many are refused."""
    ended = records.exec(select(col(Webhook.refused_at).is_not(None))).all()
    return len(ended) - sum(ended), sum(ended)
