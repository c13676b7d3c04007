"""The group's rules: read by everybody, changed by the teacher."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import Right
from classroom.text import PublicText
from handlers import rules_asking, rules_change
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Who
from handlers.room import Room
from handlers.rule_book import able, example, rules_of
from storage import identity
from storage.tables import Chat
from templates.render import Say

feature = Feature("rules")


@feature.command("rules", "群规", who=Who.ANYONE)
def rules(command: Command, room: Room) -> Iterable[Effect]:
    """Show the rules; with words behind it, a teacher changes one."""
    if not command.text:
        return _shown(command, room)
    if (asked := rules_asking.asked(command, room)) is not None:
        return asked
    if not room.who.leads:
        return aside(room, own(room).private("rules.only_teacher"))
    return rules_change.change(command.text, command.message.ref, room)


def _shown(command: Command, room: Room) -> list[Effect]:
    if room.group is not None:
        return [room.post(card(room, room.say_class), reply_to=command.message.ref)]
    told: list[Effect] = [room.tell(card(room, room.say))]
    if room.who.leads:
        told.append(room.tell(room.say.private("rules.how_to_change", rules=rules_of(room))))
    return told


def card(room: Room, say: Say) -> PublicText:
    """The rules as people read them."""
    book, chat = rules_of(room), _place(room)
    platform = chat.platform if chat is not None else room.platform
    pattern, called = book.pattern, platform in room.instance.called_only
    return say.group(
        "rules.card",
        name=room.here.name,
        example=example(pattern, room) if pattern and not called else "",
        tags=able(room, platform, Right.TAG),
        mute=book.mute and able(room, platform, Right.RESTRICT),
        heard=platform not in room.instance.private_only,
        called=called,
        looked_up=platform in room.instance.by_hand,
        grace=room.instance.defaults.name_grace.days,
        topics=book.topics.value,
        quiet=f"{book.quiet.start_text}–{book.quiet.end_text}" if book.quiet else "",
        collapse=book.collapse,
        can=_rights(chat, say, True) if chat is not None else [],
        cannot=_rights(chat, say, False) if chat is not None else [],
    )


def _place(room: Room) -> Chat | None:
    """The group at hand; asked in private, the class's group on the asker's platform."""
    if room.group is not None:
        return room.db.get(Chat, room.group.chat)
    groups = identity.groups_of(room.db, room.here.id)
    return next((g for g in groups if g.platform == room.platform), groups[0] if groups else None)


def _rights(chat: Chat, say: Say, given: bool) -> list[str]:
    return [
        say.label(f"places.right_{right.value}").text
        for right in (Right.DELETE, Right.RESTRICT, Right.TAG)
        if (right.value in chat.rights) is given
    ]
