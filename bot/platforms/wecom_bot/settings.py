"""What the AI bot needs to know, and what is wrong with it if it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from classroom.errors import ConfigError

URL = "wss://openws.work.weixin.qq.com"
BOT = re.compile(r"[A-Za-z0-9_-]{4,128}")
ADDRESS = re.compile(r"wss://[^/\s]+(/\S*)?|ws://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?")


@dataclass(frozen=True, slots=True)
class BotPhrases:
    """The few words of the platform's own, made by whoever has templates, in the server's language."""

    choose: str = "回复数字选择："
    choose_group: str = "在群里 @我，加一个数字："
    submit: str = "提交"
    over: str = "已处理"
    begin: str = "请点我的头像，和我单聊"
    greeting: str = "您好，我是班务助手。随便回我一句，比如“你好”，我就能跟您说话了。"
    begin_line: str = "请在企业微信里打开“{app}”的单聊，把这一行发给它："


@dataclass(frozen=True, slots=True)
class BotTimes:
    """How long things may take, in seconds."""

    connect: float = 10.0
    answer: float = 5.0
    """Until a frame of ours is acknowledged, and in which a press or a coming-in can be answered."""

    ping: float = 30.0
    first_wait: float = 1.0
    longest_wait: float = 60.0
    step_back: float = 60.0
    """The first wait after somebody else took the connection; it doubles."""

    longest_step: float = 1800.0


@dataclass(frozen=True, slots=True)
class BotSettings:
    """[wecom.bot] of the configuration."""

    id: str
    secret: str = field(repr=False)
    url: str = URL
    public_url: str = ""
    phrases: BotPhrases = BotPhrases()
    times: BotTimes = BotTimes()


def check(settings: BotSettings) -> None:
    """Refuse what cannot work, before anything is opened."""
    if not BOT.fullmatch(settings.id):
        raise ConfigError("wecom.bot.id: the Bot ID stands on the AI bot's own page, under 长连接 (API 模式)")
    if not settings.secret.strip():
        raise ConfigError("wecom.bot.secret: the Secret stands beside the Bot ID, under 长连接 (API 模式)")
    if not ADDRESS.fullmatch(settings.url):
        raise ConfigError(f'wecom.bot.url: an address such as "{URL}"; without TLS on this machine only')
