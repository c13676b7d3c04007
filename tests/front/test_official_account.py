"""A school that has a service account and no Telegram, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.kit import findings, homeroom, level
from tests.officialapi import OfficialServer
from tests.scenario.conftest import KEY


@pytest.fixture(scope="module")
def shared() -> Iterator[OfficialServer]:
    with OfficialServer() as server:
        yield server
    assert server.violations == []


@pytest.fixture
def server(shared: OfficialServer) -> OfficialServer:
    shared.clear()
    shared.requests.clear()
    return shared


def written(
    folder: Path, server: OfficialServer, public: str = "https://class.invalid", **other: str
) -> Path:
    """[official_account], as it is written for the stand-in; an empty value is left out."""
    account, path = server.account, folder / "config.toml"
    chosen = {
        "app_id": account.app_id,
        "secret": account.secret,
        "token": account.token,
        "aes_key": account.aes_key,
        "template_id": next(iter(account.templates)),
        "api_root": server.url,
        **other,
    }
    lines = ["[storage]", f'url = "sqlite:///{folder / "class.db"}"', f'key_file = "{KEY}"']
    lines += ["[official_account]", *(f'{key} = "{value}"' for key, value in chosen.items() if value)]
    lines += ["[web]", "port = 0", *([f'public_url = "{public}"'] if public else [])]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_doctor_goes_through_the_account_and_tells_no_secret(
    tmp_path: Path, server: OfficialServer
) -> None:
    told = homeroom("doctor", "--json", "--config", written(tmp_path, server))
    account, template = findings(told, "official account")
    assert (account[0], template[0]) == ("ok", "ok") and "thing1, time2" in template[1]
    assert level(told, "callback") == ["warning"] and level(told, "token") == [] and told.code == 1
    for secret in (server.account.secret, server.account.token, *server.account.issued):
        assert secret not in told.out + told.err


def test_what_is_missing_or_does_not_fit_is_said_with_the_next_step(
    tmp_path: Path, server: OfficialServer
) -> None:
    open_ = written(tmp_path, server, template_id="", aes_key="")
    cures = [
        cure for _, _, cure in findings(homeroom("doctor", "--json", "--config", open_), "official account")
    ]
    assert "模板消息" in cures[1] and "安全模式" in cures[2]
    odd = {"tmpl_odd_0123456789": "{{thing1.DATA}} {{amount2.DATA}}"}
    server.account.templates |= odd
    for name, word in (("tmpl_odd_0123456789", "amount2"), ("tmpl_none_0123456789", "no template")):
        told = homeroom("doctor", "--json", "--config", written(tmp_path, server, template_id=name))
        [(weight, what, _)] = findings(told, "official account")[1:]
        assert weight == "failure" and word in what
    server.account.templates.pop("tmpl_odd_0123456789")


def test_a_server_that_is_not_listed_hears_which_address_to_add(
    tmp_path: Path, server: OfficialServer
) -> None:
    server.fault("stable_token", 40164, times=2)
    told = homeroom("doctor", "--json", "--config", written(tmp_path, server))
    weight, _, cure = findings(told, "official account")[0]
    assert weight == "failure" and "203.0.113.9" in cure and told.code == 3


@pytest.mark.parametrize("wrong", ["app_id", "secret", "token", "aes_key"])
def test_what_is_set_half_or_wrong_is_named_in_one_line(
    tmp_path: Path, server: OfficialServer, wrong: str
) -> None:
    config = written(tmp_path, server, **{wrong: " " if wrong == "secret" else "a b"})
    for command in ("run", "doctor"):
        told = homeroom(command, "--config", config)
        said = told.out + told.err
        assert told.code == 2 and f"official_account.{wrong}: " in said
        assert server.account.secret not in said and server.account.aes_key not in said
    assert server.requests == []


def test_a_wrong_secret_ends_the_start_and_without_an_address_there_is_none(
    tmp_path: Path, server: OfficialServer
) -> None:
    told = homeroom("run", "--config", written(tmp_path, server, secret="the-secret-of-last-year"))
    assert told.code == 2 and "official_account.secret: " in told.err and "40125" in told.err
    assert "the-secret-of-last-year" not in told.out + told.err
    told = homeroom("run", "--config", written(tmp_path, server, public=""))
    assert told.code == 2 and "web.public_url: " in told.err
