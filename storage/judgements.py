"""What a class's teachers have decided about messages, as keyed hashes: its like is known again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import select

from classroom.events import Json
from classroom.rules.topics.memory import LIKE, Memory, Sketch, likeness, sketch
from storage import classrooms
from storage.database import Records
from storage.tables import Classroom, Remembered

WHAT = "topics"
LEARNED = "topics_learned"
"""The setting that says that there is something to recall, so that most classes are asked nothing."""

MOST = 60
"""So many decisions of each kind are kept, the newest."""


def recall(records: Records, classroom: Classroom, digest: Callable[[str], str]) -> Memory | None:
    """The memory of one class; None if its teachers have decided nothing yet."""
    if classroom.settings.get(LEARNED) is not True:
        return None
    row = _row(records, classroom.id)
    if row is None:
        return None
    confirmed = tuple((name, _sketch(kept)) for name, kept in _pairs(row.data.get("confirmed")))
    restored = tuple(_sketch(kept) for _, kept in _pairs(row.data.get("restored")))
    return Memory(_key(classroom.id, digest), confirmed, restored)


def learn(
    records: Records,
    classroom: Classroom,
    words: str,
    digest: Callable[[str], str],
    now: datetime,
    *,
    confirmed: str | None,
) -> None:
    """Remember a decision: `confirmed` is the category, None where the message was restored.

    The newest decision about a message holds: what was decided about its like before is forgotten.
    """
    mine = sketch(words, _key(classroom.id, digest))
    if not mine:
        return
    row = _row(records, classroom.id)
    if row is None:
        row = Remembered(classroom_id=classroom.id, what=WHAT, name="messages", at=now)
        records.add(row)
    kept = {kind: _unlike(row.data.get(kind), mine) for kind in ("confirmed", "restored")}
    into = "restored" if confirmed is None else "confirmed"
    hashes: list[Json] = [f"{h:x}" for h in sorted(mine)]
    decision: Json = [confirmed or "", hashes]
    kept[into] = [*kept[into], decision][-MOST:]
    row.data, row.at = {**kept}, now
    if classroom.settings.get(LEARNED) is not True:
        classrooms.change_setting(classroom, LEARNED, True)
    records.flush()


def _key(classroom: int, digest: Callable[[str], str]) -> bytes:
    """Each class's own key: the same message looks different in each."""
    return digest(f"topics/{classroom}").encode()


def _row(records: Records, classroom: int) -> Remembered | None:
    return records.exec(
        select(Remembered).where(Remembered.classroom_id == classroom, Remembered.what == WHAT)
    ).one_or_none()


def _pairs(kept: Json) -> list[tuple[str, Json]]:
    rows = kept if isinstance(kept, list) else []
    return [(str(row[0]), row[1]) for row in rows if isinstance(row, list) and len(row) == 2]


def _sketch(kept: Json) -> Sketch:
    return frozenset(int(str(h), 16) for h in kept) if isinstance(kept, list) else frozenset()


def _unlike(kept: Json, mine: Sketch) -> list[Json]:
    pairs = _pairs(kept)
    return [[name, hashes] for name, hashes in pairs if likeness(_sketch(hashes), mine) < LIKE]
