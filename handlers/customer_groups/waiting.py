"""Posts that a teacher has to send by hand: who it is hears of them, is reminded, and hears the end."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import Waits
from handlers.feature import Feature, Happening
from handlers.places import is_set_up
from handlers.room import Room
from storage import classrooms, identity, told
from storage.tables import Chat

feature = Feature("waiting")
FIRST_REMINDER = "again1"
"""Of ours; WeCom itself reminds the owner a few times more."""


@feature.on(Waits)
def waits(event: Happening, room: Room) -> Iterable[Effect]:
    """Say it to the group's owner, else to the head teacher; never in the group."""
    if not isinstance(event, Waits) or room.group is None or not is_set_up(room):
        return []
    teacher = _teacher(event, room)
    chat = room.db.get(Chat, room.group.chat)
    if teacher is None or chat is None:
        return []
    handle, title = f"waiting/{event.ref}", chat.title or room.here.name
    if event.why in ("sent", "withdrawn"):
        return _done(room, teacher, handle, event.why, title)
    known = ("new", FIRST_REMINDER, "too_many", "refused", "over")
    if event.why not in known:
        return []
    link = f"{room.instance.defaults.public_url}{event.page}" if room.instance.defaults.public_url else ""
    say = room.say_to(teacher)
    text = say.private("groups.waits", why=event.why, title=title, begin=event.begin, link=link)
    return room.tell_person(teacher, text, handle=handle, quiet=room.hours_of(teacher), park=True)


def _done(room: Room, teacher: int, handle: str, why: str, title: str) -> list[Effect]:
    """What asked for the tap says from now on that it was done, or is not wanted any more."""
    to = identity.private_address(room.db, teacher)
    if to is None or told.last_told(room.db, handle, to.chat) is None:
        return []
    return [room.edit(handle, room.say_to(teacher).private(f"groups.{why}", title=title), of=teacher)]


def _teacher(event: Waits, room: Room) -> int | None:
    """Who has to send it: by their account where that is known."""
    teachers = room.teachers()
    account = identity.find_account(room.db, event.origin.platform, event.owner.native)
    if account is not None and account.person_id in teachers:
        return account.person_id
    return classrooms.head_teacher(room.db, room.here.id) or next(iter(teachers), None)
