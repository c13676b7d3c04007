"""Files: ours are handed over in pieces; what people sent WeCom keeps for minutes only."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import math
import urllib.request
from collections import OrderedDict
from collections.abc import Callable

from bot.platforms.tencent.errors import ApiError, LineError
from bot.platforms.tencent.fields import Fields, text
from bot.platforms.tencent.files import kind_and_name
from bot.platforms.wecom_bot.line import Line
from bot.platforms.wecom_bot.read import files_of
from bot.ports import Failure, Outcome, Refused, TryAgain
from classroom.effects import Enclosed
from classroom.events import Json

PIECE, PIECES = 512 << 10, 100
MOST_PICTURE = 2 << 20
KEPT = 300.0
"""Seconds for which WeCom keeps what somebody sent."""

MOST_KEPT = 2000
WAIT = 15.0


class Files:
    """Where files are, for as long as they are there; their addresses are nowhere else."""

    def __init__(self, clock: Callable[[], float], *, plain_http: bool = False) -> None:
        """`plain_http` where the bot's own server is on this machine."""
        self._clock, self._schemes = clock, ("https://", "http://") if plain_http else ("https://",)
        self._kept: OrderedDict[str, tuple[str, str, float]] = OrderedDict()

    def note(self, body: Fields) -> None:
        """Remember where the files of a message are."""
        for place, (_, found) in enumerate(files_of(body)):
            self._kept[f"{text(body, 'msgid')}#{place}"] = (
                text(found, "url"),
                text(found, "aeskey"),
                self._clock() + KEPT,
            )
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes of a file that somebody sent."""
        url, key, until = self._kept.get(ref, ("", "", 0.0))
        if until <= self._clock() or not url.startswith(self._schemes):
            return Refused(Failure.EXPIRED)
        data = await asyncio.to_thread(_fetched, url, limit + 64)
        if data is None:
            return TryAgain("a file cannot be fetched")
        opened = _opened(data, key) if key else data
        if len(opened) > limit:
            return Refused(Failure.REFUSED, "too_large")
        return opened or Refused(Failure.REFUSED, "a file that cannot be opened")


async def handed_over(line: Line, file: Enclosed) -> dict[str, Json] | Outcome:
    """A file as a message; what we made is handed over first."""
    data = file.content
    if not data or len(data) > PIECE * PIECES:
        return Refused(Failure.REFUSED, "too_large" if data else "a file without content")
    kind, name = kind_and_name(file, data, MOST_PICTURE)
    try:
        media = await _uploaded(line, kind, name, data)
    except ApiError as error:
        return Refused(Failure.REFUSED, str(error.code))
    except LineError as error:
        return TryAgain(error.why)  # nothing was said yet, whatever has become of the file
    return {"msgtype": kind, kind: {"media_id": media}}


async def _uploaded(line: Line, kind: str, name: str, data: bytes) -> str:
    pieces = math.ceil(len(data) / PIECE)
    begun = await line.ask(
        "aibot_upload_media_init",
        {
            "type": kind,
            "filename": name,
            "total_size": len(data),
            "total_chunks": pieces,
            "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        },
    )
    upload = text(_body(begun), "upload_id")
    for place in range(pieces):
        piece = base64.b64encode(data[place * PIECE : (place + 1) * PIECE]).decode()
        body: dict[str, Json] = {"upload_id": upload, "chunk_index": place, "base64_data": piece}
        await line.ask("aibot_upload_media_chunk", body)
    ended = await line.ask("aibot_upload_media_finish", {"upload_id": upload})
    return text(_body(ended), "media_id")


def _body(answer: Fields) -> Fields:
    body = answer.get("body")
    return body if isinstance(body, dict) else {}


def _fetched(url: str, most: int) -> bytes | None:
    """The beginning of what is there, more than asked for by a little so that too much is seen."""
    try:
        with urllib.request.urlopen(url, timeout=WAIT) as answer:  # noqa: S310 - https, as checked
            data: bytes = answer.read(most)
            return data
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _opened(data: bytes, key: str) -> bytes:
    """A file as it was sent; empty where the key does not fit, or its end was not fetched."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415

    try:
        secret = base64.b64decode(key + "=" * (-len(key) % 4))
        reader = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        plain = reader.update(data[: len(data) // 16 * 16]) + reader.finalize()
    except ValueError:
        return b""
    pad = plain[-1] if plain else 0
    return plain[:-pad] if 1 <= pad <= 32 and plain.endswith(bytes([pad]) * pad) else plain
