"""What the page may ask for: one frame for each, checked before anything is done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

LONGEST = 4096
"""Longer texts no messenger takes."""

ChatWord = Literal["group", "private"]
Word = Annotated[str, Field(max_length=200)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Word


class As(_Frame):
    """Be somebody."""

    do: Literal["as"]
    person: Word


class SayIt(_Frame):
    """Write a message; `place` is what the page calls it until it is stored."""

    do: Literal["say"]
    chat: ChatWord
    text: str = ""
    reply_to: Word | None = None
    files: list[Word] = Field(default_factory=list, max_length=10)
    place: Word | None = None


class Edit(_Frame):
    """Change one's own message."""

    do: Literal["edit"]
    chat: ChatWord
    ref: Word
    text: str


class PressIt(_Frame):
    """Press a button."""

    do: Literal["press"]
    chat: ChatWord
    ref: Word
    token: Word


class Start(_Frame):
    """Open the private conversation."""

    do: Literal["start"]
    payload: Word = ""


class Rename(_Frame):
    """Take another name."""

    do: Literal["rename"]
    name: Annotated[str, Field(max_length=64)]


class Join(_Frame):
    """Come into the group."""

    do: Literal["join"]


class Leave(_Frame):
    """Go out of the group."""

    do: Literal["leave"]


class Block(_Frame):
    """Shut the private door to the bot, or open it again."""

    do: Literal["block"]
    on: bool


class Turn(_Frame):
    """Turn the clock forward."""

    do: Literal["turn"]
    to: Literal["hour", "day", "next"]


class TryIt(_Frame):
    """Let one of the things to try happen."""

    do: Literal["try"]
    step: Word


class Hood(_Frame):
    """Look under the hood, or stop looking."""

    do: Literal["hood"]
    on: bool


class Lang(_Frame):
    """Speak another language to this window."""

    do: Literal["lang"]
    lang: Word


class Restart(_Frame):
    """Begin anew, in this window's language."""

    do: Literal["restart"]


def id_of(frame: str) -> str | None:
    """The id of what could not be understood, so that it can be refused by name."""
    try:
        return _Frame.model_validate_json(frame).id
    except ValidationError:
        return None


Action = (
    As | SayIt | Edit | PressIt | Start | Rename | Join | Leave | Block | Turn | TryIt | Hood | Lang | Restart
)
ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])
