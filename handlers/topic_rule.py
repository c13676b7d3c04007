"""The rule on topics: each message of a family or a guest is judged; what follows is the ladder's business.

Nothing is said to have been done before the platform has said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from classroom.effects import Effect, Remove, Report, Restrict
from classroom.events import Answered, Json, Message, SenderKind
from classroom.people import Role
from classroom.rules.acks import Ack, read_ack
from classroom.rules.topics import (
    Category,
    Consequence,
    Context,
    Mode,
    Past,
    Recent,
    Said,
    Speaker,
    Sureness,
    Verdict,
    consequence,
    judge,
    tight,
)
from handlers import (
    topic_pictures,
    topic_posing,
    topic_reports,
    topic_summary,
    topic_talk,
    topic_telling,
    topic_watching,
)
from handlers.feature import Feature
from handlers.places import is_set_up
from handlers.room import Room
from handlers.rule_book import RuleBook, is_command, rules_of
from storage import hearing, judgements, violations
from storage.tables import Violation

feature = Feature("topics")
topic_telling.attach(feature)
topic_reports.attach(feature)
topic_watching.attach(feature)
topic_summary.attach(feature)
topic_talk.attach(feature)
topic_posing.attach(feature)
LOOK_BACK = timedelta(minutes=10)


@feature.beside
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Judge what somebody who does not teach writes or edits in a group of the class.

    An ad behind a command's name is one, too; only the committee's commands are their own business.
    """
    speaker = _speaker(message, room)
    if speaker is None or room.group is None or not is_set_up(room):
        return None
    if speaker is Speaker.COMMITTEE and is_command(message, room):
        return None
    book = rules_of(room)
    if book.topics is Mode.OFF or read_ack(message.text) is Ack.BARE:
        return None
    if book.topics is Mode.WATCH:
        topic_watching.begin(room)
    words = tight(message.text)
    digest = room.instance.digest(words) if words else ""
    context = _context(message, words, digest, book, room)
    said = Said(message.text, speaker, tuple(a.kind for a in message.attachments))
    verdict = judge(said, context)
    poses = topic_posing.poses(message, speaker, verdict, room)
    if poses:
        verdict = judge(replace(said, poses=True), context)
    unmasked = topic_posing.seen(message, verdict, room) if poses else []
    if _stands(digest, room):
        return unmasked
    talk = topic_talk.look(message, book.topics, room) if verdict.ok else []
    surely = not verdict.ok and verdict.sureness is Sureness.SURE
    pictures = [] if surely else topic_pictures.ask(message, speaker, room)
    if verdict.ok and not verdict.report:
        return [*unmasked, *talk, *pictures]
    return [*unmasked, *talk, *_follow(message, verdict, speaker, digest, room), *pictures]


@feature.answer("topics.pictured")
def pictured(event: Answered, room: Room) -> Iterable[Effect]:
    """A picture was read: a way into a group or a payment code in it is judged like words."""
    found = topic_pictures.read(event, room)
    if found is None or room.group is None or not is_set_up(room):
        return []
    message, speaker, codes, kinds = found
    book = rules_of(room)
    if book.topics is Mode.OFF:
        return []
    said = Said(message.text, speaker, ("photo",), urls=codes, pictured=kinds)
    words = tight(message.text)
    memory = judgements.recall(room.db, room.here, room.instance.digest) if words else None
    context = Context(message.at, added=book.added, removed=book.removed, memory=memory)
    verdict = judge(said, context)
    known = violations.of_message(room.db, room.group.chat, message.ref)
    if (verdict.ok and not verdict.report) or (known and verdict.sureness is not Sureness.SURE):
        return []
    return _follow(message, verdict, speaker, room.instance.digest(words) if words else "", room)


def _speaker(message: Message, room: Room) -> Speaker | None:
    """Who speaks; None for who is never judged: teachers, and anonymous administrators, who may be one."""
    if message.sender.kind is SenderKind.CHANNEL:
        return Speaker.CHANNEL
    if room.actor is None or room.who.teaches:
        return None
    if Role.COMMITTEE in room.who.roles:
        return Speaker.COMMITTEE
    return Speaker.GUARDIAN if room.who.guardian_of else Speaker.VISITOR


def _context(message: Message, words: str, digest: str, book: RuleBook, room: Room) -> Context:
    """What the sender wrote lately; this message is noted for the next, once, an album as one.

    Times are those of writing: what is caught up after a silence of the bot's is no flood.
    """
    chat = room.group.chat if room.group else 0
    account = room.who.account if room.actor else None
    heard = hearing.recent(room.db, chat, account, message.at - LOOK_BACK)
    before = [h for h in heard if h.ref != message.ref and not (h.album and h.album == message.album)]
    if message.edited:
        hearing.heard_anew(room.db, chat, message.ref, digest)
    elif len(before) == len(heard):
        hearing.hear(room.db, chat, account, message.ref, digest, message.at, album=message.album)
    return Context(
        message.at,
        tuple(Recent(h.at, words if h.digest == digest else h.digest) for h in before),
        book.added,
        book.removed,
        book.quiet is not None and book.quiet.holds(message.at),
        judgements.recall(room.db, room.here, room.instance.digest),
    )


def _stands(digest: str, room: Room) -> bool:
    """True if a teacher has restored just these words: they are never judged again."""
    if room.here.settings.get(judgements.LEARNED) is not True:
        return False
    since = room.now - violations.KEEP
    restored = violations.with_text(room.db, room.here.id, topic_reports.RULES, since, restored=True)
    return bool(digest) and any(row.data.get("digest") == digest for row in restored)


# --- what follows -------------------------------------------------------------------------------


def _follow(message: Message, verdict: Verdict, speaker: Speaker, digest: str, room: Room) -> list[Effect]:
    what = consequence(verdict, _history(room), speaker=speaker, mode=rules_of(room).topics, now=room.now)
    if what.nothing:
        return []
    noted = _note(message, verdict, what, digest, room)
    if what.delete:
        topic_summary.plan(room)
        return [*_deleted(message, noted, what, room)]
    told = topic_telling.remind(noted, room) if what.remind else []
    if not told:
        noted.done = violations.REPORTED
    return [*told, *(topic_reports.lists(room, news=True) if what.report else [])]


def _history(room: Room) -> tuple[Past, ...]:
    """What the sender broke here in the last month; what was restored was no deletion."""
    person = room.who.person if room.actor else None
    known = [c.value for c in Category]  # a complaint is none
    rows = violations.history(room.db, room.here.id, known, person, room.now - violations.KEEP)
    return tuple(
        Past(Category(row.rule), row.at, row.data.get("delete") is True and row.restored_at is None)
        for row in rows
    )


def _note(message: Message, verdict: Verdict, what: Consequence, digest: str, room: Room) -> Violation:
    files: list[Json] = [
        {"kind": a.kind, "name": a.filename or a.kind, "ref": a.ref} for a in message.attachments
    ]
    data: dict[str, Json] = {
        "digest": digest,
        "name": message.sender.name,
        "native": message.sender.native,
        "person": room.who.person if room.actor else None,
        "refs": [*message.refs],
        "thread": message.origin.thread,
        "files": files,
        "delete": what.delete,
        "report": what.delete or what.report,
        "mute": None,
        "would": what.would,
        "phrases": [[reason.code, reason.phrase] for reason in verdict.reasons],
    }
    return violations.record(
        room.db,
        room.here.id,
        room.group.chat if room.group else 0,
        topic_reports.COMPLAINT if verdict.ok else verdict.category.value,
        violations.ASKED,
        room.now,
        account=room.who.account if room.actor else None,
        ref=message.ref,
        data=data,
        text=message.text,
        reason=",".join(reason.code for reason in verdict.reasons),
    )


def _deleted(message: Message, noted: Violation, what: Consequence, room: Room) -> list[Effect]:
    """Take it out, and mute where the ladder says so; all words wait for the platform's answer."""
    group = room.group
    assert group is not None
    data: dict[str, Json] = {"violation": noted.id}
    report = Report(failed="topics.not_removed", sent="topics.removed", data=data)
    effects: list[Effect] = [Remove(group, message.refs, report=report)]
    if what.mute is not None and room.actor is not None:
        until = room.now + what.mute
        until_data: dict[str, Json] = {**data, "until": until.isoformat()}
        muted = Report(sent="topics.muted", failed="topics.not_muted", data=until_data)
        effects.append(Restrict(group, room.who.native, muted=True, until=until, report=muted))
    return effects
