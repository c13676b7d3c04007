"""Receipts: which families have read a notice; a press, a 收到, a voice message or a photo is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Effect
from classroom.events import Json, Message
from classroom.folding import fold
from classroom.rules.acks import Ack, read_ack
from handlers import notice_post, notice_private, receipts_list, receipts_nudges
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import classrooms, guardians, identity, notices, reminding
from storage.tables import Account, Notice

feature = Feature("receipts")

ANSWERED_WITHIN = timedelta(hours=48)
SPOKEN = frozenset({"voice", "photo", "audio", "video", "video_note"})
_ACK = re.compile(
    r"(?:已?收到|已阅|好的?|知道|明白|了解|清楚|谢谢|辛苦|老师|您|了|啦|哦|哈|嗯|okay|ok|got it|received|"
    r"noted|thanks?(?: you)?|thank you|[\s,.!~。、👌👍🙏])+"
)
_SAID = re.compile(r"收到|已阅|好的|(?<![您你师午上])好|知道|明白|了解|清楚|ok|got it|received|noted|👌|👍")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def is_ack(text: str) -> bool:
    """True for 收到, 好的老师, ok and nothing else beside it."""
    folded = _GAP.sub("", fold(text).text.strip())
    return bool(len(folded) <= 30 and _ACK.fullmatch(folded) and _SAID.search(folded))


def confirm(room: Room, person: int, notice: Notice | None = None, how: str = "ack") -> list[Effect] | None:
    """Note a person's receipt for all of their children (the latest open notice, if none is given).

    None: there is nothing to confirm, or the person answers for nobody here. [] : it was confirmed already.
    """
    students = identity.guardian_of(room.db, person, room.here.id)
    row = notice or next(iter(notices.awaiting(room.db, room.here.id, room.now, of=students)), None)
    if not students or row is None or not is_open(row, room):
        return None
    if row.audience != notices.CLASS and not set(students) & set(notices.families(room.db, row)):
        return None
    new = notices.confirm(room.db, row, students, person, how, room.now)
    return counted(row, new, room) if new else []


def counted(row: Notice, students: list[int], room: Room) -> list[Effect]:
    """What is seen of new receipts: the count under the notice, and that nobody is asked any more."""
    nudges, letters = receipts_nudges.settle(students, room), _letters(row, students, room)
    return [*notice_post.refreshed(row, room), *nudges, *letters]


def _letters(row: Notice, students: Iterable[int], room: Room) -> list[Effect]:
    """Whoever has the notice as a letter: what is settled stands in all of them."""
    people = {g.person_id for s in students for g in guardians.active_of(room.db, s)}
    return [e for person in sorted(people) for e in notice_private.settled(row, person, room)]


def is_open(row: Notice, room: Room) -> bool:
    """True while a notice asks for receipts."""
    ended = row.ends_at is not None and row.ends_at <= room.now
    return row.receipts and row.state == notices.OPEN and not ended


# --- buttons -------------------------------------------------------------------------------------


@feature.button("receipts.got")
def got(press: Press, room: Room) -> Iterable[Effect]:
    """The button under the notice, in the group."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    refusal = _refusal(row, press.args.get("version"), room)
    say = own(room)
    if row is None or refusal:
        return [room.toast(press.callback, say.label(f"receipts.{refusal}"), alert=True)]
    effects = confirm(room, room.who.person, row, "button")
    names = _names(room.who.guardian_of, room)
    block = "receipts.thanks" if effects else "receipts.already"
    return [room.toast(press.callback, say.label(block, names=names)), *(effects or [])]


def _refusal(row: Notice | None, version: Json, room: Room) -> str | None:
    """Why a press confirms nothing, in a word."""
    if row is None or not is_open(row, room):
        return "withdrawn" if row is not None and row.state == notices.WITHDRAWN else "over"
    if row.version != version:
        return "corrected"
    if room.who.guardian_of:
        return None
    links = guardians.links_of_person(room.db, room.who.person)
    if any(link.classroom_id == room.here.id for link in links):
        return "waiting"
    return "for_families" if room.who.teaches else "claim"


def _names(students: Iterable[int], room: Room) -> list[str]:
    return [guardians.student_name(room.db, s) for s in students][:6]


@feature.button("receipts.nudged")
def nudged(press: Press, room: Room) -> Iterable[Effect]:
    """The button under a nudge confirms every notice in it that still stands as it was."""
    listed = press.args.get("notices")
    pairs = [p for p in listed if isinstance(p, list)] if isinstance(listed, list) else []
    rows = [(notices.get(room.db, p[0], room.here.id), p[1]) for p in pairs if len(p) == 2]
    good = [row for row, version in rows if row is not None and _refusal(row, version, room) is None]
    say = own(room)
    if not good:
        words = [_refusal(row, version, room) for row, version in rows]
        return [room.toast(press.callback, say.label(f"receipts.{next(iter(words), None) or 'over'}"))]
    effects = [e for row in good for e in confirm(room, room.who.person, row, "nudge") or []]
    names = _names(room.who.guardian_of, room)
    toast = room.toast(press.callback, say.label("receipts.thanks", names=names))
    done = room.edit(press.handle, receipts_nudges.thanks(good, room.who.person, room))
    return [toast, *effects, *([] if done in effects else [done])]


@feature.button(notice_private.PURPOSE)
def letter(press: Press, room: Room) -> Iterable[Effect]:
    """The button under a notice that went to some families in private."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    refusal = _refusal(row, press.args.get("version"), room)
    effects = confirm(room, room.who.person, row, "button") if row is not None and not refusal else None
    say = own(room)
    if row is None or effects is None:
        return [room.toast(press.callback, say.label(f"receipts.{refusal or 'over'}"), alert=True)]
    names = _names(notice_private.children_of(row, room.who.person, room), room)
    block = "receipts.thanks" if effects else "receipts.already"
    shown = effects or notice_private.settled(row, room.who.person, room)
    return [room.toast(press.callback, say.label(block, names=names)), *shown]


# --- words in private ----------------------------------------------------------------------------


@feature.watch
def answered(message: Message, room: Room) -> Iterable[Effect] | None:
    """A 收到 in private counts for what the person was reminded of, else for the latest notice."""
    if room.group is not None or room.actor is None or message.edited or not is_ack(message.text):
        return None
    return _confirm_all(room, "ack", nudged_only=read_ack(message.text) is Ack.NONE)


@feature.beside
def answered_otherwise(message: Message, room: Room) -> Iterable[Effect] | None:
    """A voice message, a photo, a 收到 that says more: it counts, whatever else is done with it."""
    if room.group is not None or room.actor is None or message.edited or is_ack(message.text):
        return None
    if read_ack(message.text) is Ack.MORE:
        return _confirm_all(room, "ack")
    if message.text or not any(a.kind in SPOKEN for a in message.attachments):
        return None
    kind = "photo" if message.attachments[0].kind == "photo" else "voice"
    return _confirm_all(room, kind, nudged_only=True)


def _confirm_all(room: Room, how: str, *, nudged_only: bool = False) -> list[Effect] | None:
    """Confirm what was asked of this person in the last two days, in the class that asked last."""
    if not _enter(room):
        return None
    person, students = room.who.person, room.who.guardian_of
    asked = [
        row
        for row in reminding.reminders(room.db, students, room.now - ANSWERED_WITHIN)
        if row.classroom_id == room.here.id and is_open(row, room)
    ]
    if not asked and not nudged_only:
        asked = notices.awaiting(room.db, room.here.id, room.now, of=students)[:1]
    found = [(row, confirm(room, person, row, how)) for row in asked]
    effects = [e for _, done in found for e in done or []]
    if not found or (nudged_only and not effects):
        return None
    text = own(room).private("receipts.noted", numbers=[row.number for row, _ in found])
    return [*effects, room.tell(text)]


def _enter(room: Room) -> bool:
    """Go into the class whose notice is answered: the one at hand, else where the last nudge came from."""
    if room.classroom is not None:
        return bool(room.who.guardian_of)
    rows = guardians.students_of_person(room.db, room.who.person)
    ids = [row.id for row in rows]
    asked = reminding.reminders(room.db, ids, room.now - ANSWERED_WITHIN)
    classes = dict.fromkeys(row.classroom_id for row in rows)
    latest = [n for c in classes for n in notices.awaiting(room.db, c, room.now, of=ids)[:1]]
    latest.sort(key=lambda n: n.sent_at or room.now, reverse=True)
    last = next(iter([*asked, *latest]), None)
    account = room.db.get(Account, room.who.account)
    if last is None or account is None:
        return False
    room.classroom = classrooms.get(room.db, last.classroom_id)
    room.actor = identity.actor(room.db, account, last.classroom_id, room.today.date())
    room.forget_roster()
    return bool(room.who.guardian_of)


receipts_list.attach(feature)
receipts_nudges.attach(feature)
