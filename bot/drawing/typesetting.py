"""Typst sets a drawing by the template of its kind; words are handed over as data, never as markup."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from functools import cache
from io import BytesIO
from typing import Literal

import segno
import typst
from PIL import ImageFont

from classroom import markup
from classroom.drawings import Drawing, QrCode
from classroom.events import Json
from classroom.text import PrivateText, PublicText
from templates.render import FOLDER

TEMPLATES = FOLDER / "drawings"
FONTS = FOLDER / "fonts"
THREE_TO_A_POINT = 216.0
NOWHERE = "\U0010fffd"
LANGUAGES = {"zh_CN": "zh", "zh_TW": "zh", "en": "en"}


@cache
def _fonts() -> typst.Fonts:
    """Our own font alone, so that a sheet looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(drawing: Drawing, ending: Literal["pdf", "png"]) -> bytes:
    """The drawing as the bytes of a file; a picture is as high as it has to be, and so is one page."""
    said = _plain(drawing.scene)
    assert isinstance(said, dict)
    said["lang"] = LANGUAGES.get(drawing.language, "zh")
    return typst.compile(
        str(TEMPLATES / f"{drawing.scene.kind}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(said, ensure_ascii=False)},
        format=ending,
        ppi=THREE_TO_A_POINT,
    )


def _plain(value: object) -> Json:
    """A scene as its template reads it."""
    match value:
        case PublicText() | PrivateText():
            return printable(markup.plain(value.body))
        case QrCode():
            return {"svg": _svg(value.address)}
        case tuple():
            return [_plain(one) for one in value]
        case str() | int() | float() | None:
            return value
        case _ if dataclasses.is_dataclass(value):
            return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        case _:
            raise TypeError(type(value).__name__)


def _svg(address: str) -> str:
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
def _face() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / "NotoSansSC-Regular.ttf"), 20)
