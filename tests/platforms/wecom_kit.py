"""A WeCom for each test: the stand-in, and our platform opened against it with a real vault."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from markupsafe import escape

from bot.platforms.tencent.line import Times
from bot.platforms.wecom import WeComPlatform, WeComSettings
from bot.ports import Incoming, Key, Outcome
from bot.vault import DatabaseVault
from bot.web_server import serving
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.events import Event
from classroom.text import PrivateText, PublicText
from storage.database import Database, open_database
from tests.wecomapi import Corp, Shown, WeComServer

KEY = Path(__file__).parent.parent / "scenario" / "test.key"


def migrate(url: str) -> None:
    """Bring a template to the newest step, sealed with the tests' key."""
    open_database(url, KEY).close()


def settings_of(server: WeComServer) -> WeComSettings:
    """The app's settings for the stand-in."""
    corp = server.corp
    secrets = (corp.secret, corp.token, corp.aes_key)
    return WeComSettings(
        corp.corp_id,
        corp.agent_id,
        *secrets,
        api_root=server.url,
        public_url="https://class.example",
        times=Times(connect=2.0, read=1.0, whole=5.0),
    )


@dataclass
class Desk:
    """The app, and a clock that tests turn."""

    server: WeComServer
    database: Database
    platform: WeComPlatform
    later: float = 0.0

    @property
    def corp(self) -> Corp:
        return self.server.corp

    def member(self, name: str = "王老师") -> str:
        return self.corp.member(f"u{self.corp.number()}", name)

    def screen(self, who: str) -> list[Shown]:
        """What the app has said to somebody and still stands."""
        return [one for one in self.corp.screen(who) if not one.by and not one.removed]

    def said(self, who: str) -> list[str]:
        return [one.text for one in self.screen(who)]

    def another(self) -> WeComPlatform:
        """The same app in another process."""
        return WeComPlatform(settings_of(self.server), DatabaseVault(self.database, self.now), now=self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.later)

    def pass_(self, seconds: float) -> None:
        self.later += seconds
        self.corp.later += seconds

    async def tell(
        self,
        who: str,
        typed: str,
        *keys: Key,
        files: Sequence[Enclosed] = (),
        protect: bool = False,
        by: WeComPlatform | None = None,
    ) -> Outcome:
        text = PrivateText(str(escape(typed)))
        return await (by or self.platform).tell(PersonAddress(1, "wecom", who), text, keys, files, protect)

    async def edit(self, who: str, refs: Sequence[str], typed: str, *keys: Key) -> Outcome:
        text = PrivateText(str(escape(typed)))
        return await self.platform.edit(PersonAddress(1, "wecom", who), refs, text, keys)

    async def post(
        self, group: str, typed: str, *keys: Key, files: Sequence[Enclosed] = (), reply_to: str | None = None
    ) -> Outcome:
        text = PublicText(str(escape(typed)))
        return await self.platform.post(GroupAddress(2, "wecom", group), text, keys, reply_to, files)


class Kept:
    """A store that keeps what comes, by key."""

    def __init__(self) -> None:
        self.all: dict[str, Incoming] = {}
        self.offered: list[str] = []
        self.fails = 0

    async def __call__(self, batch: Sequence[Incoming]) -> None:
        self.offered += [one.key for one in batch]
        if self.fails:
            self.fails -= 1
            raise DatabaseError("the disk is full")
        for one in batch:
            self.all.setdefault(one.key, one)

    def events(self, platform: WeComPlatform) -> list[Event | None]:
        return [platform.read(one.raw) for one in self.all.values()]


@contextlib.asynccontextmanager
async def desk(server: WeComServer, url: str) -> AsyncIterator[Desk]:
    """The app on one database; it is not opened yet."""
    database = open_database(url, KEY, durable=False)
    times: list[Desk] = []

    def now() -> datetime:
        return times[0].now()

    platform = WeComPlatform(settings_of(server), DatabaseVault(database, now), now=now)
    made = Desk(server, database, platform)
    times.append(made)
    yield made
    await platform.close()
    database.close()


@contextlib.asynccontextmanager
async def answering(made: Desk) -> AsyncIterator[Kept]:
    """Let the stand-in's calls come in."""
    listening, kept = socket.create_server(("127.0.0.1", 0)), Kept()
    made.server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
    async with serving(listening, made.platform.routes(kept)):
        yield kept
        made.server.postman.drop()


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(800):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")
