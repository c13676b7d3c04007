"""What the service account needs to know, and what is wrong with it if it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.platforms.tencent.crypto import AES_KEY, TOKEN
from bot.platforms.tencent.line import Times
from classroom.errors import ConfigError

APP = re.compile(r"wx[0-9a-f]{16}")
TEMPLATE = re.compile(r"[A-Za-z0-9_-]{16,64}")
ANSWER_WITHIN = 0.8
"""Seconds for which a call waits for its answer, which is then no message of the counted ones."""


@dataclass(frozen=True, slots=True)
class Column:
    """One of the three words at the bottom of the conversation; `entries` are a command and its label."""

    label: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu for those who may use all of its commands; the one without a `tag` is everybody's."""

    columns: tuple[Column, ...]
    tag: str = ""

    @property
    def commands(self) -> frozenset[str]:
        """The commands in it."""
        return frozenset(name for column in self.columns for name, _ in column.entries)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The few words of the platform's own, made by whoever has templates, in the server's language."""

    news: str = "您有一条班级消息，请点开看"
    """In a template message, and all of it: at most 20 characters."""
    sender: str = "班务助手"
    status: str = "待查看"
    no_file: str = "（还有一个文件，服务号发不出来，请换个渠道再要一次。）"
    on_page: str = "（还有文件，在下面的链接里。）"
    open_files: str = "还有文件，点这里看"
    scan: str = "长按下面的二维码，点“识别图中的二维码”，关注以后就可以开始了。"
    scan_elsewhere: str = "在电脑上看到这一页时，请用微信扫一扫。"
    minutes: str = "二维码 30 分钟内有效，只能用一次。过期了，再打开一次这个链接。"
    later: str = "二维码暂时拿不到，请过一会儿再打开这个链接。"
    title: str = "班务助手"


@dataclass(frozen=True, slots=True)
class OfficialAccountSettings:
    """[official_account] of the configuration. Without an `aes_key` calls come in plain (明文模式)."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False, default="")
    template_id: str = ""
    api_root: str = "https://api.weixin.qq.com"
    public_url: str = ""
    phrases: Phrases = Phrases()
    menus: tuple[Menu, ...] = ()
    answer_within: float = ANSWER_WITHIN
    times: Times = field(default_factory=Times)


def check(settings: OfficialAccountSettings) -> None:
    """Refuse what cannot work, before anything is opened."""
    if not APP.fullmatch(settings.app_id):
        raise ConfigError(
            "official_account.app_id: the AppID is wx and 16 digits or letters; the console shows it"
        )
    if not settings.secret.strip():
        raise ConfigError("official_account.secret: the AppSecret stands in the console (基本配置)")
    if not TOKEN.fullmatch(settings.token):
        raise ConfigError(
            "official_account.token: 3 to 32 letters and digits, the same as in the console (服务器配置)"
        )
    if settings.aes_key and not AES_KEY.fullmatch(settings.aes_key):
        raise ConfigError("official_account.aes_key: the EncodingAESKey has 43 letters and digits")
    if settings.template_id and not TEMPLATE.fullmatch(settings.template_id):
        raise ConfigError(
            "official_account.template_id: copy the 模板ID from the console (模板消息), not its number"
        )
    if not settings.public_url.startswith("https://"):
        raise ConfigError(
            "web.public_url: the https address at which WeChat reaches this server; "
            "the console calls it at /official-account/callback there"
        )
