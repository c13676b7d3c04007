"""改为私信: a held text becomes one private concern per family, each with that child's own line only."""

from __future__ import annotations

from classroom.effects import Button, Effect
from classroom.roster import Student
from classroom.rules.own_line import own_line
from classroom.text import PrivateStr
from handlers import concern_draft
from handlers.aside import own
from handlers.feature import Press
from handlers.held_back import MARKS
from handlers.naming import choices
from handlers.room import Room
from storage import drafts
from storage.tables import Draft

AT_ONCE = 5
"""So many drafts a teacher can look through before the next come."""


def begin(draft: Draft, press: Press, room: Room) -> list[Effect]:
    """Make the concerns' drafts; where a name is two children's, ask first which family it is for."""
    named = _named(draft, room)
    namesakes = _namesakes(named, draft, room)
    if namesakes:
        return [_ask(namesakes, draft, press, room)]
    now, later = named[:AT_ONCE], named[AT_ONCE:]
    say = own(room)
    text = say.private("held.turned", names=[s.name for s in now], left=len(later))
    button = Button(say.label("held.go_on"), "held.to_private", {"draft": draft.id}, person=room.who.person)
    made: list[Effect] = [room.edit(press.handle, text, *([button] if later else []))]
    for student in now:
        made += _concern(student, draft, room)
    if later:
        drafts.rewrite(room.db, draft, data={"students": [s.id for s in later]})
    else:
        drafts.decide(draft, "used")
    return made


def _concern(student: Student, draft: Draft, room: Room) -> list[Effect]:
    """A draft that goes the concern's way; marks of others that cannot be cut off are pointed at."""
    line = own_line(draft.words.reveal(), student, room.roster)
    made = concern_draft.begin_about(room, student.id, PrivateStr(line.text))
    if line.separate or draft.data.get("because") != MARKS:
        return made
    return [*made, room.tell(own(room).private("held.others_marks", name=student.name))]


def chosen(draft: Draft, press: Press, room: Room) -> list[Effect]:
    """One of the children of a name was meant; the others of that name get nothing."""
    meant = press.args.get("student")
    namesakes = _namesakes(_named(draft, room), draft, room)
    if any(s.id == meant for s in namesakes):
        settled = draft.data.get("settled")
        kept = [*settled] if isinstance(settled, list) else []
        others = {s.id for s in namesakes if s.id != meant}
        students = draft.data.get("students")
        left = [i for i in students if i not in others] if isinstance(students, list) else []
        draft.data = draft.data | {"students": left, "settled": [*kept, meant]}
    return begin(draft, press, room)


def _named(draft: Draft, room: Room) -> list[Student]:
    ids = draft.data.get("students")
    return [s for s in room.roster.students if isinstance(ids, list) and s.id in ids]


def _namesakes(named: list[Student], draft: Draft, room: Room) -> list[Student]:
    """The first children among those named whom one written name means together."""
    settled = draft.data.get("settled")
    done = settled if isinstance(settled, list) else []
    ids = {s.id for s in named}
    for mention in room.roster.mentions(draft.words.reveal()):
        meant = [s for s in mention.students if s.id in ids]
        if len(meant) > 1 and not any(s.id in done for s in meant):
            return meant
    return []


def _ask(namesakes: list[Student], draft: Draft, press: Press, room: Room) -> Effect:
    buttons = choices(room, namesakes, "held.which", {"draft": draft.id})
    return room.edit(press.handle, own(room).private("held.which", name=namesakes[0].name), *buttons)
