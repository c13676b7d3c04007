"""What a teacher wants when typing /notice: marks, a time, the text, whom it is for, what goes along."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from classroom.events import Json
from classroom.folding import Folded, fold
from classroom.text import PrivateStr
from handlers import notice_audience, notice_ladder
from handlers.concern_people import cleaned
from handlers.notice_audience import EVERYBODY, Audience, Unclear
from handlers.room import Room
from scheduler.when import When, WhenError, read_when
from storage import drafts, notices
from storage.tables import Draft, Notice

LONGEST = 3500
IN_A_CAPTION = 900
"""As long a text can stand under one photo on every platform."""
USUAL = time(7, 30)
"""When a notice for a day goes out whose hour was not said."""

_MARK = re.compile(
    r"\s*[\[【［]\s*(?:(?P<free>免回执?|不用回|no[ -]?receipts?)|(?P<urgent>紧急|urgent))\s*[\]】］]", re.I
)
_AT = re.compile(r"\s*(?:(?P<sure>定时|定于|定在)|(?P<at>at\b)|(?P<maybe>[在于]))\s*[:：]?\s*", re.I)


@dataclass(frozen=True, slots=True)
class Wish:
    """A notice before it is sent; `at` None: now. `corrects` is the notice whose text it replaces.

    `ladder`: what it says itself of the steps of reminding, see notice_ladder. `form`: the dialogue that it
    came from, to which there is a way back.
    """

    text: str
    receipts: bool = True
    urgent: bool = False
    at: datetime | None = None
    files: tuple[Json, ...] = ()
    drafted_by: int | None = None
    corrects: int | None = None
    kind: str = "free"
    to: Audience = EVERYBODY
    ladder: dict[str, Json] = field(default_factory=dict)
    form: int | None = None


def read(text: str, room: Room, base: Wish | None = None) -> Wish | Unclear:
    """Read marks and time at the head; what was wished before (`base`) stays where nothing is said anew."""
    wish = _marks(replace(base or Wish(""), text=cleaned(text).reveal()), room)
    if isinstance(wish, Unclear) or wish.corrects is not None:
        return wish
    folded = fold(wish.text)
    if head := _AT.match(folded.text):
        found = _time(head, _behind(folded, head.end()), room)
        if isinstance(found, WhenError):
            return Unclear("notice.which_time", {"past": found is WhenError.PAST, "words": text})
        if found is not None:
            return _marks(replace(wish, text=found.rest, at=found.at(USUAL)), room)
    return wish


def _behind(folded: Folded, at: int) -> str:
    """What stands behind a place of the folded text, as it was typed."""
    return folded.source[folded.start(at) :]


def _marks(wish: Wish, room: Room) -> Wish | Unclear:
    while True:
        folded = fold(wish.text)
        if found := _MARK.match(folded.text):
            wish = replace(
                wish,
                text=_behind(folded, found.end()).strip(),
                receipts=wish.receipts and not found["free"],
                urgent=wish.urgent or bool(found["urgent"]),
            )
        elif step := notice_ladder.read_mark(wish.text):
            wish = replace(wish, ladder={**wish.ladder, **step[0]}, text=step[1])
        elif to := notice_audience.read_mark(wish.text, room):
            if isinstance(to[0], Unclear) or wish.corrects is not None:
                return to[0] if isinstance(to[0], Unclear) else Unclear("notice.same_readers")
            wish = replace(wish, to=to[0], text=to[1])
        else:
            return Unclear("notice.which_step") if notice_ladder.is_tried(wish.text) else wish


def _time(head: re.Match[str], rest: str, room: Room) -> When | WhenError | None:
    """The time behind the word; None where the word begins the text itself: at school, 在操场集合."""
    found = read_when(rest, room.now, room.zone)
    if isinstance(found, When):
        return found if found.at(USUAL) > room.now else WhenError.PAST
    meant = head["sure"] or found.was_meant or (head["at"] and found is not WhenError.NONE)
    return found if meant else None


# --- as it is kept -------------------------------------------------------------------------------


def as_kept(wish: Wish) -> dict[str, Json]:
    """All of a wish but its text."""
    return {
        "receipts": wish.receipts,
        "urgent": wish.urgent,
        "at": wish.at.isoformat() if wish.at else None,
        "files": [*wish.files],
        "drafted_by": wish.drafted_by,
        "corrects": wish.corrects,
        "kind": wish.kind,
        "to": notice_audience.as_kept(wish.to),
        "ladder": wish.ladder,
        "form": wish.form,
    }


def kept(data: dict[str, Json], text: str = "") -> Wish:
    """A wish as a draft, a dialogue or a held text has kept it."""
    at, by, corrects, files = (data.get(name) for name in ("at", "drafted_by", "corrects", "files"))
    kind, ladder, form = data.get("kind"), data.get("ladder"), data.get("form")
    return Wish(
        text,
        data.get("receipts") is not False,
        data.get("urgent") is True,
        datetime.fromisoformat(at) if isinstance(at, str) else None,
        tuple(files) if isinstance(files, list) else (),
        by if isinstance(by, int) else None,
        corrects if isinstance(corrects, int) else None,
        kind if isinstance(kind, str) else "free",
        notice_audience.kept(data.get("to")),
        ladder if isinstance(ladder, dict) else {},
        form if isinstance(form, int) else None,
    )


def of_draft(draft: Draft) -> Wish:
    """The wish that a draft has kept."""
    return kept(draft.data, draft.words.reveal())


def of_notice(row: Notice, room: Room) -> Wish:
    """The wish that a notice came from, to be sent again."""
    return Wish(
        row.text,
        row.receipts,
        row.urgent,
        files=tuple(row.files),
        drafted_by=row.drafted_by,
        kind=row.kind,
        to=notice_audience.of_notice(row, room),
        ladder=row.ladder,
    )


def keep(wish: Wish, room: Room) -> Draft:
    """Keep a wish as the actor's draft."""
    words = PrivateStr(wish.text)
    return drafts.keep(room.db, room.here.id, room.who.person, notices.DRAFT, words, room.now, as_kept(wish))
