"""Saying things to a follower: as the answer to a call, within the window, or by a template message.

Before a message leaves, the id that makes it one of a kind is kept; it is forgotten once the message is known
to be there. So a line that broke, or a process that died, asks again under the same id and not for a second.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.platforms.official_account.failures import ALREADY, BUSY, QUOTA, TABLE, WINDOW
from bot.platforms.official_account.notices import Notices
from bot.platforms.official_account.passive import Passive
from bot.platforms.official_account.read import template_ref
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, before, outcome
from bot.platforms.tencent.fields import text
from bot.platforms.tencent.line import File
from bot.ports import Done, Failure, Outcome, Refused, TryAgain, Vault
from classroom.effects import Enclosed
from classroom.events import Json

log = structlog.get_logger(__name__)

USED_UP = "errcode 45009: today's calls are used up; WeChat counts anew after midnight"
IN_DOUBT = 24 * 3600.0
"""Seconds for which an id is kept of a message of which nobody knows whether it is there."""

MOST_PICTURE = 10 << 20
PICTURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
KINDS = {"photo": "image", "voice": "voice", "video": "video"}
CLOSED = Refused(Failure.WINDOW_CLOSED)


class Outbox:
    """Sends messages, one after the other."""

    def __init__(
        self,
        api: Api,
        vault: Vault,
        app: str,
        passive: Passive,
        notices: Notices | None,
        now: Callable[[], datetime],
    ) -> None:
        """`notices` make template messages, where one is chosen; `now` is China's time of day."""
        self._api, self._vault, self._app = api, vault, app
        self._passive, self._notices, self._now = passive, notices, now
        self._opens: datetime | None = None

    @property
    def trouble(self) -> str:
        """What keeps everything back now, if anything does."""
        return USED_UP if self._opens is not None and self._now() < self._opens else ""

    async def answer(self, who: str, words: str) -> Outcome | None:
        """Say it as the answer to a call of theirs that waits; None where none does."""
        mark = secrets.token_hex(8)
        return Done((f"answer:{mark}",)) if await self._passive.take(who, words) else None

    async def say(self, who: str, message: dict[str, Json]) -> Outcome:
        """Send one message within the window."""
        body: dict[str, Json] = {"touser": who, **message}

        async def send(mark: str) -> Outcome:
            await self._api.post("message/custom/send", {**body, "clientmsgid": mark})
            return Done((f"message:{mark}",))

        return await self._once(who, body, send)

    async def knock(self, who: str, url: str) -> Outcome:
        """Outside of the window: a template message with the page's address, if there can be one."""
        if self._notices is None or not url:
            return CLOSED
        try:
            body = await self._notices.body(who, url)
        except (ApiError, LineError) as error:
            return before(error, TABLE)
        if body is None:
            return Refused(Failure.NOT_ALLOWED, "no such template")
        ready = body

        async def send(mark: str) -> Outcome:
            answer = await self._api.post("message/template/send", {**ready, "client_msg_id": mark})
            msgid = text(answer, "msgid")
            return Done((template_ref(msgid),) if msgid else ())

        return await self._once(who, {"template": url}, send)

    async def begun(self, who: str, messages: Sequence[dict[str, Json]]) -> list[str]:
        """What somebody has had of a letter already that was broken off before; it goes on behind that."""
        kept = await self._vault.take(self._letter(who, messages)) if len(messages) > 1 else None
        return [str(ref) for ref in json.loads(kept)] if kept else []

    async def interrupted(self, who: str, messages: Sequence[dict[str, Json]], refs: Sequence[str]) -> None:
        """A letter was broken off behind these."""
        if refs:
            await self._vault.put(self._letter(who, messages), json.dumps([*refs]), IN_DOUBT)

    async def picture(self, file: Enclosed) -> dict[str, Json] | Outcome:
        """A picture, a voice or a video as a message; None of other files, which nobody can send there."""
        if file.ref and file.kind in KINDS:
            return {"msgtype": KINDS[file.kind], KINDS[file.kind]: {"media_id": file.ref}}
        data = file.content
        ending = next((ending for head, ending in PICTURES.items() if data.startswith(head)), "")
        if not ending:
            return Refused(Failure.UNSUPPORTED, "no picture")
        if len(data) > MOST_PICTURE:
            return Refused(Failure.REFUSED, "too_large")
        try:
            upload = File("media", f"picture{ending}", data)
            answer = await self._api.upload("media/upload", upload, type="image")
        except (ApiError, LineError) as error:
            return before(error, TABLE)
        return {"msgtype": "image", "image": {"media_id": text(answer, "media_id")}}

    def _letter(self, who: str, messages: Sequence[dict[str, Json]]) -> str:
        return f"{self._app}/letter/{who}/{_digest(messages)}"

    async def _once(
        self, who: str, body: dict[str, Json], send: Callable[[str], Awaitable[Outcome]]
    ) -> Outcome:
        """Send under an id that is the same as long as it is not known whether the message is there."""
        if self._opens is not None and self._now() < self._opens:
            return TryAgain(str(QUOTA), after=(self._opens - self._now()).total_seconds())
        name = f"{self._app}/doubt/{who}/{_digest(body)}"
        mark = await self._vault.get(name)
        if mark is None:
            mark = secrets.token_hex(16)
            await self._vault.put(name, mark, IN_DOUBT)
        try:
            sent = await send(mark)
        except LineError as error:
            return outcome(error, TABLE)
        except ApiError as error:
            if error.code == BUSY:
                return outcome(error, TABLE)
            sent = self._refused(error, mark)
        await self._vault.drop(name)
        return sent

    def _refused(self, error: ApiError, mark: str) -> Outcome:
        if error.code == ALREADY:
            return Done((f"message:{mark}",))
        return self._stopped() if error.code == QUOTA else outcome(error, TABLE)

    def _stopped(self) -> TryAgain:
        """Leave WeChat alone until its day is over."""
        now = self._now()
        self._opens = now.replace(hour=0, minute=1, second=0, microsecond=0) + timedelta(days=1)
        log.warning("official_account.quota", trouble=USED_UP)
        return TryAgain(str(QUOTA), after=(self._opens - now).total_seconds())


def closed(found: Outcome) -> bool:
    """Whether the window of customer-service messages is shut for this person."""
    return isinstance(found, Refused) and found.detail in {str(code) for code in WINDOW}


def _digest(what: dict[str, Json] | Sequence[dict[str, Json]]) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


def text_message(words: str) -> dict[str, Json]:
    """A text as WeChat takes it."""
    return {"msgtype": "text", "text": {"content": words}}
