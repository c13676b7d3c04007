"""Who has confirmed a notice and who has not, for the teacher alone; and sending it once more to those."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Button, Effect
from classroom.folding import fold
from classroom.text import PrivateText
from handlers import notice_post, notice_words, pictures, receipts_steps
from handlers.aside import aside, own
from handlers.concern_people import phones_of
from handlers.feature import Command, Feature, Press, Who
from handlers.room import Room
from storage import notices, reaching, rosters
from storage.tables import Notice
from templates.render import Say

_AGAIN = re.compile(r"(?:请?再发(?:一次|一遍)?(?:给没回的)?|重发|again|resend)")
TOLD = (reaching.DELIVERED, reaching.ACCEPTED, reaching.WAITING, reaching.AWAITING, reaching.DROPPED)
"""What the private word to a family may have come to, in the order in which it is said."""
CALLS = (reaching.NOT_SUBSCRIBED, reaching.CLOSED, reaching.UNREACHED)
"""Whom nothing in private reaches: these are to be telephoned."""
_NUMBER = re.compile(r"(?:第|no\.?|#|通知|notice)*\s*(\d{1,6})\s*(?:号|条)?(?:通知)?")


def attach(feature: Feature) -> None:
    """Declare the command and the buttons under its answer."""
    feature.command("receipts", "谁没回", "回执", who=Who.TEACHER)(receipts)
    feature.button("receipts.again")(again)
    feature.button("receipts.again_now")(again_now)
    feature.button("receipts.again_drop")(again_drop)


def receipts(command: Command, room: Room) -> Iterable[Effect]:
    """Say in private who has confirmed a notice and who has not, with the numbers to call."""
    sent = notices.sent(room.db, room.here.id)
    say = own(room)
    if not sent:
        return aside(room, say.private("receipts.none_sent"))
    typed = fold(command.text).text.strip()
    once_more = _AGAIN.search(typed) is not None
    row: Notice | None = sent[0]
    if typed := _AGAIN.sub("", typed).strip():
        found = _NUMBER.fullmatch(typed)
        row = notices.numbered(room.db, room.here.id, int(found[1])) if found else None
    if row is None:
        return aside(room, say.private("receipts.no_such", sent=_listed(sent)))
    if once_more:
        return _ask(row, room)
    return [*aside(room, state_of(row, room, say), *_controls(row, room)), *_pictured(row, room, say)]


def _pictured(row: Notice, room: Room, say: Say) -> list[Effect]:
    """The same as a picture, in a message of its own: nobody waits for it to read who is missing."""
    picture = pictures.of_receipts(row, room, say)
    have, total = notices.count(room.db, row)
    caption = say.private("pictures.receipts_caption", number=row.number, confirmed=have, total=total)
    return [replace(room.tell(caption, park=True), files=picture)] if picture else []


def _listed(sent: list[Notice]) -> list[tuple[int, str]]:
    return [(row.number, _beginning(row, 24)) for row in sent]


def _beginning(row: Notice, most: int) -> str:
    first = row.text.split("\n")[0]
    return first if len(first) <= most else first[: most - 1] + "…"


def _controls(row: Notice, room: Room) -> tuple[Button, ...]:
    if row.state != notices.OPEN:
        return ()
    person = room.who.person
    return (*further(row, person, room), *notice_post.controls_of(row, person, room))


def further(row: Notice, person: int, room: Room) -> list[Button]:
    """What a teacher can do about those who are missing: once more, and a slip of paper."""
    missing = notices.missing(room.db, row) if row.receipts and row.state == notices.OPEN else []
    wanted = ["receipts.again"] if missing and receipts_steps.left_for_today(row, room) else []
    wanted += ["notice.print"] if missing and notice_words.PRINT in notice_words.WORDS else []
    say = room.say_to(person)
    return [Button(say.label(name), name, {"notice": row.id}, person=person, row=0) for name in wanted]


def state_of(row: Notice, room: Room, say: Say, block: str = "receipts.state") -> PrivateText:
    """Who has confirmed and who has not, for a teacher."""
    have = notices.confirmed(room.db, row)
    meant = set(notices.families(room.db, row))
    rows = [r for r in rosters.rows_of(room.db, room.here.id) if r.id in meant]
    open_ = row.receipts and row.state == notices.OPEN
    left = [r.id for r in rows if r.id not in have]
    fates, calls = reaching.families(room.db, row, left), phones_of(room, left, say)
    missing = [(r.name, fates[r.id], calls.get(r.id, [])) for r in rows if r.id not in have]
    counts = Counter(fates.values())
    return say.private(
        block,
        number=row.number,
        first=_beginning(row, 40),
        receipts=row.receipts,
        state=row.state,
        version=row.version,
        sent=say.when(row.sent_at or room.now, room.zone, room.now),
        confirmed=[r.name for r in rows if r.id in have],
        missing=missing,
        told=[(fate, counts[fate]) for fate in TOLD if counts[fate]],
        calls=[(fate, counts[fate]) for fate in CALLS if counts[fate]],
        groups=reaching.groups(room.db, row) if open_ else [],
        total=len(rows),
        audience=row.audience,
        classroom=room.here.name,
    )


# --- once more -----------------------------------------------------------------------------------


def again(press: Press, room: Room) -> Iterable[Effect]:
    """再发给没回的: show first who will get it."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    if row is None or not room.who.leads:
        return [room.toast(press.callback, own(room).label("notice.over"), alert=True)]
    return _ask(row, room)


def _ask(row: Notice, room: Room) -> list[Effect]:
    say = own(room)
    if refusal := _refusal(row, room):
        return aside(room, say.private(f"receipts.{refusal}", number=row.number))
    left = set(receipts_steps.left_for_today(row, room))
    gone = set(notices.missing(room.db, row))
    missing = [s for s in room.roster.students if s.id in gone]
    calls = phones_of(room, [s.id for s in missing if s.id not in left], say)
    text = say.private(
        "receipts.again_sure",
        number=row.number,
        words=row.text,
        names=[s.name for s in missing if s.id in left],
        others=[(s.name, calls.get(s.id, [])) for s in missing if s.id not in left],
    )
    args, person = {"notice": row.id, "version": row.version}, room.who.person
    keys = [
        Button(say.label(label), f"receipts.{purpose}", {**args}, person=person, row=0, hours=24)
        for label, purpose in (("common.send", "again_now"), ("common.cancel", "again_drop"))
    ]
    return aside(room, text, *keys)


def _refusal(row: Notice, room: Room) -> str:
    """Why it cannot be sent once more, in a word; empty if it can."""
    if row.state != notices.OPEN or not row.receipts:
        return "again_over" if row.receipts else "again_free"
    if not notices.missing(room.db, row):
        return "again_nobody"
    return "" if receipts_steps.left_for_today(row, room) else "again_tomorrow"


def again_now(press: Press, room: Room) -> Iterable[Effect]:
    """Tell them once more, each alone; whoever has answered meanwhile is left in peace."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    if row is None or not room.who.leads or row.version != press.args.get("version"):
        return [room.edit(press.handle, own(room).private("notice.over"))]
    say = own(room)
    if refusal := _refusal(row, room):
        return [room.edit(press.handle, say.private(f"receipts.{refusal}", number=row.number))]
    count = len(receipts_steps.left_for_today(row, room))
    told = receipts_steps.once_more(row, room)
    return [
        room.edit(press.handle, say.private("receipts.again_done", number=row.number, count=count)),
        *told,
    ]


def again_drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nobody is told."""
    block = "receipts.again_dropped" if room.who.leads else "notice.over"
    return [room.edit(press.handle, own(room).private(block))]
