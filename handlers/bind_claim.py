"""What somebody says of themselves on the way to a binding, and whether they may say it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classroom.events import Json
from classroom.relations import Relation
from handlers.links import STUDENT
from handlers.room import Room
from storage import codes, guardians, identity, rosters
from storage.tables import Code, StudentRow

BY_LINK, BY_PROOF, BY_TEACHER = "student_link", "proof", "teacher"
"""How a binding came about: the child's own link, a number from the roster, the teacher's word."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Travels in buttons and dialogues. Several `students` share one name; `called` is how it was typed.

    `code` is the code that let somebody in who is no member of the group; `how` is empty until it is
    known how the claim will be settled.
    """

    students: tuple[int, ...] = ()
    called: str = ""
    relation: Relation | None = None
    how: str = ""
    code: int | None = None

    def to_json(self) -> dict[str, Json]:
        """As a button or a dialogue keeps it."""
        return {
            "students": list(self.students),
            "called": self.called,
            "relation": self.relation.value if self.relation else None,
            "how": self.how,
            "code": self.code,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Claim:
        """Read what `to_json` wrote."""
        students, relation, code = data.get("students"), data.get("relation"), data.get("code")
        return cls(
            tuple(s for s in students if isinstance(s, int)) if isinstance(students, list) else (),
            str(data.get("called") or ""),
            Relation(relation) if isinstance(relation, str) else None,
            str(data.get("how") or ""),
            code if isinstance(code, int) else None,
        )


def entitled(claim: Claim, room: Room) -> bool:
    """A stranger must not learn children's names: only who holds a code in force, or belongs to the class."""
    if claim.code is None:
        return belongs(room)
    code = room.db.get(Code, claim.code)
    if code is None or code.classroom_id != room.here.id or not codes.valid(code, room.now):
        return False
    return code.purpose != STUDENT or claim.students == (code.student_id,)


def belongs(room: Room) -> bool:
    """True for a member of the class's groups, and for who has a role or a child in the class."""
    if room.group is not None or room.who.roles or room.who.guardian_of:
        return True
    return is_member(room) or any(
        g.classroom_id == room.here.id for g in guardians.links_of_person(room.db, room.who.person)
    )


def is_member(room: Room) -> bool:
    """True if the account at hand is in a group of the class."""
    if room.group is not None:
        return True
    members = (
        identity.member(room.db, group.id, room.who.account)
        for group in identity.groups_of(room.db, room.here.id)
    )
    return any(member is not None and member.present for member in members)


def children(claim: Claim, room: Room) -> list[StudentRow]:
    """The children a claim may mean that are (still) on the roster."""
    rows = (rosters.find(room.db, room.here.id, student) for student in claim.students)
    return [row for row in rows if row is not None]
