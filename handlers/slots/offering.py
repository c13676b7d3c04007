"""/slots: a teacher offers times to the families, after a look at what the group will read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from classroom.effects import Button, Effect, Post, Report
from classroom.folding import fold
from classroom.text import PrivateStr, PrivateText
from handlers import poll_words
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Said, Who
from handlers.held_back import SHAMING, Way, hold_back, way
from handlers.planning import plan_opening
from handlers.room import Room
from handlers.slots import choosing, later, lists, showing
from handlers.slots.reading import SlotPlan, SlotProblem, read_slots, usual_close
from storage import drafts, households, identity, slots
from storage.places import places_of
from storage.tables import Draft, Meeting

feature = Feature("slots")
KIND = "slots"
NUMBER = re.compile(r"[#第]?\s*(\d{1,6})\s*[号#]?")
PRINT = re.compile(r"(?:print|打印)\s*[#第]?\s*(\d{1,6})?\s*[号#]?")


@feature.command("slots", "预约", "约谈", who=Who.TEACHER | Who.GUARDIAN)
def slots_command(command: Command, room: Room) -> Iterable[Effect]:
    """Offer times; bare or with a number: what is offered. A parent sees the family's own card."""
    text, message = command.text.strip(), command.message
    if not room.who.leads:
        return _for_family(room)
    typed = fold(text).text
    if not text:
        return [*lists.show_coming(room), *(_for_family(room) if room.who.guardian_of else [])]
    if asked := NUMBER.fullmatch(typed):
        return lists.show(int(asked[1]), room)
    if asked := PRINT.fullmatch(typed):
        return lists.print_numbered(int(asked[1]) if asked[1] else None, room)
    came = (
        Way("slots")
        if room.group is None
        else Way("slots", room.group.chat, message.origin.thread, message.refs)
    )
    return list(go(text, came, False, room))


def _for_family(room: Room) -> list[Effect]:
    told = choosing.show_all(room)
    return told if room.group is None or room.door_open else [*told, room.pointer()]


@feature.button("slots.new")
def new(_press: Press, room: Room) -> Iterable[Effect]:
    """Ask for one line that says it all."""
    room.expect("slots.new")
    return [room.tell(own(room).private("slots.how"))]


@feature.dialogue("slots.new")
def said(said: Said, room: Room) -> Iterable[Effect]:
    """The line; what is wrong with it can be put right at once."""
    if not room.who.leads:
        return []
    effects = list(go(said.text.strip(), Way("slots"), False, room))
    if isinstance(read_slots(said.text, room.now, room.zone), SlotProblem):
        room.expect("slots.new")
    return effects


@way("slots")
def go(text: str, came: Way, approved: bool, room: Room) -> list[Effect]:
    """Bring it to its preview, if nothing speaks against its words: the title is read by all."""
    verdict = poll_words.verdict(text, came, room)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(text), verdict, came, room)
    plan = read_slots(text, room.now, room.zone)
    if isinstance(plan, SlotProblem):
        return aside(room, own(room).private("slots.problem", because=plan.because, what=plan.what))
    if not plan.title:
        plan = replace(plan, title=room.say_class.label("slots.usual_title").text)
    return [*poll_words.cleared(came, room), *_preview(plan, room)]


# --- the preview ----------------------------------------------------------------------------------


def _preview(plan: SlotPlan, room: Room) -> list[Effect]:
    words = PrivateStr("\n".join((plan.title, plan.place)))
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, plan.to_json())
    say, person, args = own(room), room.who.person, {"draft": draft.id}
    keys = [
        Button(say.label("common.send"), "slots.send", {**args}, person=person, row=0),
        Button(say.label("common.cancel"), "slots.discard", {**args}, person=person, row=0),
    ]
    return aside(room, _preview_text(plan, room), *keys, handle=f"slots-draft/{draft.id}")


def _preview_text(plan: SlotPlan, room: Room) -> PrivateText:
    say = own(room)
    homes = households.of_class(room.db, room.here.id)
    opens = room.quiet.over(room.now) if room.quiet else room.now
    return say.private(
        "slots.preview",
        classroom=room.here.name,
        post=showing.preview_text(plan, room),
        clocks=[showing.clock(start, room) for start, _ in plan.times],
        families=len(homes.students),
        opens=showing.stamp(say, opens, room) if opens > room.now else None,
    )


@feature.button("slots.discard")
def discard(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is offered."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    drafts.decide(draft, "dropped")
    return [room.edit(press.handle, own(room).private("slots.dropped"))]


@feature.button("slots.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Off to the group: at once, or after the quiet hours."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    say = own(room)
    if not places_of(room.db, room.here.id, room.now):
        return [room.edit(press.handle, say.private("slots.no_group"))]
    plan = SlotPlan.from_json(draft.data)
    opens = room.quiet.over(room.now) if room.quiet else room.now
    current = in_time(plan, opens, room)
    drafts.decide(draft, "used")
    if current is None:
        return [room.edit(press.handle, say.private("slots.problem", because="past", what=""))]
    if opens > room.now:
        plan_opening("slots", draft.id, current.to_json(), opens, room)
        text = say.private("slots.planned", title=plan.title, opens=showing.stamp(say, opens, room))
        return [room.edit(press.handle, text)]
    made, posts = publish(current, room.who.person, room)
    text = say.private(
        "slots.sent", number=made.number, title=made.title, closes=showing.stamp(say, made.closes_at, room)
    )
    return [*posts, room.edit(press.handle, text)]


def in_time(plan: SlotPlan, opens: datetime, room: Room) -> SlotPlan | None:
    """The plan as it can open then: what is over is not offered; None if nothing is left."""
    left = tuple(pair for pair in plan.times if pair[0] > opens)
    if not left:
        return None
    fits = opens < plan.closes_at <= left[0][0]
    return replace(
        plan, times=left, closes_at=plan.closes_at if fits else usual_close(left[0][0], opens, room.zone)
    )


def publish(plan: SlotPlan, by: int | None, room: Room) -> tuple[Meeting, list[Effect]]:
    """Offer the times, and say so in every group of the class."""
    meeting = slots.begin(
        room.db, room.here.id, plan.title, plan.place, plan.times, room.now, plan.closes_at, by=by
    )
    rows = slots.slots_of(room.db, meeting.id)
    later.plan_all(meeting, rows, room)
    report = Report(failed="slots.not_posted", data={"meeting": meeting.id})
    text, key = showing.post_text(meeting, rows, room), showing.door_button(room)
    return meeting, [
        Post(identity.group_address(g), text, (key,), handle=meeting.handle, report=report)
        for g in places_of(room.db, room.here.id, room.now)
    ]


def _open(press: Press, room: Room) -> Draft | None:
    """The draft, if it is still open, the actor's own, and the actor still teaches here."""
    wanted = press.args.get("draft")
    draft = drafts.get(room.db, wanted, room.who.person) if isinstance(wanted, int) else None
    if draft is None or draft.kind != KIND or draft.classroom_id != room.here.id:
        return None
    return draft if room.who.leads else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("slots.over"))]
