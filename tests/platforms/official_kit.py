"""A service account for each test: the stand-in, and our platform opened against it with a real vault."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import escape

from bot.platforms.official_account import Column, Menu, OfficialAccountPlatform, OfficialAccountSettings
from bot.platforms.tencent.line import Times
from bot.ports import Key, Outcome
from bot.vault import DatabaseVault
from bot.web_server import serving
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.events import Event
from classroom.text import PrivateText
from storage.database import Database, open_database
from tests.officialapi import Account, OfficialServer, Shown
from tests.platforms.wecom_kit import KEY, Kept

PAGE = Key("点这里查看并回复", url="https://class.example/f/abc")
SILENT_PAGE = Key("", url="https://class.example/f/abc")
PARENTS = Menu(
    (
        Column("孩子", (("leave", "请假"), ("message", "写给老师"))),
        Column("帮助", (("help", "帮助"),)),
    )
)
TEACHERS = Menu((Column("发布", (("notice", "通知"), ("praise", "表扬"))),), "homeroom-teacher")


def settings_of(
    server: OfficialServer,
    *,
    template: bool = True,
    answer_within: float = 0.0,
    menus: tuple[Menu, ...] = (TEACHERS, PARENTS),
) -> OfficialAccountSettings:
    """The account's settings for the stand-in."""
    account = server.account
    return OfficialAccountSettings(
        account.app_id,
        account.secret,
        account.token,
        "" if account.mode == "plain" else account.aes_key,
        next(iter(account.templates)) if template else "",
        api_root=server.url,
        public_url="https://class.example",
        menus=menus,
        answer_within=answer_within,
        times=Times(connect=2.0, read=1.0, whole=5.0),
    )


@dataclass
class Desk:
    """The account, and a clock that tests turn."""

    server: OfficialServer
    database: Database
    platform: OfficialAccountPlatform
    later: float = 0.0

    @property
    def account(self) -> Account:
        return self.server.account

    def screen(self, who: str) -> list[Shown]:
        """What the account has said to somebody."""
        return [one for one in self.account.screen(who) if not one.by]

    def said(self, who: str) -> list[str]:
        return [one.text for one in self.screen(who)]

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.later)

    def pass_(self, seconds: float) -> None:
        self.later += seconds
        self.account.later += seconds

    async def tell(
        self, who: str, typed: str, *keys: Key, files: Sequence[Enclosed] = (), body: str = ""
    ) -> Outcome:
        text = PrivateText(body or str(escape(typed)))
        return await self.platform.tell(PersonAddress(1, "official_account", who), text, keys, files, False)


@contextlib.asynccontextmanager
async def desk(
    server: OfficialServer,
    url: str,
    *,
    template: bool = True,
    answer_within: float = 0.0,
    menus: tuple[Menu, ...] = (TEACHERS, PARENTS),
) -> AsyncIterator[Desk]:
    """The account on one database; it is not opened yet."""
    database = open_database(url, KEY, durable=False)
    times: list[Desk] = []

    def now() -> datetime:
        return times[0].now()

    settings = settings_of(server, template=template, answer_within=answer_within, menus=menus)
    platform = OfficialAccountPlatform(settings, DatabaseVault(database, now), now=now)
    made = Desk(server, database, platform)
    times.append(made)
    yield made
    await platform.close()
    database.close()


@contextlib.asynccontextmanager
async def answering(made: Desk) -> AsyncIterator[tuple[Kept, str]]:
    """Let the stand-in's calls come in; gives what came, and where we answer."""
    listening, kept = socket.create_server(("127.0.0.1", 0)), Kept()
    root = f"http://127.0.0.1:{listening.getsockname()[1]}"
    made.server.postman.url = f"{root}/official-account/callback"
    async with serving(listening, made.platform.routes(kept)):
        yield kept, root
        made.server.postman.drop()
        made.server.postman.url = ""


def heard(made: Desk, kept: Kept) -> list[Event | None]:
    """What came in, in our words."""
    return [made.platform.read(one.raw) for one in kept.all.values()]
