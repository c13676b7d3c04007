"""Files as WeChat takes them: what we made is handed over first, and its number goes into the message."""

from __future__ import annotations

from collections.abc import Mapping

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, before
from bot.platforms.tencent.fields import Fields, text
from bot.platforms.tencent.line import File
from bot.ports import Failure, Outcome, Refused
from classroom.effects import Enclosed
from classroom.events import Json

LEAST, MOST, MOST_PICTURE = 5, 20 << 20, 10 << 20
"""Bytes of a file, and of a picture."""
PICTURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
KINDS = {"photo": "image", "voice": "voice", "video": "video"}
Table = Mapping[int, Failure | float | None]


def kept(file: Enclosed) -> dict[str, Json]:
    """A file that the same app was sent, as a message."""
    kind = KINDS.get(file.kind, "file")
    return {"msgtype": kind, kind: {"media_id": file.ref}}


def kind_and_name(file: Enclosed, data: bytes, most_picture: int = MOST_PICTURE) -> tuple[str, str]:
    """How a file is sent: a photo as a picture if it is one and not too large."""
    name = file.filename.replace('"', "").replace("\r", "").replace("\n", "") or "file"
    ending = next((ending for head, ending in PICTURES.items() if data.startswith(head)), "")
    if file.kind != "photo" or not ending or len(data) > most_picture:
        return "file", name
    return "image", name if "." in name else f"{name}{ending}"


async def handed_over(api: Api, file: Enclosed, table: Table) -> dict[str, Json] | Outcome:
    """What we made as a message, once WeCom has taken it; an Outcome where it has not."""
    data = file.content
    kind, name = kind_and_name(file, data)
    if not LEAST < len(data) <= (MOST_PICTURE if kind == "image" else MOST):
        return Refused(Failure.REFUSED, "too_large" if data else "a file without content")
    try:
        answer = await api.upload("media/upload", File("media", name, data), type=kind)
    except (ApiError, LineError) as error:
        return before(error, table)
    return {"msgtype": kind, kind: {"media_id": text(answer, "media_id")}}


async def fetched(api: Api, ref: str, limit: int, table: Table) -> bytes | Outcome:
    """The bytes of a file that somebody sent, which WeChat keeps for three days."""
    try:
        return await api.download("media/get", limit, media_id=ref)
    except (ApiError, LineError) as error:
        if isinstance(error, LineError) and error.why == "too large":
            return Refused(Failure.REFUSED, "too_large")
        return before(error, table)


def words_of(body: Fields, kind: str) -> str:
    """What somebody's message says, whatever it is."""
    if kind == "text":
        return text(body, "Content")
    if kind == "voice":
        return text(body, "Recognition")
    if kind == "location":
        return text(body, "Label")
    if kind == "link":
        lines = (text(body, key) for key in ("Title", "Description", "Url"))
        return "\n".join(line for line in lines if line)
    return ""
