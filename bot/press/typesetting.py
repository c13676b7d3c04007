"""Typst sets a drawing by the template of its kind; words are handed over as data, never as markup."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typst

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

    from classroom.events import Json

FOLDER = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = FOLDER / "drawings"
FONTS = FOLDER / "fonts"
THREE_TO_A_POINT = 216.0
NOWHERE = "\U0010fffd"
Ending = Literal["pdf", "png"]


@cache
def _fonts() -> typst.Fonts:
    """Our own font alone, so that a sheet looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(kind: str, ending: Ending, scene: Json) -> bytes:
    """A scene as the bytes of a file; a picture is as high as it has to be, and so is one page."""
    return typst.compile(
        str(TEMPLATES / f"{kind}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_drawable(scene), ensure_ascii=False)},
        format=ending,
        ppi=THREE_TO_A_POINT,
    )


def _drawable(value: Json) -> Json:
    """A scene with what our font has, and with its codes drawn."""
    match value:
        case {"address": str(address)}:
            return {"svg": _svg(address)}
        case dict():
            return {name: _drawable(one) for name, one in value.items()}
        case list():
            return [_drawable(one) for one in value]
        case str():
            return printable(value)
        case _:
            return value


def _svg(address: str) -> str:
    import segno  # noqa: PLC0415 - for paper alone

    made = BytesIO()
    segno.make(address, error="m", micro=False).save(made, kind="svg", border=2, xmldecl=False, svgns=True)
    return made.getvalue().decode()


def printable(text: str) -> str:
    """The text without what our font does not have: emoji, their joiners and colours, control characters."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or not _unprintable(c))
    return "\n".join(line.strip() for line in kept.split("\n")).strip()


@cache
def _unprintable(char: str) -> bool:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cf", "Cs", "Co", "Me") or "\ufe00" <= char <= "\ufe0f":
        return True
    return kind in ("So", "Sk") and _glyph(char) == _glyph(NOWHERE)


def _glyph(char: str) -> bytes:
    """How our font draws a character; one that it does not have looks like every other such one."""
    return bytes(_face().getmask(char))


@cache
def _face() -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - for rare signs alone

    return ImageFont.truetype(str(FONTS / "NotoSansSC-Regular.ttf"), 20)
