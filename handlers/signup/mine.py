"""A family's own view of sign-ups, in private: what is open, what it is down for, each with its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.text import PrivateText
from handlers import open_now
from handlers.aside import aside, own
from handlers.poll_post import MARKS, stamp
from handlers.room import Room
from handlers.signup import post
from storage import signups
from storage.signups import OPEN, Standing

MOST = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a family reads it; `state`: free, full, in or waiting."""

    mark: str
    what: str
    left: int | None
    state: str


def show(room: Room, *, begins: bool) -> list[Effect]:
    """A card for each; `begins`: more was typed, as by who wants to begin one."""
    found = signups.current(room.db, room.here.id, room.now)
    seen = [post.standing_of(s, room) for s in found]
    mine = [standing for standing in seen if _concerns(standing, room)][-MOST:]
    if not mine:
        others = open_now.others(room, "signup")
        text = own(room).private(
            "signup.nothing_open", classroom=room.here.name, others=others, begins=begins
        )
        return aside(room, text)
    effects: list[Effect] = []
    for standing in mine:
        text, keys = card(standing, room, begins=begins)
        told = aside(room, text, *keys, handle=f"signup-card/{standing.signup.id}/{room.event_id}")
        effects += told[: 1 if effects else None]  # one pointer is enough
    return effects


def _concerns(standing: Standing, room: Room) -> bool:
    """True for what is open, and for what the family is down for and still to come."""
    home = standing.homes.of_person(room.who.person)
    running = standing.signup.state == OPEN and standing.signup.closes_at > room.now
    return home is not None and (running or bool(standing.of_home(home)))


def children(standing: Standing, room: Room) -> list[int]:
    """The actor's own children in this class, in the order of the roster."""
    return sorted(s for s in room.who.guardian_of if s in standing.homes.of)


def card(standing: Standing, room: Room, *, begins: bool = False) -> tuple[PrivateText, tuple[Button, ...]]:
    """One sign-up as the actor's family sees it, without anybody else's name."""
    signup, say = standing.signup, own(room)
    home = standing.homes.of_person(room.who.person)
    down = standing.of_home(home) if home is not None else []
    states = {e.line: "waiting" if e.waiting else "in" for e in down}
    text = say.private(
        "signup.card",
        classroom=room.here.name,
        title=signup.title,
        lines=[_line(i, states, standing) for i in range(len(signup.lines))],
        held=stamp(say, signup.held_at, room) if signup.held_at else None,
        closes=stamp(say, signup.closes_at, room),
        open=signup.state == OPEN,
        begins=begins,
    )
    own_children = set(children(standing, room))
    full = {line for line in states if own_children <= {e.student_id for e in down if e.line == line}}
    return text, tuple(_buttons(full, bool(down), standing, room))


def _line(index: int, states: dict[int, str], standing: Standing) -> Line:
    left = standing.left(index)
    state = states.get(index, "full" if left == 0 else "free")
    return Line(MARKS[index], standing.signup.lines[index], left, state)


def _buttons(done: set[int], down: bool, standing: Standing, room: Room) -> list[Button]:
    """The lines on which there is still a child to put down, and the way out."""
    signup, say, person = standing.signup, own(room), room.who.person
    keys = [
        Button(key.label, key.purpose, {**key.args, "card": True}, person=person, hours=key.hours)
        for index, key in enumerate(post.buttons(signup, room, standing)[:-1])
        if signup.state == OPEN and index not in done
    ]
    if down:
        args = {"signup": signup.id}
        keys.append(
            Button(
                say.label("signup.leave"),
                "signup.leave",
                {**args},
                person=person,
                hours=post.life(signup, room),
            )
        )
    return keys
