"""Who and where an event is: account → person → role in this classroom; makes the room it is handled in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from classroom.addresses import ChatKind, GroupAddress
from classroom.events import (
    Answered,
    BotBlocked,
    BotMember,
    Delivered,
    Due,
    Event,
    Joined,
    Left,
    Message,
    Migrated,
    Origin,
    PagePressed,
    Pressed,
    Renamed,
    SchoolChanged,
    Sender,
    SenderKind,
    Told,
    Undelivered,
    Waits,
)
from classroom.people import Actor
from handlers.room import Instance, Room
from storage import classrooms, family_links, foreseeing, identity, presses, queue
from storage.database import Records
from storage.tables import Account, Chat, Classroom, FamilyLink, ScheduleRow


def room_of(
    records: Records, event: Event | None, instance: Instance, now: datetime, event_id: int
) -> Room | None:
    """The room for an event; None for what concerns us not (other bots, posts of the linked channel)."""
    room = Room(records, now, instance, event_id=event_id)
    match event:
        case None | Told():
            return None
        case Message() | Pressed():
            return _of_sender(room, event.origin, event.sender)
        case Joined() | Left() | Renamed():
            return _of_member(room, event)
        case BotMember() | BotBlocked():
            return _of_bot(room, event)
        case Migrated() | Waits():
            return _in_chat(room, identity.meet_chat(records, event.origin, now))
        case SchoolChanged():
            return room
        case Due():
            return _of_schedule(room, event)
        case Answered():
            return _of_answer(room, event)
        case PagePressed():
            return page_room(room, family_links.get(records, event.link))
        case Undelivered() | Delivered():
            return _in_classroom(room, event.classroom)


def _of_sender(room: Room, origin: Origin, sender: Sender) -> Room | None:
    if sender.kind in (SenderKind.BOT, SenderKind.LINKED_CHANNEL):
        return None
    room.on_page = origin.page
    if _foreseen(room, origin, sender):
        return room
    chat = identity.meet_chat(room.db, origin, room.now)
    _in_chat(room, chat, origin.thread)
    if sender.kind is SenderKind.PERSON:
        account = identity.meet_account(room.db, origin.platform, sender, room.now)
        if chat.kind == ChatKind.PRIVATE:
            _through_the_private_door(room, account)
        else:
            identity.saw_member(room.db, chat.id, account.id, room.now)
        become(room, account)
    return room


def _foreseen(room: Room, origin: Origin, sender: Sender) -> bool:
    """True if everything about a message in a group was read with its batch, and nothing of it is news."""
    known = foreseeing.recall(room.db, origin, sender)
    if known is None:
        return False
    place, face, standing = known
    room.platform, room.classroom = origin.platform, place.classroom
    room.group = GroupAddress(place.chat, origin.platform, origin.native, origin.thread)
    room.actor = standing.actor(face, origin.platform, sender.native, room.today.date())
    foreseeing.saw(room.db, place, face, room.now)
    return True


def _through_the_private_door(room: Room, account: Account) -> None:
    if not room.on_page:  # who reads our page has not written to the platform
        classrooms.set_door(room.db, account.chat_id, "open")
        queue.unpark(room.db, account.chat_id, room.now)
    identity.acted(room.db, account)
    running = presses.dialogue(room.db, account.chat_id, room.now)
    if running is not None and running.classroom_id is not None:
        _in_classroom(room, running.classroom_id)
        return
    theirs = identity.classrooms_of(room.db, account.person_id)
    if len(theirs) == 1:
        room.classroom = theirs[0]


def _of_member(room: Room, event: Joined | Left | Renamed) -> Room | None:
    if event.member.kind is not SenderKind.PERSON:
        return None
    chat = identity.meet_chat(room.db, event.origin, room.now)
    _in_chat(room, chat, event.origin.thread)
    account = identity.meet_account(room.db, event.origin.platform, event.member, room.now)
    if room.platform in room.instance.by_hand:
        classrooms.set_door(room.db, account.chat_id, "never_started")
    become(room, account)
    return room


def _of_bot(room: Room, event: BotMember | BotBlocked) -> Room:
    chat = identity.meet_chat(room.db, event.origin, room.now)
    _in_chat(room, chat, event.origin.thread)
    if event.sender.kind is SenderKind.PERSON:
        become(room, identity.meet_account(room.db, event.origin.platform, event.sender, room.now))
    return room


def _of_schedule(room: Room, event: Due) -> Room:
    row = room.db.get(ScheduleRow, event.schedule)
    return _in_classroom(room, row.classroom_id if row else None)


def _of_answer(room: Room, event: Answered) -> Room:
    _in_classroom(room, event.classroom)
    chat = room.db.get(Chat, event.chat) if event.chat is not None else None
    if chat is not None:
        _in_chat(room, chat)
        _in_classroom(room, event.classroom)
    account = room.db.get(Account, event.asked_by) if event.asked_by is not None else None
    if account is not None:
        become(room, account)
    return room


def _in_classroom(room: Room, classroom: int | None) -> Room:
    if classroom is not None:
        room.classroom = room.db.get(Classroom, classroom)
    return room


def page_room(room: Room, door: FamilyLink | None) -> Room | None:
    """The room of a family's page: in its class, where nobody is known to have come; None if it is shut."""
    return _in_classroom(room, door.classroom_id) if door is not None else None


def _in_chat(room: Room, chat: Chat, thread: str | None = None) -> Room:
    room.platform = chat.platform
    if chat.kind == ChatKind.GROUP:
        room.group = GroupAddress(chat.id, chat.platform, chat.native, thread)
        _in_classroom(room, chat.classroom_id)
    return room


def become(room: Room, account: Account) -> None:
    """Let the room's actor be this account's person, as known in the room's classroom."""
    room.actor = actor_in(room, account, room.classroom)


def actor_in(room: Room, account: Account, classroom: Classroom | None) -> Actor:
    """What an account's person is in a classroom today."""
    zone = ZoneInfo(classroom.timezone) if classroom else ZoneInfo(room.instance.defaults.timezone)
    today = room.now.astimezone(zone).date()
    return identity.actor(room.db, account, classroom.id if classroom else None, today)
