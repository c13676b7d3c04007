"""What can be set, and how a mistake is answered: one line with key, file and cure."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load, read_duration, require_token
from classroom.errors import ConfigError

TOKEN = "123456:ABC-DEF_ghi"


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[telegram]\ntokn = 'x'", "[telegram] tokn is not a setting; known there: api_root"),
        ("[telegrm]\ntoken = 'x'", "[telegrm] is not a setting; known there: calendar"),
        ("[telegram]\ntoken = 'hello'", "[telegram] token: a token looks like"),
        ("[telegram]\nmode = 'push'", "[telegram] mode: Input should be 'polling' or 'webhook'"),
        (
            "[telegram.limits]\ngroup_per_minute = 'many'",
            "group_per_minute: Input should be a valid",
        ),
        ("[telegram.limits]\ngroup_per_minute = -1", "greater than or equal to 0"),
        ("[notices]\nnudge_after = '12'", 'write a duration as "90s"'),
        ("[names]\nmute = 'perhaps'", "[names] mute: write true or false"),
        ("[names]\nmute = 1", "[names] mute: write true or false"),
        ("[telegram.limits]\ngroup_per_minute = true", "group_per_minute: write a number"),
        ("[telegram]\napi_root = 'api.telegram.org'", "[telegram] api_root: write an address such as"),
        ("[telegram]\nwebhook_url = 'http://x.org/'", "[telegram] webhook_url: Telegram calls https only"),
        ("[storage]\nurl = 'mysql://me:secret@host/x'", '[storage] url: write "sqlite:///homeroom.db" or'),
        ("[storage]\nurl = 'homeroom.db'", '[storage] url: write "sqlite:///homeroom.db" or'),
        ("[hours]\nquiet = '25:00-07:00'", 'write hours as "21:00-07:00", or "off"'),
        ("[hours]\nteacher = 7", 'write hours as "21:00-07:00", or "off"'),
        ("[defaults]\ntimezone = 'Mars/Olympus'", 'write a zone as "Asia/Shanghai"'),
        ("[defaults]\nlanguage = 'fr'", "[defaults] language"),
        ("[concerns]\nterm_ends = ['13-40']", 'write a day as month-day: "01-31"'),
        ("[web]\nport = 70000", "less than or equal to 65535"),
        ("[telegram", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value) and str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_the_environment_switches_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEROOM_NAMES__MUTE", "True")
    monkeypatch.setenv("HOMEROOM_TELEGRAM__LIMITS__GROUP_PER_MINUTE", "0")
    settings = load(write(tmp_path, ""))
    assert settings.names.mute is True and settings.telegram.limits.group_per_minute == 0


def test_a_step_of_reminding_can_be_left_out_and_a_class_speak_traditional_chinese(tmp_path: Path) -> None:
    text = "[notices]\nnudge_after = 'off'\nsecond_after = '6h'\n[defaults]\nlanguage = 'zh_TW'\n"
    settings = load(write(tmp_path, text))
    assert settings.notices.nudge_after is None and settings.notices.second_after == timedelta(hours=6)
    assert settings.defaults.language == "zh_TW"


def test_a_missing_file_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.example\.toml"):
        load(tmp_path / "none.toml")


def test_a_missing_token_says_who_gives_one(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    with pytest.raises(ConfigError, match=r"config\.toml: \[telegram\] token is missing.*BotFather"):
        require_token(load(path), path)


def test_a_webhook_needs_its_address_and_secret(tmp_path: Path) -> None:
    path = write(tmp_path, f"[telegram]\ntoken = '{TOKEN}'\nmode = 'webhook'\nwebhook_url = 'https://x.org/'")
    with pytest.raises(ConfigError, match="webhook_secret is missing"):
        require_token(load(path), path)


def test_environment_over_secret_files_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "[defaults]\nlanguage = 'en'\n[web]\nport = 1\n[hours]\nquiet = 'off'")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "telegram__token").write_text(f"{TOKEN}\n")
    (secrets / "web__port").write_text("2")
    (secrets / "hours__quiet").write_text("22:00-06:00")
    monkeypatch.setenv("HOMEROOM_HOURS__QUIET", "23:00-05:00")
    settings = load(path, secrets)
    assert (settings.defaults.language, settings.web.port, settings.hours.quiet) == ("en", 2, "23:00-05:00")
    assert require_token(settings, path) == TOKEN


def test_a_wrong_environment_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "[web]\nport = 1")
    monkeypatch.setenv("HOMEROOM_WEB__PORT", "many")
    with pytest.raises(ConfigError, match=r"environment.*HOMEROOM_WEB__PORT"):
        load(path)
    monkeypatch.setenv("HOMEROOM_WEB__PORT", "3")
    monkeypatch.setenv("HOMEROOM_WEBB__PORT", "3")
    with pytest.raises(ConfigError, match=r"HOMEROOM_WEBB__PORT.*not a section"):
        load(path)


def test_a_secret_shows_in_no_repr_and_no_error(tmp_path: Path) -> None:
    path = write(tmp_path, f"[telegram]\ntoken = '{TOKEN}'\nwebhook_secret = 'very secret!'")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "very secret" not in str(caught.value)
    settings = load(write(tmp_path, f"[telegram]\ntoken = '{TOKEN}'"))
    assert TOKEN not in repr(settings)


def test_durations() -> None:
    assert read_duration("90s") == timedelta(seconds=90)
    assert read_duration("12h") == timedelta(hours=12)
    assert read_duration(" 3d ") == timedelta(days=3)
