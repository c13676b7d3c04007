"""Who a concern is for and who hears of its answers: recipients, their phones, the teachers concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.events import Json
from classroom.people import Role
from classroom.text import PrivateStr
from handlers.room import Room
from storage import classrooms, guardians, identity
from storage.tables import Concern, Draft, Guardian
from templates.render import Say

TEXT_LIMIT = 3000
TERM_HOURS = 24 * 200
"""How long the buttons of a thread work: longer than a term."""


@dataclass(frozen=True, slots=True)
class Later:
    """Somebody who will read something only when quiet hours are over."""

    who: str
    when: str


def eligible(room: Room, student: int) -> list[Guardian]:
    """The guardians who may read a concern: never a brother or sister, never who gets notices only."""
    return [
        g
        for g in guardians.active_of(room.db, student)
        if not g.notices_only and not guardians.relation_of(g).stands_in_only
    ]


def chosen(draft: Draft, among: Iterable[Guardian]) -> list[Guardian]:
    """Those whom the teacher has ticked; without a word of the teacher's, parents and legal guardians."""
    on, off = ids(draft.data, "on"), ids(draft.data, "off")
    return [g for g in among if g.id in on or (g.id not in off and guardians.relation_of(g).legal_by_default)]


def ids(data: dict[str, Json], name: str) -> set[int]:
    """Read a list of row ids out of what a draft remembers."""
    found = data.get(name)
    return {i for i in found if isinstance(i, int)} if isinstance(found, list) else set()


def number(data: dict[str, Json], name: str) -> int:
    """Read one row id; 0, which no row has, where there is none."""
    found = data.get(name)
    return found if isinstance(found, int) else 0


def called(room: Room, guardian: Guardian, say: Say) -> str:
    """A guardian as we speak of them: 李雷妈妈."""
    return guardians.label_of(room.db, guardian, say.language)


def phones(room: Room, student: int, say: Say) -> list[str]:
    """The phone numbers on the roster, each with whose it is; only ever for teachers."""
    return phones_of(room, [student], say).get(student, [])


def phones_of(room: Room, students: Iterable[int], say: Say) -> dict[int, list[str]]:
    """The same of several students; without those of whom there is no number."""
    found: dict[int, list[str]] = {}
    for contact in guardians.contacts_of(room.db, *students):
        if contact.phone:
            named = " ".join(filter(None, (_contact(contact.name, contact.relation, say), contact.phone)))
            found.setdefault(contact.student_id, []).append(named)
    return found


def _contact(name: str | None, relation: str | None, say: Say) -> str:
    return name or (guardians.relation_word(relation, say.language) if relation else "")


def later(room: Room, people: Iterable[tuple[int, str]], say: Say) -> list[Later]:
    """Which of these (person, called so) are in their quiet hours now, and when those are over."""
    moments = ((name, room.read_at(person)) for person, name in people)
    return [Later(name, say.when(at, room.zone, room.now)) for name, at in moments if at is not None]


def hearing(room: Room, concern: Concern | None) -> list[int]:
    """The teachers to whom an answer goes: the writer and the head teacher, else who is left of them."""
    if concern is None:
        return room.teachers()
    head = classrooms.head_teacher(room.db, concern.classroom_id)
    wanted = [p for p in (concern.by_person, head) if p is not None and room.teaches(p)]
    return list(dict.fromkeys(wanted)) or room.teachers()


def writer(room: Room, concern: Concern) -> list[int]:
    """Who wrote a concern; if that role is over, the teachers who are there now."""
    by = concern.by_person
    return [by] if by is not None and room.teaches(by) else room.teachers()


def as_person(room: Room, person: int) -> Room | None:
    """The same class, with this person as the one who acts: for what goes on after a report of delivery."""
    found = identity.accounts_of(room.db, person)
    if not found or room.classroom is None:
        return None
    account = found[0][0]
    actor = identity.actor(room.db, account, room.here.id, room.today.date())
    inner = room.inside(room.here, actor)
    inner.platform = account.platform
    inner.group = None
    return inner


def teacher_in(room: Room, person: int) -> bool:
    """True if this person teaches here today."""
    roles = identity.roles_of(room.db, person, room.here.id, room.today.date())
    return any(Role(r.role) is not Role.COMMITTEE for r in roles)


def cleaned(text: str) -> PrivateStr:
    """The words as typed, without control characters, which platforms refuse or hide."""
    kept = (c for c in text if c in "\n\t" or not (c < " " or "\x7f" <= c <= "\x9f"))
    return PrivateStr("".join(kept).strip())
