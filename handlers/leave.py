"""/leave: a child stays away; read from one line, or asked by buttons, and brought to the teachers."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.text import PrivateStr
from handlers import leave_steps as steps
from handlers import requests_people as people
from handlers.concern_people import cleaned, number
from handlers.enclosing import files_of, own_files
from handlers.feature import Command, Feature, Press, Said, Where, Who
from handlers.leave_filing import take_back
from handlers.leave_reading import PARTS, read_leave
from handlers.room import Room
from handlers.start import enter
from storage import drafts, requests
from storage.tables import Draft

feature = Feature("leave")


@feature.command("leave", "请假", who=Who.GUARDIAN, where=Where.PRIVATE)
def leave(command: Command, room: Room) -> Iterable[Effect]:
    """Ask for leave; what is missing is asked."""
    return steps.begin(room, cleaned(command.text), files_of(command.message))


def _draft(press: Press, room: Room) -> Draft | None:
    """The leave that a button is about, in its class, while it is not decided."""
    draft = drafts.get(room.db, number(press.args, "draft"), room.who.person)
    if draft is None or draft.kind != steps.KIND or not enter(room, draft.classroom_id):
        return None
    return draft


def _gone(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, room.say.label("leave.draft_gone"), alert=True)]


@feature.button("leave.child")
def child(press: Press, room: Room) -> Iterable[Effect]:
    """It is for this child, or for all of them."""
    draft = _draft(press, room)
    if draft is None:
        return _gone(press, room)
    wanted = number(press.args, "guardian")
    chosen = [g.id for g in people.children(room) if wanted in (0, g.id)]
    drafts.rewrite(room.db, draft, data={"links": [*chosen]})
    return steps.ask(room, draft, shown=press.handle)


@feature.button("leave.day")
def day(press: Press, room: Room) -> Iterable[Effect]:
    """It is for this day."""
    draft = _draft(press, room)
    if draft is None:
        return _gone(press, room)
    chosen = str(press.args.get("day"))
    drafts.rewrite(room.db, draft, data={"first": chosen, "last": chosen})
    return steps.ask(room, draft, shown=press.handle)


@feature.button("leave.other_day")
def other_day(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for a date."""
    draft = _draft(press, room)
    if draft is None:
        return _gone(press, room)
    room.expect("leave.date", {"draft": draft.id})
    return [room.edit(press.handle, room.say.private("leave.which_date"))]


@feature.dialogue("leave.date")
def date_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the next message as the date; words behind it are the reason."""
    draft = drafts.get(room.db, number(said.data, "draft"), room.who.person)
    if draft is None or not people.children(room):
        return [room.tell(room.say.private("leave.is_gone"))]
    found = read_leave(cleaned(said.text).reveal(), room.now, room.zone, room.roster)
    if found.first is None or found.last is None:
        room.expect("leave.date", dict(said.data))
        return [room.tell(steps.trouble_text(room, found.trouble or "unreadable"))]
    data = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    drafts.rewrite(room.db, draft, data={**data, **({"part": found.part} if found.part else {})})
    if found.reason and not draft.words:
        drafts.rewrite(room.db, draft, words=PrivateStr(found.reason))
    return steps.ask(room, draft)


@feature.button("leave.part")
def part(press: Press, room: Room) -> Iterable[Effect]:
    """The whole day, or a half."""
    draft, chosen = _draft(press, room), str(press.args.get("part"))
    if draft is None or chosen not in PARTS:
        return _gone(press, room)
    drafts.rewrite(room.db, draft, data={"part": chosen})
    return steps.ask(room, draft, shown=press.handle)


@feature.button("leave.reason")
def reason(press: Press, room: Room) -> Iterable[Effect]:
    """One of the usual reasons, in the parent's language."""
    draft, chosen = _draft(press, room), str(press.args.get("reason"))
    if draft is None or chosen not in steps.REASONS:
        return _gone(press, room)
    words = room.say.label(f"leave.{chosen}").text
    drafts.rewrite(room.db, draft, words=PrivateStr(words))
    return steps.ask(room, draft, shown=press.handle)


@feature.button("leave.other_reason")
def other_reason(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the reason."""
    draft = _draft(press, room)
    if draft is None:
        return _gone(press, room)
    room.expect("leave.why", {"draft": draft.id})
    return [room.edit(press.handle, room.say.private("leave.write_reason"))]


@feature.dialogue("leave.why")
def reason_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the next message as the reason, a photo of a paper with it."""
    draft = drafts.get(room.db, number(said.data, "draft"), room.who.person)
    if draft is None or not people.children(room):
        return [room.tell(room.say.private("leave.is_gone"))]
    words, files = cleaned(said.text), own_files(said.message)
    refusal = steps.too_long(room, words)
    if refusal is not None or not (words or files):
        room.expect("leave.why", dict(said.data))
        return [room.tell(refusal or room.say.private("leave.write_reason"))]
    drafts.rewrite(
        room.db,
        draft,
        words=words or PrivateStr(room.say.label("leave.see_file").text),
        data={"enclosed": [*steps.kept_files(draft), *files]},
    )
    return steps.ask(room, draft)


@feature.button("leave.ask_for_me")
def ask_for_me(press: Press, room: Room) -> Iterable[Effect]:
    """What was written elsewhere becomes a leave; what is still missing is asked."""
    draft = _draft(press, room)
    return steps.ask(room, draft, shown=press.handle) if draft is not None else _gone(press, room)


@feature.button("leave.no")
def no(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is asked for."""
    draft = _draft(press, room)
    if draft is not None:
        drafts.decide(draft, "dropped")
    return [room.edit(press.handle, room.say.private("leave.nothing_sent"))]


@feature.button("leave.withdraw")
def withdraw(press: Press, room: Room) -> Iterable[Effect]:
    """Take a leave back, while some of it lies ahead."""
    found = requests.get(room.db, number(press.args, "request"), room.here.id) if room.classroom else None
    if found is None or people.own_link(room, found) is None:
        return [room.toast(press.callback, room.say.label("requests.not_bound"), alert=True)]
    if not requests.in_force(found):
        return [room.toast(press.callback, room.say.label("requests.withdrawn"))]
    if found.last_day is None or found.last_day < room.today.date():
        return [room.toast(press.callback, room.say.label("leave.over"), alert=True)]
    return take_back(room, found, press.handle)
