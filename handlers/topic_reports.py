"""The teachers' one list of what was taken out or should be seen, kept up to date, with a way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from classroom.effects import Button, Effect, Enclosed, Post, Report, Restrict
from classroom.events import Delivered, Json, Undelivered
from classroom.rules.topics import Category, tight
from classroom.text import PrivateStr, PrivateText
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.held_back import SHAMING, Way, group_of, hold_back, way
from handlers.held_back import judge as judge_public
from handlers.room import Room
from handlers.standing_list import keep_current
from storage import identity, judgements, violations
from storage.tables import Chat, Violation
from templates.render import Say

COMPLAINT = "complaint"
"""No broken rule: what the teacher should hear, and what nobody touches."""

QUARREL = "quarrel"
POSING = "impersonation"
RULES = frozenset({*(c.value for c in Category), COMPLAINT})
LEARNED = frozenset(
    c.value for c in (Category.AD, Category.SCAM, Category.VOTE_BEGGING, Category.CONTACT_DROP)
)
"""What may be known again by its words alone: a leak or a flood is one by what stands around it."""

MOST_LINES = 10
SHOWN = 120


def attach(feature: Feature) -> None:
    """Declare the buttons of this part."""
    feature.button("topics.restore")(restore)
    feature.button("topics.confirm")(confirm)
    feature.delivered("topics.restored")(restored)
    feature.undelivered("topics.not_restored")(not_restored)


# --- the list -----------------------------------------------------------------------------------


def waiting(room: Room) -> list[Violation]:
    """What no teacher has looked at yet, the newest first."""
    rows = violations.with_text(room.db, room.here.id, RULES, room.now - violations.KEEP)
    known = [r for r in rows if r.data.get("report") is True and not r.data.get("settled")]
    return [r for r in reversed(known) if not (r.done == violations.ASKED and r.data.get("delete"))]


def lists(room: Room, *, news: bool) -> list[Effect]:
    """Bring every teacher's list up to date; `news`: something is new on it."""
    room.db.flush()
    rows = waiting(room)
    return [e for teacher in room.teachers() for e in _list(room, teacher, rows, news=news)]


def _list(room: Room, teacher: int, rows: Sequence[Violation], *, news: bool) -> list[Effect]:
    return keep_current(
        room,
        teacher,
        f"topics/reports/{room.here.id}/{teacher}",
        _text(room, teacher, rows),
        _buttons(room, teacher, rows),
        lines=len(rows),
        news=news,
        below=room.say_to(teacher).private("topics.list_below"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list, as a teacher reads it."""

    name: str
    kind: str
    done: str
    at: str
    words: str
    files: int
    muted: str
    mistake: bool
    stands_by_hand: bool
    would: str


def _text(room: Room, teacher: int, rows: Sequence[Violation]) -> PrivateText:
    say = room.say_to(teacher)
    if not rows:
        return say.private("topics.nothing_left", name=room.here.name)
    lines = [_line(row, say, room) for row in rows[:MOST_LINES]]
    return say.private("topics.list", name=room.here.name, lines=lines, more=max(0, len(rows) - MOST_LINES))


def _line(row: Violation, say: Say, room: Room) -> Line:
    text, mute, files = row.text or "", row.data.get("mute"), row.data.get("files")
    until = datetime.fromisoformat(mute) if isinstance(mute, str) else None
    return Line(
        str(row.data.get("name") or ""),
        say.label(f"topics.rule_{row.rule}").text,
        row.done,
        say.when(row.at, room.zone, room.now),
        text[:SHOWN] + ("…" if len(text) > SHOWN else ""),
        len(files) if isinstance(files, list) else 0,
        say.when(until, room.zone, room.now) if until and until > room.now else "",
        row.data.get("mistake") is True,
        row.data.get("refused") is True,
        str(row.data.get("would") or ""),
    )


def _buttons(room: Room, teacher: int, rows: Sequence[Violation]) -> tuple[Button, ...]:
    say, shown = room.say_to(teacher), rows[:MOST_LINES]
    made: list[Button] = []
    for number, row in enumerate(shown, start=1):
        label = number if len(shown) > 1 else None
        for name, offered in (("restore", row.done == violations.ENFORCED), ("confirm", True)):
            if offered:
                made.append(
                    Button(
                        say.label(f"topics.{name}", number=label),
                        f"topics.{name}",
                        {"violation": row.id},
                        person=teacher,
                        row=number,
                    )
                )
    return tuple(made)


# --- the teacher's decision -----------------------------------------------------------------------


def _open(press: Press, room: Room) -> Violation | None:
    """What stands on the button, if it is of this class and nobody has decided it yet."""
    row = _noted(press.args, room)
    if row is None or row.classroom_id != room.here.id or row.rule not in RULES or not room.who.leads:
        return None
    return None if row.text is None or row.restored_at is not None or row.data.get("settled") else row


def _settled_already(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, own(room).label("toast.done_already")), *lists(room, news=False)]


def confirm(press: Press, room: Room) -> Iterable[Effect]:
    """It was right so: off the list."""
    row = _open(press, room)
    if row is None:
        return _settled_already(press, room)
    row.data = {**row.data, "settled": "confirmed"}
    _learn(row, row.rule if row.rule in LEARNED else None, room)
    return [room.toast(press.callback, own(room).label("topics.noted")), *lists(room, news=False)]


def restore(press: Press, room: Room) -> Iterable[Effect]:
    """Bring a deleted message back in its author's name, and the author's voice with it."""
    row = _open(press, room)
    if row is None or row.done != violations.ENFORCED:
        return _settled_already(press, room)
    row.data = {**row.data, "settled": "restored"}
    if row.rule in LEARNED:
        _learn(row, None, room, restored=True)
    thread = row.data.get("thread")
    came = Way(
        "restored",
        row.chat_id,
        thread if isinstance(thread, str) else None,
        files=_files(row.data.get("files")),
        more={"name": row.data.get("name"), "violation": row.id},
    )
    effects = [*post_restored(row.text or "", came, False, room), *_voice(row, room)]
    label = own(room).label("topics.is_back")
    return [room.toast(press.callback, label), *effects, *lists(room, news=False)]


def _learn(row: Violation, confirmed: str | None, room: Room, *, restored: bool = False) -> None:
    """Know the like of it again; a complaint or a quarrel teaches nothing."""
    words = tight(row.text or "")
    if words and (restored or confirmed is not None):
        judgements.learn(room.db, room.here, words, room.instance.digest, room.now, confirmed=confirmed)


def _files(kept: Json) -> tuple[Enclosed, ...]:
    found = [f for f in kept if isinstance(f, dict)] if isinstance(kept, list) else []
    return tuple(Enclosed(str(f.get("kind")), str(f.get("name")), ref=str(f.get("ref"))) for f in found)


def _voice(row: Violation, room: Room) -> list[Effect]:
    """Give the voice back if the mute was for this message."""
    mute, native, chat = row.data.get("mute"), row.data.get("native"), room.db.get(Chat, row.chat_id)
    if not isinstance(mute, str) or chat is None or datetime.fromisoformat(mute) <= room.now:
        return []
    row.data = {**row.data, "mute": None}
    return [Restrict(identity.group_address(chat), str(native), muted=False)]


@way("restored")
def post_restored(text: str, came: Way, approved: bool, room: Room) -> Iterable[Effect]:
    """The bot itself says it now, so it is looked at like every public text."""
    verdict = judge_public(text, room.roster)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(text), verdict, came, room)
    to = group_of(came, room)
    if to is None:
        return [room.tell(own(room).private("held.no_group"))]
    public = room.say_class.group("topics.back", name=came.more.get("name") or "", words=text)
    data: dict[str, Json] = {"person": room.who.person, "violation": came.more.get("violation")}
    report = Report(sent="topics.restored", failed="topics.not_restored", data=data)
    return [Post(to, public, files=came.files, report=report)]


def restored(event: Delivered, room: Room) -> Iterable[Effect]:
    """It is back: its author hears so."""
    row = _noted(event.data, room)
    if row is None:
        return []
    row.restored_at = room.now
    person = row.data.get("person")
    if not isinstance(person, int):
        return []
    text = room.say_to(person).private("topics.restored", name=room.here.name)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


def _noted(data: dict[str, Json], room: Room) -> Violation | None:
    noted = data.get("violation")
    return violations.get(room.db, noted) if isinstance(noted, int) else None


def not_restored(event: Undelivered, room: Room) -> Iterable[Effect]:
    """It did not come back after all: it is on the list again, and the teacher hears."""
    row, person = _noted(event.data, room), event.data.get("person")
    if row is None or not isinstance(person, int):
        return []
    row.data = {**row.data, "settled": None}
    text = room.say_to(person).private("topics.not_restored")
    return [*room.tell_person(person, text, park=True), *lists(room, news=False)]
