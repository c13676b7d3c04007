"""A quorum that is not reached: who runs the poll is offered to let it run longer, by one press.

Of a secret poll nothing is left after its close: so that is offered before, and afterwards to ask anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from classroom.effects import Button, Effect, Post
from classroom.events import Due, Json
from classroom.people import TEACHERS, Role
from handlers import poll_later, poll_post
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.poll_plan import LONGEST_POLL, PollPlan, usual_end
from handlers.poll_quorum import needed
from handlers.room import Room
from storage import identity, polls, queue
from storage.places import places_of
from storage.polls import CLOSED, OPEN
from storage.tables import Poll, ScheduleRow

feature = Feature("poll_extend")
OFFERED_FOR = 7 * 24
"""Hours for which a poll can be taken up again after its close."""


@feature.due("poll.short")
def short(due: Due, room: Room) -> Iterable[Effect]:
    """Before the close of a secret poll: too few have voted so far."""
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("poll") if row else None
    poll = polls.get(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.state != OPEN or due.missed or not _extended_end(poll, room):
        return []
    ballots = poll_post.ballots_of(poll, room)
    voted, total = len(ballots.voted()), len(ballots.homes.students)
    return _ask("poll.short", poll, (voted, total), room) if voted < needed(poll.quorum or "", total) else []


def offer(poll: Poll, room: Room) -> list[Effect]:
    """After a close: too few have voted."""
    voted, total = poll.voted or 0, poll.households or 0
    return _ask("poll.failed", poll, (voted, total), room) if voted < needed(poll.quorum or "", total) else []


def _ask(block: str, poll: Poll, turnout: tuple[int, int], room: Room) -> list[Effect]:
    effects: list[Effect] = []
    for person in _running(poll, room):
        say, end = room.say_to(person), _extended_end(poll, room)
        anew = poll.anonymous and poll.state == CLOSED
        text = say.private(
            block,
            number=poll.number,
            question=poll.question,
            needed=needed(poll.quorum or "", turnout[1]),
            voted=turnout[0],
            total=turnout[1],
            anonymous=poll.anonymous,
            closes=poll_post.stamp(say, poll.closes_at, room),
            extended=poll_post.stamp(say, end, room) if end else None,
        )
        keys = [_button("poll.again", poll, person, room)] if anew else []
        keys += [_button("poll.extend", poll, person, room)] if end and not anew else []
        handle = f"{block}/{poll.id}"
        effects += room.tell_person(
            person, text, *keys, handle=handle, quiet=room.hours_of(person), park=True
        )
    return effects


def _button(purpose: str, poll: Poll, person: int, room: Room) -> Button:
    args: dict[str, Json] = {"poll": poll.id, "closes": poll.closes_at.isoformat()}
    return Button(room.say_to(person).label(purpose), purpose, args, person=person, hours=OFFERED_FOR)


def _running(poll: Poll, room: Room) -> list[int]:
    """Who began the poll, if they still may; else the teachers."""
    by = poll.by_person
    roles = identity.roles_of(room.db, by, room.here.id, room.today.date()) if by is not None else []
    still = any(Role(r.role) in TEACHERS | {Role.COMMITTEE} for r in roles)
    return [by] if by is not None and still else room.teachers()


def _extended_end(poll: Poll, room: Room) -> datetime | None:
    """Until when it would run: 20:00 on the third day; None if it has run as long as a poll may.

    One that was closed before its time runs at least until then.
    """
    end, closed = usual_end(room.now, room.zone), poll.state == CLOSED
    end = max(end, poll.closes_at) if closed else end
    in_time = end <= poll.opened_at + LONGEST_POLL
    return end if in_time and (closed or end > poll.closes_at) else None


@feature.button("poll.extend")
def extend(press: Press, room: Room) -> Iterable[Effect]:
    """It runs on: the votes that there are stay, who has not voted is reminded once more."""
    poll, end = _pressed(press, room), None
    if poll is not None and not (poll.anonymous and poll.state == CLOSED):
        end = _extended_end(poll, room)
    if poll is None or end is None or not places_of(room.db, room.here.id, room.now):
        return [room.edit(press.handle, own(room).private("poll.not_extended"))]
    was_closed = poll.state == CLOSED
    polls.reopen(room.db, poll, end)
    poll_later.unplan_result(poll, room)
    poll_later.plan_end(poll, room)
    say = own(room)
    closes = poll_post.stamp(say, end, room)
    told = say.private("poll.extended", number=poll.number, question=poll.question, closes=closes)
    return [*poll_post.shown_anew(poll, room), *_said(poll, was_closed, room), room.edit(press.handle, told)]


def _said(poll: Poll, was_closed: bool, room: Room) -> list[Effect]:
    """The group hears of it, by day: a changed post is seen by nobody."""
    if room.quiet is not None and room.quiet.holds(room.now):
        return []
    say = room.say_class
    closes = poll_post.stamp(say, poll.closes_at, room)
    text = say.group("poll.extended", question=poll.question, closes=closes, again=was_closed)
    posts: list[Effect] = []
    for group in places_of(room.db, room.here.id, room.now):
        asked = queue.posted(room.db, poll.handle or "", group.id)
        posts.append(Post(identity.group_address(group), text, reply_to=asked[-1][1] if asked else None))
    return posts


@feature.button("poll.again")
def again(press: Press, room: Room) -> Iterable[Effect]:
    """Ask the same anew."""
    poll, say = _pressed(press, room), own(room)
    made = poll_post.publish(_same(poll), room.who.person, room) if poll is not None else None
    if made is None:
        return [room.edit(press.handle, say.private("poll.not_extended"))]
    row, posts = made
    poll_later.plan_end(row, room)
    closes = poll_post.stamp(say, row.closes_at, room)
    told = say.private("poll.sent", number=row.number, question=row.question, closes=closes)
    return [*posts, room.edit(press.handle, told)]


def _same(poll: Poll) -> PollPlan:
    return PollPlan(
        poll.question,
        tuple(poll.options),
        poll.anonymous,
        poll.multiple,
        poll.live,
        voters=poll.voters,
        quorum=poll.quorum or "",
        hidden=poll.hidden,
        grows=poll.grows,
    )


def _pressed(press: Press, room: Room) -> Poll | None:
    """The poll, as it was when this was offered, for who may still run it."""
    wanted = press.args.get("poll")
    poll = polls.locked(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.classroom_id != room.here.id or poll.state not in (OPEN, CLOSED):
        return None
    mine = Role.COMMITTEE in room.who.roles and poll.by_person == room.who.person
    same = poll.closes_at.isoformat() == press.args.get("closes")
    return poll if same and (room.who.leads or mine) else None
