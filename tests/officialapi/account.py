"""The account: who follows it, what stands on their phones, windows, templates, menus, codes and tokens."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from dataclasses import dataclass, field

from tests.tencentapi.refusal import RefusedError

HOUR, DAY = 3600.0, 86400.0
TOKEN_LIFE, MEDIA_LIFE = 7200.0, 3 * DAY
WORD, TOUCH = (5, 48 * HOUR), (3, 60.0)
"""How many messages a follower's word, and a menu, a scan or following, allow within how many seconds."""


@dataclass
class Shown:
    """One message on one screen; `by` is empty for the account's own."""

    kind: str
    text: str
    by: str = ""
    url: str = ""
    msgid: str = ""
    passive: bool = False
    media: str = ""


@dataclass
class Window:
    """Messages that may be sent until a moment."""

    until: float
    left: int


@dataclass
class Follower:
    """Somebody with WeChat, whether they follow now or not."""

    openid: str
    following: bool = False
    blacklisted: bool = False
    refuses: bool = False
    """No template message is wanted."""
    windows: list[Window] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    screen: list[Shown] = field(default_factory=list)


@dataclass
class File:
    """What was uploaded, or a follower has sent."""

    kind: str
    data: bytes
    at: float


@dataclass
class Code:
    """A code that can be scanned."""

    scene: str
    until: float


@dataclass
class Shelf:
    """The menus: everybody's, and those for people with a tag, the newest last."""

    everybody: dict[str, dict[str, str]] = field(default_factory=dict)
    by_tag: list[tuple[int, dict[str, dict[str, str]]]] = field(default_factory=list)


class Account:
    """One service account; everything under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.app_id, self.original = "wx0123456789abcdef", "gh_0123456789ab"
        self.secret = secrets.token_hex(16)
        self.token, self.aes_key = "classbotToken42", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        self.mode = "safe"
        self.people: dict[str, Follower] = {}
        self.templates = {"tmpl_0123456789abcdef": "类型:{{thing1.DATA}}\n时间:{{time2.DATA}}\n"}
        self.tags: dict[int, str] = {}
        self.menus = Shelf()
        self.codes: dict[str, Code] = {}
        """Codes by the address that stands in their picture."""
        self.files: dict[str, File] = {}
        self.used: set[str] = set()
        self.tokens: dict[str, float] = {}
        self.issued: list[str] = []
        """All that is secret and was ever given out: tokens and tickets."""
        self.fetches = 0
        self.later = 0.0
        self._numbers = itertools.count(1)

    def now(self) -> float:
        """The server's clock, which tests may set forward."""
        return time.time() + self.later

    def number(self) -> int:
        """A number that was not used yet."""
        return next(self._numbers)

    def person(self, *, following: bool = True) -> str:
        """Somebody with WeChat; gives their openid here."""
        openid = f"o{secrets.token_urlsafe(20)[:27]}"
        self.people[openid] = Follower(openid, following)
        return openid

    def screen(self, openid: str) -> list[Shown]:
        """What somebody has in the conversation with the account."""
        return self.people[openid].screen

    # --- tokens ---------------------------------------------------------------------------------

    def give_token(self, app_id: str, secret: str, *, force: bool) -> tuple[str, int]:
        """The same one as long as it holds, with the seconds of its life."""
        self.fetches += 1
        if app_id != self.app_id:
            raise RefusedError(40013, "invalid appid")
        if secret != self.secret:
            raise RefusedError(40125, f"invalid appsecret {secret}")
        if force:
            self.tokens.clear()
        for token, until in self.tokens.items():
            if until > self.now() + 300:
                return token, int(until - self.now())
        token = secrets.token_urlsafe(48)
        self.tokens[token] = self.now() + TOKEN_LIFE
        self.issued.append(token)
        return token, int(TOKEN_LIFE)

    def check_token(self, token: str) -> None:
        """Refuse what is no token, or was one."""
        if not token:
            raise RefusedError(41001, "access_token missing")
        if token not in self.tokens:
            raise RefusedError(40001, "invalid credential, access_token is invalid or not latest")
        if self.tokens[token] <= self.now():
            raise RefusedError(42001, "access_token expired")

    # --- people ---------------------------------------------------------------------------------

    def known(self, openid: str) -> Follower:
        """Somebody of this account; another's openid is invalid here."""
        if openid not in self.people:
            raise RefusedError(40003, "invalid openid")
        return self.people[openid]

    def opens(self, openid: str, allows: tuple[int, float]) -> None:
        """Something that a follower did allows so many messages for so long."""
        most, seconds = allows
        windows = [one for one in self.people[openid].windows if one.until > self.now()]
        if allows == WORD:  # another word begins the count anew
            windows = [one for one in windows if one.until - self.now() < 100]
        self.people[openid].windows = [*windows, Window(self.now() + seconds, most)]

    def use_window(self, person: Follower) -> None:
        """Take one message from the window that ends first."""
        standing = sorted(
            (one for one in person.windows if one.until > self.now()), key=lambda one: one.until
        )
        if not standing:
            raise RefusedError(45015, "response out of time limit or subscription is canceled")
        for one in sorted(standing, key=lambda one: one.until):
            if one.left:
                one.left -= 1
                return
        raise RefusedError(45047, "out of response count limit")

    def use_id(self, mark: str) -> None:
        """An id counts once."""
        if len(mark.encode()) > 64:
            raise RefusedError(45067, "clientmsgid size out of limit")
        if mark and mark in self.used:
            raise RefusedError(45065, "clientmsgid exist")
        self.used.add(mark)

    def menu_of(self, openid: str) -> dict[str, dict[str, str]]:
        """What somebody sees at the bottom: word → label → key."""
        tags = self.people[openid].tags
        worn = tags[-1] if tags else None
        return next((menu for tag, menu in reversed(self.menus.by_tag) if tag == worn), self.menus.everybody)
