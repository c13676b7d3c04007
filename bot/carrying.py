"""Files from one platform to another: what somebody sent here is fetched, and handed over there."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

import structlog

from bot.ports import FetchesFiles, TryAgain
from classroom.effects import Enclosed

log = structlog.get_logger("delivery")
LARGEST = 20 * 1024 * 1024
"""What the platforms give a bot; a larger one stays where it is."""

PAUSES = (0.0, 1.0)
"""Before each try: the words that go along do not wait long for a line that is down."""

SAME_STORE = {"wecom.school": "wecom"}
"""Whose files a platform has as well: what a corp is sent, all of its apps may pass on."""

SHOWN = frozenset({"photo", "video", "document"})
"""Kinds that are the same everywhere; of voices each platform has its own sort, and they go as files."""

ENDINGS = {
    ("telegram", "voice"): ".ogg",
    ("wecom", "voice"): ".amr",
    ("official_account", "voice"): ".amr",
}
USUAL = {"photo": ".jpg", "video": ".mp4", "video_note": ".mp4", "audio": ".mp3", "voice": ".ogg"}


class Source(Protocol):
    """What is asked of a platform: its files, if it has any."""

    @property
    def fetches(self) -> FetchesFiles | None:
        """Whoever brings a file that somebody sent."""
        ...


class Carrier:
    """Fetches files; the last one is kept for the others to whom it goes."""

    def __init__(self) -> None:
        """Nothing was fetched yet."""
        self._last: tuple[str, str, bytes] | None = None

    async def bring(
        self, files: Sequence[Enclosed], to: str, source_of: Mapping[str, Source]
    ) -> tuple[Enclosed, ...]:
        """Files as the platform `to` can take them; one that is not to be had is left out of them."""
        brought: list[Enclosed] = []
        for file in files:
            if file.ref is None or file.platform in (None, to, SAME_STORE.get(to)):
                brought.append(file)
            elif (data := await self._fetch(file.platform or "", file.ref, source_of)) is not None:
                brought.append(_as_data(file, data))
            else:
                log.warning("a file cannot be brought over", platform=file.platform, kind=file.kind)
        return tuple(brought)

    async def _fetch(self, platform: str, ref: str, source_of: Mapping[str, Source]) -> bytes | None:
        if self._last is not None and self._last[:2] == (platform, ref):
            return self._last[2]
        source = source_of.get(platform)
        fetches = source.fetches if source is not None else None
        if fetches is None:
            return None
        for pause in PAUSES:
            await asyncio.sleep(pause)
            found = await fetches.fetch(ref, LARGEST)
            if isinstance(found, bytes):
                self._last = (platform, ref, found)
                return found
            if not isinstance(found, TryAgain):
                break
        return None


def _as_data(file: Enclosed, data: bytes) -> Enclosed:
    kind = file.kind if file.kind in SHOWN else "document"
    ending = ENDINGS.get((file.platform or "", file.kind)) or USUAL.get(file.kind, "")
    name = file.filename if PurePath(file.filename).suffix else f"{file.filename}{ending}"
    shown = base64.b64encode(data).decode()
    return replace(file, kind=kind, filename=name, ref=None, data=shown, platform=None)
