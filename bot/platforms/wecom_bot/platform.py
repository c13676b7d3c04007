"""The AI bot as a platform: the one class that bot/wechat.py makes where [wecom.bot] is configured."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.platforms.tencent.cards import Part, is_task, parts
from bot.platforms.tencent.keeping import Memory
from bot.platforms.wecom_bot import failures
from bot.platforms.wecom_bot.failures import Place
from bot.platforms.wecom_bot.files import Files, handed_over
from bot.platforms.wecom_bot.hearing import Ear, Press
from bot.platforms.wecom_bot.line import Line
from bot.platforms.wecom_bot.outbox import Outbox, tried
from bot.platforms.wecom_bot.read import PLATFORM, pressed_by, read
from bot.platforms.wecom_bot.settings import BotSettings, check
from bot.platforms.wecom_bot.wording import AS_MARKDOWN, plain
from bot.ports import Done, Failure, Key, Outcome, Refused, Store, Vault
from classroom import markup
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.events import Event, Json
from classroom.text import Label, PrivateText, PublicText

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

START_PATH = "/wecom/bot/start"
LONGEST_TOAST = 600
MOST_ANSWERED = 10_000
UNNAMED = "班务助手"


async def nobody(who: str) -> str:
    """There is no directory to ask what somebody is called."""
    return ""


class BotPlatform:
    """A bot of a corp: hears in groups what is said to it by @, and in private everything.

    It cannot delete, pin, mute or tag, knows nobody's name by itself, and changes what it said only as a
    card, in the seconds after a press on it.
    """

    called_only = True
    posts_stay = True

    def __init__(
        self,
        settings: BotSettings,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        names: Callable[[str], Awaitable[str]] = nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the connection; raises ConfigError for settings that cannot work."""
        check(settings)
        self._settings, phrases = settings, settings.phrases
        self._memory = Memory(vault, f"{PLATFORM}/{settings.id}", lambda: now().timestamp())
        self._files = Files(clock, plain_http=settings.url.startswith("ws://"))
        answer = settings.times.answer
        self._ear = Ear(self._memory, vault, names, self._files, now, clock, answer)
        self.line = Line(settings, self._ear.hear)
        self._outbox = Outbox(self.line, self._memory, phrases, clock)
        self._in_group = replace(phrases, choose=phrases.choose_group)
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[object]] = set()
        self._ear.invite, self._ear.greet = self._invite, self._greet

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """What people call the bot by; its own guess until somebody has."""
        return "".join(self._ear.called.split()) or UNNAMED

    @property
    def trouble(self) -> str:
        """What is wrong with the line now, in our own words."""
        if self._ear.lost:
            return f"{self._ear.lost} messages were lost: they could not be stored for too long"
        return self.line.trouble

    def start_link(self, payload: str) -> str:
        """How to begin: the bot has no address for that, so it is a page of ours, or a line that says it."""
        if self._settings.public_url:
            return f"{self._settings.public_url.rstrip('/')}{START_PATH}/{quote(payload, safe='')}"
        return f"{self._begin()} /start {payload}"

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """The pages behind start links, where families reach this server; WeCom itself never calls."""
        if not self._settings.public_url:
            return []
        from bot.platforms.tencent import starting  # noqa: PLC0415 - needs the web server

        return [starting.route(START_PATH, self._begin, lambda: self.mention)]

    def _begin(self) -> str:
        return self._settings.phrases.begin_line.format(app=self.mention)

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored frame into an event; None for what concerns us not."""
        return read(raw)

    async def open(self) -> None:
        """Nothing yet: of several processes only the one that leads may connect."""

    async def listen(self, store: Store) -> None:
        """Connect, and hand over what is said; ConfigError where WeCom never let the secret in."""
        line = self.line.start()
        handing = asyncio.create_task(self._ear.hand_over(store))
        try:
            done, _ = await asyncio.wait({line, handing}, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            handing.cancel()
            await asyncio.gather(handing, return_exceptions=True)
            await self.line.stop()

    async def close(self) -> None:
        """Give the connection back."""
        await self.line.stop()

    # --- saying ---------------------------------------------------------------------------------

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Say something in a group where somebody has called the bot before."""
        if _is_private(text, files):
            return Refused(Failure.LEAK)
        place = failures.group(to.native)
        if place is None:
            return Refused(Failure.NOT_FOUND, "no group of this bot")
        first = await self._memory.first_number(to.native) if keys else 1
        letter = parts(text.body, keys, self._in_group, first=first, hand=AS_MARKDOWN)
        return await self._say(place, to.native, letter, files)

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one person, and never where WeCom has told us of a group."""
        if failures.group(to.native) is not None or to.native in self._ear.groups:
            return Refused(Failure.LEAK)
        place = failures.single(to.native)
        if place is None:
            return Refused(Failure.NOT_FOUND, "no member")
        first = await self._memory.first_number(to.native) if keys else 1
        letter = parts(text.body, keys, self._settings.phrases, first=first, hand=AS_MARKDOWN)
        return await self._say(place, to.native, letter, files)

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Change a card that was just pressed; else what was told is told anew, and a post stays as it is."""
        in_group = isinstance(chat, GroupAddress) or failures.group(chat.native) is not None
        if in_group and isinstance(text, PrivateText):
            return Refused(Failure.LEAK)
        if not refs:
            return Refused(Failure.NOT_FOUND)
        current = await self._memory.current(refs)
        if (changed := await self._changed(chat.native, current, text, keys)) is not None:
            return Done(tuple(refs)) if isinstance(changed, Done) else changed
        if isinstance(chat, GroupAddress) or in_group:
            return Refused(Failure.UNSUPPORTED)
        await self._memory.end_choice(chat.native, current)
        told = await self.tell(chat, text, keys, (), False)
        if not isinstance(told, Done):
            return told
        await tried(self._memory.replaced(refs[-1], told.refs))
        return Done(tuple(refs))

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Answer a press: on the card itself for the one who pressed, else in their own conversation."""
        found = pressed_by(callback)
        if found is None or callback in self._answered:
            return Refused(Failure.EXPIRED)
        if text is not None and text.text.strip():
            said = await self._said_to(*found, text.text)
            if not isinstance(said, Done):
                return said
        self._answered[callback] = None
        if len(self._answered) > MOST_ANSWERED:
            self._answered.popitem(last=False)
        return Done()

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes of a file that somebody sent in the last minutes."""
        return await self._files.fetch(ref, limit)

    # --- parts ----------------------------------------------------------------------------------

    async def _said_to(self, who: str, msgid: str, words: str) -> Outcome:
        press = self._ear.presses.get(msgid)
        if press is not None and press.native != who and self._ear.answerable(press):
            whispered = await self._outbox.whisper(press, words)
            if whispered is not None:
                return whispered
        place = failures.single(who)
        if place is None:
            return Refused(Failure.NOT_FOUND)
        letter = [Part(plain(words[:LONGEST_TOAST]))]
        return self._outbox.wait(place, 1) or await self._outbox.send(place, who, letter)

    def _invite(self, press: Press) -> None:
        """Ask who pressed in a group to open the bot's own conversation."""
        self._beside(self._outbox.whisper(press, self._settings.phrases.begin))

    def _greet(self, req_id: str) -> None:
        """Ask who has come in to say a word: before that the bot may not speak to them."""
        self._beside(self._outbox.greet(req_id, self._settings.phrases.greeting))

    def _beside(self, work: Coroutine[None, None, object]) -> None:
        """Do something without keeping others waiting."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _changed(
        self, native: str, current: Sequence[str], text: PrivateText | PublicText, keys: Sequence[Key]
    ) -> Outcome | None:
        """Change the card if it was just pressed; None where it was not, or does not hold the words."""
        press = self._ear.press_on(native, current[-1]) if is_task(current[-1]) else None
        words, spans = markup.read(text.body)
        if press is None or any(span.kind == "text_link" for span in spans):
            return None
        return await self._outbox.change(press, words, keys)

    async def _say(
        self, place: Place, native: str, letter: Sequence[Part], files: Sequence[Enclosed]
    ) -> Outcome:
        if not letter and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        if barred := self._outbox.wait(place, len(letter) + len(files)):
            return barred
        ready: list[dict[str, Json]] = []
        for file in files:
            message = await handed_over(self.line, file)
            if not isinstance(message, dict):
                return message
            ready.append(message)
        return await self._outbox.send(place, native, letter, ready)


def _is_private(text: PrivateText | PublicText, files: Sequence[Enclosed] = ()) -> bool:
    return isinstance(text, PrivateText) or any(file.private for file in files)
