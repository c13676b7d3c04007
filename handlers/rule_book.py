"""The group's rules as this class has them: the defaults, and what its teacher has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from classroom.commands import read_command
from classroom.events import Json, Message, Right
from classroom.relations import Relation
from classroom.roster import Roster, Student
from classroom.rules.names import DEFAULT_PATTERN, expected_name
from classroom.rules.topics import Mode
from handlers.room import Room
from scheduler.hours import QuietHours, read_hours
from storage.tables import Classroom

PATTERN, MUTE, TOPICS, ADDED, REMOVED, QUIET, ACKS = (
    "name_pattern",
    "name_mute",
    "topics",
    "words_added",
    "words_removed",
    "quiet",
    "acks",
)
"""The settings of a class in which its rules stand."""

WATCHING = "watching"
"""Whether the class merely watches yet: "on" from its first message, "off" once its teacher has decided."""

WATCH_FOR = timedelta(days=7)

OFF, COLLAPSE = "off", "collapse"
NOBODYS = ("王小红", "陈小龙", "周小燕", "林小雨")
NOBODYS_ABROAD = ("Amy Green", "Ben Young", "Zoe Hill")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What holds here. `pattern` None: names are left alone. `quiet`: set by the teacher for the group."""

    pattern: str | None
    mute: bool
    topics: Mode
    added: tuple[str, ...]
    removed: tuple[str, ...]
    quiet: QuietHours | None
    collapse: bool


def rules_of(room: Room) -> RuleBook:
    """The rules of the class at hand."""
    settings = room.here.settings
    pattern, quiet, mute = settings.get(PATTERN), settings.get(QUIET), settings.get(MUTE)
    return RuleBook(
        None if pattern == OFF else pattern if isinstance(pattern, str) else DEFAULT_PATTERN,
        mute if isinstance(mute, bool) else room.instance.defaults.name_mute,
        _mode(room),
        words(room.here, ADDED),
        words(room.here, REMOVED),
        read_hours(quiet, room.zone) if isinstance(quiet, str) else None,
        settings.get(ACKS) == COLLAPSE,
    )


def _mode(room: Room) -> Mode:
    """How the class keeps its rule of topics; until its teacher says so, a new class merely watches."""
    chosen, watching = room.here.settings.get(TOPICS), room.here.settings.get(WATCHING)
    if isinstance(chosen, str) and chosen in set(Mode):
        return Mode(chosen)
    new = watching is None and room.now < room.here.created_at + WATCH_FOR
    return Mode.WATCH if watching == "on" or new else Mode.DELETE


def words(classroom: Classroom, which: str) -> tuple[str, ...]:
    """The class's own words, added to the lists or taken off them."""
    kept: Json = classroom.settings.get(which)
    return tuple(str(word) for word in kept) if isinstance(kept, list) else ()


def example(pattern: str, room: Room) -> str:
    """A name as the rule wants it, of a child that is nobody's here."""
    language = room.say_class.language
    student = Student(0, _nobody(room.roster, language == "en"))
    return expected_name(student, Relation.MOTHER, pattern, room.here.name, language=language)


def _nobody(roster: Roster, english: bool) -> str:
    names = NOBODYS_ABROAD if english else NOBODYS
    return next((name for name in names if not roster.find(name)), names[0])


def is_command(message: Message, room: Room) -> bool:
    """True if a message is one of our commands."""
    spellings = {name: c.name for c in room.instance.commands for name in (c.name, *c.chinese)}
    return read_command(message.text, spellings) is not None


def able(room: Room, platform: str, right: Right) -> bool:
    """True if bots can do this on a platform at all."""
    return right in room.instance.able.get(platform, frozenset())
