"""A drawing as plain data, which is how it goes to the press."""

from __future__ import annotations

import dataclasses

from classroom import markup
from classroom.drawings import Drawing
from classroom.events import Json
from classroom.text import PrivateText, PublicText

LANGUAGES = {"zh_CN": "zh", "zh_TW": "zh", "en": "en"}


def data_of(drawing: Drawing) -> Json:
    """What a drawing's template reads: its words, in which language they are, and nothing of ours."""
    said = plain(drawing.scene)
    return {**said, "lang": LANGUAGES.get(drawing.language, "zh")} if isinstance(said, dict) else said


def plain(value: object) -> Json:
    """A scene, or a part of it, with its texts as words."""
    match value:
        case PublicText() | PrivateText():
            return markup.plain(value.body)
        case tuple():
            return [plain(one) for one in value]
        case str() | int() | float() | None:
            return value
        case _ if dataclasses.is_dataclass(value):
            return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        case _:
            raise TypeError(type(value).__name__)
