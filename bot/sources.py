"""How the words of our own events are read back: what delivery and the clock put into the queue."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, JsonValue, TypeAdapter

from classroom.addresses import ChatKind
from classroom.events import (
    Answered,
    Delivered,
    Due,
    Event,
    Message,
    Origin,
    PagePressed,
    Pressed,
    Sender,
    Undelivered,
)
from scheduler.clock import DueWords
from storage.letters import key_of


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


class _LetterWords(BaseModel):
    letter: int
    once: str
    platform: str
    native: str
    at: datetime
    token: str | None = None
    words: str = ""


_ON_PAGE: TypeAdapter[_PageWords | _LetterWords] = TypeAdapter(_PageWords | _LetterWords)


def read_page(raw: bytes) -> Event:
    """What somebody did on a page: on a family's own, or on one that stands for a message's buttons."""
    words = _ON_PAGE.validate_json(raw)
    if isinstance(words, _PageWords):
        return PagePressed(words.link, words.purpose, words.args)
    origin = Origin(words.platform, words.native, ChatKind.PRIVATE, page=True)
    sender, ref = Sender(words.native), key_of(words.letter, words.once)
    if words.token is not None:
        return Pressed(origin, sender, words.token, callback=ref)
    return Message(origin, sender, ref, words.words, words.at)
