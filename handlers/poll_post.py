"""How a poll looks in the group: question, options as buttons, how many households have voted, the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from classroom.effects import Button, EditPost, Effect, Post, Report
from classroom.text import Label, PublicText
from handlers.poll_plan import PollPlan
from handlers.poll_quorum import needed
from handlers.poll_reading import MOST_OPTIONS
from handlers.room import Room
from storage import guardians, identity, polls
from storage.households import Households
from storage.places import places_of
from storage.poll_traces import VOTE
from storage.polls import COMMITTEE, SPLIT_FROM, Ballots, Count
from storage.tables import Poll
from templates.render import Say

MARKS = "①②③④⑤⑥⑦⑧⑨⑩"
BAR = 10
ON_A_BUTTON = 16
GATHER = 3
"""Seconds in which votes gather before the group's post is changed."""

AFTER_THE_END = 7 * 24
"""Hours for which a button of a closed poll still says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """One option as it is shown; without `bar` nothing is said of its votes."""

    mark: str
    text: str
    bar: str = ""
    votes: int = 0
    percent: int = 0


def stamp(say: Say, moment: datetime, room: Room) -> str:
    """A moment by its date and weekday, for what is read on other days too."""
    return say.when(moment, room.zone, moment - timedelta(days=10))


def ballots_of(poll: Poll, room: Room, homes: Households | None = None) -> Ballots:
    """The ballots of a poll, seen by the households of today."""
    homes = homes or homes_of(poll.voters, room)
    return Ballots(room.db, poll, homes, room.instance.digest)


def homes_of(voters: str, room: Room) -> Households:
    """The households that may vote in a poll, as they are today."""
    return polls.voting(room.db, room.here.id, voters, room.today.date())


def lines(options: Sequence[str], split: Count | None = None) -> list[Line]:
    """The options with their bars; percent is of the households that have voted."""
    if split is None or not split.voted:
        return [Line(MARKS[i], option) for i, option in enumerate(options)]
    return [
        Line(MARKS[i], option, bar(votes, split.voted), votes, round(100 * votes / split.voted))
        for i, (option, votes) in enumerate(zip(options, split.totals, strict=True))
    ]


def bar(votes: int, of: int) -> str:
    """A bar of a fixed length; the least vote can be seen."""
    full = min(BAR, max(1, round(BAR * votes / of))) if votes else 0
    return "▇" * full + "▁" * (BAR - full)


def publish(plan: PollPlan, by: int, room: Room) -> tuple[Poll, list[Effect]] | None:
    """Open a poll and post it in every group of the class; None if the bot is in none."""
    groups = places_of(room.db, room.here.id, room.now)
    if not groups:
        return None
    poll = polls.begin(
        room.db,
        room.here.id,
        plan.question,
        plan.options,
        room.now,
        plan.end(room.now, room.zone),
        by=by,
        anonymous=plan.anonymous,
        multiple=plan.multiple,
        live=plan.live,
        voters=plan.voters,
        quorum=plan.quorum or None,
        hidden=plan.hidden,
        grows=plan.grows,
    )
    text, report = open_text(poll, room), Report(failed="poll.not_posted", data={"poll": poll.id})
    return poll, [
        Post(identity.group_address(g), text, buttons(poll, room), handle=poll.handle, report=report)
        for g in groups
    ]


def preview_text(plan: PollPlan, opens: datetime, room: Room) -> PublicText:
    """What the group will see, before there is a poll."""
    total = len(homes_of(plan.voters, room).students)
    return _post(plan, None, room.who.name, plan.end(opens, room.zone), None, (0, total), room)


def open_text(poll: Poll, room: Room, ballots: Ballots | None = None) -> PublicText:
    """What the group sees while a poll runs."""
    ballots = ballots or ballots_of(poll, room)
    voted = len(ballots.voted())
    author = guardians.display_name(room.db, poll.by_person) if poll.by_person else ""
    turnout = (voted, len(ballots.homes.students))
    return _post(poll, poll.number, author, poll.closes_at, _split(ballots, voted), turnout, room)


def _post(
    shown: PollPlan | Poll,
    number: int | None,
    author: str,
    closes_at: datetime,
    split: Count | None,
    turnout: tuple[int, int],
    room: Room,
) -> PublicText:
    say = room.say_class
    return say.group(
        "poll.post",
        number=number,
        author=author,
        question=shown.question,
        lines=lines(shown.options, split),
        counted=split.voted if split else 0,
        anonymous=shown.anonymous,
        multiple=shown.multiple,
        live=shown.live,
        hidden=shown.hidden,
        grows=shown.grows and len(shown.options) < MOST_OPTIONS,
        committee=shown.voters == COMMITTEE,
        needed=needed(shown.quorum or "", turnout[1]),
        least=SPLIT_FROM,
        closes=stamp(say, closes_at, room),
        voted=turnout[0],
        total=turnout[1],
    )


def _split(ballots: Ballots, voted: int) -> Count | None:
    """What may be shown of a poll that runs: of an anonymous one only steps of several votes together."""
    poll = ballots.poll
    if not poll.live:
        return None
    if not poll.anonymous:
        return ballots.count()
    if voted >= (poll.voted or 0) + SPLIT_FROM:
        count = ballots.count()
        poll.voted, poll.totals = count.voted, [*count.totals]
    return Count(poll.voted or 0, tuple(poll.totals)) if poll.totals else None


def buttons(poll: Poll, room: Room) -> tuple[Button, ...]:
    """A button for each option, for anybody in the group; who may vote is looked at when it is pressed."""
    return tuple(
        Button(
            option_label(room.say_class, poll, index),
            VOTE,
            {"poll": poll.id, "option": index},
            hours=life(poll, room),
        )
        for index in range(len(poll.options))
    )


def option_label(say: Say, poll: Poll, index: int, *, numbered: bool = False) -> Label:
    """An option on its button, cut where it is long: the whole of it stands in the text."""
    text = poll.options[index]
    cut = text if len(text) <= ON_A_BUTTON else text[: ON_A_BUTTON - 1] + "…"
    return say.label("poll.option", mark=MARKS[index], text=cut, number=poll.number if numbered else None)


def life(poll: Poll, room: Room) -> int:
    """For how many hours a button is of use."""
    return int((poll.closes_at - room.now).total_seconds() // 3600) + AFTER_THE_END


def refreshed(poll: Poll, room: Room, ballots: Ballots) -> list[Effect]:
    """The post with the present turnout; votes that come soon after go into the same change."""
    if poll.hidden:
        return []
    return shown_anew(poll, room, ballots, delay=GATHER)


def shown_anew(poll: Poll, room: Room, ballots: Ballots | None = None, *, delay: int = 0) -> list[Effect]:
    """The post as it is to be read now, with its buttons."""
    text, keys = open_text(poll, room, ballots), buttons(poll, room)
    return [
        EditPost(identity.group_address(g), poll.handle or "", text, keys, delay=delay)
        for g in places_of(room.db, room.here.id, room.now)
    ]


def result_text(poll: Poll, room: Room, *, again: bool = False) -> PublicText:
    """The result; `again`: as it replaces the question where that stood."""
    voted, total = poll.voted or 0, poll.households or 0
    split = Count(voted, tuple(poll.totals)) if poll.totals is not None else None
    return room.say_class.group(
        "poll.result",
        number=poll.number,
        question=poll.question,
        lines=lines(poll.options, split),
        known=split is not None and voted > 0,
        least=SPLIT_FROM,
        anonymous=poll.anonymous,
        multiple=poll.multiple,
        committee=poll.voters == COMMITTEE,
        needed=needed(poll.quorum or "", total),
        voted=voted,
        total=total,
        percent=round(100 * voted / total) if total else 0,
        again=again,
    )
