"""The school's notices as a platform: made by bot/wechat.py where [wecom.school] is configured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from starlette.routing import BaseRoute

from bot.platforms.tencent.api import Api, TokenRequest
from bot.platforms.tencent.callback import Call, Callback
from bot.platforms.tencent.crypto import Cipher
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import MalformedError, text
from bot.platforms.wecom_school.addressing import Parent
from bot.platforms.wecom_school.book import Book
from bot.platforms.wecom_school.failures import TABLE
from bot.platforms.wecom_school.outbox import Message, Outbox, letter
from bot.platforms.wecom_school.proving import Proof, prove
from bot.platforms.wecom_school.read import CHANGED, FOLLOWS, PLATFORM, incoming, read
from bot.platforms.wecom_school.register import Register
from bot.platforms.wecom_school.settings import SchoolSettings, check
from bot.ports import Done, Failure, Key, Outcome, Refused, Store, TryAgain, Vault
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.events import Event, Json
from classroom.text import PrivateText, PublicText

log = structlog.get_logger(__name__)

PATH = "/wecom/school/callback"
AGAIN, DAILY = 300.0, 24 * 3600.0
"""Seconds until it is looked at again whether notices can be sent: where they cannot, and where they can."""


class SchoolPlatform:
    """Tells parents, one by one, in their own WeChat; hears nothing of them, for they cannot write here.

    Nothing is said before it is certain that parents alone will read it.
    """

    links_only = True

    def __init__(
        self,
        settings: SchoolSettings,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the connections; raises ConfigError for settings that cannot work."""
        check(settings)
        self._settings, self._clock = settings, clock
        app = f"{PLATFORM}/{settings.corp_id}/{settings.agent_id}"
        self._api = Api(
            f"{app}/token", settings.api_root, token_of(settings), vault, clock=clock, times=settings.times
        )
        self._outbox = Outbox(self._api, settings.agent_id, clock)
        self._register = Register(lambda who: self._api.get("school/user/get", userid=who), clock)
        self._book = Book(self._api, settings.agent_id, self._register)
        self._proof, self._proved_at = Proof("not looked at yet"), -DAILY
        self._proving = asyncio.Lock()
        self._store: Store | None = None
        self.callback = _callback(settings, now)

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """Nobody can mention it; a word for logs."""
        return "school"

    @property
    def trouble(self) -> str:
        """Why notices are not sent now, or what is wrong with the line; empty if nothing is known to be."""
        return " → ".join(filter(None, (self._proof.why, self._proof.cure))) or self._api.trouble

    def start_link(self, payload: str) -> str:
        """Nobody can begin a conversation here; the address of this server instead."""
        return self._settings.public_url.rstrip("/")

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored call into an event; None for what concerns us not."""
        return read(raw)

    async def open(self) -> None:
        """Look whether notices may be sent. If not, all the rest of Homeroom runs without them."""
        await self._sound()

    async def listen(self, store: Store) -> None:
        """Look again now and then; what the address book says comes by the routes, or by the app's own."""
        self._store = store
        while True:
            await asyncio.sleep(AGAIN)
            await self._sound()

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """The address of its own that the console names, where it has one."""
        self._store = store or self._store
        return [self.callback.route(self.happened)] if self.callback is not None else []

    async def happened(self, call: Call) -> None:
        """Store what the address book tells, by whichever address it came; returns after the commit."""
        if text(call.fields, "ToUserName") != self._settings.corp_id:
            raise MalformedError("receiver")
        if self._store is None:
            raise DatabaseError("nobody listens yet")
        if text(call.fields, "Event") == CHANGED:
            self._heard(call)
            await self._store([incoming(call)])

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    # --- saying ---------------------------------------------------------------------------------

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one parent, once the school has said that it is one.

        `protect` cannot be kept here: a notice of the school can be passed on.
        """
        proof = await self._sound()
        if not proof.sound:
            final = Refused(Failure.NOT_ALLOWED, "unproven")
            return final if proof.final else TryAgain(proof.why, after=AGAIN)
        parent = await self._register.vouch(to.native)
        if not isinstance(parent, Parent):
            return parent
        prepared, missing = await self._files(files)
        if not isinstance(prepared, list):
            return prepared
        written = letter(text.body, keys, self._settings.phrases.file_elsewhere if missing else "")
        if not written and not prepared:
            return Refused(Failure.REFUSED, "nothing to say")
        return await self._tell_all(parent, [*prepared, *written])

    async def school(self, about: str) -> Outcome:
        """The classes of the address book (`about` is empty), or one of them with all who are in it."""
        answer: Json
        try:
            if about:
                book = await self._book.one(about)
                if book is None:
                    return Refused(Failure.NOT_FOUND, "no class")
                answer = book.to_json()
            else:
                answer = [one.to_json() for one in await self._book.classes()]
        except (ApiError, LineError) as error:
            found = outcome(error, TABLE)
            return TryAgain(found.why, found.after) if isinstance(found, TryAgain) else found
        return Done(answer=answer)

    # --- parts ----------------------------------------------------------------------------------

    async def _tell_all(self, parent: Parent, messages: Sequence[Message]) -> Outcome:
        result = await self._outbox.tell(parent, messages)
        if isinstance(result, Refused) and result.failure is Failure.NOT_SUBSCRIBED:
            self._register.forget(parent.userid)
        return result

    async def _files(self, files: Sequence[Enclosed]) -> tuple[list[Message] | Outcome, bool]:
        """The files as messages, and whether one is kept where it cannot be had."""
        prepared: list[Message] = []
        for file in files:
            found = await self._outbox.file(file)
            if isinstance(found, dict):
                prepared.append(found)
            elif found is not None:
                return found, False
        return prepared, len(prepared) < len(files)

    async def _sound(self) -> Proof:
        """Whether notices may be sent, as far as it was found out lately."""
        async with self._proving:
            waited = self._clock() - self._proved_at
            if waited >= (DAILY if self._proof.sound else AGAIN):
                found = await prove(self._api, self._settings.agent_id, self._outbox)
                if found.why and found.why != self._proof.why:
                    log.error("no notices of the school are sent", why=found.why, cure=found.cure)
                # a silence of a minute does not undo what was sure
                if found.sound or found.final or found.cure or not self._proof.sound:
                    self._proof = found
                self._proved_at = self._clock()
            return self._proof

    def _heard(self, call: Call) -> None:
        """Something about somebody has changed: what the school said of them holds no longer."""
        if text(call.fields, "ChangeType") in FOLLOWS or text(call.fields, "ChangeType").endswith("_parent"):
            self._register.forget(text(call.fields, "Id"))


def _callback(settings: SchoolSettings, now: Callable[[], datetime]) -> Callback | None:
    if not settings.token:
        return None
    cipher = Cipher(settings.aes_key, settings.corp_id)
    return Callback(PATH, settings.token, cipher, now, confirm=b"")


def token_of(settings: SchoolSettings) -> TokenRequest:
    """How the app asks for its token."""
    return TokenRequest("gettoken", {"corpid": settings.corp_id, "corpsecret": settings.secret})
