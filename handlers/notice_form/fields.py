"""What is asked for each kind of notice, and the text that the answers make."""

from __future__ import annotations

from dataclasses import dataclass

from classroom import markup
from classroom.events import Json
from handlers.room import Room

FREE = "free"


@dataclass(frozen=True, slots=True)
class Field:
    """One question; what is not `needed` can be skipped. `choices` are offered as buttons."""

    name: str
    needed: bool = True
    choices: tuple[str, ...] = ()


_WHAT, _WHEN, _WHERE = Field("what"), Field("when"), Field("where")
_BRING, _NOTE = Field("bring", needed=False), Field("note", needed=False)

FIELDS: dict[str, tuple[Field, ...]] = {
    "holiday": (Field("days"), Field("back"), _NOTE),
    "exam": (_WHAT, _WHEN, _BRING, _NOTE),
    "activity": (_WHAT, _WHEN, _WHERE, _BRING, _NOTE),
    "homework": (_WHAT, Field("until"), _NOTE),
    "payment": (_WHAT, Field("amount", needed=False), Field("until"), Field("how"), _NOTE),
    "safety": (Field("topic", choices=("water", "fire", "road", "fraud")), _NOTE),
    "meeting": (_WHEN, _WHERE, Field("about", needed=False), _NOTE),
    FREE: (Field("text"),),
}
"""The questions by kind, in their order."""


def field_of(kind: str, name: str) -> Field | None:
    """The question of this name."""
    return next((f for f in FIELDS.get(kind, ()) if f.name == name), None)


def composed(kind: str, answers: dict[str, Json], room: Room) -> str:
    """The notice that the answers make, in the class's language; they stand in it as they were typed."""
    if kind == FREE:
        return str(answers.get("text", ""))
    return markup.plain(room.say_class.group(f"notice_form.text_{kind}", a=answers).body).strip()
