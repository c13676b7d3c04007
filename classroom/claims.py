"""What a parent writes to say whose parent this is: 张小明 妈妈 0107, 张小明奶奶, mother of Li Lei."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classroom.folding import fold, squeeze
from classroom.relations import Relation, read_relation, relation_at_tail
from classroom.roster import Roster, Student

MOST_TYPED = 120
_PROOF = re.compile(
    r"[(\[【]?\s*(?:学号|手机号?|电话|尾号|后四位|phone|number|no\.?)?\s*[:]?\s*"
    r"(?<![a-z0-9])(?P<proof>[a-z]{0,3}\d[\d -]{0,20}\d|\d)\s*[)\]】]?"
)
_OPENING = re.compile(r"^\s*(?:我是|i am|i'm|im)\s*(?:the\s)?\s*")
_OF = re.compile(r"(?P<relation>[a-z' ]+?) of (?P<name>.+)")
_TRIM = " \t\r\n,，、。:：;；.的"


@dataclass(frozen=True, slots=True)
class TypedClaim:
    """Whom a text may mean, as what, and what it offers as proof; `name` is what stood for the child.

    `one_at_a_time`: two children are named, and only one can be claimed.
    """

    name: str = ""
    students: tuple[Student, ...] = ()
    relation: Relation | None = None
    proof: str | None = None
    one_at_a_time: bool = False


def read_claim(text: str, roster: Roster) -> TypedClaim:
    """Read one line, in any order in which people write it."""
    text = text[:MOST_TYPED]
    proof, rest = _split_proof(text)
    name, relation = _split_relation(_without_opening(rest), roster)
    students = roster.carriers(name) if name else ()
    if students or not name:
        return TypedClaim(name, students, relation, proof)
    head = roster.names_at_head(name)
    if head.unknown or not (head.students or head.ambiguous):
        return TypedClaim(name, (), relation, proof)
    if len(head.students) + len(head.ambiguous) > 1:
        return TypedClaim(name, (), relation, proof, one_at_a_time=True)
    found = head.students or head.ambiguous[0]
    return TypedClaim(found[0].name, found, relation or read_relation(head.rest.strip(_TRIM)), proof)


def _split_proof(text: str) -> tuple[str | None, str]:
    folded = fold(text)
    found = _PROOF.search(folded.text)
    if found is None:
        return None, text
    start, end = folded.span(*found.span())
    return found["proof"].strip(), f"{text[:start]} {text[end:]}"


def _without_opening(text: str) -> str:
    folded = fold(text)
    found = _OPENING.match(folded.text)
    return text[folded.start(found.end()) :] if found else text


def _split_relation(text: str, roster: Roster) -> tuple[str, Relation | None]:
    text = text.strip(_TRIM)
    if roster.carriers(text):
        return text, None
    if (of := _OF.fullmatch(fold(text).text)) and (relation := read_relation(of["relation"])):
        return of["name"].strip(_TRIM), relation
    if tail := relation_at_tail(text):
        return tail[0].strip(_TRIM), tail[1]
    first, _, others = text.partition(" ")
    if others and (relation := read_relation(first)):
        return others.strip(_TRIM), relation
    return text, None


def proves(typed: str, number: str | None, phones: tuple[str, ...]) -> bool:
    """True for the student's number, the last four digits of a phone on the roster, or all of it."""
    key = squeeze(typed)
    if number and key == squeeze(number):
        return True
    digits = [squeeze(phone) for phone in phones]
    return key.isdecimal() and len(key) >= 4 and any(p.endswith(key) for p in digits if len(p) >= len(key))
