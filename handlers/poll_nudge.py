"""The reminder before the close: private, one guardian first, then the others, with the options to press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from classroom.effects import Button, Effect
from classroom.events import Due, Json
from classroom.text import PrivateText
from handlers import poll_later, poll_post
from handlers.feature import Feature, Press
from handlers.first_then_others import asked_before, first_of, in_time, others_at, plan_others
from handlers.planning import nudge_at
from handlers.room import Room
from storage import polls
from storage.households import Households
from storage.poll_traces import REMINDER, VOTE
from storage.polls import OPEN
from storage.tables import Poll, ScheduleRow

feature = Feature("poll_nudge")
TOGETHER = timedelta(hours=1)
"""Polls whose reminders fall so near to each other are reminded of in one message."""


@feature.due("poll.nudge")
def nudge(due: Due, room: Room) -> Iterable[Effect]:
    """Remind every family that has not voted in this poll, nor in those that close about then.

    One guardian of each is asked first, the others later if nobody has voted by then.
    """
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("poll") if row else None
    poll = polls.get(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.state != OPEN or poll.nudged:
        return []
    if due.missed:
        poll.nudged = True
        return _missed(poll, room)
    about = [
        poll,
        *(p for p in polls.open_in(room.db, room.here.id) if p.id != poll.id and _is_near(p, room)),
    ]
    for each in about:
        each.nudged = True
    seen, closes = _seen(about, room), min(p.closes_at for p in about)
    later = others_at(closes, poll_later.LEAST_LEFT, room)
    left: dict[int, list[Poll]] = {}
    for each, home in _missing(about, seen):
        for person in first_of(seen.homes[each.id], home, each.closes_at, later, room):
            left.setdefault(person, []).append(each)
    if left and later is not None:
        ids: list[Json] = [p.id for p in about]
        args: dict[str, Json] = {"poll": poll.id, "polls": ids}
        plan_others("poll.second", poll.id, args, left, later, closes - poll_later.LEAST_LEFT, room)
    return _tell_all(left, seen, room)


@feature.due("poll.second")
def second(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the other guardians of the families that have still not voted."""
    plan = room.db.get(ScheduleRow, due.schedule)
    wanted = plan.args.get("polls") if plan else None
    found = [polls.get(room.db, i) for i in wanted if isinstance(i, int)] if isinstance(wanted, list) else []
    about = [poll for poll in found if poll is not None and poll.state == OPEN]
    if due.missed or not about:
        return []
    seen, asked = _seen(about, room), asked_before(plan)
    left: dict[int, list[Poll]] = {}
    for each, home in _missing(about, seen):
        for person in in_time(seen.homes[each.id], home, each.closes_at, room):
            if person not in asked:
                left.setdefault(person, []).append(each)
    return _tell_all(left, seen, room)


def _tell_all(left: dict[int, list[Poll]], seen: _Seen, room: Room) -> list[Effect]:
    return [effect for person, missing in left.items() for effect in _tell(person, missing, seen, room)]


def _is_near(poll: Poll, room: Room) -> bool:
    at = nudge_at(poll, room)
    in_time = poll.closes_at - room.now >= poll_later.LEAST_LEFT
    return not poll.nudged and in_time and at <= room.now + TOGETHER


@dataclass(frozen=True, slots=True)
class _Seen:
    """The households that may vote in each poll, and which of them have."""

    homes: dict[int, Households]
    voted: dict[int, set[int]]


def _seen(about: Sequence[Poll], room: Room) -> _Seen:
    among = {voters: poll_post.homes_of(voters, room) for voters in {poll.voters for poll in about}}
    homes = {poll.id: among[poll.voters] for poll in about}
    return _Seen(homes, {poll.id: poll_post.ballots_of(poll, room, homes[poll.id]).voted() for poll in about})


def _missing(about: Sequence[Poll], seen: _Seen) -> list[tuple[Poll, int]]:
    """Each poll with the households that have not voted in it and have somebody to be asked."""
    return [(p, h) for p in about for h in seen.homes[p.id].guardians if h not in seen.voted[p.id]]


def _tell(person: int, about: Sequence[Poll], seen: _Seen, room: Room) -> list[Effect]:
    ids = [poll.id for poll in about]
    text = _text(person, about, seen, room)
    keys = _buttons(person, about, room)
    return room.tell_person(person, text, *keys, handle=handle(ids, person), quiet=room.hours_of(person))


def card(person: int, about: Sequence[Poll], room: Room, *, begins: bool) -> tuple[PrivateText, list[Button]]:
    """The same for who has asked; `begins`: as by somebody who wants to begin a poll."""
    text = _text(person, about, _seen(about, room), room, asked=True, begins=begins)
    return text, _buttons(person, about, room, asked=True)


def votes_in(poll: Poll, person: int, room: Room) -> bool:
    """True if this person's household has a vote in a poll."""
    return poll_post.homes_of(poll.voters, room).of_person(person) is not None


def handle(ids: Sequence[int], person: int) -> str:
    """Our name for a reminder of one or several polls to one person."""
    return f"{REMINDER}{'+'.join(map(str, ids))}/{person}"


@dataclass(frozen=True, slots=True)
class Open:
    """A poll as a reminder shows it."""

    number: int
    question: str
    lines: list[poll_post.Line]
    closes: str
    voted: bool
    closed: bool
    anonymous: bool
    multiple: bool


def _text(
    person: int,
    about: Sequence[Poll],
    seen: _Seen,
    room: Room,
    *,
    asked: bool = False,
    begins: bool = False,
) -> PrivateText:
    say = room.say_to(person)
    shown = [
        Open(
            poll.number,
            poll.question,
            poll_post.lines(poll.options),
            poll_post.stamp(say, poll.closes_at, room),
            seen.homes[poll.id].of_person(person) in seen.voted[poll.id],
            poll.state != OPEN,
            poll.anonymous,
            poll.multiple,
        )
        for poll in about
    ]
    return say.private("poll.nudge", classroom=room.here.name, polls=shown, asked=asked, begins=begins)


def _buttons(person: int, about: Sequence[Poll], room: Room, *, asked: bool = False) -> list[Button]:
    say, among = room.say_to(person), [poll.id for poll in about]
    more: dict[str, Json] = {"asked": True} if asked else {}
    return [
        Button(
            poll_post.option_label(say, poll, index, numbered=len(about) > 1),
            VOTE,
            {"poll": poll.id, "option": index, "among": [*among], **more},
            person=person,
            hours=poll_post.life(poll, room),
        )
        for poll in about
        if poll.state == OPEN
        for index in range(len(poll.options))
    ]


def after_vote(press: Press, room: Room) -> list[Effect]:
    """The reminder shows that the family has voted; the buttons stay for a change of mind."""
    among = press.args.get("among")
    if room.group is not None or not isinstance(among, list):
        return []
    found = [polls.get(room.db, i) for i in among if isinstance(i, int)]
    about, person = [poll for poll in found if poll is not None], room.who.person
    asked = press.args.get("asked") is True
    text = _text(person, about, _seen(about, room), room, asked=asked)
    return [room.edit(press.handle, text, *_buttons(person, about, room, asked=asked))]


def _missed(poll: Poll, room: Room) -> list[Effect]:
    person = poll.by_person
    if person is None:
        return []
    text = room.say_to(person).private("poll.nudge_missed", number=poll.number, question=poll.question)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)
