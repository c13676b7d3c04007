"""The close: no more votes, the result to the group, and of an anonymous poll nothing but the totals."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import EditPost, Effect, Post
from classroom.events import Due, Undelivered
from handlers import pictures, poll_extend, poll_later, poll_post
from handlers.feature import Feature
from handlers.room import Room
from storage import identity, polls, queue
from storage.places import places_of
from storage.polls import CLOSED, OPEN
from storage.tables import Poll, ScheduleRow

feature = Feature("poll_close")


@feature.due("poll.close")
def close_in_time(due: Due, room: Room) -> Iterable[Effect]:
    """Its time has come; after a long absence it is closed all the same."""
    poll = _planned(due, room)
    return close(poll, room) if poll is not None and poll.state == OPEN else []


def close(poll: Poll, room: Room) -> list[Effect]:
    """Close a poll now; in the quiet hours its result is shown silently, and said in the morning."""
    polls.close(room.db, poll_post.ballots_of(poll, room), room.now)
    poll_later.unplan(poll, room)
    shown: list[Effect] = [
        EditPost(identity.group_address(g), poll.handle or "", poll_post.result_text(poll, room, again=True))
        for g in places_of(room.db, room.here.id, room.now)
    ]
    shown += poll_extend.offer(poll, room)
    if room.quiet is not None and room.quiet.holds(room.now):
        poll_later.plan_result(poll, room.quiet.over(room.now), room)
        return shown
    return [*shown, *_result(poll, room)]


@feature.due("poll.result")
def result(due: Due, room: Room) -> Iterable[Effect]:
    """The result of a poll that closed in the quiet hours."""
    poll = _planned(due, room)
    return _result(poll, room) if poll is not None and poll.state == CLOSED else []


def _result(poll: Poll, room: Room) -> list[Effect]:
    """The result as a message of its own, with a picture, in answer to the question."""
    text, chart = poll_post.result_text(poll, room), pictures.of_poll(poll, room)
    posts: list[Effect] = []
    for group in places_of(room.db, room.here.id, room.now):
        asked = queue.posted(room.db, poll.handle or "", group.id)
        ref = asked[-1][1] if asked else None
        to, handle = identity.group_address(group), f"poll-result/{poll.id}"
        posts.append(Post(to, text, handle=handle, reply_to=ref, files=chart))
    return posts


def _planned(due: Due, room: Room) -> Poll | None:
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("poll") if row else None
    return polls.locked(room.db, wanted) if isinstance(wanted, int) else None


@feature.undelivered("poll.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """A poll that reached no group is over; its author hears why nobody votes."""
    wanted = event.data.get("poll")
    poll = polls.locked(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.state != OPEN or poll.by_person is None or _seen_somewhere(poll, room):
        return []
    polls.cancel(room.db, poll, room.now)
    poll_later.unplan(poll, room)
    person = poll.by_person
    text = room.say_to(person).private("poll.not_posted", number=poll.number, question=poll.question)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


def _seen_somewhere(poll: Poll, room: Room) -> bool:
    groups = places_of(room.db, room.here.id, room.now)
    return any(queue.posted(room.db, poll.handle or "", group.id) for group in groups)
