"""Letters: a private message whose buttons are on a page, for people on a channel that shows none.

The code in a letter's address is signed and ends by itself, so that nothing is kept for it; it names a
delivery and says nothing of anybody.
"""

from __future__ import annotations

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col
from sqlmodel import select as entities

from classroom.addresses import FAMILIES, PAGE, ChatKind
from classroom.drawings import Drawing, PrivateDrawing
from classroom.effects import EditPost, EditTold, Enclosed, Tell, Toast
from classroom.text import Label, PrivateText, PublicText
from storage import identity, presses
from storage.codes import Digest
from storage.database import Records
from storage.leaving import StoredKey
from storage.memory import Reach
from storage.queue import DELIVERIES, EVENTS, load
from storage.queue.deliveries import KEEP_TEXT
from storage.tables import Account, Classroom, DeliveryRow, Guardian, Person, StudentRow

LIFE = KEEP_TEXT
"""So long the words of a message are kept; without them there is nothing to show."""

LISTS_LIFE = timedelta(days=1)
"""So long a link hands over what was made for one person: a table with phone numbers, slips for a class."""

_CODE = re.compile(r"([A-Za-z0-9_-]{16})([0-9a-f]{24})")
_MOST_TOLD, _MOST_SHOWN = 12, 3


@dataclass(frozen=True, slots=True)
class Words:
    """What one message says now, and the buttons under it.

    `files` went along with the delivery `number`.
    """

    text: PrivateText | PublicText
    keys: tuple[StoredKey, ...] = ()
    files: tuple[Enclosed | Drawing, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened letter: whose conversation it is, and what is said in it now, the newest first."""

    delivery: int
    chat: Reach
    classroom: int | None
    words: tuple[Words, ...]
    """The letter and what its page has answered, without what was taken back."""
    asked: bool
    """True while the conversation waits for an answer in the person's own words."""
    handled: bool = True
    """False while nobody has looked at the last press yet."""
    notes: tuple[Label, ...] = ()
    """Short answers to the last press."""


def code_of(digest: Digest, delivery: int, expires_at: datetime) -> str:
    """The code that opens a delivery until then; the same for the same."""
    head = urlsafe_b64encode(struct.pack(">QI", delivery, int(expires_at.timestamp()))).decode()
    return head + _mark(digest, head)


def is_ours(digest: Digest, code: str) -> bool:
    """True for a code with our signature, whether it still opens anything or not."""
    found = _CODE.fullmatch(code)
    return found is not None and hmac.compare_digest(_mark(digest, found[1]), found[2])


def find(records: Records, digest: Digest, code: str, now: datetime, once: str = "") -> Letter | None:
    """What a code opens; None for what is not ours, is over, or is no longer this person's to read.

    `once` is the number of what was done last on its page.
    """
    if not is_ours(digest, code):
        return None
    number, ends = struct.unpack(">QI", urlsafe_b64decode(code[:16]))
    if now >= datetime.fromtimestamp(ends, UTC) or number >= 1 << 63:
        return None
    row = records.get(DeliveryRow, number)
    if row is None or row.kind != "tell" or row.payload is None or not _still_theirs(records, row):
        return None
    chat = identity.reach(records, row.chat_id)
    if chat is None or chat.kind != ChatKind.PRIVATE:
        return None
    handled, notes = answered(records, key_of(row.id, once)) if once else (True, ())
    said = _conversation(records, row, chat.chat, now)
    running = presses.dialogue(records, chat.chat, now) is not None
    return Letter(row.id, chat, row.classroom_id, said, running, handled, notes)


def key_of(letter: int, once: str) -> str:
    """The key of the event that something done on a letter's page is, each time once."""
    return f"{PAGE}:letter:{letter}:{once}"


def answered(records: Records, pressed: str) -> tuple[bool, tuple[Label, ...]]:
    """Whether the event with this key has been handled, and the short answers to it."""
    event = (
        records.connection()
        .execute(select(EVENTS.c.id, EVENTS.c.state).where(EVENTS.c.key == pressed))
        .one_or_none()
    )
    if event is None or event.state == "pending":
        return event is None, ()
    found = select(DELIVERIES.c.payload).where(
        DELIVERIES.c.event_id == event.id,
        DELIVERIES.c.kind == "toast",
        DELIVERIES.c.platform == PAGE,
        DELIVERIES.c.payload.is_not(None),
    )
    toasts = [load(payload)[0] for payload in records.connection().execute(found).scalars()]
    return True, tuple(t.text for t in toasts if isinstance(t, Toast) and t.text is not None)


def _conversation(records: Records, letter: DeliveryRow, chat: int, now: datetime) -> tuple[Words, ...]:
    """The letter and the answers to it as they are now, whatever was changed last first."""
    prefix = key_of(letter.id, "")
    since = select(EVENTS.c.id).where(EVENTS.c.key > prefix, EVENTS.c.key < f"{prefix}~")
    told = (
        select(*(DELIVERIES.c[name] for name in ("id", "handle", "payload", "created_at")))
        .where(
            DELIVERIES.c.chat_id == chat,
            DELIVERIES.c.kind == "tell",
            (DELIVERIES.c.id == letter.id)
            | (DELIVERIES.c.event_id.in_(since) & (DELIVERIES.c.platform == PAGE)),
            DELIVERIES.c.payload.is_not(None),
        )
        .order_by(DELIVERIES.c.id.desc())
        .limit(_MOST_TOLD)
    )
    found = records.connection().execute(told).all()
    said = [_now(records, chat, *one, old=at < now - LISTS_LIFE) for *one, at in found]
    newest = sorted((one for one in said if one is not None), key=lambda one: -one[0])
    return tuple(words for _, words in newest[:_MOST_SHOWN])


def language_of(records: Records, chat: int | None, classroom: int | None) -> str | None:
    """In which language to speak in a private conversation about a class; None where nobody has said."""
    found = records.exec(
        entities(Person.language, Account.language)
        .join(Account, col(Account.person_id) == col(Person.id))
        .where(Account.chat_id == chat)
    ).first()
    wish, code = found or (None, None)
    here = records.get(Classroom, classroom) if classroom is not None else None
    return wish or (here.language if here is not None else code)


def _mark(digest: Digest, head: str) -> str:
    return digest(f"letter:{head}")[:24]


def _still_theirs(records: Records, row: DeliveryRow) -> bool:
    """False for what was meant for a guardian who is none any more."""
    if row.guardian_id is None:
        return True
    link = records.get(Guardian, row.guardian_id)
    student = records.get(StudentRow, link.student_id) if link is not None else None
    return link is not None and link.state == "active" and student is not None and student.removed_at is None


def _now(
    records: Records, chat: int, number: int, handle: str | None, payload: str, *, old: bool
) -> tuple[int, Words] | None:
    """What a message says after its last change, and which that was; None for what was taken back."""
    changes = (
        select(DELIVERIES.c.id, DELIVERIES.c.kind, DELIVERIES.c.payload)
        .where(
            DELIVERIES.c.handle == handle,
            DELIVERIES.c.kind.in_(("edit_told", "remove_post")),
            DELIVERIES.c.chat_id == chat,
            DELIVERIES.c.id > number,
            DELIVERIES.c.state != "merged",
        )
        .order_by(DELIVERIES.c.id.desc())
        .limit(1)
    )
    last = records.connection().execute(changes).one_or_none() if handle is not None else None
    if last is not None and (last.kind == "remove_post" or last.payload is None):
        return None
    effect, keys = load(last.payload if last is not None else payload)
    if not isinstance(effect, Tell | EditTold):
        return None
    at = last.id if last is not None else number
    told = effect if last is None else load(payload)[0]
    files = told.files if isinstance(told, Tell) else ()
    files = tuple(one for one in files if not (old and _is_for_one(one)))
    return _as_all_see_it(records, handle, at, Words(effect.text, tuple(keys), files, number))


def _is_for_one(file: Enclosed | Drawing) -> bool:
    """True for what we have made for one reader, and not for a photo that a notice brings to all."""
    return isinstance(file, PrivateDrawing) or (isinstance(file, Enclosed) and file.data is not None)


def _as_all_see_it(records: Records, handle: str | None, at: int, words: Words) -> tuple[int, Words]:
    """A message that went to all families, with what has been counted since; the buttons stay its own."""
    common = (handle or "").rpartition("/")[0]
    newer = (
        select(DELIVERIES.c.payload)
        .where(
            DELIVERIES.c.handle == common,
            DELIVERIES.c.kind == "edit_post",
            DELIVERIES.c.platform == FAMILIES,
            DELIVERIES.c.id > at,
            DELIVERIES.c.payload.is_not(None),
        )
        .order_by(DELIVERIES.c.id.desc())
        .limit(1)
    )
    payload = records.connection().execute(newer).scalar() if common else None
    effect, counted = load(payload) if payload is not None else (None, [])
    if not isinstance(effect, EditPost):
        return at, words
    if len(counted) != len(words.keys):
        return at, replace(words, text=effect.text)
    keys = tuple(replace(own, label=new.label) for own, new in zip(words.keys, counted, strict=True))
    return at, replace(words, text=effect.text, keys=keys)
