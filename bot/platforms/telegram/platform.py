"""Telegram as a platform: the one class that bot/app.py makes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from telegram import BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.platforms.telegram import fields
from bot.platforms.telegram.acts import Acts
from bot.platforms.telegram.failures import outcome
from bot.platforms.telegram.line import never_started, number, numbers
from bot.platforms.telegram.outbox import Letter, Outbox
from bot.platforms.telegram.polling import UNKNOWN_BOT, Backoff, Poller
from bot.platforms.telegram.read import PLATFORM, read
from bot.platforms.telegram.settings import DefaultMenu, TelegramSettings
from bot.platforms.telegram.updates import ALLOWED
from bot.platforms.telegram.wire import AnswerError, silence
from bot.ports import Failure, Key, Outcome, Refused, Store, TryAgain
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import Event
from classroom.text import PrivateText, PublicText

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

log = structlog.get_logger(__name__)

PEOPLE_REMEMBERED = 20_000


class TelegramPlatform(Acts):
    """A bot on Telegram: implements every protocol of bot/ports.py."""

    def __init__(
        self, settings: TelegramSettings, *, now: Callable[[], datetime], menus: Sequence[DefaultMenu] = ()
    ) -> None:
        """Prepare the connections; raises ConfigError for settings that cannot work. All see the `menus`."""
        super().__init__(settings, now)
        self._menus = menus
        self._outbox = Outbox(self._bot, self._call, self.start_link)
        self._username = ""
        self._people: dict[int, None] = {}
        self._poller: Poller | None = None

    @property
    def trouble(self) -> str:
        """Why no updates come in; empty while they do, or while Telegram is to bring them itself."""
        return self._poller.trouble if self._poller else ""

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """The bot's user name, known once the platform is open."""
        return self._username

    def start_link(self, payload: str) -> str:
        """The address that opens the private conversation with `payload`."""
        return f"https://t.me/{self._username}?start={quote(payload, safe='')}"

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored update into an event; None for what concerns us not."""
        try:
            update = json.loads(raw)
        except (ValueError, RecursionError):
            return None
        return read(update, self._me)

    async def open(self) -> None:
        """Learn who the bot is, choose how updates come, and set the menus that everybody sees.

        Waits for Telegram as long as it takes; raises ConfigError for what waiting does not cure.
        """
        silence()  # once more: logging may have been configured since
        await self._stubbornly(self._bot.initialize)
        self._me, self._username = str(self._bot.id), self._bot.username
        await self._stubbornly(self._choose_mode)
        for menu in self._menus:
            await self._set_default(menu)

    async def listen(self, store: Store) -> None:
        """Hand updates to `store` until cancelled; with a webhook, where the route does it, just wait."""
        if self._settings.mode == "webhook":
            await asyncio.Event().wait()
        self._poller = Poller(self._polls, self._base, self._settings.poll_timeout, self._backoff())
        await self._poller.run(store)

    def webhook_routes(self, store: Store) -> list[BaseRoute]:
        """The routes that Telegram calls; none when polling."""
        secret = self._settings.webhook_secret
        if self._settings.mode != "webhook" or not secret:
            return []
        from bot.platforms.telegram import webhook  # noqa: PLC0415 - who polls needs no web server

        return [webhook.route(secret, store)]

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Send to a group; private text is refused whatever a type checker was told."""
        if _is_private(text, files):
            return Refused(Failure.LEAK)
        chat = number(to.native)
        if chat is None:
            return Refused(Failure.NOT_FOUND, "chat not found")
        letter = Letter(chat, text.body, keys, files, number(to.thread or ""), number(reply_to or ""))
        return await self._outbox.send(letter)

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Send to one person, after a last look at who that is."""
        barred = await self._barred(to, private=_is_private(text, files))
        if barred is not None:
            return barred
        letter = Letter(int(to.native), text.body, keys, files, protect=protect)
        return never_started(await self._outbox.send(letter))

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Replace text and keys of what was sent, under the same lock as sending."""
        barred = await self._barred(chat, private=_is_private(text))
        if barred is not None:
            return barred
        native, ids = number(chat.native), numbers(refs)
        if native is None or not ids:
            return Refused(Failure.NOT_FOUND, "message to edit not found")
        return await self._outbox.edit(native, ids, text.body, keys)

    async def _barred(self, to: GroupAddress | PersonAddress, *, private: bool) -> Outcome | None:
        """The third lock: a group gets nothing private, nor does a "person" that Telegram calls a group.

        An account never becomes a group, so that Telegram is asked about each one once.
        """
        if isinstance(to, GroupAddress):
            return Refused(Failure.LEAK) if private else None
        native = number(to.native)
        if native is None or native <= 0:
            return Refused(Failure.LEAK)
        if not private or native in self._people:
            return None
        found = await self._ask("getChat", chat_id=str(native))
        if isinstance(found, TryAgain):
            return replace(found, uncertain=False)  # nothing was said yet
        if not isinstance(found, dict):
            return None  # the sending itself gets the true refusal; an id above 0 is a person's
        if fields.text(found, "type") != ChatKind.PRIVATE:
            return Refused(Failure.LEAK)
        if len(self._people) >= PEOPLE_REMEMBERED:
            self._people.clear()
        self._people[native] = None
        return None

    async def _choose_mode(self) -> None:
        if self._settings.mode == "polling":
            await self._bot.delete_webhook(drop_pending_updates=False)
            return
        await self._bot.set_webhook(
            self._settings.webhook_url or "",
            secret_token=self._settings.webhook_secret,
            allowed_updates=ALLOWED,
            max_connections=self._settings.webhook_connections,
            drop_pending_updates=False,
        )

    async def _stubbornly(self, work: Callable[[], Awaitable[object]]) -> None:
        backoff = self._backoff()
        while True:
            try:
                await work()
            except TelegramError as error:
                trouble = outcome(error)
                hopeless = _hopeless(error, trouble)
            else:
                return
            if hopeless is not None:
                raise ConfigError(hopeless)
            if backoff.fresh:
                log.warning("telegram.open", trouble=getattr(trouble, "why", ""))
            await backoff.wait(trouble.after if isinstance(trouble, TryAgain) else None)

    async def _set_default(self, menu: DefaultMenu) -> None:
        scope: BotCommandScope = (
            BotCommandScopeAllPrivateChats()
            if menu.kind is ChatKind.PRIVATE
            else BotCommandScopeAllGroupChats()
        )
        try:
            await self._set_menu(scope, menu.commands, menu.language or None)
        except TelegramError as error:  # a menu is a help, not a condition
            log.warning("telegram.menu", trouble=str(error))

    def _backoff(self) -> Backoff:
        return Backoff(self._settings.retry_first, self._settings.retry_most)


def _is_private(text: PrivateText | PublicText, files: Sequence[Enclosed] = ()) -> bool:
    return isinstance(text, PrivateText) or any(file.private for file in files)


def _hopeless(error: TelegramError, trouble: Outcome) -> str | None:
    """Say what to do where trying again does not help."""
    if isinstance(error, AnswerError) and error.code in (401, 404):
        return UNKNOWN_BOT
    if isinstance(trouble, Refused):
        return f"telegram.webhook_url, telegram.mode: Telegram refuses to begin so ({trouble.detail})"
    return None
