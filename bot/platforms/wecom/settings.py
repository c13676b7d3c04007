"""What the WeCom app needs to know, and what is wrong with it if it cannot be used."""

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

    choose: str = "回复数字选择："
    submit: str = "提交"
    over: str = "已处理"
    in_app: str = "请在企业微信的应用「{app}」里回复。"
    begin: str = "请在企业微信里打开应用「{app}」，把下面这一行发给它："


@dataclass(frozen=True, slots=True)
class WeComSettings:
    """[wecom] of the configuration."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    api_root: str = "https://qyapi.weixin.qq.com"
    public_url: str = ""
    phrases: Phrases = Phrases()
    times: Times = field(default_factory=Times)


def check(settings: WeComSettings) -> None:
    """Refuse what cannot work, before anything is opened."""
    if not CORP.fullmatch(settings.corp_id):
        raise ConfigError("wecom.corp_id: the 企业ID stands in the console under 我的企业, at the bottom")
    if settings.agent_id <= 0:
        raise ConfigError("wecom.agent_id: the AgentId stands in the console on the app's own page")
    if not settings.secret.strip():
        raise ConfigError("wecom.secret: the Secret stands in the console on the app's own page")
    if not TOKEN.fullmatch(settings.token):
        raise ConfigError("wecom.token: 3 to 32 letters and digits, the same as in the console (接收消息)")
    if not AES_KEY.fullmatch(settings.aes_key):
        raise ConfigError("wecom.aes_key: the EncodingAESKey has 43 letters and digits (接收消息)")
    if not settings.public_url.startswith("https://"):
        raise ConfigError(
            "web.public_url: the https address at which WeCom reaches this server; "
            "the console calls it at /wecom/callback there"
        )
