"""/invite: how a family comes in, on paper, with the code of its own child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.drawings import InviteSlips, PrivateDrawing, QrCode, Slip
from classroom.effects import Effect
from classroom.roster import Student
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Who
from handlers.links import families_door, student_links
from handlers.naming import student_label
from handlers.room import Room
from storage import guardians
from storage.links import USES

feature = Feature("paper")


@feature.command("invite", "邀请", "邀请单", who=Who.TEACHER)
def invite(command: Command, room: Room) -> Iterable[Effect]:
    """Slips for the families that nobody is linked to yet, or for the children that are named."""
    say = own(room)
    if not room.roster.students:
        return aside(room, say.private("roster.empty", classroom=room.here.name, tables=room.takes_tables))
    if not command.text.strip():
        return _slips(_unlinked(room), room)
    head = room.roster.names_at_head(command.text)
    if head.unknown or head.rest or not (head.students or head.ambiguous):
        unknown = head.unknown or head.rest or command.text.strip()
        near = [s.name for s in room.roster.closest(unknown)]
        return aside(room, say.private("paper.invite_whom", name=unknown[:40], near=near))
    namesakes = [s for group in head.ambiguous for s in group]
    return _slips([*head.students, *namesakes], room)


def _unlinked(room: Room) -> list[Student]:
    return [s for s in room.roster.students if not guardians.active_of(room.db, s.id)]


def _slips(students: Sequence[Student], room: Room) -> list[Effect]:
    say = own(room)
    if not students:
        return aside(room, say.private("paper.all_linked", classroom=room.here.name))
    name = say.label("paper.invite_file", classroom=room.here.name).text
    sheet = PrivateDrawing(_sheet(students, room), name, room.say_class.language)
    return aside(room, say.private("paper.invites_printed", count=len(students), uses=USES), files=(sheet,))


def _sheet(students: Sequence[Student], room: Room) -> InviteSlips:
    """In the class's language, since it is for families; two of one name are told apart by their number."""
    say, made = room.say_class, student_links(room, [s.id for s in students])
    door = families_door(room)
    return InviteSlips(
        head=say.private("paper.head", classroom=room.here.name),
        words=say.private("paper.invite_words"),
        steps=tuple(say.private("paper.invite_step", step=n, platform=door) for n in (1, 2, 3)),
        note=say.private("paper.invite_note", uses=USES),
        slips=tuple(
            Slip(
                say.private("paper.to", name=student_label(say, s, room.roster.students).text),
                say.private("paper.words", words=s.name),
                QrCode(made[s.id]),
            )
            for s in students
        ),
    )
