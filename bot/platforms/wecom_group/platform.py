"""Customer groups as a platform: parents in WeChat, a teacher in WeCom, and the app between them.

No bot can be in such a group. The app looks up who is there and under which name, and prepares posts that the
group's owner sends with one tap; it can read, delete, mute or tell nobody, and declares nothing of that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from starlette.routing import BaseRoute

from bot.platforms.tencent import fields
from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.api import Api, TokenRequest
from bot.platforms.tencent.callback import Call
from bot.platforms.tencent.errors import ApiError, LineError, before
from bot.platforms.wecom_group.failures import TABLE, chat
from bot.platforms.wecom_group.following import Awake, Following
from bot.platforms.wecom_group.looking import Looking, Watched
from bot.platforms.wecom_group.page import Desk, Pages
from bot.platforms.wecom_group.preparing import Preparing, texts
from bot.platforms.wecom_group.read import read
from bot.platforms.wecom_group.settings import PLATFORM, GroupSettings
from bot.platforms.wecom_group.tickets import Tickets
from bot.ports import Done, Failure, Fate, Key, Outcome, Refused, Store, Vault
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.events import Event, Json
from classroom.text import PrivateText, PublicText

log = structlog.get_logger(__name__)

TICK = 15.0
"""Seconds between two rounds, in which little is asked of WeCom unless it is its turn."""

ANYBODY, KNOCKS = "anybody", ((30, 60.0),)
"""How many may be asked about within how many seconds."""

CHANGED = "change_external_chat"
"""The event by which WeCom calls the app for some of what happens in a group."""


class WeComGroupPlatform:
    """The customer groups of our classes."""

    private_only = True
    by_hand = True

    def __init__(
        self,
        settings: GroupSettings,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        watched: Watched,
        awake: Awake = lambda moment: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`watched` says which groups belong to classes, `awake` when a teacher may be reminded."""
        self._settings = settings
        secret = {"corpid": settings.corp_id, "corpsecret": settings.secret}
        app = f"{PLATFORM}/{settings.corp_id}/{settings.agent_id}"
        token = f"wecom/{settings.corp_id}/{settings.agent_id}/token"  # the app's own: one for both platforms
        self._api = Api(
            token,
            settings.api_root,
            TokenRequest("gettoken", secret),
            vault,
            clock=clock,
            times=settings.times,
        )

        def seconds() -> float:
            return now().timestamp()

        self.looking = Looking(self._api, vault, app, watched, settings.every, seconds)
        self.following = Following(self._api, vault, app, seconds, awake)
        self._preparing = Preparing(self._api, seconds)
        tickets, after = Tickets(self._api, vault, app, seconds), self.following
        served = Desk(after.page, self._sent_by_hand, tickets.signed, self._who, after.waiting)
        self._pages = Pages(
            settings.public_url, settings.corp_id, settings.agent_id, settings.phrases, served
        )
        self._wake = asyncio.Event()
        self._knocks = Allowance(clock, KNOCKS)

    @property
    def name(self) -> str:
        """The word by which its chats and accounts are kept."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """Nobody calls the bot there."""
        return "homeroom"

    @property
    def trouble(self) -> str:
        """What is wrong with the app now, in our own words."""
        return self._api.trouble

    def start_link(self, payload: str) -> str:
        """There is no address by which somebody in WeChat could talk to the app."""
        return ""

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored change into an event; None for what concerns us not."""
        return read(raw)

    async def open(self) -> None:
        """The app opens by itself: what is wrong with it is said there."""

    async def listen(self, store: Store) -> None:
        """Go round and round, at once where something has happened."""
        while True:
            self._wake.clear()
            try:
                await self.round(store)
            except DatabaseError:
                log.warning("wecom.group", trouble="the database is away")
            try:
                async with asyncio.timeout(TICK):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def round(self, store: Store) -> None:
        """Look into the groups whose turn it is, and ask after what was prepared."""
        await self.following.round(store)
        await self.looking.round(store)

    async def happened(self, call: Call) -> None:
        """WeCom calls the app: somebody came or went, or a group has another name. No nickname is told of."""
        group = chat(fields.text(call.fields, "ChatId"))
        if group is not None:
            self.looking.at_once(group)
            self._wake.set()

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """The pages of prepared texts; nobody brings anything there."""
        return self._pages.routes()

    async def _sent_by_hand(self, page: str) -> None:
        """The teacher says so: what still waits in WeCom would be sent a second time."""
        for msgid in await self.following.by_hand(page):
            await self._preparing.take_back(msgid)
        self._wake.set()

    async def _who(self, code: str) -> str:
        """Which member opened a page within WeCom; empty for whoever is none, or came too late.

        Anybody may knock with a code of their own making: not all of them are asked about.
        """
        if self._knocks.wait(ANYBODY) > 0:
            return ""
        self._knocks.sent(ANYBODY)
        try:
            found = await self._api.get("auth/getuserinfo", code=code)
        except (ApiError, LineError):
            return ""
        return fields.text(found, "userid") or fields.text(found, "UserId")

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    # --- asking and saying ----------------------------------------------------------------------

    async def groups_of(self, owner: PersonAddress) -> Outcome:
        """The groups that a teacher owns."""
        return await self.looking.owned_by(owner.native)

    async def member(self, to: GroupAddress, native: str) -> Outcome:
        """Whether somebody is in a group, as of the last look; how they are called was told then."""
        roll = await self.looking.roll(to.native)
        if roll is None or native not in roll.people:
            return Refused(Failure.NOT_FOUND, "not_found")
        return Done(answer={"status": "member", "admin": False, "creator": False, "name": None, "tag": None})

    async def rights(self, to: GroupAddress) -> Outcome:
        """None at all."""
        roll = await self.looking.roll(to.native)
        return Done(answer={"admin": False, "rights": [], "title": roll.title if roll else ""})

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Prepare a post for the group's owner, who has to send it: it is not in the group yet."""
        if _is_private(text, files):
            return Refused(Failure.LEAK)
        group = chat(to.native)
        if group is None:
            return Refused(Failure.NOT_FOUND, "no customer group")
        found = texts(text.body, keys, self._settings.phrases.answer)
        if not found and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        if not await self.following.sends_allowed(group):
            return Refused(Failure.REFUSED, "month_limit")
        try:
            owner = await self.looking.owner(group)
        except (ApiError, LineError) as error:
            return before(error, TABLE)
        attached = await self._preparing.attached(files)
        if not isinstance(attached, list):
            return attached
        return await self._prepare_all(group, owner, found or [""], attached)

    async def withdraw(self, chat: GroupAddress, refs: Sequence[str]) -> Outcome:
        """Let the owner send these no more; what is in the group already stays there."""
        for msgid in refs:
            status = await self.following.status(msgid)
            if not isinstance(status, int):
                return status
            if status:
                return Refused(Failure.TOO_OLD, "sent")
        for msgid in refs:
            await self._preparing.take_back(msgid)
            await self.following.withdrawn(msgid)
        self._wake.set()
        return Done()

    async def _prepare_all(
        self, group: str, owner: str, found: Sequence[str], attached: list[Json]
    ) -> Outcome:
        """Prepare all parts, or none as far as that is in our hands; files go with the first."""
        roll, refs = await self.looking.roll(group), list[str]()
        for place, said in enumerate(found):
            made = await self._preparing.prepare(group, owner, said, attached if place == 0 else [])
            if not isinstance(made, str):
                for msgid in refs:
                    await self._preparing.take_back(msgid)
                    await self.following.taken_back(msgid)
                return made
            refs.append(made)
            title, tail = roll.title if roll else "", self._settings.phrases.answer
            await self.following.prepared(made, group, title, owner, said, tail)
        self._wake.set()
        return Done((*refs,), fate=Fate.AWAITING_TEACHER)


def _is_private(text: PrivateText | PublicText, files: Sequence[Enclosed]) -> bool:
    return isinstance(text, PrivateText) or any(file.private for file in files)
