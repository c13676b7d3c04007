"""config.toml, secret files and environment → frozen settings; what cannot be used is refused by name."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from classroom.errors import ConfigError
from scheduler.hours import valid_hours

PREFIX = "HOMEROOM_"
_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_duration(value: object) -> object:
    """Read "90s", "12h", "3d"; ValueError says how to write one."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('write a duration as "90s", "15m", "12h", "3d" or "2w"')
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def _read_duration_or_off(value: object) -> object:
    return None if value == "off" else read_duration(value)


def _read_hours(value: object) -> object:
    if not isinstance(value, str) or not valid_hours(value):
        raise ValueError('write hours as "21:00-07:00", or "off"')
    return value


def _read_day(value: object) -> object:
    try:
        date.fromisoformat(f"2001-{value}")  # a year without 29 February: a term ends every year
    except ValueError:
        raise ValueError('write a day as month-day: "01-31"') from None
    return value


def _read_number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number, such as 20")
    return value


def _read_switch(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false")):
        return value
    raise ValueError("write true or false")


def _read_database(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"sqlite:///.+|postgresql(\+psycopg)?://.+", value):
        raise ValueError('write "sqlite:///homeroom.db" or "postgresql://user:password@host/homeroom"')
    return value


def _read_address(value: object) -> object:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s]+", value):
        raise ValueError('write an address such as "https://api.telegram.org"')
    return value


def _read_socket(value: object) -> object:
    if not isinstance(value, str) or not re.match(r"wss?://[^/\s]+", value):
        raise ValueError('write an address such as "wss://openws.work.weixin.qq.com"')
    return value


def _read_webhook(value: object) -> object:
    # plain http is for a Bot API server of one's own on the same machine
    ours = r"https://[^/\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)"
    if value is not None and (not isinstance(value, str) or not re.match(ours, value)):
        raise ValueError('Telegram calls https only: write "https://class.example.org/telegram/webhook"')
    return value


def _read_public(value: object) -> object:
    if value is not None and (
        not isinstance(value, str) or not re.match(r"https?://[^/\s?#]+(/[^\s?#]*)?$", value)
    ):
        raise ValueError('write the address as families reach it: "https://class.example.org"')
    return value


def _read_weekly(value: object) -> object:
    weekly = r"off|(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d"
    if not isinstance(value, str) or not re.fullmatch(weekly, value):
        raise ValueError('write a weekday and a time as "fri 16:30", or "off"')
    return value


def _read_clock(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('write a time as "09:00"')
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Number = Annotated[float, BeforeValidator(_read_number)]
Whole = Annotated[int, BeforeValidator(_read_number)]
Switch = Annotated[bool, BeforeValidator(_read_switch)]
DurationOrOff = Annotated[timedelta | None, BeforeValidator(_read_duration_or_off)]
HoursText = Annotated[str, BeforeValidator(_read_hours)]


class Section(BaseModel):
    """One [section]: frozen, and a key it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StorageSection(Section):
    """Where everything is kept."""

    url: Annotated[str, BeforeValidator(_read_database)] = "sqlite:///homeroom.db"
    key_file: Path | None = None


class LimitsSection(Section):
    """What Telegram permits; 0 switches a limit off."""

    total_per_second: Number = Field(default=30, ge=0)
    private_per_second: Number = Field(default=1, ge=0)
    private_burst: Whole = Field(default=3, ge=1)
    group_per_minute: Number = Field(default=20, ge=0)


class TelegramSection(Section):
    """The bot's account on Telegram."""

    token: SecretStr | None = None
    api_root: Annotated[str, BeforeValidator(_read_address)] = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: Annotated[str | None, BeforeValidator(_read_webhook)] = None
    webhook_secret: SecretStr | None = None
    limits: LimitsSection = LimitsSection()

    @field_validator("token")
    @classmethod
    def _shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value().strip()):
            raise ValueError("a token looks like 123456:ABC-DEF; @BotFather gives it to you")
        return SecretStr(value.get_secret_value().strip()) if value else value

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("use 16 to 256 of A-Z a-z 0-9 _ -")
        return value


class SchoolSection(Section):
    """Notices of the school to parents (学校通知), by the app that parents may use."""

    agent_id: Whole | None = Field(default=None, ge=1)
    secret: SecretStr | None = None
    token: SecretStr | None = None
    aes_key: SecretStr | None = None
    per_second: Number = Field(default=5, gt=0)


class BotSection(Section):
    """The AI bot in 企业微信, by its long connection."""

    id: str | None = None
    secret: SecretStr | None = None
    url: Annotated[str, BeforeValidator(_read_socket)] = "wss://openws.work.weixin.qq.com"


class WecomSection(Section):
    """The school's own app in 企业微信 (WeCom)."""

    corp_id: str | None = None
    agent_id: Whole | None = Field(default=None, ge=1)
    secret: SecretStr | None = None
    token: SecretStr | None = None
    aes_key: SecretStr | None = None
    api_root: Annotated[str, BeforeValidator(_read_address)] = "https://qyapi.weixin.qq.com"
    poll_groups_every: DurationOrOff = timedelta(minutes=30)
    school: SchoolSection = SchoolSection()
    bot: BotSection = BotSection()


class OfficialAccountSection(Section):
    """A service account of the school's in WeChat (服务号), which families follow."""

    app_id: str | None = None
    secret: SecretStr | None = None
    token: SecretStr | None = None
    aes_key: SecretStr | None = None
    template_id: str | None = None
    api_root: Annotated[str, BeforeValidator(_read_address)] = "https://api.weixin.qq.com"


class WebSection(Section):
    """Where webhooks are received, and where the running bot can be looked at."""

    host: str = "127.0.0.1"
    port: Whole = Field(default=8080, ge=0, le=65535)
    observe: Switch = False
    public_url: Annotated[str | None, BeforeValidator(_read_public)] = None


class DefaultsSection(Section):
    """What holds in a classroom that has not said otherwise."""

    language: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"
    timezone: str = "Asia/Shanghai"
    country: str = Field(default="CN", pattern="^[A-Z]{2}$")

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError('write a zone as "Asia/Shanghai" or "Europe/Berlin"') from None
        return value


class NoticesSection(Section):
    """Notices and their receipts."""

    nudge_after: DurationOrOff = timedelta(hours=12)
    second_after: DurationOrOff = timedelta(days=1)
    list_after: DurationOrOff = timedelta(hours=2)


class PraiseSection(Section):
    """Praise, and who has had none for long."""

    even_hand: Annotated[str, BeforeValidator(_read_weekly)] = "fri 16:30"


class NamesSection(Section):
    """The rule on names."""

    grace: Duration = timedelta(days=3)
    mute: Switch = False


class PollsSection(Section):
    """Polls."""

    nudge_before: Duration = timedelta(hours=24)


class CalendarSection(Section):
    """What this server adds to the official holidays, or puts right about them."""

    file: Path | None = None


class HolidaysSection(Section):
    """When a holiday's notice is drafted, and whether it may go out by itself."""

    lead_days: Whole = Field(default=3, ge=1, le=30)
    long_lead_days: Whole = Field(default=7, ge=1, le=30)
    look_at: Annotated[str, BeforeValidator(_read_clock)] = "09:00"
    auto: Switch = False


class HoursSection(Section):
    """When people are left alone: parents (quiet), and when teachers may be reached (teacher)."""

    quiet: HoursText = "21:00-07:00"
    teacher: HoursText = "07:00-20:00"


class ConcernsSection(Section):
    """Private criticism."""

    term_ends: tuple[Annotated[str, BeforeValidator(_read_day)], ...] = Field(
        default=("01-31", "07-15"), min_length=1
    )


class RetentionSection(Section):
    """How long what is personal is kept."""

    texts: Duration = timedelta(days=7)
    failed: Duration = timedelta(days=30)
    removed: Duration = timedelta(days=30)
    requests: Duration = timedelta(days=365)
    left: Duration = timedelta(days=30)
    deliveries: Duration = timedelta(days=90)


class LogSection(Section):
    """What is written to the log; never a private text, at any level."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(BaseSettings):
    """Everything that can be set. Environment wins over secret files, those over the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    storage: StorageSection = StorageSection()
    telegram: TelegramSection = TelegramSection()
    wecom: WecomSection = WecomSection()
    official_account: OfficialAccountSection = OfficialAccountSection()
    web: WebSection = WebSection()
    defaults: DefaultsSection = DefaultsSection()
    notices: NoticesSection = NoticesSection()
    praise: PraiseSection = PraiseSection()
    names: NamesSection = NamesSection()
    polls: PollsSection = PollsSection()
    calendar: CalendarSection = CalendarSection()
    holidays: HolidaysSection = HolidaysSection()
    hours: HoursSection = HoursSection()
    concerns: ConcernsSection = ConcernsSection()
    retention: RetentionSection = RetentionSection()
    log: LogSection = LogSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order in which sources win: environment, secret files, the file."""
        return env_settings, NestedSecretsSettingsSource(file_secret_settings), init_settings


def load(path: Path, secrets: Path | None = None) -> Settings:
    """Read the configuration; ConfigError names the key, the file and the cure in one line."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; `homeroom init` writes one, or copy config.example.toml there"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        _refuse_unknown_environment()
        return _with_secrets(secrets).model_validate(found)
    except ValidationError as error:
        raise ConfigError(_one_line(path, found, error)) from None


def require_token(settings: Settings, path: Path) -> str:
    """The bot's token, empty where it lives in WeChat alone; ConfigError says where it goes."""
    elsewhere = (settings.wecom.corp_id, settings.wecom.bot.id, settings.official_account.app_id)
    if settings.telegram.token is None and any(elsewhere):
        return ""
    if settings.telegram.token is None:
        raise ConfigError(
            f"{path}: [telegram] token is missing: ask @BotFather for one and put it there, "
            f"or into the environment as {PREFIX}TELEGRAM__TOKEN"
        )
    if settings.telegram.mode == "webhook":
        for key in ("webhook_url", "webhook_secret"):
            if getattr(settings.telegram, key) is None:
                raise ConfigError(f'{path}: [telegram] {key} is missing: mode = "webhook" needs it')
    return settings.telegram.token.get_secret_value()


def _with_secrets(folder: Path | None) -> type[Settings]:
    if folder is None:
        return Settings
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; --secrets takes one with a file per secret")

    class WithSecrets(Settings):
        """The settings with this run's folder of secrets."""

        model_config = SettingsConfigDict(
            secrets_dir=folder, secrets_prefix="", secrets_nested_delimiter="__"
        )

    return WithSecrets


def _refuse_unknown_environment() -> None:
    for name in os.environ:
        section = name.upper().removeprefix(PREFIX).split("__")[0].lower()
        if name.upper().startswith(PREFIX) and section not in Settings.model_fields:
            known = ", ".join(sorted(Settings.model_fields))
            raise ConfigError(f"environment {name}: [{section}] is not a section; known: {known}")


def _one_line(path: Path, found: dict[str, object], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = [part for part in first["loc"] if isinstance(part, str)]  # a number stands within a list
    key = f"[{'.'.join(where[:-1])}] {where[-1]}" if len(where) > 1 else f"[{where[0]}]"
    variable = PREFIX + "__".join(where).upper()
    in_environment = variable in {name.upper() for name in os.environ}
    from_file = _in_file(found, where) and not in_environment
    source = str(path) if from_file else f"environment or secret file {variable}"
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(_known(where[:-1])))
        return f"{source}: {key} is not a setting; known there: {known}"
    return f"{source}: {key}: {first['msg'].removeprefix('Value error, ')}"


def _in_file(found: dict[str, object], where: list[str]) -> bool:
    level: object = found
    for part in where:
        if not isinstance(level, dict) or part not in level:
            return False
        level = level[part]
    return True


def _known(where: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in where:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
