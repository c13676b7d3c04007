"""A notice goes out: to the class's groups, pinned, with the button, and what is planned with it."""

from __future__ import annotations

import difflib
import re
from datetime import datetime, time, timedelta

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
)
from classroom.text import PublicText
from handlers.aside import own
from handlers.enclosing import enclosed
from handlers.notice_preview import goes_out, stamp, tell_author
from handlers.notice_reading import Wish
from handlers.room import Room
from scheduler.nudging import nudge_at
from scheduler.when.moments import later_if_skipped
from scheduler.when.named import named_days
from storage import guardians, identity, notices, queue, schedules
from storage.tables import Guardian, Notice

MOST_PINS = 2
STANDS = timedelta(days=7)
SEND_GRACE = timedelta(hours=12)
NUDGE_GRACE = timedelta(hours=6)
HOUSEKEEPING = timedelta(days=365)
"""What tidies up is done however late."""


def publish(wish: Wish, room: Room, *, shown: str | None = None) -> list[Effect]:
    """Send a notice, plan it, or correct one; `shown` is the preview that will say so."""
    if wish.corrects is not None:
        return correct(wish, room, shown)
    groups = identity.groups_of(room.db, room.here.id)
    if not groups:
        return [room.tell(own(room).private("notice.no_group"))]
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
    )
    moment, told = goes_out(wish, room), tell_author(wish, "notice.author_sent", room)
    sent = _later(row, moment, room, shown) if moment > room.now else go_out(row, room, shown)
    return [*sent, *told]


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
    """Post it everywhere in the class, pin it, and plan what comes after."""
    row.state, row.sent_at = notices.OPEN, room.now
    report = Report(failed="notice.not_posted", data={"notice": row.id})
    effects: list[Effect] = []
    for chat in identity.groups_of(room.db, room.here.id):
        to = identity.group_address(chat)
        files = enclosed([*row.files], to.platform)
        post = Post(to, text_of(row, room), keys(row, room), handle=row.handle, files=files, report=report)
        effects += [post, Pin(to, row.handle or "")]
    row.pinned = True
    plan(row, room, shown or _mine(row))
    return [*effects, *_unpin_oldest(row, room), *_done(row, room, shown)]


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
    """The groups where a notice stands, or is on its way to."""
    handle, last = row.handle or "", 2**62
    return [
        identity.group_address(chat)
        for chat in identity.groups_of(room.db, room.here.id)
        if queue.posted(room.db, handle, chat.id) or queue.handle_waits(room.db, handle, last)
    ]


def plan(row: Notice, room: Room, shown: str) -> None:
    """Plan the nudge, the end of the pin and of the notice itself, from this moment on."""
    named = named_days(row.text, room.now, room.zone)
    row.names_date = named.first if named else None
    row.ends_at = room.now + STANDS
    if named:
        row.ends_at = later_if_skipped(named.last + timedelta(days=1), time(), room.zone)
    room.db.flush()
    _plan(row, room, "over", row.ends_at, shown, HOUSEKEEPING)
    if row.ends_at > room.now + STANDS:
        _plan(row, room, "unpin", room.now + STANDS, shown, HOUSEKEEPING)
    if row.receipts and (at := nudges_at(row, room)) < row.ends_at:
        _plan(row, room, "nudge", at, shown, NUDGE_GRACE)


def nudges_at(row: Notice, room: Room) -> datetime:
    """When those who have not confirmed by then are reminded."""
    after = room.instance.defaults.nudge_after
    return nudge_at(room.now, after, room.quiet, room.zone, urgent=row.urgent, before=row.names_date)


def _plan(row: Notice, room: Room, what: str, at: datetime, shown: str, grace: timedelta) -> None:
    schedules.plan(
        room.db,
        f"notice-{what}/{row.id}",
        f"notice.{what}",
        at,
        room.now,
        grace=grace,
        args={"notice": row.id, "shown": shown},
        classroom=room.here.id,
        by=row.by_person,
    )


def unplan(row: Notice, room: Room) -> None:
    """Nothing is to happen with it any more."""
    for what in ("send", "over", "unpin", "nudge", "missing"):
        schedules.cancel(room.db, f"notice-{what}/{row.id}")


def owner(row: Notice, room: Room) -> int | None:
    """Who sent it, while that person leads the class; else whoever does now."""
    leading = room.teachers()
    return row.by_person if row.by_person in leading else next(iter(leading), None)


def _done(row: Notice, room: Room, shown: str | None) -> list[Effect]:
    """The preview becomes the place where it is withdrawn and corrected; somebody else gets one anew."""
    person = owner(row, room)
    if person is None:
        return []
    say = room.say_to(person)
    planned = schedules.waiting(room.db, f"notice-nudge/{row.id}")
    text = say.private(
        "notice.done",
        number=row.number,
        words=row.text,
        nudge=say.when(planned.due_at, room.zone, room.now) if planned else None,
        receipts=row.receipts,
        files=len(row.files),
    )
    controls = controls_of(row, person, room)
    to = identity.private_address(room.db, person)
    if shown and person == row.by_person and to is not None:
        return [EditTold(to, shown, text, controls)]
    quiet = None if room.actor is not None and room.who.person == person else room.hours_of(person)
    return room.tell_person(person, text, *controls, handle=_mine(row), quiet=quiet, park=True)


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
    name = guardians.display_name(room.db, row.by_person) if row.by_person else ""
    return room.say_class.group(
        "notice.notice",
        number=row.number,
        urgent=row.urgent,
        corrected=row.before is not None,
        pieces=_pieces(row.before, row.text),
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
    text, buttons = text_of(row, room), keys(row, room)
    return [EditPost(to, row.handle or "", text, buttons, lane=lane) for to in places(row, room)]


def recounted(room: Room) -> list[Effect]:
    """The counts under open notices after the roster has changed."""
    waiting = notices.awaiting(room.db, room.here.id, room.now)
    return [e for row in waiting for e in refreshed(row, room)]


_TOKENS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


def _pieces(before: str | None, text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is new against the text before."""
    if before is None:
        return [(text, False)]
    old, new = _TOKENS.findall(before), _TOKENS.findall(text)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [("".join(new[a:b]), what != "equal") for what, _, _, a, b in steps if a < b]


# --- corrected -----------------------------------------------------------------------------------


def correct(wish: Wish, room: Room, shown: str | None) -> list[Effect]:
    """Replace the text, mark what changed, ask for receipts anew."""
    row = notices.get(room.db, wish.corrects, room.here.id)
    say = own(room)
    if row is None or row.state != notices.OPEN:
        text = say.private("notice.over")
        return [room.edit(shown, text) if shown else room.tell(text)]
    for person in {g.person_id for s in notices.nudged(room.db, row) for g in _guardians(s, room)}:
        queue.cancel(room.db, notices.nudge_handle(row, person), room.now)  # the old words go to nobody
    row.before, row.text, row.version = row.text, wish.text, row.version + 1
    over = schedules.waiting(room.db, f"notice-over/{row.id}")
    old = over.args.get("shown") if over else None
    unplan(row, room)
    plan(row, room, str(old or _mine(row)))
    text = say.private("notice.corrected", number=row.number, receipts=row.receipts)
    told: Effect = room.edit(shown, text) if shown else room.tell(text)
    return [*refreshed(row, room, lane=Lane.TALK), *announce("corrected", row, room), told]


def _guardians(student: int, room: Room) -> list[Guardian]:
    return guardians.active_of(room.db, student)


def announce(what: str, row: Notice, room: Room) -> list[Effect]:
    """Say in the groups what became of a notice; in the quiet hours only of an urgent one, else later."""
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
    text = room.say_class.group(f"notice.{what}", number=row.number, receipts=row.receipts)
    effects: list[Effect] = []
    for chat in identity.groups_of(room.db, room.here.id):
        refs = queue.posted(room.db, row.handle or "", chat.id)
        under = refs[-1][1] if refs and what == "corrected" else None
        effects.append(Post(identity.group_address(chat), text, reply_to=under))
    return effects
