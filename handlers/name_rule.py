"""The rule on names: looked at on joining, with every message, and once a day."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import Delivered, Joined, Json, Message, Renamed, Right, Undelivered
from handlers import name_sweep
from handlers.customer_groups import names
from handlers.feature import Feature, Happening
from handlers.name_looking import look, recheck, settle, tell_muted
from handlers.places import is_set_up
from handlers.room import Room
from handlers.rule_book import able, is_command
from storage import member_names, violations
from storage.member_names import MUTED, WRONG
from storage.tables import NameState

feature = Feature("names")
name_sweep.attach(feature)


@feature.beside
def with_a_message(message: Message, room: Room) -> Iterable[Effect] | None:
    """Look at the name that a message shows; in private, whether one has been put right."""
    if room.actor is None or not is_set_up(room):
        return None
    if room.group is None:
        return recheck(room, room.who.person)
    if room.platform in room.instance.called_only:  # names there are the school's own, and nobody's to change
        return None
    if room.who.teaches or (room.who.guardian_of and able(room, room.platform, Right.TAG)):
        return None
    known = member_names.find(room.db, room.group.chat, room.who.account)
    # whoever has just asked for something else gets that answer alone; the reminder comes another time
    return look(room, known, speak=not is_command(message, room)) if known is not None else None


@feature.on(Joined)
@feature.on(Renamed)
def with_joining(event: Happening, room: Room) -> Iterable[Effect]:
    """Look at a newcomer's or a new name. Where there are tags, the greeting has asked to come in."""
    if not isinstance(event, Joined | Renamed) or room.group is None or not is_set_up(room):
        return []
    known = member_names.find(room.db, room.group.chat, room.who.account)
    if known is None:
        return []
    return look(room, known, asked_already=able(room, room.platform, Right.TAG) and known.state is None)


# --- what really happened -----------------------------------------------------------------------


@feature.delivered("names.reminded")
def reminded(event: Delivered, room: Room) -> Iterable[Effect]:
    """The reminder has reached the member."""
    settle(room, event.data, violations.NUDGED)
    return []


@feature.undelivered("names.unreached")
def unreached(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The private door is shut: the neutral pointer counts this member, or the teacher's list does."""
    settle(room, event.data, violations.UNSUPPORTED)
    if (state := _state(room, event.data)) is not None:
        state.reachable, state.reminded_at = False, None
        known = member_names.get(room.db, state.id)
        if known is not None and known.chat.platform in room.instance.by_hand:
            names.plan(room)
    return []


@feature.delivered("names.muted")
def muted(event: Delivered, room: Room) -> Iterable[Effect]:
    """The member is muted: say why, in private, and how to be heard again."""
    settle(room, event.data, violations.ENFORCED)
    state = _state(room, event.data)
    known = member_names.get(room.db, state.id) if state is not None else None
    if known is None or state is None or state.state != MUTED:
        return []
    return tell_muted(room, known, state)


@feature.undelivered("names.not_muted")
def not_muted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The platform refused: the member is heard as before, and the teachers know which right is lacking."""
    settle(room, event.data, violations.UNSUPPORTED)
    state = _state(room, event.data)
    if state is not None and state.state == MUTED:
        state.state = WRONG
    return []


def _state(room: Room, data: dict[str, Json]) -> NameState | None:
    wanted = data.get("state")
    found = member_names.get(room.db, wanted) if isinstance(wanted, int) else None
    return found.state if found is not None else None
