"""A notice goes out: to the class's groups, pinned, with the button, or to some families in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from classroom.addresses import GroupAddress
from classroom.effects import (
    AnyButton,
    Button,
    EditPost,
    EditTold,
    Effect,
    Lane,
    Pin,
    Post,
    Report,
    Tell,
)
from classroom.errors import LeakError
from classroom.text import PublicText
from handlers import notice_audience, notice_by_hand, notice_plan, notice_private
from handlers.aside import own
from handlers.enclosing import enclosed
from handlers.notice_changes import pieces
from handlers.notice_preview import goes_out, stamp, tell_author
from handlers.notice_reading import Wish
from handlers.room import Room
from storage import guardians, identity, notices, queue, reaching, reminding, schedules
from storage.tables import Notice

MOST_PINS = 2
SEND_GRACE = timedelta(hours=12)


def publish(wish: Wish, room: Room, *, shown: str | None = None) -> list[Effect]:
    """Send a notice, plan it, or correct one; `shown` is the preview that will say so."""
    if wish.corrects is not None:
        return correct(wish, room, shown)
    wish = replace(wish, to=notice_audience.today(wish.to, room))
    if lacking := nowhere(wish, room):
        return [room.tell(own(room).private(lacking))]
    row = notices.record(
        room.db,
        room.here.id,
        wish.text,
        room.now,
        by=room.who.person,
        drafted_by=wish.drafted_by,
        files=[*wish.files],
        receipts=wish.receipts,
        urgent=wish.urgent,
        kind=wish.kind,
        audience=wish.to.who,
        rest_of=wish.to.of,
        ladder=wish.ladder,
    )
    if wish.to.who == notices.FAMILIES:
        notices.address(room.db, row, wish.to.students)
    moment, told = goes_out(wish, room), tell_author(wish, "notice.author_sent", room)
    sent = _later(row, moment, room, shown) if moment > room.now else go_out(row, room, shown)
    return [*sent, *told]


def nowhere(wish: Wish, room: Room) -> str:
    """The text that says why a wish can go nowhere; empty if it can."""
    to = notice_audience.today(wish.to, room)
    if to.in_group:
        return "" if identity.groups_of(room.db, room.here.id) else "notice.no_group"
    return "" if notice_audience.readers_of(to, room) else "notice.no_readers"


def _later(row: Notice, moment: datetime, room: Room, shown: str | None) -> list[Effect]:
    """Plan it, where /schedule shows it and takes it back."""
    schedules.plan(
        room.db,
        f"notice-send/{row.id}",
        "notice.send",
        moment,
        room.now,
        grace=SEND_GRACE,
        args={"notice": row.id, "text": row.text[:60], "shown": shown},
        classroom=room.here.id,
        number=schedules.next_number(room.db, room.here.id, "schedule"),
        by=row.by_person,
    )
    say, person = own(room), room.who.person
    text = say.private(
        "notice.planned",
        number=row.number,
        words=row.text,
        at=stamp(say, moment, room),
        urgent=row.urgent,
    )
    keys = [
        Button(say.label(f"notice.{name}"), f"notice.{name}", {"notice": row.id}, person=person, row=1)
        for name in ("unplan", "now")
    ]
    return [room.edit(shown, text, *keys) if shown else room.tell(text, *keys, handle=_mine(row))]


def _mine(row: Notice) -> str:
    return f"notice-mine/{row.id}"


# --- out -----------------------------------------------------------------------------------------


def go_out(row: Notice, room: Room, shown: str | None) -> list[Effect]:
    """Post it everywhere in the class, or tell whom it is for, and plan what comes after."""
    sent = _in_groups(row, room) if row.audience == notices.CLASS else _address(row, room)
    row.state, row.sent_at = notices.OPEN, room.now
    notice_plan.plan(row, room, shown or _mine(row))
    unpinned = _unpin_oldest(row, room) if row.pinned else []
    return [*sent, *unpinned, *_done(row, room, shown)]


def _address(row: Notice, room: Room) -> list[Effect]:
    """Settle whom it is for at this moment, and tell them."""
    if row.audience != notices.FAMILIES:
        to = notice_audience.of_notice(row, room)
        notices.address(room.db, row, notice_audience.students_of(to, room))
    return notice_private.send(row, room)


def _in_groups(row: Notice, room: Room) -> list[Effect]:
    """Into the groups, and to whoever reads none of them."""
    return [*_post(row, room), *notice_private.send(row, room)]


def _post(row: Notice, room: Room) -> list[Effect]:
    """Into the groups, pinned; behind the answers to people, of which a thousand classes have many."""
    report = Report(failed="notice.not_posted", data={"notice": row.id})
    effects: list[Effect] = []
    for chat in identity.groups_of(room.db, room.here.id):
        to = identity.group_address(chat)
        files = enclosed([*row.files])
        post = Post(
            to,
            text_of(row, room),
            keys(row, room),
            handle=row.handle,
            files=files,
            lane=Lane.BULK,
            report=report,
        )
        effects += [post, Pin(to, row.handle or "", lane=Lane.BULK)]
    row.pinned = True
    return effects


def _unpin_oldest(row: Notice, room: Room) -> list[Effect]:
    room.db.flush()
    others = [n for n in notices.pinned(room.db, room.here.id) if n.id != row.id]
    return [e for n in others[: max(0, len(others) - MOST_PINS + 1)] for e in unpin(n, room)]


def unpin(row: Notice, room: Room) -> list[Effect]:
    """Take the pin off a notice."""
    if not row.pinned:
        return []
    row.pinned = False
    return [Pin(to, row.handle or "", on=False) for to in places(row, room)]


def places(row: Notice, room: Room) -> list[GroupAddress]:
    """The groups where a notice stands, or is on its way to; none of one that is for some families."""
    if row.audience != notices.CLASS:
        return []
    handle, last = row.handle or "", 2**62
    return [
        identity.group_address(chat)
        for chat in identity.groups_of(room.db, room.here.id)
        if queue.posted(room.db, handle, chat.id) or queue.handle_waits(room.db, handle, last)
    ]


def owner(row: Notice, room: Room) -> int | None:
    """Who sent it, while that person leads the class; else whoever does now."""
    leading = room.teachers()
    return row.by_person if row.by_person in leading else next(iter(leading), None)


def _done(row: Notice, room: Room, shown: str | None) -> list[Effect]:
    """The preview becomes the place where it is withdrawn and corrected; somebody else gets one anew.

    Where the clock has sent it nobody waits for that: it goes behind what is said to those who do.
    """
    person = owner(row, room)
    if person is None:
        return []
    say, (by_hand, alone) = room.say_to(person), notice_by_hand.titles(room)
    planned = schedules.waiting(room.db, f"notice-nudge/{row.id}")
    text = say.private(
        "notice.done",
        number=row.number,
        words=row.text,
        nudge=say.when(planned.due_at, room.zone, room.now) if planned else None,
        receipts=row.receipts,
        files=len(row.files),
        by_hand=by_hand if row.audience == notices.CLASS else [],
        all_by_hand=alone,
        families=None if row.audience == notices.CLASS else len(notices.families(room.db, row)),
        whole=room.alone,
    )
    controls = controls_of(row, person, room)
    to = identity.private_address(room.db, person)
    waits = room.actor is not None and room.who.person == person
    lane = Lane.TALK if waits else Lane.BULK
    if shown and person == row.by_person and to is not None:
        return [EditTold(to, shown, text, controls, lane=lane)]
    quiet = None if waits else room.hours_of(person)
    told = room.tell_person(person, text, *controls, handle=_mine(row), quiet=quiet, park=True)
    return [replace(e, lane=lane) if isinstance(e, Tell) else e for e in told]


def controls_of(row: Notice, person: int, room: Room) -> tuple[Button, ...]:
    """撤回 and 更正, as long as the notice is not over."""
    say, life = room.say_to(person), _hours(row, room)
    return tuple(
        Button(say.label(name), name, {"notice": row.id}, person=person, row=1, hours=life)
        for name in ("notice.withdraw", "notice.correct")
    )


def _hours(row: Notice, room: Room) -> int:
    """How long buttons work: some days beyond the end, so that a late press gets a clear answer."""
    ends = row.ends_at or room.now
    return int((ends - room.now).total_seconds() // 3600) + 24 * 30


# --- how it looks --------------------------------------------------------------------------------


def text_of(row: Notice, room: Room) -> PublicText:
    """The notice as the group reads it; what a correction has changed is marked."""
    if row.audience != notices.CLASS:
        raise LeakError("a notice for some families in a group")
    name = guardians.display_name(room.db, row.by_person) if row.by_person else ""
    return room.say_class.group(
        "notice.notice",
        number=row.number,
        urgent=row.urgent,
        corrected=row.before is not None,
        kind=row.kind,
        pieces=pieces(row.before, row.text),
        by=name,
    )


def keys(row: Notice, room: Room) -> tuple[AnyButton, ...]:
    """The button with the live count, where receipts are asked for."""
    if not row.receipts:
        return ()
    have, total = notices.count(room.db, row)
    label = room.say_class.label("receipts.got", have=have, total=total)
    return (
        Button(label, "receipts.got", {"notice": row.id, "version": row.version}, hours=_hours(row, room)),
    )


def refreshed(row: Notice, room: Room, *, lane: Lane = Lane.BULK) -> list[Effect]:
    """The post as it should look now; a mere count lets everything else go first."""
    if row.audience != notices.CLASS:
        return []
    text, buttons = text_of(row, room), keys(row, room)
    return [
        EditPost(to, row.handle or "", text, buttons, lane=lane)
        for to in places(row, room)
        if not notice_by_hand.is_by_hand(to, room)
    ]


def recounted(room: Room) -> list[Effect]:
    """The counts under open notices after the roster has changed."""
    waiting = notices.awaiting(room.db, room.here.id, room.now)
    return [e for row in waiting for e in refreshed(row, room)]


# --- corrected -----------------------------------------------------------------------------------


def correct(wish: Wish, room: Room, shown: str | None) -> list[Effect]:
    """Replace the text, mark what changed, ask for receipts anew."""
    row = notices.get(room.db, wish.corrects, room.here.id)
    say = own(room)
    if row is None or row.state != notices.OPEN:
        text = say.private("notice.over")
        return [room.edit(shown, text) if shown else room.tell(text)]
    called_back = _call_back(row, room)
    row.before, row.text, row.version = row.text, wish.text, row.version + 1
    over = schedules.waiting(room.db, f"notice-over/{row.id}")
    old = over.args.get("shown") if over else None
    notice_plan.unplan(row, room)
    notice_plan.plan(row, room, str(old or _mine(row)))
    text = say.private(
        "notice.corrected",
        number=row.number,
        receipts=row.receipts,
        in_group=row.audience == notices.CLASS,
    )
    told: Effect = room.edit(shown, text) if shown else room.tell(text)
    letters = [*called_back, *notice_private.send(row, room)]
    if row.audience != notices.CLASS:
        return [*letters, told]
    by_hand = [
        notice_by_hand.replace(row, to, room)
        for to in places(row, room)
        if notice_by_hand.is_by_hand(to, room)
    ]
    groups = [*refreshed(row, room, lane=Lane.TALK), *by_hand, *announce("corrected", row, room)]
    return [*groups, *letters, told]


def _call_back(row: Notice, room: Room) -> list[Effect]:
    """The old words go to nobody any more."""
    reminded = {
        g.person_id for s in reminding.nudged_ever(room.db, row) for g in guardians.active_of(room.db, s)
    }
    for person in reminded:
        for step in (reminding.FIRST, reminding.AGAIN):
            queue.cancel(room.db, reminding.nudge_handle(row, person, step), room.now)
    return notice_private.call_back(row, "notice.letter_replaced", room)


def announce(what: str, row: Notice, room: Room) -> list[Effect]:
    """Say in the groups what became of a notice; in the quiet hours only of an urgent one, else later.

    Of one that is for some families nothing is said there.
    """
    if row.audience != notices.CLASS:
        return []
    if room.quiet is not None and room.quiet.holds(room.now) and not row.urgent:
        schedules.plan(
            room.db,
            f"notice-say/{row.id}",
            "notice.say",
            room.quiet.over(room.now),
            room.now,
            grace=SEND_GRACE,
            args={"notice": row.id, "what": what},
            classroom=room.here.id,
        )
        return []
    return said(what, row, room)


def said(what: str, row: Notice, room: Room) -> list[Effect]:
    """What became of a notice, for everybody; under the notice where it still stands."""
    if row.audience != notices.CLASS:
        return []
    text = room.say_class.group(f"notice.{what}", number=row.number, receipts=row.receipts)
    effects: list[Effect] = []
    for chat in identity.groups_of(room.db, room.here.id):
        by_hand = chat.platform in room.instance.by_hand
        if by_hand and (what == "corrected" or reaching.waits_for_a_tap(room.db, row, chat.id)):
            continue
        if what == "corrected" and chat.platform in room.instance.stays:
            whole = Post(identity.group_address(chat), text_of(row, room), keys(row, room), handle=row.handle)
            effects.append(whole)
            continue
        refs = queue.posted(room.db, row.handle or "", chat.id)
        under = refs[-1][1] if refs and what == "corrected" else None
        effects.append(Post(identity.group_address(chat), text, reply_to=under))
    return effects
