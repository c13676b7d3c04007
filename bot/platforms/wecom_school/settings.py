"""What the school's notices need to know, and what is wrong with it if it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.platforms.tencent.crypto import AES_KEY, TOKEN
from bot.platforms.tencent.line import Times
from classroom.errors import ConfigError

CORP = re.compile(r"[A-Za-z0-9_-]{4,64}")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The few words of the platform's own, made by whoever has templates, in the server's language."""

    file_elsewhere: str = "（还有附件，请到班级群里看。）"
    trial: str = "班务助手测试，不用回复。"


@dataclass(frozen=True, slots=True)
class SchoolSettings:
    """[wecom.school] of the configuration, with the corp of [wecom].

    `token` and `aes_key` are for an app that is called at an address of its own.
    """

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    api_root: str = "https://qyapi.weixin.qq.com"
    public_url: str = ""
    phrases: Phrases = Phrases()
    times: Times = field(default_factory=Times)


def check(settings: SchoolSettings) -> None:
    """Refuse what cannot work, before anything is opened."""
    if not CORP.fullmatch(settings.corp_id):
        raise ConfigError("wecom.corp_id: the 企业ID stands in the console under 我的企业, at the bottom")
    if settings.agent_id <= 0:
        raise ConfigError(
            "wecom.school.agent_id: the AgentId of the app that parents may use (家长可使用的应用)"
        )
    if not settings.secret.strip():
        raise ConfigError("wecom.school.secret: the Secret stands in the console on that app's own page")
    if bool(settings.token) != bool(settings.aes_key):
        raise ConfigError(
            "wecom.school.token and aes_key go together: both of the app's 接收消息, or neither"
        )
    if settings.token and not TOKEN.fullmatch(settings.token):
        raise ConfigError(
            "wecom.school.token: 3 to 32 letters and digits, the same as in the console (接收消息)"
        )
    if settings.aes_key and not AES_KEY.fullmatch(settings.aes_key):
        raise ConfigError("wecom.school.aes_key: the EncodingAESKey has 43 letters and digits (接收消息)")
    if not settings.public_url.startswith("https://"):
        raise ConfigError(
            "web.public_url: the https address at which families reach this server; "
            "they answer on its pages, since a notice of the school has no buttons"
        )
