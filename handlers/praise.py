"""/praise: recognise children in front of everyone who knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Effect
from classroom.events import Json, Message, Undelivered
from classroom.folding import fold
from handlers import (
    praise_ask,
    praise_drafts,
    praise_even,
    praise_list,
    praise_month,
    praise_post,
    praise_titles,
)
from handlers.aside import own
from handlers.enclosing import PASSED_ON, enclosed, files_of
from handlers.feature import Command, Feature, Press, Said, Who
from handlers.held_back import Way, judge, read_way, way
from handlers.praise_ask import go
from handlers.room import Room
from storage import drafts, praises
from storage.tables import Draft

feature = Feature("praise")
praise_even.attach(feature)
praise_month.attach(feature)
praise_drafts.attach(feature)
praise_list.attach(feature)
LIST = re.compile(r"(?:list|列表|光荣榜)\s*(?P<span>month|term|本月|本学期)?")
UNDO = re.compile(r"undo|撤销|撤回")


@feature.command("praise", "表扬", "夸", who=Who.TEACHER | Who.SUBJECT_TEACHER)
def praise(command: Command, room: Room) -> Iterable[Effect]:
    """Praise the children named at the head; `list`, `undo`, `titles`, `reminder` are no names."""
    typed = fold(command.text).text.strip()
    praise_even.plan(room)
    harmless = judge(command.text, room.roster) is None  # else it is held back below, whatever it begins with
    if harmless and (asked := praise_titles.ASKED.fullmatch(command.text.strip())):
        return praise_titles.change(asked, room)
    if harmless and (asked := praise_even.ASKED.fullmatch(typed)):
        return praise_even.change(asked, room)
    if harmless and (asked := praise_month.ASKED.fullmatch(typed)):
        return praise_month.change(asked, room)
    if asked := LIST.fullmatch(typed):
        return praise_list.show(room, term=asked["span"] in ("term", "本学期"))
    if UNDO.fullmatch(typed):
        return praise_list.undo_latest(room)
    message, group = command.message, room.group
    files = enclosed(files_of(message))
    if group is None:
        return go(command.text, Way("praise", files=files), False, room)
    way_ = Way("praise", group.chat, message.origin.thread, message.refs, files=files, more=_photo(message))
    return go(command.text, way_, False, room)


def _photo(message: Message) -> dict[str, Json]:
    """Which message of the group shows the photo: this one, or the one that it answers."""
    if any(a.kind in PASSED_ON for a in message.attachments):
        return {"photo": message.ref}
    quoted = message.reply_to
    shows = quoted is not None and any(a.kind in PASSED_ON for a in quoted.attachments)
    return {"photo": quoted.ref} if quoted is not None and shows else {}


way("praise")(go)


@feature.button("praise.child")
def child(press: Press, room: Room) -> Iterable[Effect]:
    """A child was chosen out of the list under a bare /praise; now the text."""
    name = praise_ask.name_of(press.args.get("student"), room)
    if name is None or not room.who.teaches:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    kept = praise_ask.chosen(press.args, press.args.get("student"))
    room.expect("praise.text", kept | {"names": name})
    keys = praise_ask.title_buttons([name], kept, room)
    return [
        room.edit(press.handle, own(room).private("praise.what_for", names=[name], titles=bool(keys)), *keys)
    ]


@feature.button("praise.titled")
def titled(press: Press, room: Room) -> Iterable[Effect]:
    """A title and nothing more; the names are read as if they were typed."""
    if not room.who.teaches:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    room.expect_nothing()
    text = f"{press.args.get('names')}：{press.args.get('title')}"
    said = go(text, read_way(press.args), False, room)
    return [room.edit(press.handle, own(room).private("praise.understood")), *said]


@feature.dialogue("praise.text")
def text_said(said: Said, room: Room) -> Iterable[Effect]:
    """What is said about children who are known already; the colon keeps names in it from joining them."""
    if not room.who.teaches:
        return [room.tell(own(room).private("praise.gone"))]
    if not said.text.strip():
        room.expect("praise.text", said.data)
        return [room.tell(own(room).private("praise.only_text"))]
    came = read_way(said.data)
    came = replace(came, files=(*came.files, *enclosed(files_of(said.message))))
    return go(f"{said.data.get('names')}：{said.text.strip()}", came, False, room)


@feature.dialogue("praise.names")
def names_said(said: Said, room: Room) -> Iterable[Effect]:
    """The names that were missing; with a text behind them they replace what was typed before."""
    if not room.who.teaches:
        return [room.tell(own(room).private("praise.gone"))]
    kept = str(said.data.get("text") or "")
    rest = room.roster.names_at_head(said.text).rest
    text = f"{said.text.strip()}：{kept}" if kept and not rest else said.text
    return go(text, read_way(said.data), False, room)


@feature.button("praise.meant")
def meant(press: Press, room: Room) -> Iterable[Effect]:
    """This child was meant by the name that nobody has; the draft goes on with it."""
    draft = _open(press, room)
    name = praise_ask.name_of(press.args.get("student"), room)
    if draft is None or name is None:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    unknown = str(draft.data.get("unknown"))
    text = draft.words.reveal().replace(unknown, f" {name} ", 1).strip()
    return _go_on(text, draft, press, room)


@feature.button("praise.which")
def which(press: Press, room: Room) -> Iterable[Effect]:
    """This one of the children who share a name."""
    draft = _open(press, room)
    if draft is None or praise_ask.name_of(press.args.get("student"), room) is None:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    return _go_on(draft.words.reveal(), draft, press, room)


@feature.button("praise.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is posted."""
    draft = _open(press, room)
    if draft is not None:
        drafts.decide(draft, "dropped")
    return [room.edit(press.handle, own(room).private("praise.dropped"))]


def _open(press: Press, room: Room) -> Draft | None:
    wanted = press.args.get("draft")
    draft = drafts.get(room.db, wanted, room.who.person) if isinstance(wanted, int) else None
    if draft is None or draft.kind != "praise" or not room.who.teaches:
        return None
    return draft if draft.classroom_id == room.here.id else None


def _go_on(text: str, draft: Draft, press: Press, room: Room) -> list[Effect]:
    came = read_way(praise_ask.chosen(draft.data, press.args.get("student")))
    drafts.decide(draft, "used")
    return [room.edit(press.handle, own(room).private("praise.understood")), *go(text, came, False, room)]


@feature.button("praise.undo")
def undo(press: Press, room: Room) -> Iterable[Effect]:
    """Take back the praise that this button stands under."""
    wanted = press.args.get("praise")
    row = praises.get(room.db, wanted) if isinstance(wanted, int) else None
    theirs = row is not None and row.by_person == room.who.person and row.classroom_id == room.here.id
    if row is None or not theirs or not room.who.teaches:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    return praise_list.undo(row, room, shown=press.handle)


@feature.undelivered("praise.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The teacher hears that the group has not seen it."""
    return praise_post.tell_author(event.data, "praise.not_posted", room)


@feature.undelivered("praise.not_removed")
def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The teacher hears that the post still stands."""
    return praise_post.tell_author(event.data, "praise.not_removed", room)
