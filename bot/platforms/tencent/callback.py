"""The door for Tencent's own calls: nothing is read before its signature is known to be right.

What is refused is counted and answered without a word of why; what was stored is confirmed, what could not
be is called for again.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms.tencent.crypto import Cipher, signature, signed
from bot.platforms.tencent.fields import Fields, MalformedError, parse
from classroom.errors import HomeroomError

log = structlog.get_logger(__name__)

MOST = 1 << 20
WINDOW = 300
"""Seconds by which a call's time may differ from ours: Tencent calls again within half a minute."""

REMEMBERED = 20_000
ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]{1,1048576})(?:\]\]>)?\s*</Encrypt>")
PLAIN = re.compile(rb"\A\s*(<xml>.*</xml>)\s*\Z", re.DOTALL)
FORBIDDEN = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
ANSWER = (
    "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>"
    "<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its fields, and the words they were read from, which are the same in a repetition."""

    fields: Fields
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """The XML of an answer; `written` is called once it has gone out, in the same loop."""

    words: str = field(repr=False)
    written: Callable[[], Awaitable[None]] | None = None


Accept = Callable[[Call], Awaitable[Reply | None]]
"""Stores a call, and may give an answer; HomeroomError where it could not be stored."""


class Callback:
    """One address that Tencent calls. `plain_echo`: the address is proved by echoing in plain (服务号).

    Without a cipher calls come in plain and are signed by their time only; with one, those are refused.
    """

    def __init__(
        self,
        path: str,
        token: str,
        cipher: Cipher | None,
        now: Callable[[], datetime],
        *,
        plain_echo: bool = False,
        replies: bool = False,
        confirm: bytes = b"success",
    ) -> None:
        """`token` is the console's; `now` is compared with the time of each call.

        `replies`: calls are answered with words, and with the same ones where they come again.
        """
        self._path, self._token, self._cipher, self._now = path, token, cipher, now
        self._plain_echo, self._replies, self._confirm = plain_echo, replies, confirm
        self._stored: OrderedDict[str, None] = OrderedDict()
        self.refused: Counter[str] = Counter()
        """What was turned away since the start, by reason."""
        self.taken = 0
        """How many calls were stored."""

    def route(self, accept: Accept) -> Route:
        """The address in the web server; it confirms what `accept` has stored."""

        async def receive(request: Request) -> Response:
            if request.method in ("GET", "HEAD"):
                return self._prove(request)
            return await self._receive(request, accept)

        return Route(self._path, receive, methods=["GET", "POST"])

    def _prove(self, request: Request) -> Response:
        """Show that the address is ours: give back what only we can read."""
        echo = request.query_params.get("echostr", "").replace(" ", "+")  # a plus that was read as a blank
        if not echo or len(echo) > MOST:
            return self._no("echo", 400)
        if self._plain_echo:
            return (
                PlainTextResponse(echo) if self._fresh(request, "signature") else self._no("signature", 403)
            )
        if self._cipher is None or not self._fresh(request, "msg_signature", echo):
            return self._no("signature", 403)
        try:
            return PlainTextResponse(self._cipher.open(echo))
        except MalformedError as error:
            return self._no(str(error), 400)

    async def _receive(self, request: Request, accept: Accept) -> Response:
        body = await _body(request)
        if body is None:
            return self._no("size", 413)
        found = ENCRYPTED.search(body) if self._cipher is not None else PLAIN.search(body)
        if found is None or FORBIDDEN.search(body):
            return self._no("doctype" if FORBIDDEN.search(body) else "envelope", 400)
        sealed = found[1].decode("utf-8", "replace")
        over = ("signature",) if self._cipher is None else ("msg_signature", sealed)
        if not self._fresh(request, *over):
            return self._no("signature", 403)
        if signature(sealed) in self._stored and not self._replies:
            return Response(self._confirm)
        try:
            words = self._cipher.open(sealed) if self._cipher is not None else sealed
            call = Call(parse(words), words)
        except MalformedError as error:
            return self._no(str(error), 400)
        return await self._take(call, sealed, accept)

    async def _take(self, call: Call, sealed: str, accept: Accept) -> Response:
        try:
            answer = await accept(call)
        except MalformedError as error:
            return self._no(str(error), 400)
        except HomeroomError as trouble:  # it is called for again; nothing of the trouble leaves the house
            log.warning("tencent.callback", trouble=f"a call could not be stored: {type(trouble).__name__}")
            return Response(status_code=503)
        self.taken += 1
        self._stored[signature(sealed)] = None
        if len(self._stored) > REMEMBERED:
            self._stored.popitem(last=False)
        if answer is None:
            return Response(self._confirm)
        heard = BackgroundTask(answer.written) if answer.written is not None else None
        return Response(self._sealed(answer.words), media_type="application/xml", background=heard)

    def _sealed(self, answer: str) -> str:
        if self._cipher is None:
            return answer
        encrypted, nonce = self._cipher.seal(answer), secrets.token_hex(8)
        timestamp = str(int(self._now().timestamp()))
        right = signature(self._token, timestamp, nonce, encrypted)
        return ANSWER.format(encrypted=encrypted, signed=right, timestamp=timestamp, nonce=nonce)

    def _fresh(self, request: Request, name: str, *more: str) -> bool:
        """Whether the call is signed, and of now."""
        asked = request.query_params
        timestamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
        right = signed(asked.get(name, ""), self._token, timestamp, nonce, *more)
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
            return False
        if abs(self._now().timestamp() - int(timestamp)) > WINDOW:
            self.refused["time"] += int(right)
            return False
        return right

    def _no(self, why: str, status: int) -> Response:
        self.refused[why] += 1
        log.debug("tencent.callback", refused=why)
        return Response(status_code=status)


async def _body(request: Request) -> bytes | None:
    """The body, or None for one that is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > MOST:
        return None
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)
