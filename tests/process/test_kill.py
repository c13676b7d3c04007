"""kill -9 in the middle of each step of a class's first day: nothing is lost, nothing is decided twice."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import open_database
from storage.queue import possible_duplicates
from tests.botapi import BotApiServer
from tests.botapi.state import Chat, Message, User
from tests.botapi.world import CLASS_RIGHTS
from tests.conftest import FreshDatabase
from tests.databases import Kind, leave_empty
from tests.process.warm import WarmBot

CRITICISM = "今天三次没有带作业本"


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.violations == []
        assert server.defects == []


class Day:
    """People act, and in the middle of what follows the bot is killed and started again."""

    def __init__(self, bot: WarmBot, server: BotApiServer, seed: int) -> None:
        self.bot = bot
        self.world = server.world
        self.random = random.Random(seed)

    def then(self, act: Callable[[], object], look: Callable[[], object], what: str) -> None:
        """Do something, kill the bot within a quarter of a second, look for the outcome."""
        act()
        time.sleep(self.random.random() * 0.25)
        self.bot.kill()
        self.bot.start()
        self.bot.wait(lambda: self._seen(look), what)

    @staticmethod
    def _seen(look: Callable[[], object]) -> bool:
        try:
            return bool(look())
        except (LookupError, StopIteration):
            return False

    def with_button(self, where: Chat | User, label: str) -> Message:
        """The newest message there that has this button."""
        shown = [m for m in self.world.transcript(where) if any(label in b for row in m.buttons for b in row)]
        return shown[-1].message

    def presses(self, person: User, where: Chat | User, label: str) -> Callable[[], object]:
        """A press of the newest button with this label."""
        return lambda: self.world.press(person, self.with_button(where, label), label)

    def heard(self, person: User, words: str) -> Callable[[], bool]:
        """Whether the bot has told this person something with these words."""
        return lambda: any(words in m.text for m in self.world.inbox(person))


def payload(message: Message) -> str:
    """What a link in a message or its button carries to the private conversation."""
    return str(vars(message)).rpartition("start=")[2].split("'")[0].split('"')[0].split("\\")[0]


@pytest.mark.parametrize("seed", [1])
def test_a_first_day_under_kill_9(
    tmp_path: Path, server: BotApiServer, database_kind: Kind, fresh_database: FreshDatabase, seed: int
) -> None:
    url = fresh_database(database_kind, leave_empty)
    bot = WarmBot(tmp_path, server, url, '[hours]\nquiet = "off"\nteacher = "off"\n')
    world, day = server.world, Day(bot, server, seed)
    wang, mother, stranger = world.user("王老师"), world.user("李雷妈妈"), world.user("张小明妈妈")
    group = world.group("三年级2班", wang)
    world.populate(group, mother, stranger)
    bot.start()
    world.add_bot(group, CLASS_RIGHTS)
    day.then(
        lambda: world.say(wang, group, "/setup 三年级2班"), lambda: day.with_button(group, "继续"), "/setup"
    )
    link = payload(day.with_button(group, "继续"))
    day.then(lambda: world.start(wang, link), lambda: day.with_button(wang, "我是班主任"), "the question")
    day.then(day.presses(wang, wang, "我是班主任"), lambda: day.with_button(group, "认领"), "the class")
    day.then(lambda: world.dm(wang, "/roster add 李雷 张小明"), day.heard(wang, "李雷"), "the roster")
    link = payload(day.with_button(group, "认领"))
    day.then(lambda: world.start(mother, link), day.heard(mother, "您是"), "the question whose parent")
    day.then(lambda: world.dm(mother, "李雷 妈妈"), lambda: day.with_button(mother, "同意"), "the consent")
    day.then(day.presses(mother, mother, "同意"), lambda: day.with_button(wang, "同意 1"), "the list")
    day.then(day.presses(wang, wang, "同意 1"), day.heard(mother, "好了"), "the binding")
    day.then(
        lambda: world.say(wang, group, "/表扬 李雷 接力第一名"),
        lambda: day.heard(mother, "接力第一名")() and world.find(group, "点赞"),
        "the praise",
    )
    typed = world.say(wang, group, f"／私聊李雷{CRITICISM}")
    day.then(lambda: None, lambda: typed.deleted and day.with_button(wang, "发送"), "the removal")
    day.then(day.presses(wang, wang, "发送"), day.heard(mother, CRITICISM), "the concern")
    time.sleep(0.5)
    assert bot.stop()[0] == 0

    assert not any(CRITICISM in m.text for m in world.transcript(group, deleted=False))
    assert not any(CRITICISM in m.text for m in world.inbox(stranger))
    received = sum(CRITICISM in m.text for m in world.inbox(mother))
    praised = sum("点赞" in m.text for m in world.transcript(group))
    database = open_database(url, tmp_path / "homeroom.key")
    with database.transaction() as records:
        counted = possible_duplicates(records)
    database.close()
    assert (received - 1) + (praised - 1) <= counted
    assert CRITICISM not in bot.logged() and "李雷" not in bot.logged()
