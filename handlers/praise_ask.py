"""Reading a praise: what must be asked before it can be posted; nothing is posted while a name is unknown."""

from __future__ import annotations

from dataclasses import replace

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.roster import Head, Student
from classroom.rules import wording
from classroom.text import PrivateStr
from handlers import praise_post, praise_titles
from handlers.aside import aside, own
from handlers.held_back import PRIVACY, SHAMING, Verdict, Way, hold_back, judge, write_way
from handlers.naming import choices
from handlers.room import Room
from storage import drafts, guardians

LONGEST = 1000
MOST_BUTTONS = 60


def go(text: str, came: Way, approved: bool, room: Room) -> list[Effect]:
    """Post a praise as far as it is clear; else ask in private. Marks are never approved."""
    head = room.roster.names_at_head(text)
    verdict = _judged(text, head, room)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(text), verdict, came, room)
    if len(head.rest) > LONGEST:
        return aside(room, own(room).private("praise.too_long", longest=LONGEST, length=len(head.rest)))
    students, namesakes = _settled(head, ids(came.more, "chosen"))
    if head.unknown:
        return _ask_unknown(text, head.unknown, came, room)
    if namesakes:
        return _ask_which(text, namesakes, came, room)
    if not students:
        return _ask_names(head.rest, came, room)
    if not head.rest:
        return _ask_text(students, came, room)
    return _by_wish(text, students, head.rest, came, room)


def _judged(text: str, head: Head, room: Room) -> Verdict | None:
    """A name that is misspelt is still understood by everybody: its words are judged as if it were right."""
    verdict = judge(text, room.roster, names_are_given=True)
    if verdict is None and head.unknown and not head.students and room.roster.students:
        found = judge(f"{room.roster.students[0].name} {head.rest}", room.roster)
        verdict = replace(found, students=()) if found else None
    return verdict


def _by_wish(text: str, students: list[Student], words: str, came: Way, room: Room) -> list[Effect]:
    """Who does not wish to be named in public is praised in private, and must not stand in the text."""
    shy = [s for s in room.roster.students if not guardians.wishes_public_mention(room.db, s.id)]
    shown = [s for s in students if s not in shy]
    kept = [s for s in students if s in shy]
    silent = [s for s in shy if s.name not in {p.name for p in (shown or kept)}]
    if _names_one_of(words, silent, room):
        return hold_back(PrivateStr(text), Verdict(PRIVACY, bool(came.refs)), came, room)
    title, rest = praise_titles.at_head(words, room)
    return praise_post.publish(shown, kept, rest, came, room, title=title)


def _names_one_of(words: str, shy: list[Student], room: Room) -> bool:
    named = tuple(s for s in shy if not wording.is_common_word(s.name) or f"{s.name}同学" in words)
    return bool(named) and wording.without_names(words, named, roster=room.roster) != words


def _settled(head: Head, chosen: list[int]) -> tuple[list[Student], tuple[Student, ...]]:
    """The children that are clear by now, and the first ones of one name among whom it is not."""
    students = {s.id: s for s in head.students}
    open_: tuple[Student, ...] = ()
    for group in head.ambiguous:
        meant = [s for s in group if s.id in chosen]
        students.update({s.id: s for s in meant})
        open_ = open_ or (() if meant else group)
    return list(students.values()), open_


def _keep(text: str, came: Way, room: Room, **more: Json) -> int:
    data = write_way(came) | more
    return drafts.keep(room.db, room.here.id, room.who.person, "praise", PrivateStr(text), room.now, data).id


def _cancel(draft: int, room: Room) -> Button:
    return Button(own(room).label("common.cancel"), "praise.drop", {"draft": draft}, person=room.who.person)


def _ask_unknown(text: str, unknown: str, came: Way, room: Room) -> list[Effect]:
    draft = _keep(text, came, room, unknown=unknown)
    near = room.roster.closest(unknown)
    buttons = choices(room, near, "praise.meant", {"draft": draft})
    shown = own(room).private("praise.unknown", name=unknown, near=bool(near), empty=not room.roster.students)
    return aside(room, shown, *buttons, _cancel(draft, room))


def _ask_which(text: str, namesakes: tuple[Student, ...], came: Way, room: Room) -> list[Effect]:
    draft = _keep(text, came, room)
    buttons = choices(room, namesakes, "praise.which", {"draft": draft})
    return aside(
        room, own(room).private("praise.which", name=namesakes[0].name), *buttons, _cancel(draft, room)
    )


def _ask_names(words: str, came: Way, room: Room) -> list[Effect]:
    room.expect("praise.names", write_way(came) | {"text": words})
    if words:
        return aside(room, own(room).private("praise.who_with_text", words=words))
    students = room.roster.students[:MOST_BUTTONS]
    named = choices(room, students, "praise.child", write_way(came))
    buttons = [replace(button, row=index // 3) for index, button in enumerate(named)]
    return aside(room, own(room).private("praise.who", empty=not students), *buttons)


def _ask_text(students: list[Student], came: Way, room: Room) -> list[Effect]:
    names = [s.name for s in students]
    more: dict[str, Json] = came.more | {"chosen": [s.id for s in students]}
    room.expect("praise.text", write_way(replace(came, more=more)) | {"names": "、".join(names)})
    data = write_way(replace(came, more=more))
    keys = title_buttons(names, data, room)
    return aside(room, own(room).private("praise.what_for", names=names, titles=bool(keys)), *keys)


def title_buttons(names: list[str], data: dict[str, Json], room: Room) -> list[Button]:
    """The class's titles under the question what for: one press praises with a title alone."""
    return [
        Button(
            own(room).label("praise.title", title=title),
            "praise.titled",
            data | {"names": "、".join(names), "title": title},
            person=room.who.person,
            row=place // 3,
            once=True,
        )
        for place, title in enumerate(praise_titles.titles_of(room))
    ]


def name_of(student: Json, room: Room) -> str | None:
    """The child's name, if it is (still) on the roster."""
    return next((s.name for s in room.roster.students if s.id == student), None)


def ids(data: dict[str, Json], name: str) -> list[int]:
    """The ids that were kept under a name."""
    found = data.get(name)
    return [i for i in found if isinstance(i, int)] if isinstance(found, list) else []


def chosen(data: dict[str, Json], student: Json) -> dict[str, Json]:
    """A way, as it is kept, that remembers which child was meant."""
    more = data.get("more")
    known = more if isinstance(more, dict) else {}
    return data | {"more": known | {"chosen": [*ids(known, "chosen"), student]}}
