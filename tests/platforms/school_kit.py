"""The school's notices for each test: the stand-in's school, and our platform with a real vault."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import escape

from bot.platforms.tencent.line import Times
from bot.platforms.wecom_school import SchoolPlatform, SchoolSettings
from bot.ports import Key, Outcome
from bot.vault import DatabaseVault
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.events import Json
from classroom.text import PrivateText
from storage.database import Database, open_database
from tests.platforms.wecom_kit import KEY
from tests.wecomapi import WeComServer
from tests.wecomapi.school import School

SECRETS = ("schoolToken42", "BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")


def settings_of(server: WeComServer) -> SchoolSettings:
    """The settings for the stand-in's school."""
    return SchoolSettings(
        server.corp.corp_id,
        server.corp.school.agent_id,
        server.corp.school.secret,
        api_root=server.url,
        public_url="https://class.example",
        times=Times(connect=2.0, read=1.0, whole=5.0),
    )


@dataclass
class Office:
    """The school's office: it tells parents."""

    server: WeComServer
    database: Database
    platform: SchoolPlatform
    clock: list[float]

    @property
    def school(self) -> School:
        return self.server.corp.school

    def pass_(self, seconds: float) -> None:
        self.clock[0] += seconds
        self.server.corp.later += seconds

    async def tell(
        self, who: str, typed: str, *keys: Key, files: Sequence[Enclosed] = (), protect: bool = False
    ) -> Outcome:
        text = PrivateText(str(escape(typed)))
        return await self.platform.tell(PersonAddress(1, "wecom.school", who), text, keys, files, protect)

    @property
    def sent(self) -> list[dict[str, Json]]:
        """The notices that left, without the one for nobody."""
        bodies = [dict(one.body) for one in self.server.asked("externalcontact/message/send")]
        return [one for one in bodies if "nobody-" not in str(one["to_parent_userid"])]


def some_school(school: School) -> School:
    """三年级2班: 张小明 with both parents, his sister in 一年级1班, 李雷, whose mother follows not."""
    third = school.department("三年级", 2)
    first = school.department("一年级", 2)
    class_2 = school.department("2班", above=third, admins=("wang",))
    class_1 = school.department("1班", above=first, admins=("zhao",))
    school.student("zhangxiaoming", "张小明", class_2)
    school.student("zhangxiaoli", "张小丽", class_1)
    school.student("lilei", "李雷", class_2)
    school.parent("zhang_ma", "妈妈", "zhangxiaoming", "zhangxiaoli", mobile="13800000001")
    school.parent("zhang_ba", "爸爸", "zhangxiaoming", mobile="13800000002")
    school.parent("li_ma", "妈妈", "lilei", follows=False, mobile="13800000003")
    return school


@contextlib.asynccontextmanager
async def office(server: WeComServer, url: str) -> AsyncIterator[Office]:
    """The platform on one database; it is not opened yet."""
    database = open_database(url, KEY, durable=False)
    clock = [1000.0]

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=server.corp.later)

    platform = SchoolPlatform(
        settings_of(server), DatabaseVault(database, now), now=now, clock=lambda: clock[0]
    )
    yield Office(server, database, platform, clock)
    await platform.close()
    database.close()
