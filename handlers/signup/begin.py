"""/signup: what the class puts its names down for, shown to its author before the group sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from classroom.effects import Button, Effect
from classroom.events import Due
from classroom.folding import fold
from classroom.people import Role
from classroom.text import PrivateStr, PrivateText
from handlers import poll_words
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Who
from handlers.held_back import SHAMING, Way, hold_back, way
from handlers.planning import plan_opening
from handlers.poll_post import stamp
from handlers.poll_reading import PIPE
from handlers.room import Room
from handlers.signup import by_hand, ending, later, listing, mine, post
from handlers.signup.entering import may_begin
from handlers.signup.reading import SignupPlan, SignupProblem, read_signup
from storage import drafts
from storage.places import places_of
from storage.tables import Draft, ScheduleRow

feature = Feature("signup")
KIND = "signup"
BEGINS = Who.TEACHER | Who.COMMITTEE
NUMBER = re.compile(r"[#第]?\s*(\d{1,6})\s*[号#]?")
CLOSE = re.compile(r"(?:截止|结束|close|end)\s*[#第]?\s*(?P<number>\d{1,6})\s*[号#]?")


@feature.command("signup", "接龙", "报名", who=BEGINS | Who.GUARDIAN, listed=BEGINS)
def signup(command: Command, room: Room) -> Iterable[Effect]:
    """Show a sign-up to its author before the group sees it; bare: what there is, with a number: that one.

    A parent gets what is open for the family.
    """
    text, message = command.text.strip(), command.message
    if not BEGINS.admits(room.who):
        return mine.show(room, begins=bool(text) and not NUMBER.fullmatch(fold(text).text))
    if not text:
        return listing.show_current(room)
    folded = fold(text).text
    if asked := NUMBER.fullmatch(folded):
        return listing.show(int(asked[1]), room)
    if asked := CLOSE.fullmatch(folded):
        return ending.close_numbered(int(asked["number"]), room)
    if not PIPE.search(text) and (by := by_hand.TYPED.fullmatch(text)):
        return by_hand.typed(by, room)
    if room.group is None:
        return go(text, Way("signup"), False, room)
    came = Way("signup", room.group.chat, message.origin.thread, message.refs)
    return list(go(text, came, False, room))


@way("signup")
def go(text: str, came: Way, approved: bool, room: Room) -> list[Effect]:
    """Bring a sign-up to its preview, if nothing speaks against its words."""
    found = poll_words.verdict(text, came, room)
    if found is not None and not (approved and found.because == SHAMING):
        if room.who.teaches:
            return hold_back(PrivateStr(text), found, came, room)
        gone = bool(came.refs) and found.certain
        told = own(room).private("signup.shaming", removed=gone, because=found.because)
        return poll_words.refused(found, came, told, room)
    plan = read_signup(text, room.now, room.zone)
    if isinstance(plan, SignupProblem):
        return aside(room, own(room).private("signup.problem", because=plan.because, what=plan.what))
    if not plan.lines:
        plan = replace(plan, lines=((room.say_class.label("signup.take_part").text, 0),))
    return [*poll_words.cleared(came, room), *_preview(plan, room)]


def _preview(plan: SignupPlan, room: Room) -> list[Effect]:
    words = PrivateStr("\n".join((plan.title, *(what for what, _ in plan.lines))))
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, plan.to_json())
    say, person = own(room), room.who.person
    keys = [
        Button(say.label(words), f"signup.{name}", {"draft": draft.id}, person=person)
        for name, words in (("send", "common.send"), ("drop", "common.cancel"))
    ]
    return aside(room, _preview_text(plan, room), *keys, handle=f"signup-draft/{draft.id}")


def _preview_text(plan: SignupPlan, room: Room) -> PrivateText:
    say, opens = own(room), _opening(room)
    return say.private(
        "signup.preview",
        classroom=room.here.name,
        post=post.preview_text(plan, room),
        opens=stamp(say, opens, room) if opens else None,
        reminder=plan.held_at is not None,
        nameless=plan.shows_no_names and plan.unlisted is None,
        closes=stamp(say, plan.end(room.now, room.zone), room),
    )


@feature.button("signup.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is posted."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    drafts.decide(draft, "dropped")
    return [room.edit(press.handle, own(room).private("signup.dropped"))]


@feature.button("signup.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Off to the group; not in the quiet hours, when everybody would be woken."""
    draft, say = _open(press, room), own(room)
    if draft is None:
        return _over(press, room)
    plan = SignupPlan.from_json(draft.data)
    if plan.end(room.now, room.zone) <= room.now:
        drafts.decide(draft, "dropped")
        return [room.edit(press.handle, say.private("signup.end_is_over"))]
    if not places_of(room.db, room.here.id, room.now):
        return [room.toast(press.callback, say.label("signup.no_group"), alert=True)]
    drafts.decide(draft, "used")
    opens = _opening(room)
    if opens is not None:
        plan_opening("signup", draft.id, plan.to_json(), opens, room)
        text = say.private("signup.planned", title=plan.title, opens=stamp(say, opens, room))
        return [room.edit(press.handle, text)]
    made = post.publish(plan, room.who.person, room)
    if made is None:
        return _over(press, room)
    row, posts = made
    later.plan_all(row, room)
    text = say.private(
        "signup.sent", number=row.number, title=row.title, closes=stamp(say, row.closes_at, room)
    )
    return [*posts, room.edit(press.handle, text)]


def _opening(room: Room) -> datetime | None:
    """When the quiet hours are over; None by day."""
    return room.quiet.over(room.now) if room.quiet and room.quiet.holds(room.now) else None


@feature.due("signup.open")
def opens(due: Due, room: Room) -> Iterable[Effect]:
    """The quiet hours are over: it goes to the group, if its author still may."""
    row = room.db.get(ScheduleRow, due.schedule)
    kept = row.args.get("plan") if row else None
    by = row.created_by if row else None
    if by is None or not isinstance(kept, dict):
        return []
    plan, say = SignupPlan.from_json(kept), room.say_to(by)
    over = due.missed or plan.end(room.now, room.zone) <= room.now
    made = post.publish(plan, by, room) if not over and may_begin(by, room) else None
    if made is None:
        text = say.private("signup.open_missed", title=plan.title)
        return room.tell_person(by, text, quiet=room.hours_of(by), park=True)
    later.plan_all(made[0], room)
    return made[1]


def _open(press: Press, room: Room) -> Draft | None:
    """The draft, if it is still open, the actor's own, and the actor may still begin one here."""
    wanted = press.args.get("draft")
    draft = drafts.get(room.db, wanted, room.who.person) if isinstance(wanted, int) else None
    if draft is None or draft.kind != KIND or draft.classroom_id != room.here.id:
        return None
    return draft if room.who.leads or Role.COMMITTEE in room.who.roles else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("signup.over"))]
