"""The steps of a binding: which child, who you are to it, a proof if there is one, and consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from classroom.claims import proves, read_claim
from classroom.effects import Button
from classroom.relations import Relation
from classroom.rules import names
from classroom.text import Label, PrivateText
from handlers.aside import own
from handlers.bind_claim import BY_PROOF, BY_TEACHER, Claim, children, entitled, is_member
from handlers.room import Room
from storage import codes, guardians
from storage.tables import StudentRow
from templates.render import Say

OFFERED = (
    Relation.MOTHER,
    Relation.FATHER,
    Relation.PATERNAL_GRANDFATHER,
    Relation.PATERNAL_GRANDMOTHER,
    Relation.MATERNAL_GRANDFATHER,
    Relation.MATERNAL_GRANDMOTHER,
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What one step shows: told anew after words, put in place of the last one after a press."""

    text: PrivateText
    buttons: tuple[Button, ...] = ()


def plain(room: Room, block: str, /, **values: object) -> Screen:
    """A step that only says something."""
    return Screen(own(room).private(f"bind.{block}", **values))


def begin(claim: Claim, room: Room) -> Screen:
    """The first step by the class's link or a bare /bind: propose what the name in the group says."""
    if not entitled(claim, room):
        return plain(room, "not_open")
    proposed = _by_display_name(claim, room)
    if proposed is None:
        return ask_name(claim, room)
    say, relation = own(room), proposed.relation
    assert relation is not None
    return Screen(
        say.private("bind.proposal", shown=room.who.name, name=proposed.called, relation=word(relation, say)),
        (
            _button(room, say.label("common.yes"), "bind.yes", proposed, row=1),
            _button(room, say.label("bind.another"), "bind.another", claim, row=1),
        ),
    )


def _by_display_name(claim: Claim, room: Room) -> Claim | None:
    found = names.conforms(room.who.name, room.roster, class_name=room.here.name) if is_member(room) else None
    if found is None or found.relation is None or len(found.students) != 1:
        return None
    student = found.students[0]
    if guardians.of_person(room.db, room.who.person, student.id, (guardians.ACTIVE, guardians.PENDING)):
        return None
    return replace(claim, students=(student.id,), called=student.name, relation=found.relation)


def ask_name(claim: Claim, room: Room) -> Screen:
    """Which child?"""
    room.expect("bind.name", replace(claim, students=(), called="", relation=None, how="").to_json())
    return plain(room, "ask_name", classroom=room.here.name)


def named(text: str, claim: Claim, room: Room) -> Screen:
    """A line with a child's name in it, perhaps with relation and proof. A wrong one counts as a guess."""
    if not entitled(claim, room):
        return plain(room, "not_open")
    if not codes.may_guess(room.db, room.who.account, room.now):
        return plain(room, "too_many")
    typed = read_claim(text, room.roster)
    if typed.one_at_a_time:
        room.expect("bind.name", claim.to_json())
        return plain(room, "one_at_a_time")
    if not typed.name:
        return ask_name(claim, room)
    if not typed.students:
        codes.guessed_wrong(room.db, room.who.account, "bind.name", room.now)
        room.expect("bind.name", claim.to_json())
        return plain(room, "no_match", name=typed.name)
    found = replace(
        claim,
        students=tuple(s.id for s in typed.students),
        called=typed.name,
        relation=typed.relation or claim.relation,
    )
    return tried(typed.proof, found, room) if typed.proof else go_on(found, room)


def tried(proof: str, claim: Claim, room: Room) -> Screen:
    """A student number or the end of a phone number: right, it settles the claim, and whose it is."""
    if not entitled(claim, room):
        return plain(room, "not_open")
    if not codes.may_guess(room.db, room.who.account, room.now):
        return _teacher_instead(claim, room, "too_many")
    meant = [row for row in children(claim, room) if _proves(proof, row, room)]
    if len(meant) == 1:
        return go_on(replace(claim, students=(meant[0].id,), how=BY_PROOF), room)
    codes.guessed_wrong(room.db, room.who.account, "bind.proof", room.now)
    if claim.relation is None:
        return go_on(claim, room)
    room.expect("bind.proof", claim.to_json())
    return _teacher_instead(claim, room, "proof_wrong")


def _proves(proof: str, row: StudentRow, room: Room) -> bool:
    phones = tuple(c.phone for c in guardians.contacts_of(room.db, row.id) if c.phone)
    return proves(proof, row.number, phones)


def go_on(claim: Claim, room: Room) -> Screen:
    """Ask for what is missing next; with nothing missing, for consent."""
    rows = children(claim, room)
    if (known := _known_already(rows, claim, room)) is not None:
        return known
    if not entitled(claim, room) or not rows:
        return plain(room, "not_open")
    if claim.relation is None:
        return ask_relation(claim, room)
    if not claim.how and any(_can_prove(row, room) for row in rows):
        room.expect("bind.proof", claim.to_json())
        return _teacher_instead(claim, room, "ask_proof")
    return ask_consent(claim if claim.how else replace(claim, how=BY_TEACHER), room)


def _can_prove(row: StudentRow, room: Room) -> bool:
    return bool(row.number) or any(c.phone for c in guardians.contacts_of(room.db, row.id))


def _known_already(rows: Sequence[StudentRow], claim: Claim, room: Room) -> Screen | None:
    """The same again says so; who waits for the teacher may still prove it."""
    say = own(room)
    for row in rows:
        active = guardians.of_person(room.db, room.who.person, row.id)
        if active is not None:
            return plain(room, "already", name=row.name, relation=word(Relation(active.relation), say))
        waiting = guardians.of_person(room.db, room.who.person, row.id, (guardians.PENDING,))
        if waiting is not None and claim.how == BY_TEACHER:
            return plain(room, "already_waiting", name=claim.called)
    return None


def ask_relation(claim: Claim, room: Room) -> Screen:
    """Who are you to the child? The usual ones as buttons, any other in words."""
    say = own(room)
    buttons = [
        _button(room, relation_label(say, r), "bind.relation", replace(claim, relation=r), row=1 + i // 2)
        for i, r in enumerate(OFFERED)
    ]
    other = _button(room, say.label("bind.other_relation"), "bind.other", claim, row=9)
    text = say.private("bind.ask_relation", classroom=room.here.name, name=claim.called)
    return Screen(text, (*buttons, other))


def ask_other_relation(claim: Claim, room: Room, block: str = "ask_other_relation") -> Screen:
    """Any other relation is written."""
    room.expect("bind.relation", claim.to_json())
    return plain(room, block, name=claim.called)


def _teacher_instead(claim: Claim, room: Room, block: str) -> Screen:
    say = own(room)
    relation = word(claim.relation, say) if claim.relation else ""
    button = _button(room, say.label("bind.ask_teacher"), "bind.ask_teacher", claim)
    return Screen(say.private(f"bind.{block}", name=claim.called, relation=relation), (button,))


def ask_consent(claim: Claim, room: Room) -> Screen:
    """What is kept and why, before anything is kept."""
    say = own(room)
    assert claim.relation is not None
    text = say.private(
        "bind.consent",
        classroom=room.here.name,
        name=claim.called,
        relation=word(claim.relation, say),
        by_teacher=claim.how == BY_TEACHER,
        stands_in=claim.relation.stands_in_only,
    )
    return Screen(
        text,
        (
            _button(room, say.label("common.agree"), "bind.agree", claim, row=1),
            _button(room, say.label("bind.disagree"), "bind.disagree", claim, row=1),
        ),
    )


def _button(room: Room, label: Label, purpose: str, claim: Claim, row: int | None = None) -> Button:
    return Button(label, purpose, claim.to_json(), person=room.who.person, row=row)


def word(relation: Relation, say: Say) -> str:
    """A relation in the language spoken."""
    return guardians.relation_word(relation.value, say.language)


def relation_label(say: Say, relation: Relation) -> Label:
    """A relation on a button."""
    return say.label("bind.relation", word=word(relation, say))
