"""WeCom's line in trouble: tokens, refusals, broken connections, and several processes of one bot."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.platforms.wecom import WeComPlatform, WeComSettings
from bot.platforms.wecom.checkup import Checkup
from bot.platforms.wecom.settings import check
from bot.ports import Done, Failure, Level, Outcome, Refused, TryAgain
from bot.vault import DatabaseVault
from classroom.errors import ConfigError
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms.wecom_kit import Desk, answering, desk, migrate, settings_of, until
from tests.wecomapi import WeComServer

WORDS = "李雷没有带作业本"


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def app(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Desk]:
    async with desk(server, fresh_database("sqlite", migrate)) as made:
        await made.platform.open()
        yield made


# --- tokens -------------------------------------------------------------------------------------


@pytest.mark.parametrize("early", ["taken back", "over"])
async def test_a_token_that_is_refused_is_fetched_once_more(app: Desk, early: str) -> None:
    wang, before = app.member(), app.corp.fetches
    if early == "over":
        app.corp.later += 7300
    else:
        app.corp.forget_tokens()
    outcomes = await asyncio.gather(*(app.tell(wang, f"第 {n} 条") for n in range(8)))
    assert all(isinstance(one, Done) for one in outcomes)
    assert app.corp.fetches == before + 1 and len(app.said(wang)) == 8


@pytest.mark.parametrize("code", [40014, 42001])
async def test_a_server_that_refuses_every_token_is_left_alone(app: Desk, code: int) -> None:
    wang, before = app.member(), app.corp.fetches
    app.server.fault("message/send", code, times=50)
    first = await app.tell(wang, WORDS)
    assert first == TryAgain(str(code), after=300.0)
    for _ in range(5):
        assert isinstance(await app.tell(wang, WORDS), TryAgain)
    assert app.corp.fetches <= before + 1
    assert f"errcode {code}" in app.platform.trouble and "secret" in app.platform.trouble


async def test_all_processes_of_a_bot_share_one_token(
    server: WeComServer, database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    async with desk(server, fresh_database(database_kind, migrate)) as app:
        wang = app.member()
        others = [app.another() for _ in range(3)]
        outcomes = await asyncio.gather(
            *(app.tell(wang, f"{n} {m}", by=one) for n, one in enumerate(others) for m in range(5))
        )
        assert all(isinstance(one, Done) for one in outcomes)
        assert app.corp.fetches == 1
        server.corp.forget_tokens()
        await asyncio.gather(*(app.tell(wang, f"又 {n}", by=one) for n, one in enumerate(others)))
        assert app.corp.fetches == 2
        with app.database.transaction() as records:
            kept = str(records.connection().execute(text("SELECT * FROM vault")).all())
        assert not any(secret in kept for secret in app.corp.issued)
        for one in others:
            await one.close()


async def test_a_wrong_secret_ends_the_start_in_one_line(
    server: WeComServer, fresh_database: FreshDatabase
) -> None:
    async with desk(server, fresh_database("sqlite", migrate)) as app:
        wrong = replace(settings_of(server), secret="an-old-secret-of-the-app")
        platform = WeComPlatform(wrong, DatabaseVault(app.database, app.now), now=app.now)
        with pytest.raises(ConfigError, match=r"wecom\.secret: .*copy it anew.*40001") as caught:
            await platform.open()
        assert "an-old-secret" not in str(caught.value) + repr(caught.value.__context__)
        assert server.corp.fetches == 1
        await platform.close()


async def test_an_address_that_is_not_trusted_is_waited_for(
    server: WeComServer, fresh_database: FreshDatabase
) -> None:
    async with desk(server, fresh_database("sqlite", migrate)) as app:
        server.fault("agent/get", 60020, times=1)
        opening = asyncio.create_task(app.platform.open())
        await until(lambda: bool(app.platform.trouble))
        assert "企业可信IP" in app.platform.trouble
        await opening
        assert (app.platform.trouble, app.platform.mention) == ("", "班务助手")


# --- faults -------------------------------------------------------------------------------------

FAULTS: dict[int | str, Outcome] = {
    -1: TryAgain("-1"),
    45009: TryAgain("45009", after=60.0),
    45033: TryAgain("45033", after=5.0),
    40001: TryAgain("40001", after=300.0),
    50003: TryAgain("50003", after=300.0),
    60020: TryAgain("60020", after=300.0),
    45002: Refused(Failure.REFUSED, "45002"),
    48002: Refused(Failure.NOT_ALLOWED, "48002"),
    60011: Refused(Failure.NOT_ALLOWED, "60011"),
    60111: Refused(Failure.GONE, "60111"),
    81013: Refused(Failure.NEVER_STARTED, "81013"),
    99999: Refused(Failure.REFUSED, "99999"),
    "500": TryAgain("HTTP 500", uncertain=True),
    "502": TryAgain("HTTP 502", uncertain=True),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_what_a_refusal_means(app: Desk, kind: int | str) -> None:
    wang = app.member()
    app.server.fault("message/send", kind)
    assert await app.tell(wang, WORDS) == FAULTS[kind]
    assert app.said(wang) == []
    assert isinstance(await app.tell(wang, WORDS), Done)


@pytest.mark.parametrize(
    "kind", ["html200", "half_json", "redirect", "reset_before", "reset_after", "silence"]
)
async def test_an_answer_that_cannot_be_read_may_have_been_a_yes(app: Desk, kind: str) -> None:
    wang = app.member()
    app.server.fault("message/send", kind, seconds=1.5)
    outcome = await app.tell(wang, WORDS)
    assert isinstance(outcome, TryAgain) and outcome.uncertain
    assert WORDS not in repr(outcome) and "http" not in outcome.why
    assert isinstance(await app.tell(wang, WORDS), Done)
    assert app.said(wang) == [WORDS]


async def test_nobody_there_is_certain(app: Desk) -> None:
    wang = app.member()
    nowhere = replace(settings_of(app.server), api_root="http://127.0.0.1:9")
    platform = WeComPlatform(nowhere, DatabaseVault(app.database, app.now), now=app.now)
    outcome = await app.tell(wang, WORDS, by=platform)
    assert isinstance(outcome, TryAgain) and not outcome.uncertain
    await platform.close()


# --- settings and secrets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("corp_id", ""),
        ("corp_id", "ww 12"),
        ("agent_id", ""),
        ("secret", "  "),
        ("token", "no-hyphens"),
        ("aes_key", "short"),
        ("public_url", "http://class.example"),
        ("public_url", ""),
    ],
)
def test_a_setting_that_cannot_work_is_named(server: WeComServer, key: str, value: str) -> None:
    right = settings_of(server)
    wrong = {
        "corp_id": replace(right, corp_id=value),
        "agent_id": replace(right, agent_id=0),
        "secret": replace(right, secret=value),
        "token": replace(right, token=value),
        "aes_key": replace(right, aes_key=value),
        "public_url": replace(right, public_url=value),
    }[key]
    with pytest.raises(ConfigError, match=f"^(wecom|web).{key}: ") as caught:
        check(wrong)
    assert "\n" not in str(caught.value) and server.corp.secret not in str(caught.value)


async def test_no_secret_and_no_word_is_in_any_log(
    app: Desk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    wang, seen = app.member(), [repr(app.platform), repr(settings_of(app.server))]
    with caplog.at_level(logging.DEBUG):
        for kind in (*FAULTS, "html200", "half_json", "redirect", "reset_after"):
            app.server.fault("message/send", kind)
            seen.append(repr(await app.tell(wang, WORDS)))
        app.server.fault("gettoken", 40001)
        app.corp.forget_tokens()
        seen.append(repr(await app.tell(wang, WORDS)) + app.platform.trouble)
        seen.append(repr(await app.platform.fetch("media-0", 10)))
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith(("uvicorn", "tests"))]
    printed = capsys.readouterr()
    everything = repr(seen) + repr(logged) + printed.out + printed.err
    for secret in (WORDS, app.corp.secret, app.corp.token, app.corp.aes_key, *app.corp.issued):
        assert secret not in everything


# --- the doctor ---------------------------------------------------------------------------------


async def found(settings: WeComSettings) -> list[tuple[Level, str, str]]:
    checkup = Checkup(settings)
    try:
        return [(one.level, one.topic, f"{one.what} → {one.cure}") async for one in checkup.findings(())]
    finally:
        await checkup.close()


async def test_the_doctor_names_the_next_step(app: Desk) -> None:
    settings = settings_of(app.server)
    app.server.fault("agent/get", 60020)
    [(level, topic, said), (beside, _, callback)] = await found(settings)
    assert (level, topic) == (Level.FAILURE, "wecom") and "203.0.113.9" in said and "企业可信IP" in said
    assert beside is Level.WARNING and "/wecom/callback" in callback
    [(level, _, said), _] = await found(replace(settings, secret="wrong"))
    assert level is Level.FAILURE and "40001" in said and "copy it anew" in said
    [(level, topic, said)] = await found(replace(settings, aes_key="x"))
    assert (level, topic) == (Level.FAILURE, "configuration") and "43" in said
    assert app.corp.secret not in said


async def test_the_doctor_proves_the_address_as_the_console_does(app: Desk) -> None:
    async with answering(app):
        checkup = Checkup(
            settings_of(app.server), knock=app.server.postman.url.removesuffix("/wecom/callback")
        )
        [(level, _, said), (callback, _, answered)] = [
            (one.level, one.topic, one.what) async for one in checkup.findings(())
        ]
        assert (level, callback) == (Level.OK, Level.OK) and "班务助手" in said and "answers" in answered
        await checkup.close()
        other = replace(settings_of(app.server), token="another1")
        checkup = Checkup(other, knock=app.server.postman.url.removesuffix("/wecom/callback"))
        [_, finding] = [one async for one in checkup.findings(())]
        assert finding.level is Level.FAILURE and "another token" in finding.what
        await checkup.close()
