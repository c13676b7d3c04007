"""From WeChat's call to what is stored: under a key that a repetition shares, without tickets."""

from __future__ import annotations

import hashlib
import json

from bot.platforms.official_account.failures import person
from bot.platforms.official_account.passive import Passive
from bot.platforms.official_account.read import FOLLOWS, PICKS, PLATFORM, SCANS
from bot.platforms.official_account.scenes import Scenes
from bot.platforms.tencent.callback import Accept, Call, Reply
from bot.platforms.tencent.fields import Fields, text
from bot.platforms.tencent.opening import Listening
from bot.ports import Incoming, Store
from classroom.errors import DatabaseError
from classroom.events import Json

ANSWERED = (FOLLOWS, SCANS, PICKS)
"""What people wait for an answer to, beside their words."""


class Ear(Listening):
    """Takes calls in."""

    def __init__(self, scenes: Scenes, passive: Passive) -> None:
        """`scenes` know what was scanned, `passive` holds a call until there is an answer."""
        self._scenes, self._passive = scenes, passive

    def accepting(self, store: Store | None) -> Accept:
        """What a callback does with a call: it returns after the commit, or a moment later with an answer."""

        async def accept(call: Call) -> Reply | None:
            return await self._take(call, store or self.listener)

        return accept

    async def _take(self, call: Call, store: Store | None) -> Reply | None:
        body = call.fields
        mark = hashlib.sha256(call.words.encode("utf-8", "replace")).hexdigest()[:24]
        key = f"{PLATFORM}:{text(body, 'MsgId') or mark}"
        if (again := self._passive.again(key)) is not None:
            return again
        if store is None:
            raise DatabaseError("nobody listens yet")
        who = person(text(body, "FromUserName"))
        silent = text(body, "MsgType") == "event" and text(body, "Event") not in ANSWERED
        if who is None or silent:
            await store([await self._prepared(body, key, mark)])
            return None
        async with self._passive.waiting(who) as waiting:
            await store([await self._prepared(body, key, mark)])
            return await self._passive.answer(waiting, key, who, text(body, "ToUserName"))

    async def _prepared(self, body: Fields, key: str, mark: str) -> Incoming:
        kept = {name: value for name, value in body.items() if name != "Ticket"}
        found: dict[str, Json] = {"xml": kept, "mark": mark}
        who, scene = person(text(body, "FromUserName")), text(body, "EventKey")
        if who is not None and scene and text(body, "Event") in (FOLLOWS, SCANS):
            found["payload"] = await self._scenes.payload(scene, who)
        return Incoming(key, json.dumps(found, ensure_ascii=False).encode())
