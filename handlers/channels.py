"""A person's channels: the accounts at which they can be told something alone, and what those are called."""

from __future__ import annotations

from collections.abc import Sequence

from classroom.text import PrivateText
from handlers.room import Room
from storage import identity, personal
from storage.tables import Account, Chat

NAME = 10
"""So many characters of an account's own name, where two are on one platform."""
Channel = tuple[Account, Chat]


def of_person(room: Room, person: int) -> list[Channel]:
    """The accounts at which a person can be told something, in the order in which that is tried."""
    theirs = identity.accounts_of(room.db, person)
    return [(account, chat) for account, chat in theirs if account.platform in room.instance.tells]


def name_of(platform: str, room: Room) -> str:
    """What people call a platform."""
    return room.say.label("me.channel_name", platform=platform).text


def called(account: Account, channels: Sequence[Channel], room: Room) -> str:
    """A channel's name; with the account's own where there are two of a kind."""
    name = name_of(account.platform, room)
    alike = [a for a, _ in channels if a.platform == account.platform]
    return name if len(alike) < 2 else f"{name} {account.name[:NAME] or account.native[-4:]}"


def line(room: Room) -> PrivateText | None:
    """Where the actor is told, in one line; None where there is no choice."""
    channels = of_person(room, room.who.person)
    if len(channels) < 2:
        return None
    first, chat = channels[0]
    wished = personal.wishes(room.db, room.who.person).channel == chat.id
    return room.say.private("me.channel_line", name=called(first, channels, room), wished=wished)
