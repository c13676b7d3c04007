"""An option that should not be there is taken out of a running poll again; who chose it is asked anew."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from handlers import poll_list, poll_nudge, poll_post
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.first_then_others import in_time
from handlers.poll_reading import LEAST_OPTIONS
from handlers.room import Room
from storage import poll_traces, polls
from storage.polls import OPEN
from storage.tables import Poll

feature = Feature("poll_fewer")


@feature.button("poll.fewer")
def fewer(press: Press, room: Room) -> Iterable[Effect]:
    """Which one?"""
    poll = _run_by_actor(press, room)
    if poll is None:
        return [_alert(press, room, "poll.not_yours")]
    if (refusal := _refusal(poll, room)) is not None:
        return [_alert(press, room, refusal)]
    say, person = own(room), room.who.person
    keys = [
        Button(
            poll_post.option_label(say, poll, index),
            "poll.remove",
            {"poll": poll.id, "option": index, "text": option},
            person=person,
            row=index,
        )
        for index, option in enumerate(poll.options)
    ]
    text = say.private("poll.which_option", number=poll.number, question=poll.question)
    return [room.tell(text, *keys)]


@feature.button("poll.remove")
def remove(press: Press, room: Room) -> Iterable[Effect]:
    """Take it out, with the votes for it; buttons that are out there go on meaning what they say."""
    poll, index, text = _run_by_actor(press, room), press.args.get("option"), press.args.get("text")
    if poll is None:
        return [_alert(press, room, "poll.not_yours")]
    if not isinstance(index, int) or index >= len(poll.options) or poll.options[index] != text:
        return [_alert(press, room, "poll.option_gone")]
    if (refusal := _refusal(poll, room)) is not None:
        return [_alert(press, room, refusal)]
    option = poll.options[index]
    lost = polls.remove_option(room.db, poll, index)
    poll_traces.option_gone(room.db, poll, index)
    told = own(room).private("poll.option_removed", option=option, number=poll.number, lost=bool(lost))
    asked = [effect for household in lost for effect in _ask_anew(poll, household, option, room)]
    return [room.edit(press.handle, told), *poll_post.shown_anew(poll, room), *asked]


def _refusal(poll: Poll, room: Room) -> str | None:
    """Why nothing can be taken out. Of a secret poll the turnout would tell who had chosen it."""
    if poll.state != OPEN or poll.closes_at <= room.now:
        return "poll.closed"
    if len(poll.options) <= LEAST_OPTIONS:
        return "poll.too_few_left"
    secret = poll.anonymous and bool(poll_post.ballots_of(poll, room).voted())
    return "poll.voted_in_secret" if secret else None


def _ask_anew(poll: Poll, household: int, option: str, room: Room) -> list[Effect]:
    homes = poll_post.homes_of(poll.voters, room)
    home = homes.of.get(household)
    people = in_time(homes, home, poll.closes_at, room)[:1] if home is not None else []
    effects: list[Effect] = []
    for person in people:
        text = room.say_to(person).private(
            "poll.choose_again", classroom=room.here.name, question=poll.question, option=option
        )
        _, keys = poll_nudge.card(person, [poll], room, begins=False)
        name = f"{poll_nudge.handle([poll.id], person)}/{room.event_id}"
        effects += room.tell_person(person, text, *keys, handle=name, quiet=room.hours_of(person))
    return effects


def _run_by_actor(press: Press, room: Room) -> Poll | None:
    wanted = press.args.get("poll")
    poll = polls.locked(room.db, wanted) if isinstance(wanted, int) else None
    return poll if poll is not None and poll_list.may_run(poll, room) else None


def _alert(press: Press, room: Room, name: str) -> Effect:
    return room.toast(press.callback, own(room).label(name), alert=True)
