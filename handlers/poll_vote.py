"""A vote: one button, one choice a household, changed as often as a family likes until the close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Effect
from classroom.people import Role
from handlers import poll_nudge, poll_post
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import guardians, identity, polls, queue
from storage.poll_traces import VOTE
from storage.polls import COMMITTEE, OPEN, Ballots
from storage.tables import Poll

feature = Feature("poll_vote")
ON_A_TOAST = 150


@feature.button(VOTE)
def vote(press: Press, room: Room) -> Iterable[Effect]:
    """Take a vote, if the poll still runs and the one who presses has a child in this class."""
    wanted, option = press.args.get("poll"), press.args.get("option")
    poll = polls.locked(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.classroom_id != room.here.id:
        return [_toast(press, room, "poll.gone")]
    if poll.state != OPEN or poll.closes_at <= room.now:
        return [_toast(press, room, "poll.closed")]
    if not isinstance(option, int) or option >= len(poll.options):
        return [_toast(press, room, "poll.option_gone")]
    homes = poll_post.homes_of(poll.voters, room)
    home = homes.of_person(room.who.person)
    if home is None:
        return _no_family(poll, press, room)
    return _take(poll, option, home, poll_post.ballots_of(poll, room, homes), press, room)


def _take(poll: Poll, option: int, home: int, ballots: Ballots, press: Press, room: Room) -> list[Effect]:
    before, voter = ballots.choice(home), ballots.last_voter(home)
    after = _chosen(poll, before, option)
    told = _toast(press, room, *_said(poll, after))
    if after == before:
        return [told]
    ballots.choose(home, after, room.who.person, room.now)
    if not before:
        _no_reminder(poll, home, ballots, room)
    changed = not set(before) <= set(after) and voter != room.who.person  # more of several is no other choice
    others = _tell_others(poll, home, after, ballots, room) if changed else []
    return [
        told,
        *poll_post.refreshed(poll, room, ballots),
        *poll_nudge.after_vote(press, room),
        *others,
    ]


def _chosen(poll: Poll, before: Sequence[int], option: int) -> tuple[int, ...]:
    """The choice after a press: of several options one press chooses, another takes back."""
    if not poll.multiple:
        return (option,)
    return tuple(sorted(set(before) ^ {option}))


def _said(poll: Poll, after: Sequence[int]) -> tuple[str, str]:
    """What the voter is told. Of an anonymous poll it is the same whatever was chosen."""
    if not after:
        return "poll.none_chosen", ""
    if poll.anonymous:
        return ("poll.noted_several" if poll.multiple else "poll.noted"), ""
    return "poll.chosen", chosen_words(poll, after)


def chosen_words(poll: Poll, choice: Sequence[int]) -> str:
    """The options of a choice in a row, cut where a toast would not hold them."""
    words = "、".join(poll.options[i] for i in choice)
    return words if len(words) <= ON_A_TOAST else words[: ON_A_TOAST - 1] + "…"


def _toast(press: Press, room: Room, name: str, words: str = "") -> Effect:
    loud = name in ("poll.closed", "poll.gone", "poll.option_gone")
    return room.toast(press.callback, own(room).label(name, words=words), alert=loud)


def _no_family(poll: Poll, press: Press, room: Room) -> list[Effect]:
    """Who has no child here, or is not of the committee where that votes, is told how to vote, or why not."""
    say = own(room)
    if poll.voters == COMMITTEE and Role.COMMITTEE not in room.who.roles:
        return [room.toast(press.callback, say.label("poll.only_committee"), alert=True)]
    waits = any(
        link.classroom_id == room.here.id for link in guardians.links_of_person(room.db, room.who.person)
    )
    name = "poll.claim_waits" if waits else "poll.only_families" if room.who.teaches else "poll.claim_first"
    told = [room.toast(press.callback, say.label(name), alert=True)]
    if name == "poll.claim_first" and room.door_open:
        return [*told, room.tell(say.private("poll.claim_first", classroom=room.here.name))]
    return [*told]


def _no_reminder(poll: Poll, home: int, ballots: Ballots, room: Room) -> None:
    """A reminder that waits for the morning is not sent to a family that has voted meanwhile."""
    for person in ballots.homes.guardians.get(home, ()):
        queue.cancel(room.db, poll_nudge.handle([poll.id], person), room.now)


def _tell_others(poll: Poll, home: int, after: Sequence[int], ballots: Ballots, room: Room) -> list[Effect]:
    """The family's other guardians hear of another choice; once, and then that word is changed."""
    effects: list[Effect] = []
    for person in ballots.homes.guardians.get(home, ()):
        address = identity.private_address(room.db, person)
        if person == room.who.person or address is None:
            continue
        shown = "" if poll.anonymous else chosen_words(poll, after)
        text = room.say_to(person).private(
            "poll.changed", number=poll.number, question=poll.question, choice=shown, anonymous=poll.anonymous
        )
        handle = f"poll/{poll.id}/changed/{person}"
        if queue.told_at(room.db, handle, address.chat) is not None:
            effects += [] if poll.anonymous else [room.edit(handle, text, of=person)]
        else:
            queue.cancel(room.db, handle, room.now)
            effects += room.tell_person(person, text, handle=handle, quiet=room.hours_of(person), park=True)
    return effects
