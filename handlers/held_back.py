"""Holding a public text back before it shames a child: shared by praise, and by notice and poll later.

Whoever brings texts to a group judges them with `judge`, and gives what is found to `hold_back`. A feature
that wants its held texts to go on (changed, or approved by the teacher) declares its `way` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from classroom.addresses import GroupAddress
from classroom.effects import Button, Effect, Enclosed, Remove, Report
from classroom.events import Json, Right
from classroom.roster import Roster
from classroom.rules import wording
from classroom.rules.wording.marks import about_examinations
from classroom.text import PrivateStr, PrivateText
from handlers import concern_term
from handlers.aside import aside, own
from handlers.enclosing import enclosed
from handlers.room import Room
from storage import drafts, identity, removals, violations
from storage.tables import Chat, Draft

KIND = "held"
SHAMING, MARKS, PRIVACY = "shaming", "marks", "privacy"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a text is held back; only a certain case is taken out of a group without asking.

    `students` are ids. `because` is shaming, marks, or privacy (a child who must not be named in public).
    """

    because: str
    certain: bool
    students: tuple[int, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How a text wants to its group: by which feature, to which group, what of it stands there.

    `chat` is our row of the group, None for the class's first one. `stood`: it could be read there for a
    moment. `more` is what the feature itself must remember.
    """

    by: str
    chat: int | None = None
    thread: str | None = None
    refs: tuple[str, ...] = ()
    stood: bool = False
    files: tuple[Enclosed, ...] = ()
    more: dict[str, Json] = field(default_factory=dict)


GoOn = Callable[[str, Way, bool, Room], Iterable[Effect]]
WAYS: dict[str, GoOn] = {}


def way(by: str) -> Callable[[GoOn], GoOn]:
    """Bring a text of this kind to the group; it gets the text, its way, and whether it was approved."""

    def attach(run: GoOn) -> GoOn:
        if by in WAYS:
            raise ValueError(f"the way {by} is declared twice")
        WAYS[by] = run
        return run

    return attach


def judge(text: str, roster: Roster, *, names_are_given: bool = False) -> Verdict | None:
    """What speaks against a public text; `names_are_given`: every mark in it is some named child's."""
    found = wording.shaming(text, roster)
    marks = (found.marks if found else ()) or (wording.marks_in(text) if names_are_given else ())
    if found is None and not marks:
        return None
    named = tuple(s.id for s in (found.students if found else roster.mentioned_in(text)))
    signs = tuple(dict.fromkeys([*(found.signs if found else ()), *(m.text for m in marks)]))
    certain = (found is not None and found.certain) or (bool(marks) and about_examinations(text))
    return Verdict(MARKS if marks else SHAMING, certain, named, signs)


def group_of(chosen: Way, room: Room) -> GroupAddress | None:
    """The group a text is meant for, if the bot still is in it; the class's first one if none was named."""
    groups = identity.groups_of(room.db, room.here.id)
    found = next((g for g in groups if chosen.chat in (None, g.id)), None)
    return identity.group_address(found, chosen.thread) if found else None


def hold_back(
    words: PrivateStr, verdict: Verdict, way: Way, room: Room, *, violation: int | None = None
) -> list[Effect]:
    """Keep a text of the actor's as a draft and ask in private; what surely shames leaves the group first.

    `violation`: the case is noted already.
    """
    removal: list[Effect] = []
    noted = violation or note(verdict, way, room)
    if verdict.certain and way.refs:
        removal = [remove(way, noted, room)]
        way = replace(way, refs=(), stood=True)
    data = write_way(way) | {"because": verdict.because, "students": [*verdict.students], "violation": noted}
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, data)
    concern_term.plan_erasing(room)
    return [*removal, *aside(room, text_of(draft, room), *choices(draft, room), handle=handle(draft))]


def remove(way: Way, violation: int | None, room: Room) -> Remove:
    """Take a text out of its group, and remember it, so that what quotes it can follow.

    Where the bot may not delete, its author and the teachers hear at once.
    """
    to = group_of(way, room)
    if to is None:
        raise LookupError("what stands in a group has a group")
    sender = room.instance.digest(f"{room.platform}:{room.actor.native}") if room.actor else ""
    removals.remember(room.db, to.chat, way.refs, sender, room.now, album=None, long=False, draft=None)
    person = room.actor.person if room.actor else None
    data: dict[str, Json] = {"violation": violation, "person": person}
    return Remove(to, way.refs, Report(failed="held.not_removed", sent="held.removed", data=data))


def handle(draft: Draft) -> str:
    """Our name for the private message that shows a held text; by it the words end with the term."""
    return f"held/{draft.id}/text"


def text_of(draft: Draft, room: Room) -> PrivateText:
    """Show a held text to its author, and why it is held."""
    way = read_way(draft.data)
    taken_down = "removed" if _may_delete(way, room) else "stuck"
    state = "stands" if way.refs else taken_down if way.stood else "unsent"
    return own(room).private(
        "held.held", state=state, because=draft.data.get("because"), words=draft.words, by=way.by
    )


def _may_delete(way: Way, room: Room) -> bool:
    """False only where it is known that the bot may not: then nobody is told that a text is gone."""
    chat = room.db.get(Chat, way.chat) if way.chat is not None else None
    return chat is None or Right.DELETE.value in chat.rights


def choices(draft: Draft, room: Room) -> list[Button]:
    """What its author can do with a held text; with marks it can never be published."""
    way, because = read_way(draft.data), draft.data.get("because")
    wanted = {
        "take_down": bool(way.refs),
        "to_private": because != PRIVACY and bool(draft.data.get("students")) and room.who.teaches,
        "change": not (way.by == "message" and way.refs),
        "fine": because == SHAMING,
        "cancel": not (way.by == "message" and way.refs) or because == MARKS,
    }
    say, person = own(room), room.who.person
    return [
        Button(say.label(f"held.{name}"), f"held.{name}", {"draft": draft.id}, person=person)
        for name, offered in wanted.items()
        if offered
    ]


def write_way(way: Way) -> dict[str, Json]:
    """A way as a draft keeps it."""
    files: list[Json] = [
        {"kind": f.kind, "name": f.filename, "ref": f.ref, "platform": f.platform} for f in way.files
    ]
    return {
        "by": way.by,
        "chat": way.chat,
        "thread": way.thread,
        "refs": [*way.refs],
        "stood": way.stood,
        "files": files,
        "more": way.more,
    }


def read_way(data: dict[str, Json]) -> Way:
    """The way that a draft (or a button) has kept."""
    chat, thread, refs, files, more = (data.get(n) for n in ("chat", "thread", "refs", "files", "more"))
    return Way(
        str(data.get("by")),
        chat if isinstance(chat, int) else None,
        thread if isinstance(thread, str) else None,
        tuple(str(ref) for ref in refs) if isinstance(refs, list) else (),
        data.get("stood") is True,
        enclosed(files),
        more if isinstance(more, dict) else {},
    )


def note(verdict: Verdict, way: Way, room: Room) -> int | None:
    """Record what stood in a group; the signs only as digests, since they are criticism."""
    if not way.refs or way.chat is None or verdict.because == PRIVACY:
        return None
    return violations.record(
        room.db,
        room.here.id,
        way.chat,
        verdict.because,
        violations.NUDGED,
        room.now,
        account=room.actor.account if room.actor else None,
        ref=way.refs[0],
        data=fingerprint(verdict, room),
    ).id


def fingerprint(verdict: Verdict, room: Room) -> dict[str, Json]:
    """By what the same case is known again, without its words."""
    signs: list[Json] = [room.instance.digest(f"sign:{sign}") for sign in verdict.signs]
    return {"students": [*verdict.students], "signs": signs}
