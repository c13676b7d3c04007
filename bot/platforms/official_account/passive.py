"""The answer to a call itself, which WeChat counts among no quota: for a moment a call waits for it.

Whoever says something to the one who called hands it over here, and hears when it was written to WeChat.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from bot.platforms.tencent.callback import Reply

SAID_AGAIN = 60.0
"""Seconds for which a call may come again: WeChat tries three times, five seconds apart."""

WRITTEN_WITHIN = 2.0
"""Seconds in which an answer must be written; WeChat itself waits for five."""

XML = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{by}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content></xml>"
)


@dataclass(slots=True)
class _Call:
    """A call that waits."""

    words: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    written: asyncio.Event = field(default_factory=asyncio.Event)

    async def was_written(self) -> None:
        """The answer has gone out."""
        self.written.set()


class Passive:
    """The calls that wait now, by who called, and what the last ones were answered with."""

    def __init__(self, within: float, now: Callable[[], float]) -> None:
        """`within` seconds a call waits, 0 for not at all; `now` gives seconds since 1970."""
        self._within, self._now = within, now
        self._waiting: dict[str, deque[_Call]] = {}
        self._said: OrderedDict[str, tuple[str, float]] = OrderedDict()

    @contextlib.asynccontextmanager
    async def waiting(self, who: str) -> AsyncIterator[_Call]:
        """From before a call is stored until it is answered: what is said meanwhile may be its answer."""
        call = _Call()
        queue = self._waiting.setdefault(who, deque())
        if self._within > 0:
            queue.append(call)
        try:
            yield call
        finally:
            with contextlib.suppress(ValueError):
                queue.remove(call)
            if not queue:
                self._waiting.pop(who, None)

    async def answer(self, call: _Call, key: str, to: str, by: str) -> Reply | None:
        """What a call is answered with, if somebody says something in time."""
        if self._within <= 0:
            return None
        try:
            words = await asyncio.wait_for(asyncio.shield(call.words), self._within)
        except TimeoutError:
            call.words.cancel()
            return None
        xml = XML.format(to=to, by=by, at=int(self._now()), words=words.replace("]]>", "]]]]><![CDATA[>"))
        self._forget()
        self._said[key] = xml, self._now()
        return Reply(xml, call.was_written)

    def again(self, key: str) -> Reply | None:
        """The same answer to the same call, where WeChat has not heard the first."""
        self._forget()
        said = self._said.get(key)
        return Reply(said[0]) if said is not None else None

    def _forget(self) -> None:
        """What was said is kept no longer than it can be asked for."""
        while self._said and next(iter(self._said.values()))[1] < self._now() - SAID_AGAIN:
            self._said.popitem(last=False)

    async def take(self, who: str, words: str) -> bool:
        """Answer somebody's call with this; False where none waits, or it could not be written."""
        queue = self._waiting.get(who)
        call = queue.popleft() if queue else None
        if call is None or call.words.done():
            return False
        call.words.set_result(words)
        try:
            await asyncio.wait_for(call.written.wait(), WRITTEN_WITHIN)
        except TimeoutError:
            return False
        return True
