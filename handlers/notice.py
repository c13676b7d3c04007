"""/notice: a message to all families, seen by its author in private before anybody else reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Effect, Remove, Report
from classroom.events import Message, Undelivered
from classroom.text import PrivateStr, PrivateText
from handlers import notice_post, notice_preview, notice_reading, notice_words
from handlers.aside import aside, own
from handlers.enclosing import files_of
from handlers.feature import Command, Feature, Press, Said, Who
from handlers.held_back import SHAMING, Way, hold_back, judge, way
from handlers.notice_audience import Unclear
from handlers.notice_form import steps
from handlers.notice_reading import Wish
from handlers.room import Room
from storage import drafts, notices
from storage.tables import Draft, Notice

feature = Feature("notice")


@feature.command("notice", "通知", "发", who=Who.TEACHER | Who.COMMITTEE)
def notice(command: Command, room: Room) -> Iterable[Effect]:
    """Out of the group with the draft, then show it to its author; without a text say how it is done."""
    message = command.message
    if room.who.leads and (asked := notice_words.read(command.text)) is not None:
        run, number = asked
        return [*_cleared(command, room), *run(_numbered(number, room), room)]
    quoted = message.reply_to.text if message.reply_to else ""
    files = tuple(files_of(message))
    shown = begin(command.text, Wish("", files=files), room, quoted=quoted)
    return [*_cleared(command, room), *shown, *_one_of_several(message, room)]


def _numbered(number: int | None, room: Room) -> Notice | None:
    """The notice of that number, the latest if none was said."""
    if number is not None:
        return notices.numbered(room.db, room.here.id, number)
    return next(iter(notices.sent(room.db, room.here.id, limit=1)), None)


@feature.button("notice.print")
def print_it(press: Press, room: Room) -> Iterable[Effect]:
    """The button under the teacher's list: as `/notice print N`."""
    run = notice_words.WORDS.get(notice_words.PRINT)
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    if run is None or row is None or not room.who.leads:
        return [room.toast(press.callback, own(room).label("notice.over"), alert=True)]
    return run(row, room)


def _one_of_several(message: Message, room: Room) -> list[Effect]:
    """Of an album that is answered, platforms tell the one photo only: say how all of them go along."""
    if message.reply_to is None or message.reply_to.album is None:
        return []
    return aside(room, own(room).private("notice.one_of_album"))


def _cleared(command: Command, room: Room) -> list[Effect]:
    if room.group is None:
        return []
    report = Report(failed="notice.not_removed", data={"person": room.who.person})
    return [Remove(room.group, command.message.refs, report)]


def begin(text: str, base: Wish, room: Room, *, quoted: str = "") -> list[Effect]:
    """Read what was typed and show it; whatever is wrong with it is said, and the words are given back."""
    wish = notice_reading.read(text, room, base)
    if isinstance(wish, Unclear):
        return aside(room, answer(wish, text, room))
    if not wish.text:
        wish = replace(wish, text=quoted.strip())
    if not wish.text:
        return steps.start(wish, room)
    return show(wish, room)


def answer(unclear: Unclear, words: str, room: Room) -> PrivateText:
    """Say what could not be followed and how it is written, and give the words back."""
    return own(room).private(unclear.block, **{"words": words, **unclear.values})


def show(wish: Wish, room: Room) -> list[Effect]:
    """Show a wish to its author, if nothing speaks against it."""
    longest = notice_preview.longest(wish, room)
    if len(wish.text) > longest:
        say = own(room)
        return aside(
            room, say.private("notice.too_long", longest=longest, length=len(wish.text), words=wish.text)
        )
    verdict = judge(wish.text, room.roster) if room.who.leads else None
    if verdict is not None:
        return hold_back(PrivateStr(wish.text), verdict, _way_of(wish, room), room)
    return notice_preview.show(wish, room)


def _way_of(wish: Wish, room: Room) -> Way:
    return Way(
        "notice",
        room.group.chat if room.group else None,
        stood=room.group is not None,
        more=notice_reading.as_kept(wish),
    )


@way("notice")
def go_on(text: str, came: Way, approved: bool, room: Room) -> Iterable[Effect]:
    """A held text goes on: changed, it is shown again; approved by its author, it goes out."""
    wish = notice_reading.read(text, room, notice_reading.kept(came.more))
    if not room.who.leads:
        return [room.tell(own(room).private("notice.over"))]
    if isinstance(wish, Unclear):
        return aside(room, answer(wish, text, room))
    verdict = judge(wish.text, room.roster)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(wish.text), verdict, replace(came, more=_way_of(wish, room).more), room)
    return notice_post.publish(wish, room) if approved else show(wish, room)


# --- under the preview ---------------------------------------------------------------------------


@feature.button("notice.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Out to the families, now or at its time; what the roster says against it is looked at anew."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    wish = notice_reading.of_draft(draft)
    if wish.at is not None and wish.at <= room.now:
        wish = replace(wish, at=None)
        drafts.rewrite(room.db, draft, data=notice_reading.as_kept(wish))
        return [notice_preview.again(draft, wish, press, room, late=True)]
    if lacking := notice_post.nowhere(wish, room):
        return [room.tell(own(room).private(lacking))]
    verdict = judge(wish.text, room.roster)
    others = notice_preview.settled(draft, room)
    if verdict is not None:
        drafts.decide(draft, "used")
        held = hold_back(PrivateStr(wish.text), verdict, _way_of(wish, room), room)
        return [room.edit(press.handle, own(room).private("notice.held")), *others, *held]
    drafts.decide(draft, "used")
    steps.end(wish.form, room)
    return [*notice_post.publish(wish, room, shown=press.handle), *others]


@feature.button("notice.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is sent; the committee's author hears of it and gets the words back."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    wish = notice_reading.of_draft(draft)
    told = notice_preview.tell_author(wish, "notice.author_returned", room)
    others = notice_preview.settled(draft, room)
    drafts.decide(draft, "dropped")
    steps.end(wish.form, room)
    return [room.edit(press.handle, own(room).private("notice.dropped", returned=bool(told))), *others, *told]


@feature.button("notice.change")
def change(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the text in other words."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    room.expect("notice.change", {"draft": draft.id})
    return [room.tell(own(room).private("notice.new_words", words=draft.words))]


@feature.dialogue("notice.change", outlives_commands=True)
def changed(said: Said, room: Room) -> Iterable[Effect]:
    """The text in other words, with the same photos and marks; the old preview is of no use any more."""
    draft = _mine(notices.open_draft(room.db, said.data.get("draft"), room.here.id), room)
    if draft is None:
        return [room.tell(own(room).private("notice.over"))]
    base = replace(notice_reading.of_draft(draft), form=None)
    if not said.text.strip() or len(said.text) > notice_preview.longest(base, room):
        room.expect("notice.change", {"draft": draft.id})
        return [room.tell(own(room).private("notice.again", longest=notice_preview.longest(base, room)))]
    wish = notice_reading.read(said.text, room, base)
    if isinstance(wish, Unclear):
        room.expect("notice.change", {"draft": draft.id})
        return [room.tell(answer(wish, said.text, room))]
    old = room.edit(notice_preview.handle(draft, room.who.person), own(room).private("notice.changed_below"))
    others = notice_preview.settled(draft, room)
    steps.end(draft.data.get("form"), room)
    drafts.decide(draft, "used")
    return [old, *others, *show(wish, room)]


def _open(press: Press, room: Room) -> Draft | None:
    return _mine(notices.open_draft(room.db, press.args.get("draft"), room.here.id), room)


def _mine(draft: Draft | None, room: Room) -> Draft | None:
    """The draft, if the actor decides about it: an own one, or for a teacher one of the committee's."""
    if draft is None or not room.who.leads:
        return None
    handed_in = isinstance(draft.data.get("drafted_by"), int)
    return draft if handed_in or draft.person_id == room.who.person else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("notice.over"))]


@feature.undelivered("notice.not_removed")
def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The command still stands in the group: its author hears at once, to delete it by hand."""
    person = event.data.get("person")
    if not isinstance(person, int) or event.reason == "not_found":
        return []
    return room.tell_person(person, room.say_to(person).private("notice.not_removed"), park=True)
