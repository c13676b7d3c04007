"""Nobody must know a command to be heard: what a parent just writes is offered as a message or a leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from classroom.commands import read_command, unknown_command
from classroom.effects import Button, Effect, React, RemovePost
from classroom.events import Json, Message
from classroom.folding import fold
from classroom.text import PrivateStr
from handlers import leave_steps, requests_sending
from handlers import requests_people as people
from handlers.concern_people import cleaned, number
from handlers.enclosing import own_files
from handlers.feature import Feature, Press
from handlers.leave_reading import Reading, asks_for_leave, read_leave
from handlers.receipts import is_ack
from handlers.requests_threads import answer
from handlers.room import Room
from handlers.start import enter
from storage import drafts, guardians, presses, queue, requests
from storage.tables import Draft, Guardian, Request

feature = Feature("requests_free")
ONE_THOUGHT = timedelta(minutes=10)
"""What is written within this is one matter: people write it in several messages."""

RECENT = timedelta(days=3)
OFFERED_ONCE = timedelta(hours=12)
_THANKS = re.compile(
    r"(?:(?:非常|太|多|十分)?(?:谢谢|感谢|多谢|辛苦)|您|你|老师|了|啦|啊|[王李张刘陈]|不客气"
    r"|thanks?(?: you)?|[\s,.!~。👍🙏🌹])+"
)
_GREETING = re.compile(r"[您你]好|早上好|老师好|^老师[\s,.!~。]*$")
LEAVE_NAMES = {"leave": "leave", "请假": "leave"}


# --- in private -----------------------------------------------------------------------------------


@feature.watch
def free_text(message: Message, room: Room) -> Iterable[Effect] | None:
    """Offer what a parent writes in private; an answer to one of our letters goes into its thread."""
    if room.group is not None or room.actor is None or message.edited:
        return None
    words, files = cleaned(message.text), own_files(message)
    if not words and not files:
        return None
    if (thread := _answered(message, room)) is not None:
        return _into_thread(room, thread, words, files)
    if unknown_command(message.text) is not None or (room.classroom is not None and room.who.leads):
        return None
    own = people.children(room)
    if own and not files and _is_courtesy(message.text):
        place = room.private
        return [React(place, message.ref, "👌")] if place is not None else []
    return _offer(room, own, words, files) if own else None


def _is_courtesy(text: str) -> bool:
    """True for 谢谢老师 and 好的, which ask for nothing: no teacher is troubled with them."""
    folded = fold(text.strip()).text
    if len(folded) > 20 or _GREETING.search(folded):
        return False
    return is_ack(text) or _THANKS.fullmatch(folded) is not None


def _answered(message: Message, room: Room) -> Request | None:
    """The request whose letter a message answers by quoting it, if it is the writer's business."""
    if message.reply_to is None:
        return None
    handle = queue.handle_of(room.db, room.who.chat, message.reply_to.ref) or ""
    kind, _, rest = handle.partition("/")
    wanted = rest.partition("/")[0]
    if kind not in ("request", "leave") or not wanted.isdecimal():
        return None
    found = requests.anywhere(room.db, int(wanted))
    if found is None or not enter(room, found.classroom_id):
        return None
    return found if people.handles(room, found) or people.own_link(room, found) is not None else None


def _into_thread(room: Room, request: Request, words: PrivateStr, files: list[Json]) -> list[Effect]:
    refusal = requests_sending.too_long(words, room.say)
    if refusal is not None:
        return [room.tell(refusal)]
    if people.own_link(room, request) is not None:
        return requests_sending.go_on(room, request, words, files)
    return answer(room, request, words, files)


def _offer(room: Room, own: list[Guardian], words: PrivateStr, files: list[Json]) -> list[Effect]:
    if (refusal := requests_sending.too_long(words, room.say)) is not None:
        return [room.tell(refusal)]
    draft, gone = _joined(room, own[0], words, files)
    say, kept = room.say, requests_sending.kept_files(draft)
    text = say.private("requests.offer", words=draft.words, files=len(kept))
    return [*gone, room.tell(text, *_choices(room, draft), handle=_handle(draft, room))]


def _handle(draft: Draft, room: Room) -> str:
    return f"offer/{draft.id}/{room.event_id}"


def _joined(room: Room, link: Guardian, words: PrivateStr, files: list[Json]) -> tuple[Draft, list[Effect]]:
    """The draft of what is offered: what was written just before and not sent yet belongs to it."""
    before = _just_offered(room)
    if before is None:
        draft = requests_sending.keep(room, link, words, files)
        drafts.rewrite(room.db, draft, data={"offer": _handle(draft, room)})
        return draft, []
    both = PrivateStr("\n".join(part.reveal() for part in (before.words, words) if part))
    if requests_sending.too_long(both, room.say) is not None:
        draft = requests_sending.keep(room, link, words, files)
        drafts.rewrite(room.db, draft, data={"offer": _handle(draft, room)})
        return draft, []
    old = str(before.data.get("offer"))
    presses.end_buttons(room.db, old, room.now)
    enclosed: list[Json] = [*requests_sending.kept_files(before), *files]
    drafts.rewrite(room.db, before, words=both, data={"enclosed": enclosed, "offer": _handle(before, room)})
    before.made_at = room.now
    place = room.private
    return before, [RemovePost(place, old)] if place is not None else []


def _just_offered(room: Room) -> Draft | None:
    found = drafts.open_of(room.db, room.who.person, requests_sending.KIND)
    fresh = [d for d in found if d.data.get("offer") and d.made_at > room.now - ONE_THOUGHT]
    here = [d for d in fresh if room.classroom is None or d.classroom_id == room.classroom.id]
    return here[-1] if here else None


def _choices(room: Room, draft: Draft) -> list[Button]:
    say, person = room.say, room.who.person
    args: dict[str, Json] = {"draft": draft.id}
    buttons = [Button(say.label("requests.to_teacher"), "requests.to_teacher", args, person=person)]
    if asks_for_leave(draft.words.reveal()):
        buttons.insert(0, Button(say.label("leave.ask_for_me"), "requests.as_leave", args, person=person))
    if room.classroom is not None and (last := _latest(room)) is not None:
        label = say.label("requests.go_on", number=last.number)
        buttons.append(Button(label, "requests.go_on", {**args, "request": last.id}, person=person))
    return buttons


def _latest(room: Room) -> Request | None:
    found = requests.latest(room.db, room.here.id, room.who.person, room.now - RECENT)
    return found if found is not None and people.own_link(room, found) is not None else None


def _draft(press: Press, room: Room) -> Draft | None:
    draft = drafts.get(room.db, number(press.args, "draft"), room.who.person)
    return draft if draft is not None and draft.kind == requests_sending.KIND else None


def _gone(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, room.say.label("requests.draft_gone"), alert=True)]


@feature.button("requests.to_teacher")
def to_teacher(press: Press, room: Room) -> Iterable[Effect]:
    """Send what was offered; of several children it is asked which."""
    draft = _draft(press, room)
    if draft is None:
        return _gone(press, room)
    own = people.children(room)
    if not own:
        return [room.tell(room.say.private("requests.not_your_child"))]
    chosen = requests_sending.meant(room, draft.words, own)
    if chosen is None:
        drafts.rewrite(room.db, draft, data={"offer": None})
        text = room.say.private("requests.about_whom")
        return [room.edit(press.handle, text, *requests_sending.child_buttons(room, draft, own))]
    if not enter(room, chosen.classroom_id):
        return _gone(press, room)
    words, files = draft.words, requests_sending.kept_files(draft)
    drafts.decide(draft, "used")
    room.db.flush()
    return requests_sending.send(room, chosen, words, files, shown=press.handle)


@feature.button("requests.go_on")
def go_on(press: Press, room: Room) -> Iterable[Effect]:
    """What was offered belongs to the thread before."""
    draft = _draft(press, room)
    request = requests.get(room.db, number(press.args, "request"), room.here.id) if room.classroom else None
    if draft is None or request is None or people.own_link(room, request) is None:
        return _gone(press, room)
    words, files = draft.words, requests_sending.kept_files(draft)
    drafts.decide(draft, "used")
    room.db.flush()
    return requests_sending.go_on(room, request, words, files, shown=press.handle)


@feature.button("requests.as_leave")
def as_leave(press: Press, room: Room) -> Iterable[Effect]:
    """What was offered is a leave; what is missing of it is asked."""
    draft = _draft(press, room)
    if draft is None or not enter(room, draft.classroom_id) or not people.children(room):
        return _gone(press, room)
    chosen, found = _read(room, draft.words.reveal())
    files = requests_sending.kept_files(draft)
    made = leave_steps.make(room, chosen, found, files, words=draft.words.reveal())
    drafts.decide(draft, "used")
    room.db.flush()
    return leave_steps.ask(room, made, shown=press.handle)


def _read(room: Room, text: str) -> tuple[list[Guardian], Reading]:
    """The children and days of a leave in free words; whatever is not plain is asked."""
    chosen, _, stranger = leave_steps.children_named(room, people.children(room), text)
    found = read_leave(text, room.now, room.zone, room.roster)
    return ([] if stranger else chosen), Reading(part=found.part) if found.trouble else found


# --- in a group -----------------------------------------------------------------------------------


@feature.before_commands
def typed_in_group(message: Message, room: Room) -> Iterable[Effect] | None:
    """A parent's /leave in a group stays where it is; the private way is offered where it is open."""
    if room.group is None or room.actor is None or room.classroom is None or message.edited:
        return None
    if not room.door_open or not room.who.guardian_of:
        return None
    line = read_command(message.text, LEAVE_NAMES)
    return _offer_leave(room, line.rest or message.text) if line is not None else None


@feature.beside
def said_in_group(message: Message, room: Room) -> Iterable[Effect] | None:
    """A parent who asks for leave before all is offered to do it in private; nothing is said in the group."""
    if room.group is None or room.actor is None or room.classroom is None or message.edited:
        return None
    if not room.who.guardian_of or room.who.teaches or not room.door_open:
        return None
    if read_command(message.text, LEAVE_NAMES) is not None or not asks_for_leave(message.text):
        return None
    if _offered_already(room) or _asked_for(room, *_read(room, message.text)):
        return None
    return _offer_leave(room, message.text)


def _offered_already(room: Room) -> bool:
    open_ones = drafts.open_of(room.db, room.who.person, leave_steps.KIND)
    return any(d.data.get("offered") and d.made_at > room.now - OFFERED_ONCE for d in open_ones)


def _offer_leave(room: Room, text: str) -> list[Effect]:
    typed = cleaned(text).reveal()[: leave_steps.REASON_LIMIT]
    chosen, found = _read(room, typed)
    made = leave_steps.make(room, chosen, found, [], words="" if found.reason else typed)
    drafts.rewrite(room.db, made, data={"offered": True})
    say = room.say_to(room.who.person)
    first, last = found.first, found.last
    text_told = say.private(
        "leave.offer",
        names=[guardians.student_name(room.db, g.student_id) for g in chosen],
        days=people.span_text(room, first, last, found.part, say) if first and last else "",
        reason=made.words,
    )
    args: dict[str, Json] = {"draft": made.id}
    yes = Button(say.label("leave.ask_for_me"), "leave.ask_for_me", args, person=room.who.person)
    return [room.tell(text_told, yes)]


def _asked_for(room: Room, chosen: list[Guardian], found: Reading) -> bool:
    """True if these children have their leave for these days already."""
    if found.first is None or found.last is None or not chosen:
        return False
    first, last = found.first, found.last
    return all(requests.touching(room.db, room.here.id, g.student_id, first, last) for g in chosen)
