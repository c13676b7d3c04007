"""The one list in which a teacher decides who is whose parent, kept up to date where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Button, Effect
from classroom.roster import Student
from handlers import bind_news
from handlers.bind_steps import Screen
from handlers.feature import Feature, Press
from handlers.naming import student_label
from handlers.room import Room
from handlers.standing_list import keep_current, say_anew
from storage import guardians, rosters
from storage.tables import Guardian
from templates.render import Say

MOST_LINES = 20


def attach(feature: Feature) -> None:
    """Declare the buttons of this part."""
    feature.button("bind.requests")(show)
    feature.button("bind.approve")(approve)
    feature.button("bind.approve_all")(approve_all)
    feature.button("bind.refuse")(refuse)


# --- the list ------------------------------------------------------------------------------------


def lists(room: Room, *, news: bool) -> list[Effect]:
    """Bring every teacher's list up to date; `news`: somebody new is on it."""
    waiting = guardians.pending_in(room.db, room.here.id)
    return [e for teacher in room.teachers() for e in _list(room, teacher, waiting, news=news)]


def _list(room: Room, teacher: int, waiting: Sequence[Guardian], *, news: bool) -> list[Effect]:
    screen = _screen(room, teacher, waiting)
    return keep_current(
        room,
        teacher,
        _handle(room, teacher),
        screen.text,
        screen.buttons,
        lines=len(waiting),
        news=news,
        below=room.say_to(teacher).private("bind.list_below"),
    )


def _handle(room: Room, teacher: int) -> str:
    return f"bind/requests/{room.here.id}/{teacher}"


def show(press: Press, room: Room) -> Iterable[Effect]:
    """The list on demand, from the button under the coverage."""
    to = room.private
    waiting = guardians.pending_in(room.db, room.here.id)
    if to is None or not room.who.leads:
        return []
    teacher = room.who.person
    screen, below = _screen(room, teacher, waiting), room.say_to(teacher).private("bind.list_below")
    return say_anew(room, teacher, to, _handle(room, teacher), screen.text, screen.buttons, below)


def _screen(room: Room, teacher: int, waiting: Sequence[Guardian]) -> Screen:
    say = room.say_to(teacher)
    if not waiting:
        return Screen(say.private("bind.no_requests", classroom=room.here.name))
    first = waiting[:MOST_LINES]
    text = say.private(
        "bind.requests",
        classroom=room.here.name,
        lines=[
            (guardians.label_of(room.db, g, say.language), guardians.display_name(room.db, g.person_id))
            for g in first
        ],
        shared=any(len(_namesakes(room, g)) > 1 for g in first),
        more=len(waiting) - len(first),
    )
    rows = [b for i, g in enumerate(first, start=1) for b in _line(room, teacher, say, i, g)]
    clear: list[int] = [g.id for g in first if len(_namesakes(room, g)) == 1]
    every = Button(
        say.label("common.agree_all"), "bind.approve_all", {"guardians": [*clear]}, person=teacher, row=999
    )
    return Screen(text, (*rows, every) if len(clear) > 1 else tuple(rows))


def _line(room: Room, teacher: int, say: Say, number: int, linked: Guardian) -> list[Button]:
    """The buttons of one line; where children share the name, one for each child."""
    namesakes = _namesakes(room, linked)
    relation = guardians.relation_word(linked.relation, say.language)
    shown = [
        (student.id, student_label(say, student, namesakes).text if len(namesakes) > 1 else student.name)
        for student in namesakes
    ]
    buttons = [
        Button(
            say.label("bind.agree_line", number=number, name=name, relation=relation),
            "bind.approve",
            {"guardian": linked.id, "student": student},
            person=teacher,
            row=number * 10 + (i if len(namesakes) > 1 else 0),
        )
        for i, (student, name) in enumerate(shown)
    ]
    label = say.label("bind.refuse_line", number=number)
    last = buttons[-1].row if buttons else number * 10
    return [*buttons, Button(label, "bind.refuse", {"guardian": linked.id}, person=teacher, row=last)]


def _namesakes(room: Room, linked: Guardian) -> list[Student]:
    name = guardians.student_name(room.db, linked.student_id)
    return [s for s in room.roster.students if s.name == name]


# --- the decision --------------------------------------------------------------------------------


def _pending(room: Room, wanted: object) -> Guardian | None:
    """The request as it is now: still open, of this class, the child still here; decided by its teacher."""
    linked = guardians.get(room.db, wanted) if isinstance(wanted, int) else None
    if linked is None or linked.state != guardians.PENDING or linked.classroom_id != room.here.id:
        return None
    known = rosters.find(room.db, room.here.id, linked.student_id) is not None
    return linked if known and room.who.leads else None


def approve(press: Press, room: Room) -> Iterable[Effect]:
    """One is agreed to, for the child on the button."""
    linked, student = _pending(room, press.args.get("guardian")), press.args.get("student")
    if linked is None or not isinstance(student, int):
        return _settled_already(press, room)
    if not any(s.id == student for s in _namesakes(room, linked)):
        return _settled_already(press, room)
    linked.student_id = student
    return [*_approved(room, linked), *lists(room, news=False)]


def approve_all(press: Press, room: Room) -> Iterable[Effect]:
    """All are agreed to that stood on the list when the button was made."""
    wanted = press.args.get("guardians")
    found = [_pending(room, g) for g in wanted] if isinstance(wanted, list) else []
    effects = [e for linked in found if linked is not None for e in _approved(room, linked)]
    return [*effects, *lists(room, news=False)]


def refuse(press: Press, room: Room) -> Iterable[Effect]:
    """One is refused, and told what can still be done."""
    linked = _pending(room, press.args.get("guardian"))
    if linked is None:
        return _settled_already(press, room)
    guardians.end(linked, room.now, by=room.who.person, state=guardians.REFUSED)
    room.db.flush()
    person = linked.person_id
    say = room.say_to(person)
    text = say.private("bind.was_refused", who=guardians.label_of(room.db, linked, say.language))
    return [
        *room.tell_person(person, text, quiet=room.hours_of(person), park=True),
        *lists(room, news=False),
    ]


def _settled_already(press: Press, room: Room) -> list[Effect]:
    label = room.say_to(room.who.person).label("toast.done_already")
    return [room.toast(press.callback, label), *lists(room, news=False)]


def _approved(room: Room, linked: Guardian) -> list[Effect]:
    person = linked.person_id
    if guardians.of_person(room.db, person, linked.student_id) is not None:  # bound by a link meanwhile
        guardians.end(linked, room.now, by=room.who.person)
        return []
    linked.state = guardians.ACTIVE
    linked.decided_by = room.who.person
    linked.position = len(guardians.active_of(room.db, linked.student_id))
    room.db.flush()
    text = bind_news.bound_text(room, linked)
    return [
        *room.tell_person(person, text, quiet=room.hours_of(person), park=True),
        *bind_news.begun(room, linked, decided_by=room.who.person),
    ]
