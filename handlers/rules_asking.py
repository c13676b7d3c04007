"""/rules why and /rules test: what the judge thinks, in plain words, to whom it concerns and in private."""

from __future__ import annotations

from classroom.commands import spelling_at
from classroom.effects import Effect
from classroom.events import Json, Message
from classroom.folding import fold
from classroom.rules.topics import Context, Mode, Said, Speaker, consequence, judge
from handlers import topic_reports
from handlers.aside import aside, own
from handlers.feature import Command
from handlers.room import Room
from handlers.rule_book import rules_of
from handlers.topic_telling import NOTICE
from storage import judgements, told, violations
from storage.tables import Violation
from templates.render import Say

WHY = {"why": "why", "为什么": "why", "为啥": "why", "原因": "why"}
TEST = {"test": "test", "try": "test", "试试": "test", "试一试": "test", "测试": "test", "试": "test"}
MOST_PHRASES = 8
LONGEST = 1000


def asked(command: Command, room: Room) -> list[Effect] | None:
    """Answer why or test; None if the words behind the command are something else."""
    folded = fold(command.text)
    found = spelling_at(folded.text, 0, WHY | TEST)
    if found is None:
        return None
    rest = folded.source[folded.start(found[1]) :].strip(" \t\n:：,，")
    if found[0] in WHY:
        return None if rest else _why(command.message, room)
    if not room.who.leads:
        return aside(room, own(room).private("rules.only_teacher"))
    return _test(rest, room)


def _why(message: Message, room: Room) -> list[Effect]:
    """Explain what was done about the message that is answered, or about the newest of one's own."""
    row = _meant(message, room)
    theirs = row is not None and (room.who.leads or row.account_id == room.who.account)
    if row is None or not theirs or row.rule not in topic_reports.RULES or not row.data:
        return aside(room, own(room).private("rules.why_nothing"))
    say = own(room)
    text = say.private(
        "rules.why",
        rule=say.label(f"topics.rule_{row.rule}").text,
        done=row.done,
        back=row.restored_at is not None,
        reasons=_reasons(row.data.get("phrases"), say),
    )
    return aside(room, text)


def _meant(message: Message, room: Room) -> Violation | None:
    quoted = message.reply_to
    if quoted is None:
        since = room.now - violations.KEEP
        return violations.newest_of(room.db, room.here.id, room.who.account, since)
    chat = room.group.chat if room.group else room.who.chat
    if room.group is not None:
        rows = [r for r in violations.of_message(room.db, chat, quoted.ref) if r.rule in topic_reports.RULES]
        return rows[-1] if rows else None
    handle = told.handle_of(room.db, chat, quoted.ref) or ""
    number = handle.removeprefix(NOTICE)
    row = violations.get(room.db, int(number)) if handle != number and number.isdecimal() else None
    return row if row is not None and row.classroom_id == room.here.id else None


def _test(words: str, room: Room) -> list[Effect]:
    """Judge a text as if a family had written it; nothing is noted anywhere."""
    say = own(room)
    if not words:
        return aside(room, say.private("rules.test_unread"))
    book = rules_of(room)
    memory = judgements.recall(room.db, room.here, room.instance.digest)
    context = Context(room.now, added=book.added, removed=book.removed, memory=memory)
    verdict = judge(Said(words[:LONGEST], Speaker.GUARDIAN), context)
    mode = Mode.DELETE if book.topics in (Mode.OFF, Mode.WATCH) else book.topics
    what = consequence(verdict, (), speaker=Speaker.GUARDIAN, mode=mode, now=room.now)
    action = "delete" if what.delete else "remind" if what.remind else "report" if what.report else "none"
    complaint = verdict.ok and verdict.report
    rule = topic_reports.COMPLAINT if complaint else verdict.category.value
    phrases: list[Json] = [[reason.code, reason.phrase] for reason in verdict.reasons]
    text = say.private(
        "rules.test",
        action=action,
        ok=verdict.ok and not complaint,
        rule=say.label(f"topics.rule_{rule}").text,
        mode=book.topics.value,
        reasons=_reasons(phrases, say),
    )
    return aside(room, text)


def _reasons(kept: Json, say: Say) -> list[dict[str, str]]:
    """Each kind of sign once in plain words, with the phrases that showed it."""
    pairs = [(str(r[0]), str(r[1])) for r in kept if isinstance(r, list)] if isinstance(kept, list) else []
    kinds: dict[str, list[str]] = {}
    for code, phrase in pairs[:MOST_PHRASES]:
        kinds.setdefault(code, []).append(phrase)
    return [
        {
            "kind": say.label("topics.reason", code=code).text,
            "words": " / ".join(p for p in phrases if p not in WORDLESS),
        }
        for code, phrases in kinds.items()
    ]


WORDLESS = frozenset({"", "…", "link", "picture", "name", "address", "?", "forward"})
"""Phrases that name a thing and quote nothing."""
