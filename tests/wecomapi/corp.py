"""The corp: its members, what stands on their phones, groups, files and tokens."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.tencentapi.refusal import RefusedError

if TYPE_CHECKING:
    from tests.wecomapi.school import School

__all__ = ["DAY", "Chat", "Code", "Corp", "File", "RefusedError", "Shown"]

DAY = 86400.0
MINUTE, HOUR = (30, 60.0), (1000, 3600.0)
CODE_LIFE, RECALL_LIFE, TOKEN_LIFE = 72 * 3600.0, DAY, 7200.0


@dataclass
class Shown:
    """One message on one screen."""

    msgid: str
    kind: str
    text: str = ""
    by: str = ""
    """The member who wrote it; empty for the app."""
    buttons: dict[str, str] = field(default_factory=dict)
    """What can be pressed or chosen: label to key."""
    card_type: str = ""
    task: str = ""
    filename: str = ""
    safe: bool = False
    removed: bool = False
    edited: bool = False
    at: float = 0.0


@dataclass
class Chat:
    """A group that the app has made."""

    chatid: str
    name: str
    owner: str
    members: list[str]
    screen: list[Shown] = field(default_factory=list)


@dataclass
class File:
    """What media/upload or a member has handed over."""

    media: str
    kind: str
    name: str
    data: bytes
    at: float


@dataclass
class Code:
    """What one card can be changed with, once."""

    task: str
    at: float
    used: bool = False


class Corp:
    """One school's WeCom with one app in it; everything under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.corp_id, self.agent_id = "ww0123456789abcdef", 1000002
        self.secret = f"secret-{secrets.token_hex(16)}"
        self.token, self.aes_key = "classbotToken42", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        self.app_name = "班务助手"
        self.members: dict[str, str] = {}
        self.visible: set[str] = set()
        self.unlicensed: set[str] = set()
        self.inbox: dict[str, list[Shown]] = {}
        self.dropped: list[Shown] = []
        """What was over the limit for a member: accepted, and never seen."""
        self.chats: dict[str, Chat] = {}
        self.files: dict[str, File] = {}
        self.tokens: dict[str, float] = {}
        self.issued: list[str] = []
        """All that is secret and was ever given out: tokens and response codes."""
        self.whose: dict[str, str] = {}
        """Which secret each token was given for."""
        self.school = _school()
        self.fetches = 0
        self.codes: dict[str, Code] = {}
        self.tasks: set[str] = set()
        self.recent: dict[str, float] = {}
        self.later = 0.0
        self._numbers = itertools.count(1)
        self._sent: dict[str, list[float]] = {}

    # --- time and names -------------------------------------------------------------------------

    def now(self) -> float:
        """The server's clock, which tests may set forward."""
        return time.time() + self.later

    def number(self) -> int:
        """A number that was not used yet."""
        return next(self._numbers)

    def member(self, userid: str, name: str, *, visible: bool = True) -> str:
        """Somebody in the directory; the app sees them unless told otherwise."""
        with self.lock:
            self.members[userid] = name
            if visible:
                self.visible.add(userid)
        return userid

    def make_chat(self, name: str, owner: str, members: list[str]) -> str:
        """A group of the app's; gives its chatid."""
        with self.lock:
            chatid = f"wrchat{self.number()}"
            self.chats[chatid] = Chat(chatid, name, owner, members)
        return chatid

    def screen(self, userid: str) -> list[Shown]:
        """What somebody has in the conversation with the app."""
        return self.inbox.setdefault(userid, [])

    # --- tokens ---------------------------------------------------------------------------------

    def give_token(self, corp_id: str, secret: str) -> str:
        """The same one as long as it holds."""
        self.fetches += 1
        if corp_id != self.corp_id:
            raise RefusedError(40013, "invalid corpid")
        if secret not in (self.secret, self.school.secret):
            raise RefusedError(40001, f"invalid credential, hint: [{secret}]")
        for token, until in self.tokens.items():
            if until > self.now() and self.whose[token] == secret:
                return token
        token = secrets.token_urlsafe(48)
        self.tokens[token] = self.now() + TOKEN_LIFE
        self.whose[token] = secret
        self.issued.append(token)
        return token

    def check_token(self, token: str) -> None:
        """Refuse what is no token, or was one."""
        if not token:
            raise RefusedError(41001, "access_token missing")
        if token not in self.tokens:
            raise RefusedError(40014, "invalid access_token")
        if self.tokens[token] <= self.now():
            raise RefusedError(42001, "access_token expired")

    def forget_tokens(self) -> None:
        """The platform takes tokens back early."""
        self.tokens.clear()

    # --- sending --------------------------------------------------------------------------------

    def allow(self, userid: str) -> bool:
        """Count a message to a member; False for one over the limit."""
        times = self._sent.setdefault(userid, [])
        now = self.now()
        full = any(sum(1 for at in times if at > now - seconds) >= most for most, seconds in (MINUTE, HOUR))
        if not full:
            times.append(now)
        return not full

    def make_code(self, task: str) -> str:
        """Another code for a card."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = Code(task, self.now())
        self.issued.append(code)
        return code

    def use_code(self, code: str) -> Code:
        """A code counts once and for three days."""
        found = self.codes.get(code)
        if found is None or found.used or self.now() - found.at > CODE_LIFE:
            raise RefusedError(40058, "invalid response_code")
        found.used = True
        return found

    def recall(self, msgid: str) -> None:
        """Take a message back from all screens, within a day."""
        found = [one for screen in self.inbox.values() for one in screen if one.msgid == msgid and not one.by]
        if not msgid or not found:
            raise RefusedError(40058, "invalid msgid")
        if any(self.now() - one.at > RECALL_LIFE for one in found):
            raise RefusedError(40058, "too late")
        for one in found:
            one.removed = True


def _school() -> School:
    from tests.wecomapi.school import School  # noqa: PLC0415 - it stands on what is here

    return School()
