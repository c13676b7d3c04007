"""One class on several channels at once: a messenger with its group, and the school's app in WeCom."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from sqlmodel import select

from bot.app import App
from bot.limits import Limits
from bot.web_server import serving
from classroom.events import Attachment, Sender
from classroom.people import Role
from handlers.room import Defaults
from storage import classrooms, guardians, identity
from storage.database import Records
from storage.tables import DeliveryRow, Person
from tests.conftest import FreshDatabase
from tests.officialapi import OfficialServer
from tests.platforms.official_kit import Desk as OfficialDesk
from tests.platforms.official_kit import desk as official_desk
from tests.platforms.wecom_kit import Desk, desk, migrate, until
from tests.ready import ReadyClass, ready_class
from tests.wecomapi import WeComServer
from tests.world import START, UNLIMITED, User, World

SECRET = "这周三次没带本子"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9


@dataclass
class Both:
    """三年级2班 with a group on the messenger, and its school's app in WeCom."""

    made: ReadyClass
    desk: Desk

    @property
    def world(self) -> World:
        return self.made.world

    async def says(self, member: str, words: str) -> None:
        """Somebody writes to the app, and all that follows has happened."""
        self.desk.server.postman.writes(member, words)
        await self._settled()

    async def presses(self, member: str, label: str) -> None:
        """Press the newest button that begins so, or answer with its number."""
        for shown in reversed(self.desk.screen(member)):
            if whole := next((key for key in shown.buttons if key.startswith(label)), ""):
                self.desk.server.postman.presses(member, shown, whole)
                return await self._settled()
            if number := re.search(rf"(?m)^([0-9]+)  {label}", shown.text):
                return await self.says(member, number[1])
        raise AssertionError(f"no {label} is offered")

    def heard(self, member: str) -> str:
        return "\n".join(self.desk.said(member))

    def person(self, platform: str, native: str) -> int:
        with self.world.database.transaction() as records:
            account = identity.find_account(records, platform, native)
            assert account is not None
            return account.person_id

    def one(self, user: User, member: str) -> bool:
        """True if an account of each is one person's."""
        return self.person("web", user.sender.native) == self.person("wecom", member)

    async def concern(self, words: str) -> None:
        await self.made.teacher.in_private(f"/concern 李雷 {words}")
        await self.made.teacher.press("发送")
        await self._settled()

    def nothing_public(self) -> bool:
        """True if no word of criticism stands in any group, of either channel."""
        chats = self.desk.corp.chats.values()
        posted = [shown.text for chat in chats for shown in chat.screen]
        return not any(SECRET in text for text in (*self.world.texts(), *posted))

    async def _settled(self) -> None:
        postman = self.desk.server.postman
        await until(lambda: postman.brought == postman.called)
        await self.world.settle()


@pytest.fixture(scope="module")
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def both(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Both]:
    async with desk(server, fresh_database("sqlite", migrate)) as there:
        server.corp.later = 0.0
        there.pass_((START - there.now()).total_seconds())
        world = World(there.database)
        limits = {**UNLIMITED, "wecom": Limits(0, 0, 0, 0)}
        world.app = App(
            there.database, [world.platform, there.platform], limits=limits, now=world.now, clock=world.clock
        )
        await world.app.open()
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
        async with serving(listening, there.platform.routes(world.app.intake.door_of("wecom"))):
            yield Both(await ready_class(world), there)


def line_in(words: str) -> str:
    found = re.search(r"(我的 账号 [-A-Z0-9]+)", words)
    assert found is not None
    return found[1]


async def adds_wecom(both: Both) -> tuple[User, str]:
    """李雷's mother, known on the messenger, comes in by the school's app as well."""
    mother, member = both.made.mothers["李雷"], both.desk.member("周小红")
    await mother.in_private("/me account")
    await both.says(member, line_in(mother.last.text))
    await both.presses(member, "是")
    return mother, member


async def test_a_mother_of_the_messenger_adds_wecom(both: Both) -> None:
    mother, member = await adds_wecom(both)
    assert both.one(mother, member)
    assert "企业微信" in mother.heard and "https://class.example/wecom/start/" in mother.heard
    await both.says(member, "我的")
    assert "李雷" in both.heard(member) and "网页" in both.heard(member)


async def test_a_mother_of_wecom_adds_the_messenger(both: Both) -> None:
    mother, member = both.made.mothers["张小明"], both.desk.member("张妈妈")
    await both.says(member, "你好")
    on_messenger = both.person("web", mother.sender.native)
    with both.world.database.transaction() as records:
        account = identity.find_account(records, "wecom", member)
        row = guardians.of_person(records, on_messenger, both.made.students["张小明"])
        assert account is not None and row is not None
        row.person_id = account.person_id  # she came by the app, and has never been on the messenger
    await both.says(member, "我的 账号")
    await mother.in_private(f"/{line_in(both.heard(member))}")
    await mother.press("是")
    assert both.one(mother, member)
    with both.world.database.transaction() as records:
        linked = guardians.active_of(records, both.made.students["张小明"])
    assert [g.person_id for g in linked] == [both.person("wecom", member)]


async def test_a_teacher_in_wecom_who_is_a_parent_on_the_messenger_is_one_by_a_number(both: Both) -> None:
    mother, member = both.made.mothers["王芳"], both.desk.member("王老师")
    await both.says(member, "你好")
    with both.world.database.transaction() as records:
        account = identity.find_account(records, "wecom", member)
        assert account is not None
        classrooms.grant(
            records, both.made.id, account.person_id, Role.SUBJECT_TEACHER, both.world.now(), by=None
        )
    await both.says(member, "我的 账号")
    await mother.in_private(f"/{line_in(both.heard(member))}")
    await mother.press("是")
    number = re.search(r"\b\d{6}\b", mother.last.text)
    assert number is not None and "企业微信" in mother.last.text and not both.one(mother, member)
    await both.says(member, number[0])
    assert both.one(mother, member)
    person = both.person("wecom", member)
    with both.world.database.transaction() as records:
        assert [r.role for r in identity.roles_of(records, person, both.made.id)] == ["subject_teacher"]
        assert identity.guardian_of(records, person, both.made.id) == (both.made.students["王芳"],)


async def test_a_receipt_and_a_vote_by_either_channel_count_for_the_family_once(both: Both) -> None:
    mother, member = await adds_wecom(both)
    await both.made.teacher.in_private("/notice 周五开家长会")
    await both.made.teacher.press("发送")
    await both.says(member, "收到")
    assert "已替您记为收到" in both.heard(member)
    assert "1/5" in both.world.posted()[-1].keys[0].label
    assert "已经收到过" in await mother.press("✅", where=both.world.group)
    assert "1/5" in both.world.posted()[-1].keys[0].label


async def test_a_concern_goes_where_she_spoke_last_and_where_that_is_shut_to_her_other_one(
    both: Both,
) -> None:
    mother, member = await adds_wecom(both)
    await both.concern(SECRET)
    assert SECRET in both.heard(member) and SECRET not in mother.heard
    both.desk.corp.visible.discard(member)  # the app is not hers any more, and nobody has said so
    await both.concern(f"{SECRET}，第二次")
    assert "第二次" in mother.heard and "没有送到" not in both.made.teacher.heard
    assert both.nothing_public()


async def test_where_no_channel_is_left_the_teacher_hears_why_and_no_group_does(both: Both) -> None:
    mother, member = await adds_wecom(both)
    mother.private.blocked = True
    both.desk.corp.visible.discard(member)
    both.made.fathers["李雷"].private.blocked = True
    await both.concern(SECRET)
    assert "没有送到" in both.made.teacher.heard and both.nothing_public()


async def test_she_chooses_the_messenger_though_she_reads_wecom(both: Both) -> None:
    mother, member = await adds_wecom(both)
    await both.says(member, "我的 通道")
    assert "企业微信" in both.heard(member)
    await both.presses(member, "网页")
    assert "先发到网页" in both.heard(member)
    await both.concern(SECRET)
    assert SECRET in mother.heard and SECRET not in both.heard(member)


async def test_a_photo_of_the_messenger_comes_along_into_wecom_and_back(both: Both) -> None:
    _, member = await adds_wecom(both)
    both.world.platform.files["p1"] = PNG
    await both.made.teacher.in_private(
        "/notice [给 李雷] 这是今天的板书", files=[Attachment("photo", "p1", "a.png")]
    )
    await both.made.teacher.press("发送")
    await both._settled()
    assert "今天的板书" in both.heard(member)
    assert [one.kind for one in both.desk.screen(member) if one.kind == "image"] == ["image"]
    both.desk.server.postman.sends(member, "image", "b.png", PNG)
    await both._settled()
    card = next(shown for shown in reversed(both.desk.screen(member)) if "转给老师" in shown.text)
    await both.presses(member, next(iter(card.buttons)))
    letter = next(m for m in reversed(both.made.teacher.inbox) if m.files)
    assert both.world.platform.files[f"sent:{letter.ref}:{letter.files[0]}"] == PNG


async def test_a_photo_that_is_gone_does_not_hold_up_the_words(both: Both) -> None:
    _, member = await adds_wecom(both)
    await both.made.teacher.in_private(
        "/notice [给 李雷] 这是今天的板书", files=[Attachment("photo", "gone", "a.png")]
    )
    await both.made.teacher.press("发送")
    await both._settled()
    assert "今天的板书" in both.heard(member)


# --- a channel that tells later ----------------------------------------------------------------------


@pytest.fixture
async def followed(fresh_database: FreshDatabase) -> AsyncIterator[tuple[ReadyClass, OfficialDesk]]:
    """三年级2班 on the messenger, whose families follow the school's service account as well."""
    with OfficialServer() as server:
        async with official_desk(server, fresh_database("sqlite", migrate)) as there:
            there.pass_((START - there.now()).total_seconds())
            world = World(there.database)
            world.app = App(
                there.database,
                [world.platform, there.platform],
                defaults=Defaults(public_url="https://class.example"),
                limits={**UNLIMITED, "official_account": Limits(0, 0, 0, 0)},
                now=world.now,
                clock=world.clock,
            )
            await world.app.open()
            listening = socket.create_server(("127.0.0.1", 0))
            port = listening.getsockname()[1]
            server.postman.url = f"http://127.0.0.1:{port}/official-account/callback"
            async with serving(
                listening, there.platform.routes(world.app.intake.door_of("official_account"))
            ):
                yield await ready_class(world), there
            server.postman.url = ""


@pytest.mark.parametrize("shut", [False, True])
async def test_what_wechat_took_and_tells_later_that_it_did_not_arrive(
    followed: tuple[ReadyClass, OfficialDesk], shut: bool
) -> None:
    made, there = followed
    mother, openid = made.mothers["李雷"], there.account.person()
    world, postman = made.world, there.server.postman
    with world.database.transaction() as records:
        follower = identity.meet_account(records, "official_account", Sender(openid), world.now())
        known = identity.meet_account(records, "web", mother.sender, world.now())
        person = records.get(Person, known.person_id)
        assert person is not None
        person.channel, follower.person_id = follower.chat_id, known.person_id
    there.account.people[openid].blacklisted = shut
    await made.teacher.in_private(f"/concern 李雷 {SECRET}")
    await made.teacher.press("发送")
    await until(lambda: postman.called > 0 and postman.brought == postman.called)
    await world.later(seconds=3)  # WeChat may have told it before the sending was noted
    assert len(there.screen(openid)) == 1 and SECRET not in there.said(openid)[0]  # it only knocks
    assert (SECRET in mother.heard) is shut and not any(SECRET in text for text in world.texts())
    with world.database.transaction() as records:
        row = next(
            r
            for r in records.exec(select(DeliveryRow).where(DeliveryRow.kind == "tell"))
            if r.handle == f"concern/1/{_link(records, made)}"
        )
        assert (row.platform, row.outcome) == (
            ("web", "accepted") if shut else ("official_account", "delivered")
        )


def _link(records: Records, made: ReadyClass) -> int:
    return next(g.id for g in guardians.active_of(records, made.students["李雷"]) if g.relation == "mother")
