"""From a frame to what is stored: without the call by @, under a key that a repetition shares.

The server keeps nothing for us: what came in waits here until it is stored, over a break of the database and
of our own listening.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.platforms.tencent.cards import START
from bot.platforms.tencent.fields import Fields, inner, text
from bot.platforms.tencent.keeping import Memory
from bot.platforms.wecom_bot.failures import member
from bot.platforms.wecom_bot.files import Files
from bot.platforms.wecom_bot.read import (
    OPENED,
    PLATFORM,
    PRESSED,
    event_of,
    files_of,
    origin_of,
    pressed_key,
    task_of,
    words_of,
)
from bot.ports import Incoming, Store, Vault
from classroom.addresses import ChatKind
from classroom.errors import HomeroomError
from classroom.events import Json

log = structlog.get_logger(__name__)

HELLO = re.compile(r"(?:你好|您好|老师好|在吗|开始|hi|hello)[啊呀吗]?[\s!！,，.。~～?？]*", re.IGNORECASE)
NUMBER = re.compile(r"\s*([0-9]{1,2})\s*[.。、]?\s*")
AT_ONCE, MOST_WAITING, MOST_PRESSES = 50, 20_000, 5_000
NAME_WITHIN = 0.5
"""Seconds for which a frame waits for the directory to say who somebody is."""

WANTS_FOR = 24 * 3600.0
TALKS_FOR = 10 * 365 * 24 * 3600.0
AGAIN_AFTER = 0.2

Names = Callable[[str], Awaitable[str]]
_TO_SLASH = re.compile(r"@(?P<name>[^@/／、\n]{1,20}?)[\s\u2005]+(?=[/／、⁄∕╱][A-Za-z\u4e00-\u9fff])")
_AT_HEAD = re.compile(r"@(?P<name>\S{1,40})(?:[\s\u2005]+|$)")
_AT_END = re.compile(r"[\s\u2005]+@\S{1,40}[\s\u2005]*$")


@dataclass(slots=True)
class Press:
    """One press: by `req_id` its card can be changed, once and soon."""

    who: str
    native: str
    task: str
    req_id: str
    until: float
    told: bool = False


class Ear:
    """Takes frames in, and remembers for some seconds how they can be answered."""

    def __init__(
        self,
        memory: Memory,
        vault: Vault,
        names: Names,
        files: Files,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        answer_within: float,
    ) -> None:
        """`names` asks a directory what somebody is called; empty where there is none."""
        self._memory, self._vault, self._names, self._files = memory, vault, names, files
        self._now, self._clock, self._within = now, clock, answer_within
        self._waiting: deque[tuple[Fields, datetime]] = deque()
        self._ready: deque[Incoming] = deque()
        self._news = asyncio.Event()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._talking: OrderedDict[str, None] = OrderedDict()
        self.presses: OrderedDict[str, Press] = OrderedDict()
        self.groups: OrderedDict[str, None] = OrderedDict()
        """Ids of groups, which can be nobody's userid."""
        self.invite: Callable[[Press], None] = lambda press: None
        """Says to who pressed in a group that the bot must be opened first."""

        self.greet: Callable[[str], None] = lambda req_id: None
        """Asks who has come in for a word, before which the bot may not speak to them."""

        self.called = self._tried = ""
        """What people call the bot by, learnt from how they do."""
        self.lost = 0
        """Frames for which there was no room."""

    def hear(self, frame: Fields) -> None:
        """Note a frame; the line reads on at once."""
        body = inner(frame, "body")
        key = text(body, "msgid")
        if not key or key in self._seen:
            return
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        _remember(self._seen, key, MOST_WAITING)
        self._answerable(frame, body)
        self._files.note(body)
        self._waiting.append((frame, self._now()))
        self._news.set()

    async def hand_over(self, store: Store) -> None:
        """Hand to `store` whatever comes, in order, until it is stored."""
        while True:
            self._news.clear()
            while self._waiting or self._ready:
                try:
                    await self._prepare()
                    batch = [*self._ready][:AT_ONCE]
                    if batch:
                        await store(batch)
                except HomeroomError as trouble:
                    log.warning("wecom.bot", trouble=f"not stored yet: {type(trouble).__name__}")
                    await asyncio.sleep(AGAIN_AFTER)
                    continue
                for _ in batch:
                    self._ready.popleft()
            await self._news.wait()

    async def talks(self, who: str) -> bool:
        """Whether somebody has ever written to the bot alone, so that it may write to them."""
        if who not in self._talking and await self._vault.get(f"{PLATFORM}/talks/{who}") is not None:
            _remember(self._talking, who, MOST_WAITING)
        return who in self._talking

    # --- answering soon -------------------------------------------------------------------------

    def _answerable(self, frame: Fields, body: Fields) -> None:
        origin, who = origin_of(body), text(inner(body, "from"), "userid")
        req_id, until = text(inner(frame, "headers"), "req_id"), self._clock() + self._within
        if origin is None:
            return
        if origin.kind is ChatKind.GROUP:
            _remember(self.groups, text(body, "chatid"), MOST_WAITING)
        if event_of(body) == PRESSED:
            self.presses[text(body, "msgid")] = Press(who, origin.native, task_of(body), req_id, until)
            if len(self.presses) > MOST_PRESSES:
                self.presses.popitem(last=False)

    def press_on(self, native: str, task: str) -> Press | None:
        """The newest press on a card that can still be answered."""
        fresh = (one for one in reversed(self.presses.values()) if self.answerable(one))
        return next((one for one in fresh if (one.native, one.task) == (native, task)), None)

    def answerable(self, press: Press) -> bool:
        """Whether a press can still be answered on its card, which it can once."""
        return press.until > self._clock() and not press.told

    # --- what is stored -------------------------------------------------------------------------

    async def _prepare(self) -> None:
        """Make what waits ready to be stored; what cannot be yet waits on."""
        while self._waiting and len(self._ready) < AT_ONCE:
            frame, at = self._waiting[0]
            incoming = await self._prepared(frame, inner(frame, "body"), at)
            self._waiting.popleft()
            if incoming is not None:
                self._ready.append(incoming)

    async def _prepared(self, frame: Fields, body: Fields, at: datetime) -> Incoming | None:
        who, origin = member(text(inner(body, "from"), "userid")), origin_of(body)
        if who is None or origin is None:
            return None
        alone = origin.kind is ChatKind.PRIVATE
        found: dict[str, Json] = {"body": _without_addresses(body), "at": int(at.timestamp())}
        if event_of(body):
            if not await self._leads_on(frame, body, who, alone):
                return None
        elif alone:
            await self._alone(who, words_of(body).strip(), found)
        else:
            found["said"] = (await self._stripped(words_of(body))).strip()
            await self._number(origin.native, str(found["said"]), found)
        found["name"] = await self._name(who)
        key = f"{PLATFORM}:{text(body, 'msgid')}"
        return Incoming(key, json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))

    async def _leads_on(self, frame: Fields, body: Fields, who: str, alone: bool) -> bool:
        """Whether an event is anybody's business now; False where the bot may not speak to somebody yet."""
        key = pressed_key(body) if event_of(body) == PRESSED else ""
        waits = event_of(body) == OPENED or (key.startswith(START) and not alone)
        if not waits or await self.talks(who):
            return True
        if event_of(body) == OPENED:
            self.greet(text(inner(frame, "headers"), "req_id"))
            return False
        await self._vault.put(f"{PLATFORM}/wants/{who}", key.removeprefix(START), WANTS_FOR)
        if (press := self.presses.get(text(body, "msgid"))) is not None:
            self.invite(press)
        return False

    async def _alone(self, who: str, said: str, found: dict[str, Json]) -> None:
        """What somebody writes to the bot alone; the first word goes on with what they pressed in a group."""
        found["said"] = said
        if await self.talks(who):
            await self._number(who, said, found)
            return
        if wanted := await self._vault.take(f"{PLATFORM}/wants/{who}"):
            found["said"] = f"/start {wanted}"
        elif HELLO.fullmatch(said):
            found["said"] = "/start"
        await self._vault.put(f"{PLATFORM}/talks/{who}", "1", TALKS_FOR)

    async def _number(self, native: str, said: str, found: dict[str, Json]) -> None:
        """A number alone may be the answer to a choice that was offered with numbers."""
        typed = NUMBER.fullmatch(said)
        chosen = await self._memory.choice(native, str(int(typed[1]))) if typed else None
        if chosen is not None:
            found["key"], found["ref"] = chosen

    async def _stripped(self, said: str) -> str:
        """Without the call by @, which may have blanks in it."""
        if not self.called:
            self.called = await self._vault.get(f"{PLATFORM}/called") or ""
        rest = said.removeprefix(f"@{self.called}") if self.called else said
        if rest != said and (not rest or rest[0].isspace()):
            return rest.strip()
        if found := _TO_SLASH.match(said) or _AT_HEAD.match(said):
            name, before, self._tried = found["name"], self._tried, found["name"]
            if found.re is _TO_SLASH and name == before:  # twice the same is no accident
                self.called = name
                await self._vault.put(f"{PLATFORM}/called", name, TALKS_FOR)
            return said[found.end() :]
        return _AT_END.sub("", said)

    async def _name(self, who: str) -> str:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._names(who), NAME_WITHIN)
        return ""


def _without_addresses(body: Fields) -> Fields:
    """What is stored of a frame: addresses by which anybody could answer or fetch are not."""
    kept = {key: value for key, value in body.items() if key != "response_url"}
    for _, file in files_of(kept):
        for secret in ("url", "aeskey"):
            file.pop(secret, None)
    return kept


def _remember(kept: OrderedDict[str, None], key: str, most: int) -> None:
    kept[key] = None
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
