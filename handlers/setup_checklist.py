"""What a class still lacks, for its teacher's eyes."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.text import PrivateText
from handlers.links import class_link, members_link
from handlers.menus import has_command
from handlers.places import lacking
from handlers.room import Room
from handlers.school import asking
from storage import guardians, identity
from storage.tables import Chat
from templates.render import Say


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the class and the rights that the bot lacks there."""

    title: str
    lacking: list[str]
    heard: bool
    """Whether the bot can read there at all."""

    called: bool
    """Whether it hears there only who calls it by @."""

    by_hand: bool
    """Whether the teacher sends there what it has prepared."""


def checklist(room: Room) -> PrivateText:
    """Rights, roster, families, hours and the link for the families, each with its next step."""
    say = room.say_to(room.who.person)
    deaf = room.instance.private_only
    groups = [_group(chat, room, say) for chat in identity.groups_of(room.db, room.here.id)]
    quiet = room.quiet
    return say.private(
        "setup.checklist",
        name=room.here.name,
        groups=groups,
        students=len(room.roster.students),
        reached=len(guardians.reached_students(room.db, room.here.id)),
        pending=len(guardians.pending_in(room.db, room.here.id)),
        quiet=f"{quiet.start_text}–{quiet.end_text}" if quiet is not None else "",
        link=class_link(room),
        inside=members_link(room),
        tables=room.takes_tables,
        school=asking.here(room),
        alone=room.platform in deaf,
        called=room.platform in room.instance.called_only,
        offers_parents_groups=_offers_parents_groups(room) and not any(group.by_hand for group in groups),
        makes_group=room.platform in room.instance.makes_groups,
        can={name: has_command(room, name) for name in ("roster", "rules", "role")},
    )


def _offers_parents_groups(room: Room) -> bool:
    """True where the teacher talks with the app that can look into such groups."""
    return bool(room.instance.by_hand) and room.platform in room.instance.private_only


def _group(chat: Chat, room: Room, say: Say) -> Group:
    """What of a group the teacher should know; no right is missed where no platform gives any."""
    instance = room.instance
    heard = chat.platform in instance.tells and chat.platform not in instance.private_only
    missed = lacking(chat, say) if heard and instance.able.get(chat.platform) else []
    called, by_hand = chat.platform in instance.called_only, chat.platform in instance.by_hand
    return Group(chat.title, missed, heard, called, by_hand)
