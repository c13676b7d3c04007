"""From WeCom's call to what is stored: under a key that a repetition shares, without codes and secrets."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from collections.abc import Awaitable, Callable

from bot.platforms.tencent.callback import Call
from bot.platforms.tencent.fields import Fields, MalformedError, text
from bot.platforms.tencent.keeping import Memory
from bot.platforms.tencent.opening import Listening
from bot.platforms.wecom.failures import member
from bot.platforms.wecom.read import OPENS, PLATFORM, PRESSES
from bot.ports import Incoming, Store
from classroom.errors import DatabaseError
from classroom.events import Json

NUMBER = re.compile(r"\s*([0-9]{1,2})\s*[.。、]?\s*")
NAME_WITHIN = 0.5
"""Seconds for which a call waits for the directory to say who somebody is."""

Names = Callable[[str], Awaitable[str]]


class Ear(Listening):
    """Takes calls in."""

    def __init__(self, corp: str, agent: int, memory: Memory, names: Names) -> None:
        """`names` asks the directory what somebody is called; empty where it does not say."""
        self._corp, self._agent = corp, str(agent)
        self._memory, self._names = memory, names
        self.elsewhere: dict[str, Callable[[Call], Awaitable[None]]] = {}
        """Events of the corp, by name, that concern another platform: the app's address is the only one."""

    def accepting(self, store: Store | None) -> Callable[[Call], Awaitable[None]]:
        """What a callback does with a call: it returns after the commit."""

        async def accept(call: Call) -> None:
            await self._take(call, store or self.listener)

        return accept

    async def _take(self, call: Call, store: Store | None) -> None:
        body = call.fields
        if text(body, "ToUserName") != self._corp or text(body, "AgentID") not in (self._agent, "", "0"):
            raise MalformedError("receiver")
        if (other := self.elsewhere.get(text(body, "Event"))) is not None:
            await other(call)
            return
        if store is None:
            raise DatabaseError("nobody listens yet")
        key, found = await self._prepared(call)
        await store([Incoming(key, json.dumps(found, ensure_ascii=False).encode())])

    async def _prepared(self, call: Call) -> tuple[str, dict[str, Json]]:
        body = dict(call.fields)
        code = body.pop("ResponseCode", "")
        mark = hashlib.sha256(call.words.encode("utf-8", "replace")).hexdigest()[:24]
        found: dict[str, Json] = {"xml": body, "mark": mark}
        who, event = member(text(body, "FromUserName")), text(body, "Event")
        if who is not None:
            if isinstance(code, str) and code and event in PRESSES:
                await self._memory.pressed(text(body, "TaskId"), code)
            if event in OPENS and await self._memory.meets(who, mark):
                found["first"] = True
            await self._number(who, body, found)
            found["name"] = await self._name(who)
        return f"{PLATFORM}:{text(body, 'MsgId') or mark}", found

    async def _number(self, who: str, body: Fields, found: dict[str, Json]) -> None:
        """A number alone may be the answer to a choice that was offered with numbers."""
        typed = NUMBER.fullmatch(text(body, "Content")) if text(body, "MsgType") == "text" else None
        chosen = await self._memory.choice(who, str(int(typed[1]))) if typed else None
        if chosen is not None:
            found["key"], found["ref"] = chosen

    async def _name(self, who: str) -> str:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._names(who), NAME_WITHIN)
        return ""
