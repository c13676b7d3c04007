"""Which child a teacher means: read from a text, asked by buttons where several could be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classroom.effects import Button
from classroom.events import Json
from classroom.roster import Student
from classroom.text import Label, PrivateText
from handlers.aside import own
from handlers.room import Room
from templates.render import Say


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked before the child is known."""

    text: PrivateText
    buttons: tuple[Button, ...] = ()


def one_student(room: Room, typed: str, purpose: str) -> Student | Question:
    """The child that a text names; else a question whose buttons lead to `purpose` with {"student"}."""
    say = own(room)
    found = room.roster.find(typed) or named_at_head(room, typed)
    if len(found) == 1:
        return found[0]
    if found:
        return Question(say.private("roster.which", name=found[0].name), choices(room, found, purpose))
    near = room.roster.closest(typed)
    return Question(say.private("roster.unknown", name=typed, near=near), choices(room, near, purpose))


def named_at_head(room: Room, typed: str) -> tuple[Student, ...]:
    """The only child, or those who share the only name, that a text begins with."""
    head = room.roster.names_at_head(typed)
    if head.unknown or len(head.students) + len(head.ambiguous) != 1:
        return ()
    return head.students or head.ambiguous[0]


def choices(
    room: Room, students: Sequence[Student], purpose: str, args: dict[str, Json] | None = None
) -> tuple[Button, ...]:
    """A button for each child, told apart by number or place."""
    return tuple(
        Button(
            student_label(own(room), student, students),
            purpose,
            {**(args or {}), "student": student.id},
            person=room.who.person,
        )
        for student in students
    )


def student_label(say: Say, student: Student, among: Sequence[Student]) -> Label:
    """A child on a button: with the number or, without one, the place among those of the same name."""
    same = [s for s in among if s.name == student.name]
    place = same.index(student) + 1 if len(same) > 1 and not student.number else None
    name = student.name if len(same) < 2 else student.name[:10]
    return say.label("roster.student", name=name[:20], number=student.number, place=place)
