"""/message and /inbox: what parents bring, and what of it still waits for its teacher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Effect
from handlers import requests_letters as letters
from handlers import requests_people as people
from handlers import requests_sending as sending
from handlers.concern_people import cleaned, number
from handlers.enclosing import MOST, enclosed, files_of, own_files
from handlers.feature import Command, Feature, Press, Said, Where, Who
from handlers.requests_reminder import listed
from handlers.room import Room
from handlers.start import enter
from storage import drafts, guardians, requests
from storage.tables import Guardian, Request

feature = Feature("requests")


@feature.command("message", "留言", who=Who.GUARDIAN, where=Where.PRIVATE)
def message(command: Command, room: Room) -> Iterable[Effect]:
    """Bring something to the teacher."""
    return sending.begin(room, cleaned(command.text), files_of(command.message))


@feature.dialogue("requests.words")
def words_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take what comes after a bare /message as the words."""
    return sending.begin(room, cleaned(said.text), own_files(said.message))


@feature.button("requests.child")
def child_chosen(press: Press, room: Room) -> Iterable[Effect]:
    """Send the kept words about this child; its class is entered, whichever it is."""
    draft = drafts.get(room.db, number(press.args, "draft"), room.who.person)
    if draft is None or draft.kind != sending.KIND:
        return [room.toast(press.callback, room.say.label("requests.draft_gone"), alert=True)]
    link = _own(number(press.args, "guardian"), room)
    if link is None:
        return [room.tell(room.say.private("requests.not_your_child"))]
    words, files = draft.words, sending.kept_files(draft)
    drafts.decide(draft, "used")
    room.db.flush()
    return sending.send(room, link, words, files, shown=press.handle)


def _own(wanted: int, room: Room) -> Guardian | None:
    row = guardians.get(room.db, wanted)
    if row is None or not enter(room, row.classroom_id):
        return None
    return next((g for g in people.children(room) if g.id == wanted), None)


# --- the inbox ------------------------------------------------------------------------------------


@feature.command("inbox", "收件", who=Who.TEACHER | Who.SUBJECT_TEACHER, where=Where.PRIVATE)
def inbox(command: Command, room: Room) -> Iterable[Effect]:
    """List what waits; a subject teacher sees what was handed over."""
    waiting = [r for r in requests.waiting(room.db, room.here.id) if people.handles(room, r)]
    text, buttons = listed(room, waiting, room.who.person, room.say, name="requests.inbox")
    return [room.tell(text, *buttons)]


@feature.button("requests.open")
def open_one(press: Press, room: Room) -> Iterable[Effect]:
    """Show a whole thread, with its files and what can be done."""
    request = requests.get(room.db, number(press.args, "request"), room.here.id)
    if request is None or not people.handles(room, request):
        return [room.toast(press.callback, room.say.label("requests.not_yours"), alert=True)]
    return [_thread(room, request)]


def _thread(room: Room, request: Request) -> Effect:
    say, person = room.say, room.who.person
    buttons = list(letters.teacher_buttons(room, request, person, say))
    if request.state in requests.WAITING:
        buttons.append(letters.teacher_button(say.label("requests.done"), "done", request, person, row=3))
    files = [f for line in requests.lines(room.db, request.id) for f in line.files][-MOST:]
    told = room.tell(
        letters.thread(room, request, say),
        *buttons,
        handle=f"request/{request.id}/thread/{person}/{room.event_id}",
    )
    return replace(told, files=enclosed(files))
