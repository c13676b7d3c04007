"""What SECURITY.md promises against each of those who might want something, where no other file shows it."""

from __future__ import annotations

import ast
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from bot.watching import live_report
from storage.tables import ButtonRow, Code
from tests.architecture.source import ROOT
from tests.botapi import BotApiServer
from tests.process.runner import Bot
from tests.ready import NAMES, ready_class
from tests.security.day import ANSWER, CONCERN, LEAVE, MESSAGE, busy_day
from tests.security.intruders import Intruders
from tests.watching.test_running import free_port
from tests.world import World

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


# --- a stranger with the group's link -------------------------------------------------------------


async def test_a_stranger_in_the_group_learns_of_no_child(sqlite_world: World) -> None:
    world = sqlite_world
    await ready_class(world)
    intruders = Intruders(world)
    intruders.arrive()
    stranger = intruders.outsiders["a stranger"]
    before = intruders.look()
    world.platform.join(stranger, world.group)
    for text in ("大家好", "/认领", "/help", "/rules", "/poll", "/me", "李", "谁是妈妈？", "/start"):
        world.platform.say(stranger, world.group, text)
        world.platform.say(stranger, world.platform.private(stranger), text)
    await world.settle()
    assert intruders.named(before) == []


async def test_a_stranger_cannot_ask_which_names_are_on_the_roster(sqlite_world: World) -> None:
    """A name that is on the roster is answered as one that is not."""
    world = sqlite_world
    made = await ready_class(world)
    answers = []
    for name in ("王芳", "孙悟"):
        await made.stranger.in_private(f"/认领 {name} 妈妈")
        answers.append(made.stranger.last.text.replace(name, "X"))
        await world.later(minutes=31)
    assert answers[0] == answers[1]


# --- a parent who is curious about other children -------------------------------------------------


async def test_a_parent_hears_and_exports_nothing_of_other_families(world: World) -> None:
    made = (await busy_day(world)).made
    others = [m for name, m in made.mothers.items() if name not in ("李雷", "韩梅梅")] + [made.committee]
    for parent in others:
        await parent.in_private("/me export")
        sent = " ".join(m.text for m in parent.private.messages if m.by != parent.sender.native)
        for secret in (CONCERN, ANSWER, LEAVE, MESSAGE, "13800000000"):
            assert secret not in sent, (parent.sender.name, secret)
    father = " ".join(m.text for m in made.fathers["李雷"].private.messages)
    assert ANSWER not in father, "one guardian's answers are not another's"


# --- a forged button ------------------------------------------------------------------------------


async def test_a_forged_token_opens_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    made = await ready_class(world)
    await made.teacher.in_private("/concern 李雷 今天没有带书")
    with world.database.transaction() as records:
        tokens = [button.token for button in records.exec(select(ButtonRow))]
    assert tokens and all(len(token) >= 22 for token in tokens), "at least 128 bits"
    intruders = Intruders(world)
    intruders.arrive()
    before = intruders.look()
    forged = ["", "1", "x" * 64, "' OR 1=1 --", "%", tokens[0][:-1], tokens[0].swapcase(), "\x00", "密"]
    forged += [secrets.token_urlsafe(18) for _ in range(20)]
    for sender in (*intruders.outsiders.values(), made.mothers["李雷"].sender, made.teacher.sender):
        for token in forged:
            world.platform.press_token(sender, world.platform.private(sender), token)
            world.platform.press_token(sender, world.group, token)
    await world.settle()
    assert intruders.changed(before) == [] and intruders.named(before) == []
    assert "出了点问题" not in " ".join(text for _, text in world.platform.toasts)


async def test_a_link_is_long_and_random_and_stored_as_a_keyed_hash(sqlite_world: World) -> None:
    world = sqlite_world
    made = await ready_class(world)
    await made.teacher.in_private("/名册 链接")
    with world.database.transaction() as records:
        codes = list(records.exec(select(Code)))
        assert codes and all(len(code.token) >= 16 for code in codes), "at least 96 bits"
        assert all(code.digest == world.database.keys.digest(code.token) for code in codes)
        assert not any(code.token in code.digest for code in codes)


# --- a stolen token -------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


def test_a_second_program_with_the_token_is_noticed(tmp_path: Path, server: BotApiServer) -> None:
    bots, urls = [], []
    for name in ("ours", "theirs"):
        port = free_port()
        folder = tmp_path / name
        folder.mkdir()
        extra = f"[web]\nport = {port}\nobserve = true\n"
        bots.append(Bot(folder, server, f"sqlite:///{folder / 'class.db'}", extra))
        urls.append(f"http://127.0.0.1:{port}")
    try:
        for bot in bots:
            bot.start()
        bots[0].wait(
            lambda: any("another program" in str(live_report(url).checks) for url in urls), "the conflict"
        )
        for bot in bots:
            assert server.token not in bot.logged()
            assert bot.process is not None
            command = Path(f"/proc/{bot.process.pid}/cmdline")
            assert not command.exists() or server.token.encode() not in command.read_bytes()
    finally:
        for bot in bots:
            if bot.process is not None and bot.process.poll() is None:
                bot.kill()


# --- who finds the port ---------------------------------------------------------------------------


def test_the_port_tells_nothing_but_what_it_is_for(tmp_path: Path, server: BotApiServer) -> None:
    port = free_port()
    hook = f'mode = "webhook"\nwebhook_url = "http://127.0.0.1:{port}/telegram/webhook"\n'
    bot = Bot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", f"[web]\nport = {port}\n")
    text = bot.config.read_text().replace(
        "[telegram]\n", f'[telegram]\n{hook}webhook_secret = "0123456789abcdef"\n'
    )
    bot.config.write_text(text)
    bot.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            for path in ("/", "/metrics", "/readyz", "/healthz", "/docs", "/telegram", "/../config.toml"):
                answer = http.get(path)
                assert (answer.status_code, "server" in answer.headers) == (404, False)
            assert http.get("/telegram/webhook").status_code == 405
            wrong = {"X-Telegram-Bot-Api-Secret-Token": "0123456789abcdeg"}
            assert http.post("/telegram/webhook", json={"update_id": 1}, headers=wrong).status_code == 403
            right = {"X-Telegram-Bot-Api-Secret-Token": "0123456789abcdef"}
            big = http.post("/telegram/webhook", content=b" " * (2 << 20), headers=right)
            assert big.status_code == 413
    finally:
        bot.kill()


# --- the page itself ------------------------------------------------------------------------------


def test_every_answer_of_the_threat_model_has_its_test() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", SECURITY)
    assert len(named) > 20
    missing = []
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        known = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        missing += [f"{path}::{name}"] if name and name not in known else []
    assert missing == []


@pytest.mark.parametrize("child", NAMES)
def test_the_page_names_nobody(child: str) -> None:
    assert child not in SECURITY
