"""How a sign-up looks in the group: lines as buttons, what is left, who is down by the children's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classroom.effects import Button, EditPost, Effect, Post, Report
from classroom.text import Label, PublicText
from handlers.poll_post import MARKS, stamp
from handlers.room import Room
from handlers.signup import later
from handlers.signup.reading import SignupPlan
from storage import guardians, households, identity, signups
from storage.places import places_of
from storage.signups import OPEN, Standing
from storage.tables import Signup, SignupEntry

GATHER = 3
"""Seconds in which presses gather before the group's post is changed."""

NAMES_IN_ALL = 240
"""So many names fit into one message on every platform."""

ON_A_BUTTON = 16
AFTER_THE_END = 7 * 24
"""Hours for which a button of what is closed still says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the group reads it; `others` are families whose child is not named here."""

    mark: str
    what: str
    places: int
    left: int | None
    names: list[str]
    others: int
    waiting: int


def standing_of(signup: Signup, room: Room) -> Standing:
    """Who is down for what, seen by the households of today."""
    return Standing(room.db, signup, households.of_class(room.db, room.here.id))


def publish(plan: SignupPlan, by: int, room: Room) -> tuple[Signup, list[Effect]] | None:
    """Open a sign-up and post it in every group of the class; None if the bot is in none."""
    groups = places_of(room.db, room.here.id, room.now)
    if not groups:
        return None
    end = plan.end(room.now, room.zone)
    signup = signups.begin(
        room.db,
        room.here.id,
        plan.title,
        plan.lines,
        room.now,
        end,
        held_at=plan.held_at,
        by=by,
        unlisted=plan.shows_no_names,
    )
    text, report = text_of(signup, room), Report(failed="signup.not_posted", data={"signup": signup.id})
    keys = buttons(signup, room, standing_of(signup, room))
    return signup, [
        Post(identity.group_address(g), text, keys, handle=signup.handle, report=report) for g in groups
    ]


def preview_text(plan: SignupPlan, room: Room) -> PublicText:
    """What the group will see, before there is a sign-up."""
    say = room.say_class
    lines = [
        Line(MARKS[i], what, places, places or None, [], 0, 0) for i, (what, places) in enumerate(plan.lines)
    ]
    return say.group(
        "signup.post",
        number=None,
        author=room.who.name,
        title=plan.title,
        lines=lines,
        unlisted=plan.shows_no_names,
        held=stamp(say, plan.held_at, room) if plan.held_at else None,
        closes=stamp(say, plan.end(room.now, room.zone), room),
    )


def text_of(signup: Signup, room: Room, standing: Standing | None = None) -> PublicText:
    """What the group sees of it now."""
    standing = standing or standing_of(signup, room)
    if signup.state != OPEN:
        return closed_text(signup, room, standing, again=True)
    say = room.say_class
    return say.group(
        "signup.post",
        number=signup.number,
        author=guardians.display_name(room.db, signup.by_person) if signup.by_person else "",
        title=signup.title,
        lines=_lines(signup, standing, room),
        unlisted=signup.unlisted,
        held=stamp(say, signup.held_at, room) if signup.held_at else None,
        closes=stamp(say, signup.closes_at, room),
    )


def closed_text(signup: Signup, room: Room, standing: Standing, *, again: bool = False) -> PublicText:
    """The list as it stands in the end; `again`: as it replaces the post."""
    say = room.say_class
    coming = {standing.homes.of[e.student_id] for e in standing.entries if not e.waiting}
    return say.group(
        "signup.closed",
        number=signup.number,
        title=signup.title,
        lines=_lines(signup, standing, room),
        held=stamp(say, signup.held_at, room) if signup.held_at else None,
        state=signup.state,
        families=len(coming),
        reminds=later.reminds_yet(signup, room),
        again=again,
    )


def _lines(signup: Signup, standing: Standing, room: Room) -> list[Line]:
    names = {} if signup.unlisted else _names(room)
    most = max(5, NAMES_IN_ALL // len(signup.lines))
    return [
        _line(signup, index, standing, [names[e.student_id] for e in coming if e.student_id in names][:most])
        for index, coming in enumerate(standing.coming(i) for i in range(len(signup.lines)))
    ]


def _names(room: Room) -> dict[int, str]:
    """The children who may be named in the group."""
    unnamed = signups.unnamed(room.db, room.here.id)
    return {s.id: s.name for s in room.roster.students if s.id not in unnamed}


def _line(signup: Signup, index: int, standing: Standing, names: list[str]) -> Line:
    return Line(
        MARKS[index],
        signup.lines[index],
        signup.places[index],
        standing.left(index),
        names,
        len(standing.coming(index)) - len(names),
        len(standing.waiting(index)),
    )


def buttons(signup: Signup, room: Room, standing: Standing) -> tuple[Button, ...]:
    """A button for each line with what is left, and one to withdraw; who may press is looked at then."""
    hours = life(signup, room)
    lines = [
        Button(
            _label(signup, index, standing, room),
            "signup.join",
            {"signup": signup.id, "line": index},
            hours=hours,
        )
        for index in range(len(signup.lines))
    ]
    label = room.say_class.label("signup.leave")
    return (*lines, Button(label, "signup.leave", {"signup": signup.id}, hours=hours))


def _label(signup: Signup, index: int, standing: Standing, room: Room) -> Label:
    what = signup.lines[index]
    cut = what if len(what) <= ON_A_BUTTON else what[: ON_A_BUTTON - 1] + "…"
    return room.say_class.label("signup.line", mark=MARKS[index], what=cut, left=standing.left(index))


def life(signup: Signup, room: Room) -> int:
    """For how many hours a button is of use."""
    end = max(signup.closes_at, signup.held_at or signup.closes_at)
    return max(1, int((end - room.now).total_seconds() // 3600) + AFTER_THE_END)


def refreshed(signup: Signup, room: Room, standing: Standing, *, delay: int = GATHER) -> list[Effect]:
    """The post as it is now; presses that come soon after go into the same change."""
    text = text_of(signup, room, standing)
    keys = buttons(signup, room, standing) if signup.state == OPEN else ()
    return [
        EditPost(identity.group_address(g), signup.handle or "", text, keys, delay=delay)
        for g in places_of(room.db, room.here.id, room.now)
    ]


def people_of(entries: Sequence[SignupEntry], standing: Standing) -> list[int]:
    """Who is written to about entries: who has made them, else all guardians of the household."""
    found: list[int] = []
    for entry in entries:
        home = standing.homes.guardians.get(standing.homes.of.get(entry.student_id, 0), ())
        found += [entry.person_id] if entry.person_id in home else home
    return list(dict.fromkeys(found))
