"""Whom a notice is for: the class in its group, or some families in private, whom nobody else sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from classroom.events import Json
from classroom.folding import fold
from classroom.roster import Student
from handlers.room import Room
from storage import guardians, identity, notices
from storage.notices import CLASS, COMMITTEE, FAMILIES, REST
from storage.tables import Notice

_TO = re.compile(
    r"\s*[\[【［]\s*(?:(?:只?发?给|发给)\s*|to\s*[:：]?\s+|for\s+)(?P<whom>[^\]】］]{1,600})[\]】］]", re.I
)
_ALL = re.compile(
    r"全班(?:家长)?|所有人|大家|每一?家|(?:各位|全体|所有)?家长们?|all(?: (?:parents|families))?|everybody|"
    r"everyone|(?:the )?(?:parents|families)|the (?:whole )?class",
    re.I,
)
_TITLE = re.compile(r"一封信|的信$|的话$|倡议|建议|提示|提醒|温馨|说明|letter|message|note", re.I)
"""【给家长的一封信】 is how many a notice begins, and says nothing of whom it is for."""
_COMMITTEE = re.compile(r"家委会?|家长委员会|(?:the )?(?:parents'? )?committee", re.I)
_REST = re.compile(
    r"(?:还?[未没]回复?的?|[未没]收到的?|还?没确认的?|(?:the )?(?:missing|rest)(?: of)?|not confirmed)"
    r"\s*(?:通知|notice|no\.?)?\s*[#第]?\s*(?P<number>\d{1,6})?\s*[号条]?",
    re.I,
)
_BEHIND_NAMES = re.compile(r"(?:的?(?:家长|家|家庭|爸爸妈妈)们?|families|family|parents)?[\s。.]*", re.I)


@dataclass(frozen=True, slots=True)
class Audience:
    """`who` is class, families, rest or committee; `students` the chosen, `of` the number of a notice."""

    who: str = CLASS
    students: tuple[int, ...] = ()
    of: int | None = None

    @property
    def in_group(self) -> bool:
        """True where it goes to the group; else it goes to private and to nobody else."""
        return self.who == CLASS


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was typed cannot be followed: the text of the answer, with what stands in it."""

    block: str
    values: dict[str, object] = field(default_factory=dict)


def read_mark(text: str, room: Room) -> tuple[Audience | Unclear, str] | None:
    """Read `[给 张小明、李雷]` at the head; gives the audience and the text behind. None: no such mark."""
    folded = fold(text)
    found = _TO.match(folded.text)
    if found is None or (_TITLE.search(found["whom"]) and not room.roster.mentions(found["whom"])):
        return None
    rest = text[folded.start(found.end()) :].strip()
    return read(folded.typed(*found.span("whom")), room), rest


def read(typed: str, room: Room) -> Audience | Unclear:
    """Whom `张小明、李雷`, `未回 3`, `家委` or `全班` means."""
    plain = fold(typed).text.strip()
    if _ALL.fullmatch(plain):
        return Audience()
    if _COMMITTEE.fullmatch(plain):
        return Audience(COMMITTEE)
    if rest := _REST.fullmatch(plain):
        return rest_of(int(rest["number"]) if rest["number"] else None, room)
    return _families(typed, room)


def rest_of(number: int | None, room: Room) -> Audience | Unclear:
    """Those who have not confirmed a notice, of the latest if no number is said."""
    sent = [n for n in notices.sent(room.db, room.here.id) if n.receipts]
    row = next((n for n in sent if number in (None, n.number)), None)
    if row is None and number is not None:
        row = notices.numbered(room.db, room.here.id, number)
    if row is None or not row.receipts:
        return Unclear("notice.no_such_rest", {"number": number, "sent": [n.number for n in sent]})
    if not notices.missing(room.db, row):
        return Unclear("notice.no_rest", {"number": row.number})
    return Audience(REST, of=row.number)


def _families(typed: str, room: Room) -> Audience | Unclear:
    head = room.roster.names_at_head(typed)
    if head.ambiguous:
        return Unclear("notice.namesakes", {"students": [*head.ambiguous[0]]})
    unknown = head.unknown or ("" if _BEHIND_NAMES.fullmatch(head.rest) else head.rest)
    if unknown or not head.students:
        near = room.roster.closest(unknown) if room.who.teaches else ()
        return Unclear("notice.which_families", {"unknown": unknown[:40], "near": [s.name for s in near]})
    return Audience(FAMILIES, tuple(s.id for s in head.students))


def today(to: Audience, room: Room) -> Audience:
    """Everybody, in a class that never had a group, are all families, each in private."""
    if not to.in_group or identity.groups_of(room.db, room.here.id) or not room.alone:
        return to
    return Audience(FAMILIES, tuple(s.id for s in room.roster.students))


def students_of(to: Audience, room: Room) -> list[int]:
    """The children whose families it goes to, as things are now."""
    on_roster = [s.id for s in room.roster.students]
    if to.who == FAMILIES:
        return [s for s in on_roster if s in to.students]
    if to.who == REST:
        row = notices.numbered(room.db, room.here.id, to.of or 0)
        return notices.missing(room.db, row) if row is not None else []
    if to.who == COMMITTEE:
        theirs = {s for found in _committee(room).values() for s in found}
        return [s for s in on_roster if s in theirs]
    return on_roster


def readers_of(to: Audience, room: Room) -> dict[int, list[int]]:
    """The persons it goes to in private, each with their children among those it is for."""
    if to.who == COMMITTEE:
        return _committee(room)
    found: dict[int, list[int]] = {}
    for student in students_of(to, room):
        for link in guardians.active_of(room.db, student):
            found.setdefault(link.person_id, []).append(student)
    return found


def _committee(room: Room) -> dict[int, list[int]]:
    return notices.committee(room.db, room.here.id, room.today.date())


def unreached(to: Audience, room: Room) -> list[Student]:
    """The children of whose families nobody can be told in private."""
    open_ = {s for p, found in readers_of(to, room).items() if guardians.reachable(room.db, p) for s in found}
    meant = set(students_of(to, room))
    return [s for s in room.roster.students if s.id in meant - open_]


def names_of(to: Audience, room: Room) -> list[str]:
    """The names of the children it is about, in the order of the roster."""
    meant = set(students_of(to, room))
    return [s.name for s in room.roster.students if s.id in meant]


# --- as it is kept -------------------------------------------------------------------------------


def as_kept(to: Audience) -> Json:
    """An audience as a draft keeps it."""
    return {"who": to.who, "students": [*to.students], "of": to.of}


def kept(data: Json) -> Audience:
    """An audience that a draft has kept; what was kept before there was a choice is for the class."""
    if not isinstance(data, dict) or data.get("who") not in (FAMILIES, REST, COMMITTEE):
        return Audience()
    students, of = data.get("students"), data.get("of")
    chosen = tuple(s for s in students if isinstance(s, int)) if isinstance(students, list) else ()
    return Audience(str(data["who"]), chosen, of if isinstance(of, int) else None)


def of_notice(row: Notice, room: Room) -> Audience:
    """Whom a notice that is recorded is for; who it was for when it was sent, once that is so."""
    if row.audience == FAMILIES or (row.audience == REST and row.sent_at is not None):
        return Audience(FAMILIES, tuple(notices.families(room.db, row)))
    return Audience(row.audience, of=row.rest_of)
