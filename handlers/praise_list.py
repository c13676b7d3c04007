"""The honours list, and taking a praise back."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from classroom.addresses import GroupAddress
from classroom.drawings import Honour, Honours, PublicDrawing
from classroom.effects import Button, Effect, Post, RemovePost, Report, Tell
from classroom.text import PrivateText
from handlers import praise_titles
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.praise_post import UNDO_WITHIN, copy_handle
from handlers.room import Room
from storage import guardians, identity, praises, queue
from storage.tables import Praise


@dataclass(frozen=True, slots=True)
class _Honours:
    """Who stands on the list: names under each title, those without one last; nobody twice under one."""

    term: bool
    since: date
    groups: list[tuple[str | None, list[str]]]


def attach(feature: Feature) -> None:
    """Declare the button under the list."""
    feature.button("praise.to_group")(to_group)


def show(room: Room, *, term: bool) -> list[Effect]:
    """Who was praised, in no order and without counts, so that nobody is first or last; as a picture, too."""
    found = _found(room, term=term)
    if room.group is not None:
        return [_post(found, room.group, room)]
    say = own(room)
    text = say.private(
        "praise.honours", groups=found.groups, term=term, classroom=room.here.name, month=found.since.month
    )
    person, there = room.who.person, bool(found.groups and identity.groups_of(room.db, room.here.id))
    key = Button(say.label("praise.to_group"), "praise.to_group", {"term": term}, person=person, once=True)
    told = room.tell(text, *([key] if there else []))
    return [replace(told, files=_picture(found, room))]


def of_month(
    since: date, person: int, room: Room
) -> tuple[PrivateText, tuple[Button, ...], tuple[PublicDrawing, ...]] | None:
    """The honours of a month as they are offered to a teacher; None where nobody was praised."""
    found = _found(room, term=False, since=since)
    if not found.groups or not identity.groups_of(room.db, room.here.id):
        return None
    say = room.say_to(person)
    text = say.private(
        "praise.month_end", groups=found.groups, classroom=room.here.name, month=found.since.month
    )
    key = Button(
        say.label("praise.to_group"),
        "praise.to_group",
        {"term": False, "since": since.isoformat()},
        person=person,
        once=True,
    )
    return text, (key,), _picture(found, room)


def with_picture(told: Tell, files: tuple[PublicDrawing, ...]) -> Effect:
    """The same with the picture of the list."""
    return replace(told, files=files)


def to_group(press: Press, room: Room) -> Iterable[Effect]:
    """The list as it is now, for the whole class."""
    groups = identity.groups_of(room.db, room.here.id)
    since = press.args.get("since")
    month = date.fromisoformat(since) if isinstance(since, str) else None
    found = _found(room, term=press.args.get("term") is True, since=month)
    if not room.who.teaches or not groups or not found.groups:
        return [room.tell(own(room).private("praise.gone"))]
    posts = [_post(found, identity.group_address(group), room) for group in groups]
    return [room.tell(own(room).private("praise.honours_posted")), *posts]


def _found(room: Room, *, term: bool, since: date | None = None) -> _Honours:
    """Those of the term, of this month, or of the month that began on `since`."""
    until = (since + timedelta(days=32)).replace(day=1) if since else None
    if since is None:
        since = term_began(room.today.date(), room.instance.defaults.term_ends) if term else _month(room)
    ended = _midnight(until, room) if until else None
    titled = praises.honoured(room.db, room.here.id, _midnight(since, room), ended)
    shown = {s.id: s.name for s in room.roster.students if guardians.wishes_public_mention(room.db, s.id)}
    ours = praise_titles.titles_of(room)
    titles = sorted((t for t in titled if t), key=lambda t: (ours.index(t) if t in ours else len(ours), t))
    with_title = {s for title in titles for s in titled[title]}
    students = {title: titled[title] for title in titles} | {None: titled.get(None, set()) - with_title}
    groups = [
        (title, _shuffled([shown[s] for s in ids if s in shown], since)) for title, ids in students.items()
    ]
    return _Honours(term, since, [(title, names) for title, names in groups if names])


def _midnight(day: date, room: Room) -> datetime:
    return datetime.combine(day, time(), room.zone).astimezone(UTC)


def _shuffled(names: list[str], since: date) -> list[str]:
    """In an order that means nothing, and is the same all month."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{since}{name}".encode()).digest())


def _post(found: _Honours, to: GroupAddress, room: Room) -> Post:
    text = room.say_class.group(
        "praise.honours", groups=found.groups, term=found.term, month=found.since.month
    )
    return Post(to, text, files=_picture(found, room))


def _picture(found: _Honours, room: Room) -> tuple[PublicDrawing, ...]:
    if not found.groups:
        return ()
    say, alone = room.say_class, len(found.groups) == 1
    honours = tuple(
        Honour(
            None if title is None and alone else say.group("praise.picture_group", title=title),
            tuple(say.group("pictures.words", words=name) for name in names),
        )
        for title, names in found.groups
    )
    heading = say.group("praise.picture_title", term=found.term, month=found.since.month)
    head = say.group("pictures.words", words=room.here.name)
    scene = Honours(head, heading, honours, say.group("praise.picture_note"))
    return (PublicDrawing(scene, f"honours-{found.since:%Y-%m}", say.language),)


def _month(room: Room) -> date:
    return room.today.date().replace(day=1)


def term_began(today: date, ends: tuple[str, ...]) -> date:
    """The day after the last end of a term ("01-31"); without any, the first of the year."""
    months = [(year, *map(int, end.split("-"))) for year in (today.year - 1, today.year) for end in ends]
    over = [date(year, month, min(day, monthrange(year, month)[1])) for year, month, day in months]
    return max(
        (day + timedelta(days=1) for day in over if day < today), default=today.replace(month=1, day=1)
    )


def undo_latest(room: Room) -> list[Effect]:
    """Take back this teacher's newest praise."""
    row = praises.latest_of(room.db, room.here.id, room.who.person)
    if row is None:
        return aside(room, own(room).private("praise.nothing_to_undo"))
    return undo(row, room)


def undo(row: Praise, room: Room, *, shown: str | None = None) -> list[Effect]:
    """Take a praise back within ten minutes: post and copies go, what is not sent yet is not sent."""
    if row.undone_at is not None:
        return _answer(room, "praise.undone_already", shown)
    if room.now - row.said_at > UNDO_WITHIN:
        return _answer(room, "praise.too_late", shown)
    row.undone_at = room.now
    return [*_post_gone(row, room), *_copies_gone(row, room), *_answer(room, "praise.undone", shown)]


def _answer(room: Room, block: str, shown: str | None) -> list[Effect]:
    text = own(room).private(block, minutes=int(UNDO_WITHIN.total_seconds() // 60))
    return [room.edit(shown, text)] if shown else aside(room, text)


def _post_gone(row: Praise, room: Room) -> list[Effect]:
    if row.handle is None or queue.cancel(room.db, row.handle, room.now):
        return []
    report = Report(failed="praise.not_removed", data={"praise": row.id})
    groups = identity.groups_of(room.db, room.here.id)
    return [RemovePost(identity.group_address(group), row.handle, report) for group in groups]


def _copies_gone(row: Praise, room: Room) -> list[Effect]:
    effects: list[Effect] = []
    people = {
        g.person_id for s in praises.students_of(room.db, row.id) for g in guardians.active_of(room.db, s)
    }
    for person in sorted(people):
        if not queue.cancel(room.db, copy_handle(row, person), room.now):
            text = room.say_to(person).private("praise.withdrawn", by=room.who.name)
            effects.append(room.edit(copy_handle(row, person), text, of=person))
    return effects
