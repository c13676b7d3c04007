"""The steps of asking for leave: child, day, part of the day, reason; what is known is not asked."""

from __future__ import annotations

from datetime import date, timedelta

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers import requests_people as people
from handlers.leave_filing import Wish, file_leave
from handlers.leave_reading import DAY, PARTS, Reading, read_leave
from handlers.room import Room
from storage import drafts, guardians
from storage.tables import Draft, Guardian

KIND = "leave"
REASONS = ("illness", "matter")
REASON_LIMIT = 500
OLD = timedelta(days=7)


def begin(room: Room, typed: PrivateStr, files: list[Json]) -> list[Effect]:
    """Read a leave from one line; nothing that was typed is asked again."""
    if (refusal := too_long(room, typed)) is not None:
        return [room.tell(refusal)]
    own = people.children(room)
    chosen, rest, stranger = children_named(room, own, typed.reveal())
    if stranger:
        names = [guardians.student_name(room.db, g.student_id) for g in own]
        return [room.tell(room.say.private("leave.not_your_child", names=names))]
    found = read_leave(rest, room.now, room.zone, room.roster)
    if found.trouble is not None:
        return [room.tell(trouble_text(room, found.trouble))]
    return ask(room, make(room, chosen, found, files))


def too_long(room: Room, words: PrivateStr) -> PrivateText | None:
    """The refusal of a reason that is a letter."""
    size = len(words.reveal())
    return room.say.private("leave.too_long", size=size, limit=REASON_LIMIT) if size > REASON_LIMIT else None


def trouble_text(room: Room, trouble: str) -> PrivateText:
    """Why a date was refused, with an example that is right today."""
    day = room.today.date() + timedelta(days=1)
    example = room.say.label("leave.example", day=day)
    return room.say.private(f"leave.{trouble}", example=example)


def children_named(room: Room, own: list[Guardian], text: str) -> tuple[list[Guardian], str, bool]:
    """Whose leave it is, the text without the name in front, and whether a child of others is named there."""
    ids = {g.student_id for g in own}
    named: set[int] = set()
    rest = text.lstrip(" \t，,、:：")
    while (first := next(iter(room.roster.mentions(rest)), None)) and first.start == 0:
        meant = {s.id for s in first.students} & ids
        if not meant:
            return [], rest, not named
        named |= meant
        rest = rest[first.end :].lstrip(" \t，,、:：和与及")
    if not named:
        named = {s.id for m in room.roster.mentions(rest) for s in m.students} & ids
    chosen = [g for g in own if g.student_id in named]
    return chosen or (own if len(own) == 1 else []), rest, False


def make(room: Room, links: list[Guardian], found: Reading, files: list[Json], *, words: str = "") -> Draft:
    """A draft of what is known of a leave; drafts that nobody went on with are dropped by and by."""
    for old in drafts.open_of(room.db, room.who.person, KIND):
        if old.made_at < room.now - OLD:
            drafts.decide(old, "dropped")
    data: dict[str, Json] = {
        "links": [g.id for g in links],
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "part": found.part or (DAY if found.first else None),
        "enclosed": files,
    }
    reason = PrivateStr(words or found.reason)
    return drafts.keep(room.db, room.here.id, room.who.person, KIND, reason, room.now, data)


def kept_files(draft: Draft) -> list[Json]:
    """The files that wait with a draft."""
    found = draft.data.get("enclosed")
    return found if isinstance(found, list) else []


def ask(room: Room, draft: Draft, *, shown: str = "") -> list[Effect]:
    """Ask what is missing next; file it once nothing is."""
    links = chosen_links(room, draft)
    first, last, part = _day(draft, "first"), _day(draft, "last"), draft.data.get("part")
    if not links:
        return _question(room, draft, "leave.which_child", _children(room, draft), shown)
    if first is None or last is None:
        return _question(room, draft, "leave.which_day", _days(room, draft), shown)
    if last < room.today.date():
        drafts.decide(draft, "dropped")
        return [room.tell(trouble_text(room, "past"))]
    if first == last and not isinstance(part, str):
        return _question(room, draft, "leave.which_part", _parts(room, draft), shown)
    if not draft.words:
        return _question(room, draft, "leave.why", _reasons(room, draft), shown)
    wish = Wish(first, last, part if isinstance(part, str) else DAY, draft.words, kept_files(draft))
    drafts.decide(draft, "used")
    return file_leave(room, links, wish, shown=shown)


def chosen_links(room: Room, draft: Draft) -> list[Guardian]:
    """The children of a draft, as far as they still are the actor's."""
    wanted = draft.data.get("links")
    ids = wanted if isinstance(wanted, list) else []
    return [g for g in people.children(room) if g.id in ids]


def _day(draft: Draft, name: str) -> date | None:
    found = draft.data.get(name)
    return date.fromisoformat(found) if isinstance(found, str) else None


def _question(room: Room, draft: Draft, name: str, buttons: list[Button], shown: str) -> list[Effect]:
    say = room.say
    names = [guardians.student_name(room.db, g.student_id) for g in chosen_links(room, draft)]
    text = say.private(name, names=names, classroom=room.here.name)
    every = [*buttons, _button(room, draft, "no", row=9)]
    return [room.edit(shown, text, *every) if shown else room.tell(text, *every)]


def _button(
    room: Room,
    draft: Draft,
    purpose: str,
    *,
    name: str = "",
    row: int | None = None,
    more: dict[str, Json] | None = None,
    child: str = "",
) -> Button:
    label = (
        room.say.label("requests.child", name=child) if child else room.say.label(f"leave.{name or purpose}")
    )
    args: dict[str, Json] = {"draft": draft.id, **(more or {})}
    return Button(label, f"leave.{purpose}", args, person=room.who.person, row=row, hours=24 * 7)


def _children(room: Room, draft: Draft) -> list[Button]:
    own = people.children(room)
    each = [
        _button(
            room, draft, "child", child=guardians.student_name(room.db, g.student_id), more={"guardian": g.id}
        )
        for g in own
    ]
    return [*each, _button(room, draft, "child", name="all_children", more={"guardian": 0})]


def _days(room: Room, draft: Draft) -> list[Button]:
    today = room.today.date()
    near = [("today", today), ("tomorrow", today + timedelta(days=1))]
    return [
        *(_button(room, draft, "day", name=n, row=1, more={"day": d.isoformat()}) for n, d in near),
        _button(room, draft, "other_day", row=2),
    ]


def _parts(room: Room, draft: Draft) -> list[Button]:
    return [_button(room, draft, "part", name=f"part_{part}", row=1, more={"part": part}) for part in PARTS]


def _reasons(room: Room, draft: Draft) -> list[Button]:
    usual = [_button(room, draft, "reason", name=r, row=1, more={"reason": r}) for r in REASONS]
    return [*usual, _button(room, draft, "other_reason", row=2)]
