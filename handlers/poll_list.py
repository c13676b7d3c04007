"""What stands open, one poll in detail, who has not voted yet, and closing by hand: all in private."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.people import Role
from classroom.text import PrivateText
from handlers import poll_close, poll_post
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.poll_quorum import needed
from handlers.poll_reading import LEAST_OPTIONS
from handlers.room import Room
from storage import polls
from storage.households import Households
from storage.polls import CANCELLED, CLOSED, COMMITTEE, OPEN, Ballots, Count
from storage.tables import Poll

feature = Feature("poll_list")
MOST_BUTTONS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """An open poll in the list."""

    number: int
    question: str
    voted: int
    total: int
    closes: str


def may_run(poll: Poll, room: Room) -> bool:
    """True for a teacher, and for one of the committee who began it."""
    if poll.classroom_id != room.here.id:
        return False
    return room.who.leads or (Role.COMMITTEE in room.who.roles and poll.by_person == room.who.person)


def _may_look(room: Room) -> bool:
    return room.who.leads or Role.COMMITTEE in room.who.roles


# --- the list -------------------------------------------------------------------------------------


def show_open(room: Room) -> list[Effect]:
    """The open polls with their numbers and turnout; how to begin one, where there are none."""
    found = polls.open_in(room.db, room.here.id)
    say = own(room)
    text = say.private("poll.open_list", rows=_rows(found, room), classroom=room.here.name)
    return aside(room, text, *_number_buttons(found, "poll.show", "poll.details", room))


def _rows(found: list[Poll], room: Room) -> list[Row]:
    say, made = own(room), []
    for poll in found:
        ballots = poll_post.ballots_of(poll, room)
        total, closes = len(ballots.homes.students), poll_post.stamp(say, poll.closes_at, room)
        made.append(Row(poll.number, poll.question, len(ballots.voted()), total, closes))
    return made


def _number_buttons(found: list[Poll], purpose: str, label: str, room: Room) -> list[Button]:
    say, person = own(room), room.who.person
    return [
        Button(say.label(label, number=p.number), purpose, {"poll": p.id}, person=person, row=i // 2)
        for i, p in enumerate(found[-MOST_BUTTONS:])
    ]


# --- one poll -------------------------------------------------------------------------------------


def show(number: int, room: Room) -> list[Effect]:
    """One poll by its number; an unknown one: what there is."""
    poll = polls.numbered(room.db, room.here.id, number)
    if poll is None:
        return [*aside(room, own(room).private("poll.unknown", number=number)), *show_open(room)]
    return aside(room, _detail(poll, room), *_detail_buttons(poll, room), handle=f"poll-detail/{poll.id}")


@feature.button("poll.show")
def details(press: Press, room: Room) -> Iterable[Effect]:
    """One poll out of the list."""
    poll = _pressed(press, room)
    return show(poll.number, room) if poll is not None and _may_look(room) else _not_yours(press, room)


def _detail(poll: Poll, room: Room) -> PrivateText:
    say, ballots = own(room), poll_post.ballots_of(poll, room)
    running = poll.state == OPEN
    voted = len(ballots.voted()) if running else poll.voted or 0
    split = _known_split(poll, ballots, may_run(poll, room))
    return say.private(
        "poll.detail",
        number=poll.number,
        question=poll.question,
        lines=poll_post.lines(poll.options, split),
        least=polls.SPLIT_FROM,
        state=poll.state,
        anonymous=poll.anonymous,
        multiple=poll.multiple,
        hidden=poll.hidden,
        committee=poll.voters == COMMITTEE,
        needed=needed(poll.quorum or "", len(ballots.homes.students) if running else poll.households or 0),
        closes=poll_post.stamp(say, poll.closes_at if running else poll.closed_at or poll.closes_at, room),
        voted=voted,
        total=len(ballots.homes.students) if running else poll.households or 0,
        families=_families(poll, ballots, room),
    )


def _known_split(poll: Poll, ballots: Ballots, runs_it: bool) -> Count | None:
    """What a teacher (or its author) may see: of an anonymous poll no more than the group."""
    if poll.state == OPEN and poll.hidden:
        return None
    if poll.state == OPEN and not poll.anonymous and runs_it:
        return ballots.count()
    return Count(poll.voted or 0, tuple(poll.totals)) if poll.totals is not None else None


def _families(poll: Poll, ballots: Ballots, room: Room) -> list[tuple[str, str]]:
    """Who has chosen what in a named poll, for the teacher alone."""
    if not may_see_choices(poll, room):
        return []
    return [
        ("、".join(_names(ballots.homes.students[home], room)), "、".join(poll.options[i] for i in choice))
        for home, choice in sorted(ballots.choices().items())
    ]


def may_see_choices(poll: Poll, room: Room) -> bool:
    """True for the teacher of a named poll; of a hidden one after its close."""
    hidden = poll.hidden and poll.state == OPEN
    return not poll.anonymous and not hidden and room.who.leads


def _names(students: tuple[int, ...], room: Room) -> list[str]:
    return [s.name for s in room.roster.students if s.id in students]


def _detail_buttons(poll: Poll, room: Room) -> list[Button]:
    say, person, args = own(room), room.who.person, {"poll": poll.id}
    table = Button(say.label("poll.table"), "poll.table", {**args}, person=person)
    tables = [table] if may_see_choices(poll, room) and poll.state != CANCELLED else []
    return [*_running(poll, room), *tables]


def _running(poll: Poll, room: Room) -> list[Button]:
    if poll.state != OPEN or not may_run(poll, room):
        return []
    say, person, args = own(room), room.who.person, {"poll": poll.id}
    close = [Button(say.label("poll.close_now"), "poll.close_now", {**args}, person=person)]
    if len(poll.options) > LEAST_OPTIONS:
        close.append(Button(say.label("poll.fewer"), "poll.fewer", {**args}, person=person))
    if _hides_who(poll):
        return close
    return [Button(say.label("poll.missing"), "poll.missing", {**args}, person=person), *close]


def _hides_who(poll: Poll) -> bool:
    """A split that grows in the open, seen together with who has voted since, would tell who chose what."""
    return poll.anonymous and poll.live


@feature.button("poll.missing")
def missing(press: Press, room: Room) -> Iterable[Effect]:
    """Which families have not voted, by the children's names: no phone numbers, never in the group."""
    poll = _pressed(press, room)
    if poll is None or not may_run(poll, room) or _hides_who(poll):
        return _not_yours(press, room)
    if poll.state != OPEN:
        return [room.toast(press.callback, own(room).label("poll.closed"), alert=True)]
    ballots = poll_post.ballots_of(poll, room)
    left = [home for home in sorted(ballots.homes.students) if home not in ballots.voted()]
    bound = ballots.homes.guardians
    text = own(room).private(
        "poll.missing",
        number=poll.number,
        count=len(left),
        families=[family(home, ballots.homes, room) for home in left if home in bound],
        unbound=[family(home, ballots.homes, room) for home in left if home not in bound],
    )
    return [room.tell(text)]


def family(home: int, homes: Households, room: Room) -> str:
    """A household by the names of its children."""
    return "＋".join(_names(homes.students[home], room))


# --- closing by hand ------------------------------------------------------------------------------


def close_numbered(number: int | None, room: Room) -> list[Effect]:
    """Close the poll of this number; without one, or with a wrong one, buttons ask which."""
    poll = polls.numbered(room.db, room.here.id, number) if number is not None else None
    if poll is None:
        mine = [p for p in polls.open_in(room.db, room.here.id) if may_run(p, room)]
        text = own(room).private("poll.which_close", rows=_rows(mine, room), number=number)
        return aside(room, text, *_number_buttons(mine, "poll.close_now", "poll.close_number", room))
    text, effects = _closed(poll, room)
    return [*aside(room, text), *effects]


@feature.button("poll.close_now")
def close_now(press: Press, room: Room) -> Iterable[Effect]:
    """Close it at once."""
    poll = _pressed(press, room)
    if poll is None:
        return _not_yours(press, room)
    text, effects = _closed(poll, room)
    return [room.edit(press.handle, text), *effects]


def _closed(poll: Poll, room: Room) -> tuple[PrivateText, list[Effect]]:
    say = own(room)
    if not may_run(poll, room):
        return say.private("poll.not_yours", number=poll.number), []
    if poll.state != OPEN:
        return say.private("poll.closed_already", number=poll.number, told=poll.state == CLOSED), []
    effects = poll_close.close(poll, room)
    waits = room.quiet.over(room.now) if room.quiet and room.quiet.holds(room.now) else None
    at = poll_post.stamp(say, waits, room) if waits else None
    return say.private("poll.closed_now", number=poll.number, question=poll.question, at=at), effects


def _pressed(press: Press, room: Room) -> Poll | None:
    wanted = press.args.get("poll")
    poll = polls.locked(room.db, wanted) if isinstance(wanted, int) else None
    return poll if poll is not None and poll.classroom_id == room.here.id else None


def _not_yours(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, own(room).label("poll.not_yours"), alert=True)]
