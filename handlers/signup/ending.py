"""How a sign-up ends: its close, a word the evening before, and calling it off."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect, Post
from classroom.events import Due, Undelivered
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.poll_post import stamp
from handlers.room import Room
from handlers.signup import later, listing, post
from handlers.signup.entering import leave_buttons, organisers, pressed
from storage import identity, queue, signups
from storage.places import places_of
from storage.signups import CANCELLED, CLOSED, OPEN
from storage.tables import ScheduleRow, Signup, SignupEntry

feature = Feature("signup_ending")


@feature.due("signup.close")
def close_in_time(due: Due, room: Room) -> Iterable[Effect]:
    """Its time has come; after a long absence it is closed all the same."""
    signup = _planned(due, room)
    return close(signup, room) if signup is not None and signup.state == OPEN else []


def close(signup: Signup, room: Room) -> list[Effect]:
    """Close it now: the list stays in the group, who organises it gets one with all that is known."""
    signups.end(room.db, signup, CLOSED, room.now)
    later.unplan(signup, room)
    standing = post.standing_of(signup, room)
    effects: list[Effect] = [*post.refreshed(signup, room, standing, delay=0)]
    for person in organisers(signup, room):
        text, keys = listing.for_person(signup, person, room)
        effects += room.tell_person(
            person, text, *keys, handle=f"signup-end/{signup.id}", quiet=room.hours_of(person), park=True
        )
    if room.quiet is not None and room.quiet.holds(room.now):
        later.plan_result(signup, room.quiet.over(room.now), room)
        return effects
    return [*effects, *_result(signup, room)]


@feature.due("signup.result")
def result(due: Due, room: Room) -> Iterable[Effect]:
    """The list of what closed in the quiet hours."""
    signup = _planned(due, room)
    return _result(signup, room) if signup is not None and signup.state == CLOSED else []


def _result(signup: Signup, room: Room) -> list[Effect]:
    """The list as a message of its own, in answer to the post."""
    text = post.closed_text(signup, room, post.standing_of(signup, room))
    posts: list[Effect] = []
    for group in places_of(room.db, room.here.id, room.now):
        asked = queue.posted(room.db, signup.handle or "", group.id)
        ref = asked[-1][1] if asked else None
        handle = f"signup-result/{signup.id}"
        posts.append(Post(identity.group_address(group), text, handle=handle, reply_to=ref))
    return posts


def close_numbered(number: int, room: Room) -> list[Effect]:
    """Close the one of this number."""
    signup = signups.numbered(room.db, room.here.id, number)
    if signup is None:
        return listing.show(number, room)
    text, effects = _closed(signup, room)
    return [*aside(room, text), *effects]


@feature.button("signup.close_now")
def close_now(press: Press, room: Room) -> Iterable[Effect]:
    """Close it at once."""
    signup = pressed(press, room)
    if signup is None or not listing.may_run(signup, room):
        return [room.toast(press.callback, own(room).label("signup.not_yours"), alert=True)]
    text, effects = _closed(signup, room)
    return [room.edit(press.handle, text), *effects]


def _closed(signup: Signup, room: Room) -> tuple[PrivateText, list[Effect]]:
    say = own(room)
    if not listing.may_run(signup, room):
        return say.private("signup.not_yours", number=signup.number), []
    if signup.state != OPEN:
        return say.private("signup.closed_already", number=signup.number), []
    return say.private("signup.closed_now", number=signup.number, title=signup.title), close(signup, room)


# --- the evening before ---------------------------------------------------------------------------


@feature.due("signup.remind")
def remind(due: Due, room: Room) -> Iterable[Effect]:
    """Everybody who is down for something is reminded once, in private, with a way to say that it fails."""
    signup = _planned(due, room)
    if signup is None or signup.state == CANCELLED or due.missed:
        return []
    if signup.held_at is None or signup.held_at <= room.now:
        return []
    standing = post.standing_of(signup, room)
    theirs: dict[int, list[SignupEntry]] = {}
    for entry in standing.entries:
        for person in post.people_of([entry], standing) if not entry.waiting else ():
            theirs.setdefault(person, []).append(entry)
    return [effect for person, entries in theirs.items() for effect in _remind(person, entries, signup, room)]


def _remind(person: int, entries: list[SignupEntry], signup: Signup, room: Room) -> list[Effect]:
    assert signup.held_at is not None
    say = room.say_to(person)
    text = say.private(
        "signup.reminder",
        title=signup.title,
        lines=[*dict.fromkeys(signup.lines[e.line] for e in entries)],
        when=say.when(signup.held_at, room.zone, room.now),
        classroom=room.here.name,
    )
    keys = leave_buttons(entries, signup, person, room)
    return room.tell_person(
        person, text, *keys, handle=f"signup-day/{signup.id}/{person}", quiet=room.hours_of(person)
    )


# --- calling it off -------------------------------------------------------------------------------


@feature.button("signup.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Ask once more: everybody who has signed up will hear of it."""
    signup, say = pressed(press, room), own(room)
    if signup is None or not listing.may_run(signup, room) or signup.state == CANCELLED:
        return [room.toast(press.callback, say.label("signup.not_yours"), alert=True)]
    families = len({e.student_id for e in post.standing_of(signup, room).entries})
    text = say.private("signup.cancel_asked", number=signup.number, title=signup.title, families=families)
    key = Button(
        say.label("signup.cancel_now"),
        "signup.cancel_now",
        {"signup": signup.id},
        person=room.who.person,
        hours=post.life(signup, room),
    )
    return [room.tell(text, key)]


@feature.button("signup.cancel_now")
def cancel_now(press: Press, room: Room) -> Iterable[Effect]:
    """It is called off; who is down for it is told in private, at a decent hour."""
    signup, say = pressed(press, room), own(room)
    if signup is None or not listing.may_run(signup, room) or signup.state == CANCELLED:
        return [room.toast(press.callback, say.label("signup.not_yours"), alert=True)]
    signups.end(room.db, signup, CANCELLED, room.now)
    later.unplan(signup, room, also=("remind", "result"))
    standing = post.standing_of(signup, room)
    effects: list[Effect] = [*post.refreshed(signup, room, standing, delay=0)]
    for person in post.people_of(standing.entries, standing):
        to = room.say_to(person)
        held = stamp(to, signup.held_at, room) if signup.held_at else None
        text = to.private("signup.cancelled", title=signup.title, held=held, classroom=room.here.name)
        effects += room.tell_person(person, text, quiet=room.hours_of(person), park=True)
    return [*effects, room.edit(press.handle, say.private("signup.cancelled_now", title=signup.title))]


# --- what else ------------------------------------------------------------------------------------


@feature.undelivered("signup.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """One that reached no group is over; its author hears why nobody signs up."""
    wanted = event.data.get("signup")
    signup = signups.locked(room.db, wanted) if isinstance(wanted, int) else None
    if signup is None or signup.state != OPEN or signup.by_person is None or _seen_somewhere(signup, room):
        return []
    signups.end(room.db, signup, CANCELLED, room.now)
    later.unplan(signup, room, also=("remind",))
    person = signup.by_person
    text = room.say_to(person).private("signup.not_posted", number=signup.number, title=signup.title)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


def _seen_somewhere(signup: Signup, room: Room) -> bool:
    groups = places_of(room.db, room.here.id, room.now)
    return any(queue.posted(room.db, signup.handle or "", group.id) for group in groups)


def _planned(due: Due, room: Room) -> Signup | None:
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("signup") if row else None
    return signups.locked(room.db, wanted) if isinstance(wanted, int) else None
