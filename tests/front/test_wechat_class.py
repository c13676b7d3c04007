"""A class in WeChat from nothing, by the program as it is run, docs/wechat.md and the stand-ins alone."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.aibotapi import AiBotServer
from tests.aibotapi.phones import Chat
from tests.front.kit import Answer, homeroom
from tests.platforms.school_kit import some_school
from tests.process.warm import WarmBot
from tests.scenario.conftest import KEY
from tests.wecomapi import Shown, WeComServer, customers
from tests.wecomapi.school import follows

PUBLIC = "https://class.example"
HEAD, MEMBER = "wang", "chen"


class Program(WarmBot):
    """`homeroom run` on a configuration of our own."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.folder, self.config, self.log = folder, config, folder / "bot.log"
        self.environment = {}


@dataclass
class Town:
    """The corp, the long connection, the program, and everybody's hands."""

    wecom: WeComServer
    robot: AiBotServer
    program: Program
    pages: httpx.AsyncClient

    async def sees(self, look: Callable[[], object], what: str) -> None:
        """Wait until it is so; the program lives meanwhile."""
        for _ in range(1500):
            if look():
                return
            assert self.program.alive(), self.program.logged()[-3000:]
            await asyncio.sleep(0.02)
        raise AssertionError(f"{what} did not come; {self.said()[-1500:]}{self.troubles()}")

    def troubles(self) -> str:
        return "\n".join(line for line in self.program.logged().splitlines() if "[error" in line)

    # --- the app --------------------------------------------------------------------------------

    def screen(self, who: str = HEAD) -> list[Shown]:
        return [one for one in self.wecom.corp.screen(who) if not one.by and not one.removed]

    def said(self, who: str = HEAD) -> str:
        return "\n".join(one.text for one in self.screen(who))

    async def says(self, words: str, answer: str, who: str = HEAD) -> None:
        """Write to the app, and wait for an answer that was not there."""
        before = self.said(who).count(answer)
        self.wecom.postman.writes(who, words)
        await self.sees(lambda: self.said(who).count(answer) > before, f"{answer} after {words}")

    async def presses(self, label: str, answer: str, who: str = HEAD) -> None:
        """Press the newest button that begins so, or answer with its number."""
        before = self.said(who).count(answer)
        for one in reversed(self.screen(who)):
            if whole := next((key for key in one.buttons if key.startswith(label)), ""):
                self.wecom.postman.presses(who, one, whole)
                break
            if number := re.search(rf"(?m)^([0-9]+)  {label}", one.text):
                self.wecom.postman.writes(who, number[1])
                break
        else:
            raise AssertionError(f"no {label} in {self.said(who)}")
        await self.sees(lambda: self.said(who).count(answer) > before, f"{answer} after {label}")

    # --- parents --------------------------------------------------------------------------------

    def read(self, parent: str) -> str:
        return "\n".join(self.wecom.corp.school.read(parent))

    async def opens(self, parent: str, about: str) -> httpx.Response:
        """A parent opens the link in the newest notice about something."""
        await self.sees(lambda: about in self.read(parent), f"a notice about {about}")
        told = next(text for text in reversed(self.wecom.corp.school.read(parent)) if about in text)
        link = re.search(r"https://class\.example(/f/[A-Za-z0-9_-]+)", told)
        assert link is not None, told
        await asyncio.sleep(0.5)  # nobody reads faster than it is recorded that the notice is out
        return await self.pages.get(link[1])

    async def taps(self, page: httpx.Response, label: str, words: str = "") -> str:
        """Press a button of a page, as WeChat's browser does; gives what stands there then."""
        fields = dict(re.findall(r'name="(once)" value="([^"]+)"', page.text)) | {"words": words}
        if found := re.search(rf'name="(press|open)" value="([^"]+)"[^>]*>\s*{re.escape(label)}', page.text):
            fields[found[1]] = found[2]
        answer = await self.pages.post(page.url, data=fields, follow_redirects=True)
        while "http-equiv" in answer.text:
            await asyncio.sleep(0.1)
            answer = await self.pages.get(answer.url)
        assert answer.status_code == 200, answer.text
        return answer.text


def settings(folder: Path, wecom: WeComServer, robot: AiBotServer, port: int) -> Path:
    corp, phones = wecom.corp, robot.phones
    path = folder / "config.toml"
    path.write_text(
        f"""
[storage]
url = "sqlite:///{folder / "class.db"}"
key_file = "{KEY}"
[wecom]
corp_id = "{corp.corp_id}"
agent_id = {corp.agent_id}
secret = "{corp.secret}"
token = "{corp.token}"
aes_key = "{corp.aes_key}"
api_root = "{wecom.url}"
[wecom.school]
agent_id = {corp.school.agent_id}
secret = "{corp.school.secret}"
per_second = 50
[wecom.bot]
id = "{phones.bot_id}"
secret = "{phones.secret}"
url = "{robot.url}"
[hours]
quiet = "off"
teacher = "off"
[web]
port = {port}
public_url = "{PUBLIC}"
[log]
level = "debug"
""",
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


@asynccontextmanager
async def town(tmp_path: Path) -> AsyncIterator[tuple[Town, Path]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here = f"http://127.0.0.1:{port}"
    with WeComServer() as wecom:
        wecom.postman.url = f"{here}/wecom/callback"
        some_school(wecom.corp.school)
        for who, name in ((HEAD, "王老师"), (MEMBER, "陈老师")):
            wecom.corp.member(who, name)
        async with AiBotServer() as robot, httpx.AsyncClient(base_url=here) as pages:
            for who, name in ((HEAD, "王老师"), (MEMBER, "陈老师")):
                robot.phones.people[who], robot.phones.chats[who] = name, Chat(who, 1, [who])
            config = settings(tmp_path, wecom, robot, port)
            made = Town(wecom, robot, Program(tmp_path, config), pages)
            try:
                yield made, config
            finally:
                made.program.close()
        assert wecom.violations == [] and robot.violations == []


def lines(answer: Answer) -> str:
    return "\n".join(str(one) for one in answer.json["findings"])  # type: ignore[union-attr]


async def test_a_class_in_wechat_from_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as (here, config):
        looked = lines(await asyncio.to_thread(homeroom, "doctor", "--json", "--config", config))
        assert "failure" not in looked, looked
        await asyncio.to_thread(here.program.start)
        await here.sees(lambda: here.robot.connected, "the long connection")
        await opened(here)
        await a_notice(here)
        await a_concern(here)
        await a_vote(here)
        await by_the_robot(here)
        await the_parents_group(here)
        assert here.wecom.corp.school.on_students_phones == []
        code, _ = await asyncio.to_thread(here.program.stop)
        assert code == 0
        secrets = (
            *(here.wecom.corp.secret, here.wecom.corp.token, here.wecom.corp.aes_key),
            *(here.wecom.corp.school.secret, here.robot.phones.secret, *here.wecom.corp.issued),
        )
        logged = here.program.logged()
        assert [secret for secret in secrets if secret in logged] == []
        assert "没有带作业本" not in logged and "张小明" not in logged


async def opened(here: Town) -> None:
    """The teacher opens the class and takes the families from the school's address book."""
    await here.says("开通 三年级2班", "您是这个班的班主任吗")
    await here.presses("我是班主任", "还差什么")
    await here.says("名册 学校", "您是那里的老师")
    await here.presses("好，就用它", "新加 2 位同学")
    await here.sees(lambda: "张小明 的妈妈" in here.read("zhang_ma"), "a greeting")
    follows(here.wecom.postman, "li_ma")
    await here.sees(lambda: "李雷 的妈妈" in here.read("li_ma"), "what waited")


async def a_notice(here: Town) -> None:
    await here.says("通知 明天春游，请穿校服", "一家一家私下发")
    await here.presses("发送", "通知 1 已经发出")
    page = await here.opens("zhang_ba", "明天春游，请穿校服")
    assert "已记为收到" in await here.taps(page, "收到")
    await here.says("回执 1", "收到 1/2")


async def a_concern(here: Town) -> None:
    await here.says("私信 李雷 今天没有带作业本", "李雷妈妈")
    await here.presses("发送", "谁没有收到，我会马上告诉您")
    page = await here.opens("li_ma", "今天没有带作业本")
    answered = await here.pages.get(page.url)
    await here.taps(answered, "回复")
    answer = await here.pages.get(page.url)
    await here.taps(answer, "发送", "谢谢老师，明天一定带。")
    await here.sees(lambda: "谢谢老师，明天一定带。" in here.said(), "the mother's answer")
    assert "作业本" not in here.read("zhang_ma") + here.read("zhang_ba")


async def a_vote(here: Town) -> None:
    await here.says("投票 春游去哪里？ | 植物园 | 科技馆", "每户一票")
    await here.presses("发送", "第 1 号")
    page = await here.opens("zhang_ma", "春游去哪里")
    assert "科技馆" in await here.taps(page, "② 科技馆")
    await here.says("投票 1", "1/2")


async def by_the_robot(here: Town) -> None:
    """In the teachers' own group, by @."""
    group = here.robot.phones.group(HEAD, MEMBER)
    here.robot.says(HEAD, group, "帮助")
    screen = here.robot.phones.chats[group].screen
    await here.sees(lambda: any(not one.by for one in screen), "an answer to a call")


async def the_parents_group(here: Town) -> None:
    """Who is in it is looked up; a post waits for the teacher's tap."""
    all_groups = customers.of(here.wecom.corp)
    group = all_groups.group(here.wecom.corp, HEAD, "三年级2班家长群", "张小明妈妈", "岁月静好")
    await here.says("groups", "三年级2班家长群：2 人")
    await here.presses("选“三年级2班家长群”", "的家长群了")
    await here.says("通知 明天家长会", "发到：三年级2班家长群")
    await here.presses("发送", "内容写好了")
    await here.sees(lambda: all_groups.waiting(HEAD), "a post that waits for the tap")
    [mass] = all_groups.waiting(HEAD)
    assert group.screen == [] and "明天家长会" in mass.text
    all_groups.sends(mass)
    assert "明天家长会" in group.screen[0]
