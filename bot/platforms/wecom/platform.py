"""The WeCom app as a platform: the one class that bot/serving.py makes where [wecom] is configured."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import structlog
from starlette.routing import BaseRoute

from bot.platforms.tencent import fields, files, starting
from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.api import Api, TokenRequest
from bot.platforms.tencent.callback import Call, Callback
from bot.platforms.tencent.cards import Part, parts
from bot.platforms.tencent.crypto import Cipher
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.platforms.tencent.keeping import Memory
from bot.platforms.tencent.opening import until_answered
from bot.platforms.tencent.wording import ended, plain, texts
from bot.platforms.wecom import failures
from bot.platforms.wecom.editing import Editing
from bot.platforms.wecom.failures import TABLE
from bot.platforms.wecom.groups import Groups
from bot.platforms.wecom.hearing import Ear
from bot.platforms.wecom.outbox import Outbox, Sent, message_of, text_message
from bot.platforms.wecom.read import PLATFORM, read, who_pressed
from bot.platforms.wecom.settings import WeComSettings, check
from bot.ports import Done, Failure, Key, Outcome, Refused, Store, TryAgain, Vault
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import Event
from classroom.text import Label, PrivateText, PublicText

log = structlog.get_logger(__name__)

PATH = "/wecom/callback"
HOPELESS = frozenset({40001, 40013, 40091, 40125})
"""Refusals of the secret itself: no waiting cures them."""

MOST_NAMES = 20_000
MOST_PRESSES = 10_000
LONGEST_TOAST = 600


class WeComPlatform:
    """An app of a corp: hears and tells its members one by one, and posts into groups that it has made.

    It cannot read a group, nor delete, pin, mute or tag there, and declares nothing of that.
    """

    private_only = True
    posts_stay = True

    def __init__(
        self,
        settings: WeComSettings,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the connections; raises ConfigError for settings that cannot work."""
        check(settings)
        self._settings = settings
        app = f"{PLATFORM}/{settings.corp_id}/{settings.agent_id}"
        self._api = Api(
            f"{app}/token", settings.api_root, token_of(settings), vault, clock=clock, times=settings.times
        )
        self._memory = Memory(vault, app, lambda: now().timestamp())
        self._outbox = Outbox(self._api, settings.agent_id, Allowance(clock), clock)
        self._editing = Editing(self._outbox, self._memory, settings.phrases)
        self._groups = Groups(self._api)
        self._ear = Ear(settings.corp_id, settings.agent_id, self._memory, self.name_of)
        self.callback = Callback(
            PATH, settings.token, Cipher(settings.aes_key, settings.corp_id), now, confirm=b""
        )
        self._names: OrderedDict[str, str] = OrderedDict()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._mention = ""

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """What the app is called, known once the platform is open."""
        return self._mention or "homeroom"

    @property
    def trouble(self) -> str:
        """What is wrong with the app now, in our own words."""
        return self._api.trouble

    def start_link(self, payload: str) -> str:
        """The page that tells how to begin: the app has no address that begins a conversation."""
        return f"{self._settings.public_url.rstrip('/')}/wecom/start/{quote(payload, safe='')}"

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored call into an event; None for what concerns us not."""
        return read(raw)

    async def open(self) -> None:
        """Learn what the app is called; waits for WeCom as long as it takes, but not for a wrong secret."""
        agent = str(self._settings.agent_id)
        found = await until_answered(PLATFORM, lambda: self._api.get("agent/get", agentid=agent), _enough)
        if found is not None:
            self._mention = "".join(fields.text(found, "name").split()).lstrip("@")

    async def listen(self, store: Store) -> None:
        """Take in what WeCom calls us with, where the routes were given no store of their own."""
        await self._ear.listen(store)

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """The address that the console names, and start links; None: whoever listens takes in what comes."""
        return [
            self.callback.route(self._ear.accepting(store)),
            starting.route(
                "/wecom/start",
                lambda: self._settings.phrases.begin.format(app=self.mention),
                lambda: self.mention,
            ),
        ]

    def hand_on(self, event: str, take: Callable[[Call], Awaitable[None]]) -> None:
        """Give events of this name to another platform, once they are known to be WeCom's."""
        self._ear.elsewhere[event] = take

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    # --- saying ---------------------------------------------------------------------------------

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Say something in a group of the app's. There are no buttons there: a line says where to answer."""
        if _is_private(text, files):
            return Refused(Failure.LEAK)
        chat = failures.chat(to.native)
        if chat is None:
            return Refused(Failure.NOT_FOUND, "no group of this app")
        found = texts(text.body)
        if not found and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        if keys:
            found = ended(found, self._settings.phrases.in_app.format(app=self.mention))
        return await self._post_all(chat, found, files)

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one member: never to several, and never where a group could be meant."""
        if failures.chat(to.native) is not None:
            return Refused(Failure.LEAK)
        who = failures.member(to.native)
        if who is None:
            return Refused(Failure.NOT_FOUND, "no member")
        first = await self._memory.first_number(who) if keys else 1
        letter = parts(text.body, keys, self._settings.phrases, protect=protect, first=first)
        if not letter and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        if (barred := self._outbox.wait(who, len(letter) + len(files))) is not None:
            return barred
        told = await self._tell_all(who, letter, files, protect)
        return replace(told, fate=self._outbox.fate(who)) if isinstance(told, Done) else told

    async def tell_many(
        self, to: Sequence[PersonAddress], text: PrivateText | PublicText, protect: bool
    ) -> Sequence[Outcome]:
        """Say the same to several members in one call; one who cannot be told keeps nobody else waiting."""
        if any(failures.chat(one.native) is not None for one in to):
            return [Refused(Failure.LEAK)] * len(to)
        letter = parts(text.body, (), self._settings.phrases, protect=protect)
        if not letter:
            return [Refused(Failure.REFUSED, "nothing to say")] * len(to)
        results = {one.native: self._barred(one.native, len(letter)) for one in to}
        for place, part in enumerate(letter):
            left = [who for who, result in results.items() if result is None]
            if not left:
                break
            sent = await self._outbox.tell_many(left, message_of(part), safe=protect)
            for who, one in zip(left, sent, strict=True):
                if isinstance(one, TryAgain):
                    results[who] = replace(one, uncertain=one.uncertain or place > 0)
                elif not isinstance(one, Sent):
                    results[who] = one
        return [results[one.native] or Done() for one in to]

    def _barred(self, who: str, messages: int) -> Outcome | None:
        if failures.member(who) is None:
            return Refused(Failure.NOT_FOUND, "no member")
        return self._outbox.wait(who, messages)

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Change what was told to somebody; what stands in a group stays as it is."""
        if isinstance(chat, GroupAddress) or failures.chat(chat.native) is not None:
            return Refused(Failure.LEAK if _is_private(text) else Failure.UNSUPPORTED)
        who = failures.member(chat.native)
        if who is None or not refs:
            return Refused(Failure.NOT_FOUND)
        return await self._editing.edit(who, refs, text.body, keys)

    async def recall(self, chat: PersonAddress, refs: Sequence[str]) -> Outcome:
        """Take back what was told to somebody within a day."""
        return await self._editing.recall(chat.native, refs)

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Answer a press: WeCom has no short lines, so that a message says it, once."""
        who = who_pressed(callback)
        if who is None or callback in self._answered:
            return Refused(Failure.EXPIRED)
        if text is not None and text.text.strip():
            barred = self._outbox.wait(who, 1)
            sent = barred or await self._outbox.tell(who, text_message(plain(text.text[:LONGEST_TOAST])))
            if not isinstance(sent, Sent):
                return sent
        self._answered[callback] = None
        if len(self._answered) > MOST_PRESSES:
            self._answered.popitem(last=False)
        return Done()

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes of a file that somebody sent, which WeCom keeps for three days."""
        return await files.fetched(self._api, ref, limit, TABLE)

    async def make_group(self, owner: PersonAddress, title: str, members: Sequence[str], key: str) -> Outcome:
        """Make a group of the app's, into which it can post."""
        return await self._groups.make(owner.native, title, members, key)

    # --- parts ----------------------------------------------------------------------------------

    async def _tell_all(
        self, who: str, letter: Sequence[Part], files: Sequence[Enclosed], protect: bool
    ) -> Outcome:
        refs: list[str] = []
        for file in files:
            message = await self._outbox.file(file)
            if not isinstance(message, dict):
                return await self._editing.undone(refs, message)
            sent = await self._outbox.tell(who, message, safe=protect)
            if not isinstance(sent, Sent):
                return await self._editing.undone(refs, sent)
            refs += [sent.msgid] if sent.msgid else []
        return await self._editing.send(who, letter, protect=protect, before=refs)

    async def _post_all(self, chat: str, found: Sequence[str], files: Sequence[Enclosed]) -> Outcome:
        """Post all of it; what stands in a group already cannot be taken back, and the outcome says so."""
        messages = [await self._outbox.file(file) for file in files]
        refused = next((one for one in messages if not isinstance(one, dict)), None)
        if refused is not None:
            return refused
        ready = [one for one in messages if isinstance(one, dict)] + [text_message(words) for words in found]
        for place, message in enumerate(ready):
            result = await self._outbox.post(chat, message)
            if isinstance(result, TryAgain):
                return replace(result, uncertain=result.uncertain or place > 0)
            if not isinstance(result, Done):
                return result
        return Done()

    async def name_of(self, who: str) -> str:
        """What the directory calls somebody; asked once, empty where the app may not know."""
        if who in self._names:
            return self._names[who]
        try:
            found = await self._api.get("user/get", userid=who)
        except (ApiError, LineError):
            return ""
        self._names[who] = fields.text(found, "name") or fields.text(found, "alias")
        if len(self._names) > MOST_NAMES:
            self._names.popitem(last=False)
        return self._names[who]


def _enough(error: ApiError) -> bool:
    """The name is a help, not a condition; a wrong secret is not cured by waiting."""
    if error.code in HOPELESS:
        raise ConfigError(f"wecom.secret: {cure(error)} (errcode {error.code})") from None
    return error.code in (48002, 60011)


def _is_private(text: PrivateText | PublicText, files: Sequence[Enclosed] = ()) -> bool:
    return isinstance(text, PrivateText) or any(file.private for file in files)


def token_of(settings: WeComSettings) -> TokenRequest:
    """How the app asks for its token."""
    return TokenRequest("gettoken", {"corpid": settings.corp_id, "corpsecret": settings.secret})
