"""Who has no child here yet and just writes is asked whose parent they are; no command need be known."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.claims import MOST_TYPED, read_claim
from classroom.commands import unknown_command
from classroom.effects import Effect
from classroom.events import Message
from handlers.bind_claim import Claim, entitled
from handlers.bind_steps import begin, named, plain
from handlers.feature import Feature
from handlers.room import Room
from storage import guardians, rosters

feature = Feature("bind_words")


@feature.watch
def free_words(message: Message, room: Room) -> Iterable[Effect] | None:
    """Read a newcomer's words as whose parent they are; the question may be days old.

    A name alone is asked for again, within the dialogue: there a wrong one counts as a guess.
    """
    words = message.text.strip()
    if not words or message.edited or not _is_newcomer(room) or unknown_command(words) is not None:
        return None
    waiting = [
        link
        for link in guardians.links_of_person(room.db, room.who.person)
        if link.classroom_id == room.here.id
    ]
    if waiting:
        child = rosters.find(room.db, room.here.id, waiting[-1].student_id)
        screen = plain(room, "already_waiting", name=child.name) if child else begin(Claim(), room)
    else:
        said = read_claim(words[:MOST_TYPED], room.roster)
        screen = named(words, Claim(), room) if said.name and said.relation else begin(Claim(), room)
    return [room.tell(screen.text, *screen.buttons)]


def _is_newcomer(room: Room) -> bool:
    """True for a member of the class, in private, who has neither a role nor a child in it."""
    if room.group is not None or room.actor is None or room.classroom is None:
        return False
    return not room.who.roles and not room.who.guardian_of and entitled(Claim(), room)
