"""Groups' webhooks as one platform: the secret of a group is fetched for each post, and kept nowhere here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.wording import ended, texts_by
from bot.ports import Done, Failure, Key, Outcome, Refused, Store, TryAgain
from classroom.addresses import GroupAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.events import Event, Json
from classroom.markup import Piece
from classroom.text import PrivateText, PublicText

if TYPE_CHECKING:
    from bot.platforms.tencent.line import Line, Times

PLATFORM = "wecom.webhook"
PER_KEY = ((20, 60.0),)
"""How many posts WeCom takes by one webhook within how many seconds."""

MOST_PICTURE, LEAST_FILE, MOST_FILE = 2 << 20, 5, 20 << 20
PICTURES = (b"\x89PNG", b"\xff\xd8\xff")
TABLE: dict[int, Failure | float | None] = {93000: Failure.GONE, 40008: Failure.REFUSED}

Tokens = Callable[[str], Awaitable[str | None]]
"""Gives the secret of a group, None where there is none any more; DatabaseError where it is away."""


class WebhookPlatform:
    """Posts into groups of WeCom: no buttons, no answers, and no way to change what stands there."""

    posts_stay = True
    given_in_chat = True

    def __init__(
        self,
        root: str,
        tokens: Tokens,
        *,
        alone: str = "",
        clock: Callable[[], float] = time.monotonic,
        times: Times | None = None,
    ) -> None:
        """`alone` says under a post with buttons where to answer; nothing is opened before the first post."""
        self._root, self._tokens, self._alone, self._times = root, tokens, alone, times
        self._allowance = Allowance(clock, PER_KEY)
        self._line: Line | None = None

    @property
    def name(self) -> str:
        """What the channel is called."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """What the bot is called; nobody can call it there."""
        return "homeroom"

    def start_link(self, payload: str) -> str:
        """Nobody can be led anywhere from there: the word to type to the bot, wherever it is reached."""
        return f"/start {payload}"

    def read(self, raw: bytes) -> Event | None:
        """Nothing ever comes."""
        return None

    async def open(self) -> None:
        """Nothing is needed before the first post."""

    async def listen(self, store: Store) -> None:
        """Nothing ever comes."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Give back connections."""
        if self._line is not None:
            await self._line.close()

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Say something in a group: pictures and files first, then the words."""
        if _is_private(text, files):
            return Refused(Failure.LEAK)
        try:
            token = await self._tokens(to.native)
        except DatabaseError:
            return TryAgain("the database is away")
        if token is None:
            return Refused(Failure.NOT_FOUND, "no webhook")
        found = self._texts(text, keys)
        if not found and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        if seconds := self._allowance.wait(to.native, len(found) + len(files)):
            return TryAgain("own limit", after=seconds)
        return await self._post_all(to.native, token, found, files)

    def _texts(self, text: PublicText, keys: Sequence[Key]) -> list[str]:
        pages = [f"{key.label} {key.url}" for key in keys if key.url]
        tail = "\n".join(pages) or (self._alone if keys else "")
        found = texts_by(_shown, text.body)
        return ended(found, tail) if tail else found

    async def _post_all(
        self, native: str, token: str, found: Sequence[str], files: Sequence[Enclosed]
    ) -> Outcome:
        """Post all of it; what stands there already cannot be taken back, and the outcome says so."""
        ready: list[dict[str, Json]] = []
        for file in files:
            message = await self._file(token, file)
            if not isinstance(message, dict):
                return message
            ready.append(message)
        ready += [{"msgtype": "text", "text": {"content": words}} for words in found]
        for place, message in enumerate(ready):
            self._allowance.sent(native)
            try:
                await self._ask("webhook/send", {"key": token}, message)
            except (ApiError, LineError) as error:
                result = outcome(error, TABLE)
                if isinstance(result, TryAgain) and place > 0:
                    return replace(result, uncertain=True)
                return result
        return Done()

    async def _file(self, token: str, file: Enclosed) -> dict[str, Json] | Outcome:
        """A file as a message: a picture within it, anything else handed over first."""
        data = file.content
        if file.kind == "photo" and data.startswith(PICTURES) and len(data) <= MOST_PICTURE:
            digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
            return {"msgtype": "image", "image": {"base64": base64.b64encode(data).decode(), "md5": digest}}
        if not LEAST_FILE < len(data) <= MOST_FILE:
            return Refused(Failure.REFUSED, "too_large" if data else "a file without content")
        try:
            answer = await self._ask(
                "webhook/upload_media", {"key": token, "type": "file"}, None, (file.filename or "file", data)
            )
        except (ApiError, LineError) as error:
            result = outcome(error, TABLE)  # nothing was said yet, whatever has become of the file
            return TryAgain(result.why, result.after) if isinstance(result, TryAgain) else result
        return {"msgtype": "file", "file": {"media_id": str(answer.get("media_id", ""))}}

    async def _ask(
        self, path: str, params: dict[str, str], body: Json, file: tuple[str, bytes] | None = None
    ) -> dict[str, Json]:
        from bot.platforms.tencent.line import File, Line  # noqa: PLC0415 - most servers have no webhook

        if self._line is None:
            self._line = Line(self._root, self._times)
        name = file[0].replace('"', "").replace("\r", "").replace("\n", "") if file else ""
        parcel = File("media", name, file[1]) if file else None
        return await self._line.ask("post", path, params, body, parcel)


def _shown(piece: Piece) -> str:
    """A piece as it was typed; an address stands behind the words that lead to it."""
    links = [span for span in piece.spans if span.kind == "text_link" and span.url]
    made, at = "", 0
    for span in links:
        if span.start < at:
            continue
        inside = piece.text[span.start : span.end]
        made += piece.text[at : span.start] + (inside if inside == span.url else f"{inside} {span.url}")
        at = span.end
    return made + piece.text[at:]


def _is_private(text: PrivateText | PublicText, files: Sequence[Enclosed]) -> bool:
    return isinstance(text, PrivateText) or any(file.private for file in files)
