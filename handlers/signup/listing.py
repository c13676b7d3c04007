"""What there is to sign up for and who has: for who organises it, with phone numbers for teachers alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.people import TEACHERS, Role
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.concern_people import phones
from handlers.csv_file import csv_file
from handlers.feature import Feature, Press
from handlers.poll_post import MARKS, stamp
from handlers.room import Room
from handlers.signup import post
from storage import guardians, identity, signups
from storage.signups import CANCELLED, OPEN, Standing
from storage.tables import Signup, SignupEntry
from templates.render import Say

feature = Feature("signup_listing")
MOST_BUTTONS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One sign-up in the list of those that there are."""

    number: int
    title: str
    families: int
    open: bool
    when: str


@dataclass(frozen=True, slots=True)
class Family:
    """One entry as who organises it reads it; `phones` are empty for all but teachers."""

    child: str
    who: str
    phones: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line with everybody on it."""

    mark: str
    what: str
    places: int
    coming: list[Family]
    waiting: list[Family]


def may_run(signup: Signup, room: Room) -> bool:
    """True for a teacher, and for one of the committee who began it."""
    if signup.classroom_id != room.here.id:
        return False
    return room.who.leads or (Role.COMMITTEE in room.who.roles and signup.by_person == room.who.person)


# --- the list -------------------------------------------------------------------------------------


def show_current(room: Room) -> list[Effect]:
    """What is open or still to take place; how to begin one, where there is nothing."""
    found = signups.current(room.db, room.here.id, room.now)
    say, person = own(room), room.who.person
    text = say.private("signup.list", rows=[_row(s, say, room) for s in found], classroom=room.here.name)
    keys = [
        Button(
            say.label("signup.details", number=s.number),
            "signup.show",
            {"signup": s.id},
            person=person,
            row=i // 2,
        )
        for i, s in enumerate(found[-MOST_BUTTONS:])
    ]
    return aside(room, text, *keys)


def _row(signup: Signup, say: Say, room: Room) -> Row:
    standing, is_open = post.standing_of(signup, room), signup.state == OPEN
    families = len({standing.homes.of[e.student_id] for e in standing.entries})
    when = stamp(say, signup.closes_at if is_open else signup.held_at or signup.closes_at, room)
    return Row(signup.number, signup.title, families, is_open, when)


# --- one ------------------------------------------------------------------------------------------


def show(number: int, room: Room) -> list[Effect]:
    """One by its number; an unknown one: what there is."""
    signup = signups.numbered(room.db, room.here.id, number)
    if signup is None:
        return [*aside(room, own(room).private("signup.unknown", number=number)), *show_current(room)]
    if not may_run(signup, room):
        return aside(room, own(room).private("signup.not_yours", number=number))
    text, keys = for_person(signup, room.who.person, room)
    return aside(room, text, *keys, handle=f"signup-detail/{signup.id}")


@feature.button("signup.show")
def details(press: Press, room: Room) -> Iterable[Effect]:
    """One out of the list."""
    wanted = press.args.get("signup")
    signup = signups.get(room.db, wanted) if isinstance(wanted, int) else None
    if signup is None or signup.classroom_id != room.here.id or not may_run(signup, room):
        return [room.toast(press.callback, own(room).label("signup.not_yours"), alert=True)]
    return show(signup.number, room)


def for_person(signup: Signup, person: int, room: Room) -> tuple[PrivateText, tuple[Button, ...]]:
    """Who is down for what, as this organiser may read it, and what can be done."""
    say, standing = room.say_to(person), post.standing_of(signup, room)
    leads = _leads(person, room)
    lines = [_line(i, standing, say, room, leads=leads) for i in range(len(signup.lines))]
    text = say.private(
        "signup.detail",
        number=signup.number,
        title=signup.title,
        lines=lines,
        phones=any(family.phones for line in lines for family in (*line.coming, *line.waiting)),
        state=signup.state,
        closes=stamp(say, signup.closed_at or signup.closes_at, room),
        held=stamp(say, signup.held_at, room) if signup.held_at else None,
    )
    return text, tuple(_buttons(signup, person, room, leads=leads))


def _leads(person: int, room: Room) -> bool:
    roles = identity.roles_of(room.db, person, room.here.id, room.today.date())
    return any(Role(r.role) in TEACHERS for r in roles)


def _line(index: int, standing: Standing, say: Say, room: Room, *, leads: bool) -> Line:
    return Line(
        MARKS[index],
        standing.signup.lines[index],
        standing.signup.places[index],
        [_family(e, standing, say, room, leads=leads) for e in standing.coming(index)],
        [_family(e, standing, say, room, leads=leads) for e in standing.waiting(index)],
    )


def _family(entry: SignupEntry, standing: Standing, say: Say, room: Room, *, leads: bool) -> Family:
    child, who = guardians.student_name(room.db, entry.student_id), _who(entry, say, room)
    numbers = phones(room, entry.student_id, say) if leads else []
    return Family(child, who, [number.removeprefix(f"{child}{who} ") for number in numbers])


def _who(entry: SignupEntry, say: Say, room: Room) -> str:
    """Which guardian has signed up, by the relation."""
    if entry.person_id is None:
        return ""
    link = guardians.of_person(room.db, entry.person_id, entry.student_id)
    return guardians.relation_word(link.relation, say.language) if link is not None else ""


def _buttons(signup: Signup, person: int, room: Room, *, leads: bool) -> Iterable[Button]:
    wanted = {
        "close_now": signup.state == OPEN,
        "table": leads and signup.state != CANCELLED,
        "cancel": signup.state == OPEN or (signup.held_at is not None and signup.held_at > room.now),
    }
    say = room.say_to(person)
    for name, offered in wanted.items():
        if offered and signup.state != CANCELLED:
            yield Button(say.label(f"signup.{name}"), f"signup.{name}", {"signup": signup.id}, person=person)


# --- the table ------------------------------------------------------------------------------------


@feature.button("signup.table")
def table(press: Press, room: Room) -> Iterable[Effect]:
    """The list as a file, with phone numbers: for the teacher alone, in private."""
    wanted, say = press.args.get("signup"), own(room)
    signup = signups.get(room.db, wanted) if isinstance(wanted, int) else None
    if signup is None or signup.classroom_id != room.here.id or not room.who.leads:
        return [room.toast(press.callback, say.label("signup.not_yours"), alert=True)]
    columns = ("line", "child", "who", "state", "at", "phone")
    header = [say.label(f"signup.column_{name}").text for name in columns]
    file = csv_file(
        say.label("signup.file_name", number=signup.number).text, [header, *_cells(signup, say, room)]
    )
    return aside(room, say.private("signup.table", number=signup.number, title=signup.title), files=(file,))


def _cells(signup: Signup, say: Say, room: Room) -> Iterable[list[str]]:
    standing = post.standing_of(signup, room)
    for entry in sorted(standing.entries, key=lambda e: (e.line, e.waiting, e.id)):
        family = _family(entry, standing, say, room, leads=True)
        state = say.label("signup.waiting" if entry.waiting else "signup.coming").text
        at = entry.at.astimezone(room.zone).strftime("%Y-%m-%d %H:%M")
        yield [signup.lines[entry.line], family.child, family.who, state, at, "；".join(family.phones)]
