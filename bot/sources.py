"""How the words of our own events are read back: what delivery and the clock put into the queue."""

from __future__ import annotations

from pydantic import BaseModel, JsonValue

from classroom.events import Answered, Delivered, Due, Event, PagePressed, Undelivered
from scheduler.clock import DueWords

PAGE = "page"
"""The source of what families press on their pages."""


class _DeliveryWords(BaseModel):
    what: str
    delivery: int
    classroom: int | None = None
    then: str
    data: dict[str, JsonValue] = {}
    answer: JsonValue = None
    failure: str | None = None
    reason: str = ""
    chat: int | None = None
    asked_by: int | None = None


def read_delivery(raw: bytes) -> Event:
    """What delivery reported: an answer, a failure for good, or that it has happened."""
    words = _DeliveryWords.model_validate_json(raw)
    match words.what:
        case "answered":
            return Answered(
                words.delivery,
                words.then,
                words.answer,
                words.data,
                words.failure,
                words.classroom,
                words.chat,
                words.asked_by,
            )
        case "failed":
            return Undelivered(words.delivery, words.then, words.reason, words.data, words.classroom)
        case _:
            return Delivered(words.delivery, words.then, words.data, words.classroom)


def read_clock(raw: bytes) -> Event:
    """What fell due."""
    words = DueWords.model_validate_json(raw)
    return Due(words.schedule, words.kind, words.at, words.missed)


class _PageWords(BaseModel):
    link: int
    purpose: str
    args: dict[str, JsonValue] = {}


def read_page(raw: bytes) -> Event:
    """What a family pressed on its page."""
    words = _PageWords.model_validate_json(raw)
    return PagePressed(words.link, words.purpose, words.args)
