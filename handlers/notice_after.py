"""What comes after a notice: its time, its end, taking it back, putting it right, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import EditPost, Effect, Pin, Post, RemovePost, Report, Tell
from classroom.events import Delivered, Due, Json, Undelivered
from handlers import (
    notice,
    notice_by_hand,
    notice_plan,
    notice_post,
    notice_preview,
    notice_private,
    notice_reading,
    receipts_nudges,
)
from handlers.aside import own
from handlers.concern_people import as_person
from handlers.feature import Feature, Press, Said
from handlers.notice_audience import Unclear
from handlers.room import Room
from storage import identity, notices, queue, reminding, schedules
from storage.tables import Chat, Notice, ScheduleRow

feature = Feature("notice_after")


# --- its time ------------------------------------------------------------------------------------


@feature.due("notice.send")
def send_now(due: Due, room: Room) -> Iterable[Effect]:
    """Its time has come; too late, it is a draft again and its author decides."""
    row, args = _planned(due, room)
    if row is None or row.state != notices.SCHEDULED:
        return []
    if due.missed:
        return _back_to_author(row, "notice.missed", room)
    shown = args.get("shown")
    return notice_post.go_out(row, room, shown if isinstance(shown, str) else None)


@feature.button("notice.unplan")
def unplan(press: Press, room: Room) -> Iterable[Effect]:
    """It will not be sent; the words stay readable under the button."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    if row is None or not _still_planned(row, room):
        return [room.edit(press.handle, own(room).private("notice.over"))]
    row.state = notices.CANCELLED
    notice_plan.unplan(row, room)
    told = notice_preview.tell_author(notice_reading.of_notice(row, room), "notice.author_returned", room)
    return [room.edit(press.handle, own(room).private("notice.unplanned", words=row.text)), *told]


@feature.button("notice.now")
def now(press: Press, room: Room) -> Iterable[Effect]:
    """It cannot wait; in the quiet hours that makes it an urgent one."""
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    if row is None or not _still_planned(row, room):
        return [room.edit(press.handle, own(room).private("notice.over"))]
    notice_plan.unplan(row, room)
    row.urgent = row.urgent or (room.quiet is not None and room.quiet.holds(room.now))
    return notice_post.go_out(row, room, press.handle)


def _still_planned(row: Notice, room: Room) -> bool:
    waits = schedules.waiting(room.db, f"notice-send/{row.id}") is not None
    return waits and row.state == notices.SCHEDULED and room.who.leads


def _planned(due: Due, room: Room) -> tuple[Notice | None, dict[str, Json]]:
    plan = room.db.get(ScheduleRow, due.schedule)
    args = plan.args if plan is not None else {}
    return notices.get(room.db, args.get("notice"), room.here.id), args


def _back_to_author(row: Notice, block: str, room: Room) -> list[Effect]:
    """Tell who sent it (or who leads the class now) what went wrong, with the words as a draft again."""
    row.state = notices.FAILED
    notice_plan.unplan(row, room)
    person = notice_post.owner(row, room)
    inner = as_person(room, person) if person is not None else None
    if person is None or inner is None:
        return []
    quiet = room.hours_of(person)
    told = room.tell_person(
        person, room.say_to(person).private(block, number=row.number), quiet=quiet, park=True
    )
    shown = notice.show(notice_reading.of_notice(row, inner), inner)
    return [*told, *(replace(e, quiet=quiet) if isinstance(e, Tell) else e for e in shown)]


# --- its end -------------------------------------------------------------------------------------


@feature.due("notice.over")
def over(due: Due, room: Room) -> Iterable[Effect]:
    """Nobody is asked or reminded any more, and it can be neither taken back nor put right."""
    row, args = _planned(due, room)
    if row is None or row.state != notices.OPEN:
        return []
    row.state = notices.OVER
    notice_plan.unplan(row, room)
    person, shown = notice_post.owner(row, room), args.get("shown")
    told: list[Effect] = []
    if person is not None and isinstance(shown, str) and identity.private_address(room.db, person):
        have, total = notices.count(room.db, row)
        text = room.say_to(person).private(
            "notice.ended",
            number=row.number,
            words=row.text,
            receipts=row.receipts,
            have=have,
            total=total,
        )
        told = [room.edit(shown, text, of=person)]
    return [*notice_post.unpin(row, room), *told]


@feature.due("notice.unpin")
def unpin(due: Due, room: Room) -> Iterable[Effect]:
    """A pin is off after a week, though the notice goes on."""
    row, _ = _planned(due, room)
    return notice_post.unpin(row, room) if row is not None else []


# --- taken back ----------------------------------------------------------------------------------


@feature.button("notice.withdraw")
def withdraw(press: Press, room: Room) -> Iterable[Effect]:
    """Out of the groups, and nobody is reminded of it."""
    row = _open(press, room)
    if row is None:
        return [room.toast(press.callback, own(room).label("notice.over"), alert=True)]
    places = notice_post.places(row, room)
    row.state, row.pinned = notices.WITHDRAWN, False
    notice_plan.unplan(row, room)
    queue.cancel(room.db, row.handle or "", room.now)
    report = Report(failed="notice.not_withdrawn", data={"notice": row.id})
    effects: list[Effect] = [RemovePost(to, row.handle or "", report) for to in places]
    effects += notice_private.call_back(row, "notice.letter_withdrawn", room)
    return [
        *effects,
        room.edit(
            press.handle,
            own(room).private(
                "notice.withdrawn", number=row.number, words=row.text, in_group=row.audience == notices.CLASS
            ),
        ),
        *(notice_post.announce("withdrawn", row, room) if places else []),
        *receipts_nudges.settle(reminding.nudged_ever(room.db, row), room),
    ]


@feature.undelivered("notice.not_withdrawn")
def not_withdrawn(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Where the platform no longer deletes it, the words are replaced and the pin is taken off."""
    row = notices.get(room.db, event.data.get("notice"), room.here.id)
    if row is None or event.reason == "not_found":
        return []
    text = room.say_class.group("notice.was_withdrawn", number=row.number)
    return [
        effect
        for to in notice_post.places(row, room)
        for effect in (EditPost(to, row.handle or "", text), Pin(to, row.handle or "", on=False))
    ]


@feature.delivered(notice_by_hand.REPLACED)
def given_way(event: Delivered, room: Room) -> Iterable[Effect]:
    """The old words are gone."""
    return _replaced(event.data, room)


@feature.undelivered(notice_by_hand.REPLACED)
def out_for_good(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The old words stay."""
    return _replaced(event.data, room)


def _replaced(data: dict[str, Json], room: Room) -> list[Effect]:
    """Where nothing can be changed the old words give way, or are out for good: the right ones follow."""
    row = notices.get(room.db, data.get("notice"), room.here.id)
    wanted = data.get("chat")
    chat = room.db.get(Chat, wanted) if isinstance(wanted, int) else None
    if row is None or chat is None or row.state != notices.OPEN or row.audience != notices.CLASS:
        return []
    to, text = identity.group_address(chat), notice_post.text_of(row, room)
    return [Post(to, text, notice_post.keys(row, room), handle=row.handle)]


@feature.due("notice.say")
def say_it(due: Due, room: Room) -> Iterable[Effect]:
    """What happened to a notice at night is said in the morning."""
    row, args = _planned(due, room)
    return notice_post.said(str(args.get("what")), row, room) if row is not None and not due.missed else []


def _open(press: Press, room: Room) -> Notice | None:
    row = notices.get(room.db, press.args.get("notice"), room.here.id)
    return row if row is not None and row.state == notices.OPEN and room.who.leads else None


# --- put right -----------------------------------------------------------------------------------


@feature.button("notice.correct")
def correct(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the whole text as it should be."""
    row = _open(press, room)
    if row is None:
        return [room.toast(press.callback, own(room).label("notice.over"), alert=True)]
    room.expect("notice.correct", {"notice": row.id})
    return [room.tell(own(room).private("notice.correct_how", number=row.number, words=row.text))]


@feature.dialogue("notice.correct", outlives_commands=True)
def corrected(said: Said, room: Room) -> Iterable[Effect]:
    """Show how it would look; it is sent at a press, like any notice."""
    row = notices.get(room.db, said.data.get("notice"), room.here.id)
    if row is None or row.state != notices.OPEN or not room.who.leads:
        return [room.tell(own(room).private("notice.over"))]
    base = replace(notice_reading.of_notice(row, room), corrects=row.id, files=(), drafted_by=None)
    wish = notice_reading.read(said.text, room, base)
    if isinstance(wish, Unclear):
        room.expect("notice.correct", {"notice": row.id})
        return [room.tell(notice.answer(wish, said.text, room))]
    if not wish.text or wish.text == row.text:
        room.expect("notice.correct", {"notice": row.id})
        return [room.tell(own(room).private("notice.correct_again", number=row.number))]
    return notice.show(wish, room)


# --- what went wrong -----------------------------------------------------------------------------


@feature.undelivered("notice.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """It reached no group: its author hears, and has the words as a draft again."""
    row = notices.get(room.db, event.data.get("notice"), room.here.id)
    if row is None or row.state != notices.OPEN or notice_post.places(row, room):
        return []
    row.pinned = False
    return _back_to_author(row, "notice.not_posted", room)
