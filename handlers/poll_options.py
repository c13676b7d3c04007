"""An option that somebody adds to a poll by answering it: 加：水族馆, + zoo.

It is looked at like everything that is asked of the whole class, together with the question it answers,
and like everything that families write in the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from classroom.effects import Effect, React
from classroom.events import Message
from classroom.folding import fold
from classroom.people import Role
from classroom.rules.topics import Category, Context, Said, Speaker
from classroom.rules.topics import judge as judge_topic
from handlers import poll_list, poll_post, poll_words
from handlers.aside import aside, own
from handlers.feature import Feature
from handlers.held_back import Way, judge
from handlers.poll_plan import LONGEST_OPTION
from handlers.poll_reading import MOST_OPTIONS, comparable
from handlers.room import Room
from handlers.rule_book import rules_of
from storage import judgements, polls, queue
from storage.polls import OPEN
from storage.tables import Poll

feature = Feature("poll_options")
_ADDS = re.compile(
    r"(?:(?:再?[增添]?加(?:一[个個项項])?(?:选项|選項)?|(?:新增|[补補]充)(?:选项|選項)?|add(?: option)?)"
    r"(?:\s*[:：]|\s)|[+＋])"
    r"\s*(?P<option>.+)",
    re.IGNORECASE,
)
_HARMLESS = {Category.OK, Category.CHITCHAT, Category.FLOOD, Category.QUIET_HOURS}
"""What does not speak against an option: it is short, and how often somebody writes is not its fault."""


@feature.watch
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Add an option, if this answers a poll; None where it is just an answer."""
    if room.group is None or room.actor is None or room.classroom is None or message.edited:
        return None
    option = read_option(message.text)
    poll = _answered(message, room) if option else None
    if poll is None or _for_others(message, room):
        return None
    return _add(option, poll, message, room)


def read_option(text: str) -> str:
    """The option that an answer adds; empty where it adds none."""
    found = _ADDS.fullmatch(text.strip())
    option = found["option"].strip().rstrip("。.;；") if found else ""
    return option if fold(option).text.strip() else ""


def _answered(message: Message, room: Room) -> Poll | None:
    """The poll under whose post this was written."""
    if message.reply_to is None or room.group is None:
        return None
    handle = queue.handle_of(room.db, room.group.chat, message.reply_to.ref) or ""
    kind, _, number = handle.partition("/")
    poll = polls.locked(room.db, int(number)) if kind == "poll" and number.isdecimal() else None
    return poll if poll is not None and poll.classroom_id == room.here.id else None


def _for_others(message: Message, room: Room) -> bool:
    """What a teacher writes about a child is held back by whoever watches that."""
    return room.who.teaches and judge(message.text, room.roster) is not None


def _add(option: str, poll: Poll, message: Message, room: Room) -> list[Effect]:
    if refusal := _refusal(option, poll, room):
        return aside(room, own(room).private("poll.option_refused", because=refusal, option=option[:20]))
    came = Way("poll", room.group.chat if room.group else None, message.origin.thread, message.refs)
    found = poll_words.verdict(f"{poll.question} | {option}", came, room)
    if found is not None:
        gone = bool(came.refs) and found.certain
        text = own(room).private("poll.option_shaming", removed=gone, because=found.because)
        return poll_words.refused(found, came, text, room)
    polls.add_option(room.db, poll, option)
    shown = poll_post.shown_anew(poll, room)
    return [*shown, React(room.group, message.ref, "👍")] if room.group else shown


def _refusal(option: str, poll: Poll, room: Room) -> str | None:
    """Why it is not added, in a word."""
    if poll.state != OPEN or poll.closes_at <= room.now:
        return "closed"
    if not _may_add(poll, room):
        return "fixed"
    if len(option) > LONGEST_OPTION:
        return "long"
    if _alike(option) in {_alike(known) for known in poll.options}:
        return "twice"
    if len(poll.options) >= MOST_OPTIONS:
        return "full"
    return None if _is_harmless(option, room) else "topic"


def _alike(option: str) -> str:
    """An option in the form in which two people mean the same: 水族馆！ is 水族馆."""
    return comparable(option).rstrip("!?.,~。、！？～") or comparable(option)


def _may_add(poll: Poll, room: Room) -> bool:
    """Who runs the poll always; whoever votes in it, where it was opened for that."""
    if poll_list.may_run(poll, room):
        return True
    return poll.grows and poll_post.homes_of(poll.voters, room).of_person(room.who.person) is not None


def _is_harmless(option: str, room: Room) -> bool:
    """True unless the judge of the group's rules has something against it, however sure."""
    if room.who.teaches:
        return True
    speaker = Speaker.COMMITTEE if Role.COMMITTEE in room.who.roles else Speaker.GUARDIAN
    book = rules_of(room)
    memory = judgements.recall(room.db, room.here, room.instance.digest)
    context = Context(room.now, added=book.added, removed=book.removed, memory=memory)
    return judge_topic(Said(option, speaker), context).category in _HARMLESS
