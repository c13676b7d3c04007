"""What goes along with a letter, for whom the channel brings no files: handed over on its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from starlette.responses import Response

from bot.app import App
from bot.carrying import Carrier
from bot.drawing import DrawingError, as_files
from bot.families import sheet
from bot.ports import FetchesFiles, Platform
from classroom.drawings import Drawing
from classroom.effects import Enclosed
from storage import letters
from storage.database import Records

WHICH = re.compile(r"([0-9]{1,18})-([0-9]{1,2})")
SHOWN = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".pdf": "application/pdf"}
"""Kinds by their endings; anything else is bytes, which no browser opens by itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """A platform, as the carrier asks it for files."""

    fetches: FetchesFiles | None


async def answer(app: App, carrier: Carrier, code: str, which: str) -> Response | None:
    """One file of a letter that may still be read; None where there is none."""
    found = await app.database.look(lambda records: _look(records, app, code, which))
    if found is None:
        return None
    try:
        made = await as_files([found])
    except DrawingError:
        return None
    sources = {name: _source(platform) for name, platform in app.platforms.items()}
    for file in await carrier.bring(made, "", sources):
        return _given(file.filename, file.content) if file.content else None
    return None


def _look(records: Records, app: App, code: str, which: str) -> Enclosed | Drawing | None:
    letter = letters.find(records, app.database.keys.digest, code, app.now())
    place = WHICH.fullmatch(which)
    if letter is None or place is None:
        return None
    said = next((words for words in letter.words if words.number == int(place[1])), None)
    files = said.files if said is not None else ()
    return files[int(place[2])] if int(place[2]) < len(files) else None


def _given(name: str, data: bytes) -> Response:
    kind = SHOWN.get(PurePath(name).suffix.lower(), "application/octet-stream")
    how = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=kind, headers=sheet.HEADERS | how)


def _source(platform: Platform) -> Source:
    return Source(platform if isinstance(platform, FetchesFiles) else None)
