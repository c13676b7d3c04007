"""What becomes of the draft: it is sent, changed, skipped, gets photos; or nobody does anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from classroom.effects import Button, Effect
from classroom.events import Due, Json, Message
from classroom.text import PrivateStr
from handlers import leave_morning, notice_post, notice_preview, notice_reading
from handlers.aside import own
from handlers.concern_people import as_person
from handlers.enclosing import MOST, own_files
from handlers.feature import Feature, Press, Said
from handlers.held_back import Way, hold_back, judge
from handlers.holiday import draft as drafting
from handlers.holiday import feed, own_days, reading, returning, school
from handlers.holiday.words import facts_of_row, with_return
from handlers.notice_audience import Unclear
from handlers.notice_reading import Wish
from handlers.room import Room
from handlers.start import enter
from storage import calendar, drafts, queue, schedules
from storage.places import places_of
from storage.tables import Draft, HolidayRow, ScheduleRow


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.button("holiday.send")(send)
    feature.button("holiday.change")(change)
    feature.button("holiday.skip")(skip)
    feature.button("holiday.early")(early)
    feature.button("holiday.again")(show_again)
    feature.dialogue("holiday.change", outlives_commands=True)(changed)
    feature.watch(photos)
    feature.due("holiday.auto")(last_call)


def _open(press: Press, room: Room) -> tuple[Draft, HolidayRow] | None:
    """The draft of a press and its holiday, if the actor decides about it."""
    draft = drafting.open_draft(press.args.get("draft"), room) if room.who.leads else None
    row = drafting.row_of(draft, room) if draft is not None else None
    return (draft, row) if draft is not None and row is not None else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("holiday.over"))]


# --- sent ----------------------------------------------------------------------------------------


def send(press: Press, room: Room) -> Iterable[Effect]:
    """Out to the families as a notice like any other."""
    found = _open(press, room)
    if found is None:
        return _over(press, room)
    if not places_of(room.db, room.here.id, room.now):
        return [room.tell(own(room).private("notice.no_group"))]
    return _send(*found, press.handle, room)


def _send(draft: Draft, row: HolidayRow, shown: str, room: Room) -> list[Effect]:
    """Send it in the actor's name; words that shame a child go no further than to the actor."""
    wish = notice_reading.of_draft(draft)
    if wish.at is not None and wish.at <= room.now:
        wish = replace(wish, at=None)
    others = drafting.shown_elsewhere(draft, room)
    _decided(draft, row, calendar.SENT, room)
    verdict = judge(wish.text, room.roster)
    if verdict is not None:
        row.state = calendar.HELD
        held = hold_back(
            PrivateStr(wish.text), verdict, Way("notice", more=notice_reading.as_kept(wish)), room
        )
        return [room.edit(shown, own(room).private("notice.held")), *others, *held]
    effects = notice_post.publish(wish, room, shown=shown)
    notice = calendar.newest_notice(room.db, room.here.id)
    if notice is not None:
        row.notice_id = notice.id
        returning.plan(row, notice.text, room)
    day = drafting.own_day_of(row, room)
    if day is not None and day.state == calendar.DRAFT:  # in the class's calendar from now on
        day.state, day.changed_at = calendar.LIVE, room.now
        room.db.flush()
        leave_morning.plan_list(room)
    feed.refresh(room)
    return [*effects, *others, *drafting.settle_beside(row, room)]


def _decided(draft: Draft, row: HolidayRow, state: str, room: Room) -> None:
    schedules.cancel(room.db, f"holiday-auto/{row.id}")
    drafts.decide(draft, "used" if state == calendar.SENT else "dropped")
    row.state, row.draft_id, row.changed_at = state, None, room.now


# --- not sent ------------------------------------------------------------------------------------


def skip(press: Press, room: Room) -> Iterable[Effect]:
    """This time nothing is said; a holiday that was only typed is forgotten."""
    found = _open(press, room)
    if found is None:
        return _over(press, room)
    draft, row = found
    others = drafting.shown_elsewhere(draft, room)
    _decided(draft, row, calendar.SKIPPED, room)
    day = drafting.own_day_of(row, room)
    if day is not None and day.state == calendar.DRAFT:
        day.state = calendar.GONE
    said = room.edit(press.handle, own(room).private("holiday.skipped", known=day is None))
    return [said, *others, *drafting.settle_beside(row, room)]


# --- changed -------------------------------------------------------------------------------------


def change(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for other words, another time of the return, or photos."""
    found = _open(press, room)
    if found is None:
        return _over(press, room)
    room.expect("holiday.change", {"draft": found[0].id})
    return [room.tell(own(room).private("holiday.new_words", words=found[0].words))]


def changed(said: Said, room: Room) -> Iterable[Effect]:
    """Other words, only another return, or photos that go along."""
    draft = drafting.open_draft(said.data.get("draft"), room) if room.who.leads else None
    row = drafting.row_of(draft, room) if draft is not None else None
    if draft is None or row is None:
        return [room.tell(own(room).private("holiday.over"))]
    wish = _with_files(notice_reading.of_draft(draft), own_files(said.message))
    if not said.text.strip() and len(wish.files) > len(notice_reading.of_draft(draft).files):
        return _renewed(draft, wish, room, own_words=draft.data.get("own_words") is True)
    back = reading.return_alone(said.text, row.first, room)
    if back is not None:
        return _only_the_return(back, draft, row, wish, room)
    if not said.text.strip() or len(said.text) > notice_preview.longest(wish, room):
        return _once_more(draft, room)
    read = notice_reading.read(said.text, room, wish)
    if isinstance(read, Unclear):
        room.expect("holiday.change", {"draft": draft.id})
        return [room.tell(own(room).private(read.block, **{"words": said.text, **read.values}))]
    return _renewed(draft, read, room, own_words=True)


def _only_the_return(
    back: reading.Back | Literal["unread"], draft: Draft, row: HolidayRow, wish: Wish, room: Room
) -> list[Effect]:
    facts = facts_of_row(row, room)
    if facts is None or back == "unread" or (back.on is not None and back.on <= row.first):
        room.expect("holiday.change", {"draft": draft.id})
        return own_days.refused("return", room)
    put = drafting.put_right(draft, with_return(facts, back.on, back.at), room)
    own_words = draft.data.get("own_words") is True
    return _renewed(draft, replace(put, files=wish.files), room, own_words=own_words)


def _once_more(draft: Draft, room: Room) -> list[Effect]:
    room.expect("holiday.change", {"draft": draft.id})
    longest = notice_preview.longest(notice_reading.of_draft(draft), room)
    return [room.tell(own(room).private("notice.again", longest=longest))]


def _renewed(draft: Draft, wish: Wish, room: Room, *, own_words: bool) -> list[Effect]:
    made, gone = drafting.renew(draft, wish, room, own_words=own_words)
    return [*gone, *drafting.show(made, room)]


def _with_files(wish: Wish, files: list[Json]) -> Wish:
    return replace(wish, files=(*wish.files, *files)[:MOST])


def early(press: Press, room: Room) -> Iterable[Effect]:
    """The last date that was typed is the day of the return."""
    found = _open(press, room)
    if found is None or not drafting.may_be_back_early(*found):
        return _over(press, room)
    draft, row = found
    facts, day = facts_of_row(row, room), drafting.own_day_of(row, room)
    if facts is None:
        return _over(press, room)
    back = row.last
    shorter = replace(facts, last=back - timedelta(days=1), returns_on=back)
    wish = drafting.put_right(draft, shorter, room)
    if day is not None:
        day.last, day.returns_on, day.changed_at = shorter.last, back, room.now
    drafts.rewrite(room.db, draft, words=PrivateStr(wish.text), data={"early": False})
    return drafting.shown_anew(draft, room)


def show_again(press: Press, room: Room) -> Iterable[Effect]:
    """The draft once more, further below."""
    found = _open(press, room)
    if found is None:
        return _over(press, room)
    wish = notice_reading.of_draft(found[0])
    return _renewed(found[0], wish, room, own_words=found[0].data.get("own_words") is True)


def photos(message: Message, room: Room) -> Iterable[Effect] | None:
    """Photos in answer to the draft go along with it."""
    if room.group is not None or room.actor is None or message.reply_to is None or message.edited:
        return None
    files = own_files(message)
    handle = queue.handle_of(room.db, room.who.chat, message.reply_to.ref) if files else None
    if handle is None or not handle.startswith("holiday-draft/"):
        return None
    kept = room.db.get(Draft, int(handle.split("/")[1]))
    if kept is None or not enter(room, kept.classroom_id) or not room.who.leads:
        return None
    draft = drafting.open_draft(kept.id, room)
    if draft is None:
        return [room.tell(own(room).private("holiday.over"))]
    wish = _with_files(notice_reading.of_draft(draft), files)
    return _renewed(draft, wish, room, own_words=draft.data.get("own_words") is True)


# --- nobody did anything -------------------------------------------------------------------------


def last_call(due: Due, room: Room) -> Iterable[Effect]:
    """On the evening before: sent where that is switched on, else asked about once more."""
    plan = room.db.get(ScheduleRow, due.schedule)
    row = calendar.get_holiday(room.db, plan.args.get("row") if plan else None, room.here.id)
    draft = drafting.open_draft(row.draft_id, room) if row is not None else None
    if row is None or draft is None or row.first <= room.today.date():
        return []
    inner = _in_whose_name(draft, room)
    if school.auto(room) and not due.missed and inner is not None and _can_go_out(draft, row, room):
        return _send(draft, row, drafting.handle(draft, inner.who.person), inner)
    beside = drafting.waiting_beside(row, room)
    if any(_speaks_for(other, row, room) for other in beside):
        return []
    facts, sent = facts_of_row(row, room), drafting.announced_beside(row, room)
    told: list[Effect] = []
    for person in room.teachers():
        say = room.say_to(person)
        text = say.private(
            "holiday.not_sent",
            name=facts.name if facts else "",
            classroom=room.here.name,
            sent=sent[0].number if sent else None,
            beside=bool(beside),
        )
        key = Button(say.label("holiday.show"), "holiday.again", {"draft": draft.id}, person=person)
        told += room.tell_person(person, text, key, quiet=room.hours_of(person), park=True)
    return told


def _speaks_for(other: HolidayRow, row: HolidayRow, room: Room) -> bool:
    """True if of two drafts for the same day the other one goes out this evening, or is asked about."""
    draft = drafting.open_draft(other.draft_id, room)
    if draft is None or other.first != row.first:
        return False
    return drafting.goes_by_itself(draft, other, room) or other.id < row.id


def _in_whose_name(draft: Draft, room: Room) -> Room | None:
    """The class as seen by a teacher who was shown the draft and still leads the class."""
    asked = [p for p in room.teachers() if p in drafting.readers(draft)]
    return as_person(room, asked[0]) if asked else None


def _can_go_out(draft: Draft, row: HolidayRow, room: Room) -> bool:
    """Only Homeroom's own words about days that are in the calendar: what somebody typed wants a press."""
    known = facts_of_row(row, room) is not None and bool(places_of(room.db, room.here.id, room.now))
    return known and drafting.goes_by_itself(draft, row, room)
