"""What follows where a group of WeCom takes a post no more: another way into it, or a word to the teacher."""

from __future__ import annotations

import json
from datetime import datetime

import structlog

from bot.ports import Failure
from storage import queue, webhooks
from storage.database import Records
from storage.tables import Chat

log = structlog.get_logger("delivery")
LOST = (Failure.GONE, Failure.NOT_ALLOWED)
TOLD = "channel.refused"


def goes_by_webhook(
    records: Records, due: queue.Due, chat: int | None, failure: Failure, now: datetime
) -> bool:
    """A post that the bot may not make in its group goes into it by the class's webhook, buttons or not."""
    if due.kind != "post" or failure not in LOST or chat is None:
        return False
    other, lost = webhooks.stand_in(records, chat), records.get(Chat, chat)
    if other is None or lost is None:
        return False
    lost.present = False
    records.flush()
    log.info("delivery takes another way", event_id=due.event_id, delivery_id=due.id, kind=due.kind)
    queue.redirect(records, due, queue.Place(other.id, other.platform), now)
    return True


def gives_up(
    records: Records, due: queue.Due, chat: int, failure: Failure, now: datetime
) -> list[queue.NewEvent]:
    """A webhook that is refused is used no more, and its class's teacher hears of that once."""
    row = webhooks.refuse(records, chat, now) if due.kind == "post" and failure is Failure.GONE else None
    if row is None:
        return []
    told = {
        "what": "failed",
        "delivery": due.id,
        "classroom": row.classroom_id,
        "then": TOLD,
        "data": {"webhook": row.id},
        "reason": failure.value,
    }
    return [queue.NewEvent(f"delivery:{due.id}:webhook", "delivery", json.dumps(told), now)]
