"""The part of WeCom that takes posts by a group's webhook: whoever has its key may post, twenty a minute."""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from starlette.requests import Request

from classroom.events import Json
from tests.tencentapi.checks import obj, text, words
from tests.tencentapi.refusal import RefusedError
from tests.tencentapi.server import TencentServer

PER_MINUTE = 20


@dataclass
class Posted:
    """One message in a group."""

    kind: str
    text: str = ""
    filename: str = ""
    data: bytes = b""


@dataclass
class Group:
    """A group with a webhook."""

    key: str
    screen: list[Posted] = field(default_factory=list)
    removed: bool = False


class WebhookServer(TencentServer):
    """Groups and their webhooks."""

    def __init__(self) -> None:
        super().__init__("webhooks")
        self.groups: dict[str, Group] = {}
        self.later = 0.0
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._media: dict[str, tuple[str, str, bytes]] = {}
        self._numbers = itertools.count(1)

    def group(self) -> Group:
        """A new group, to which somebody has added a webhook."""
        key = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-4000-8000-{secrets.token_hex(6)}"
        self.groups[key] = Group(key)
        return self.groups[key]

    def address(self, group: Group) -> str:
        """What the client shows for copying."""
        return f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={group.key}"

    def closing(self) -> None:
        """Nothing is to be given back."""

    def check(self, path: str, request: Request) -> None:
        if path not in ("webhook/send", "webhook/upload_media") or request.method != "POST":
            self.violations.append(f"{request.method} {path}")
            raise RefusedError(40066, "invalid url")
        group = self.groups.get(request.query_params.get("key", ""))
        if group is None or group.removed:
            raise RefusedError(93000, "invalid webhook url")

    def done(
        self, path: str, request: Request, body: dict[str, Json], upload: tuple[str, bytes] | None
    ) -> dict[str, Json]:
        key = request.query_params["key"]
        if path == "webhook/upload_media":
            return self._upload(key, request.query_params.get("type", ""), upload)
        self._count(key)
        self.groups[key].screen.append(self._message(key, body))
        return {}

    def _count(self, key: str) -> None:
        now, times = time.monotonic() + self.later, self._times[key]
        if sum(at > now - 60 for at in times) >= PER_MINUTE:
            raise RefusedError(45009, "api freq out of limit")
        times.append(now)

    def _message(self, key: str, body: dict[str, Json]) -> Posted:
        kind = text(body, "msgtype")
        if kind == "text":
            return Posted(kind, words(obj(body.get("text")), "content", 2048))
        if kind in ("markdown", "markdown_v2"):
            return Posted(kind, words(obj(body.get(kind)), "content", 4096))
        if kind == "image":
            picture = obj(body.get("image"))
            data = _decoded(text(picture, "base64"))
            right = hashlib.md5(data, usedforsecurity=False).hexdigest() == text(picture, "md5")
            if not right or len(data) > 2 << 20 or not data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
                raise RefusedError(40009, "invalid image")
            return Posted(kind, data=data)
        if kind == "file":
            owner, name, data = self._media.get(text(obj(body.get("file")), "media_id"), ("", "", b""))
            if owner != key:
                raise RefusedError(40007, "invalid media_id")
            return Posted(kind, filename=name, data=data)
        raise RefusedError(40008, "invalid message type")

    def _upload(self, key: str, kind: str, upload: tuple[str, bytes] | None) -> dict[str, Json]:
        if upload is None or kind != "file" or not 5 < len(upload[1]) <= 20 << 20:
            raise RefusedError(40058, "media")
        media = f"media-{next(self._numbers)}"
        self._media[media] = (key, *upload)
        return {"type": kind, "media_id": media, "created_at": "1"}


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        raise RefusedError(40009, "invalid image") from None
