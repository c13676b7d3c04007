"""The server's own calendar, from the configuration to every class."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.config import load
from bot.serving import defaults_of
from classroom.errors import ConfigError
from scheduler.calendar import SchoolCalendar


def configured(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text("[[holiday]]\nname = '校庆'\nday = 2026-11-18\n", encoding="utf-8")
    defaults = defaults_of(load(configured(tmp_path, f"[calendar]\nfile = '{file}'\n")))
    assert not SchoolCalendar("CN", overrides=defaults.calendar).is_school_day(date(2026, 11, 18))


def test_what_is_wrong_with_it_is_said_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    config = load(configured(tmp_path, f"[calendar]\nfile = '{file}'\n"))
    with pytest.raises(ConfigError, match=r"\[calendar\] file .*cannot be read"):
        defaults_of(config)
    file.write_text("[[holiday]]\nday = 2026-11-18\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"calendar\.toml: \[\[holiday\]\] 1 name: "):
        defaults_of(config)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"calendar\.toml: "):
        defaults_of(config)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[holidays]\nlook_at = '9 am'", 'write a time as "09:00"'),
        ("[holidays]\nlead_days = 0", "greater than or equal to 1"),
        ("[holidays]\nauto = 1", "write true or false"),
        ("[web]\npublic_url = 'class.example.org'", "write the address as families reach it"),
        ("[web]\npublic_url = 'https://class.example.org/?x'", "write the address as families reach it"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(configured(tmp_path, text))
    assert said in str(error.value)


def test_settings_reach_the_classes(tmp_path: Path) -> None:
    text = "[web]\npublic_url = 'https://class.example.org/'\n[holidays]\nlead_days = 5\nauto = true\n"
    defaults = defaults_of(load(configured(tmp_path, text)))
    assert (defaults.public_url, defaults.lead_days, defaults.holidays_auto) == (
        "https://class.example.org", 5, True
    )  # fmt: skip
