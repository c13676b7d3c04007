"""The line to Telegram: what comes back is checked here, and no token or text gets into an error or log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeGuard
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from classroom.events import Json

NOISY = ("aiohttp", "httpx", "httpcore", "telegram")
JSON_HEAD = {"Content-Type": "application/json"}
NOT_NEEDED = "User-Agent", "Accept"
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
TROUBLES = (TelegramError, aiohttp.ClientError, asyncio.TimeoutError, RuntimeError, ValueError, OSError)


class AnswerError(TelegramError):
    """Telegram answered no; `code` and `description` are its own words."""

    def __init__(
        self, code: int, description: str, retry_after: float | None = None, moved_to: int | None = None
    ) -> None:
        """Keep what is known; the description may quote us, so it is no message of the exception."""
        super().__init__(f"Telegram answered {code}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to


class LineError(TelegramError):
    """No answer that can be read came back; `sent` where Telegram may have carried the request out."""

    def __init__(self, why: str, sent: bool) -> None:
        """Name the kind of the trouble only: the client's own texts may hold addresses, and so the token."""
        super().__init__(why)
        self.why = why
        self.sent = sent


class TooBigError(TelegramError):
    """A download is larger than it may be."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long a request may take, in seconds; `upload` is allowed to one that carries files."""

    connect: float = 10.0
    read: float = 20.0
    upload: float = 60.0


class Wire(BaseRequest):
    """python-telegram-bot's connection on aiohttp, with answers judged by us and errors without secrets.

    It costs a third of the library's own, and no more when many requests are under way.
    """

    def __init__(self, root: str, size: int, times: Times, proxy: str | None = None) -> None:
        """At most `size` connections to `root`; they are opened by the first request, inside the loop."""
        self._size, self._times = size, times
        self._proxy = proxy or _proxy_for(root)
        self._opened: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}

    @property
    def read_timeout(self) -> float:
        """How long an answer may take where nothing else is said."""
        return self._times.read

    async def initialize(self) -> None:
        """Nothing to do before the first request."""

    async def shutdown(self) -> None:
        """Give the connections back; a request after that opens new ones."""
        session, self._opened = self._opened, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """Carry one of the library's requests and its answer; raises AnswerError or LineError alone."""
        wait = read_timeout if isinstance(read_timeout, int | float) else self._times.read
        if request_data is not None and request_data.contains_files:
            wait += self._times.upload
        data = _form(request_data) if request_data is not None else None
        code, body = await self._carry(url, method, data, wait=wait)
        result_of(code, body)
        return code, body

    async def call(self, url: str, words: Mapping[str, Json]) -> Json:
        """Ask for what needs none of the library's types: words as JSON there, the result as it came back."""
        told = {name: word for name, word in words.items() if word is not None}
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        return result_of(*await self._carry(url, "POST", body, wait=self._times.read))

    async def ask(self, url: str, read_timeout: float) -> Json:
        """Ask by address alone and give the result as it came, unread by the library."""
        return result_of(*await self._carry(url, "GET", wait=read_timeout))

    async def _carry(
        self, url: str, method: str, data: bytes | aiohttp.FormData | None = None, *, wait: float
    ) -> tuple[int, bytes]:
        trouble: TelegramError | None = None
        try:
            async with self._session.request(
                method,
                self._url(url),
                data=data,
                headers=JSON_HEAD if isinstance(data, bytes) else None,
                timeout=self._timeout(wait),
                proxy=self._proxy,
                allow_redirects=False,
            ) as answer:
                code, body = answer.status, await answer.read()
        except TROUBLES as error:
            trouble = _line_error(error)
        if trouble is not None:  # outside of the except: the original and its address are not chained
            raise trouble
        return code, body

    async def download(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes, whatever its announced size."""
        trouble: TelegramError | None = None
        data = bytearray()
        try:
            async with self._session.get(
                URL(url, encoded=True), timeout=self._timeout(self._times.read), proxy=self._proxy
            ) as answer:
                if answer.status != HTTPStatus.OK:
                    trouble = AnswerError(answer.status, "file download failed")
                else:
                    async for piece in answer.content.iter_any():
                        data += piece
                        if len(data) > limit:
                            trouble = TooBigError("file is too big")
                            break
        except TROUBLES as error:
            trouble = _line_error(error)
        if trouble is not None:
            raise trouble
        return bytes(data)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None or self._opened.closed:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._size),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=NOT_NEEDED,
            )
        return self._opened

    def _url(self, url: str) -> URL:
        """Read an address once; one with words behind it is another each time, and is not kept."""
        if "?" in url:
            return URL(url, encoded=True)
        if url not in self._urls:
            self._urls[url] = URL(url, encoded=True)
        return self._urls[url]

    def _timeout(self, wait: float) -> aiohttp.ClientTimeout:
        if wait not in self._timeouts:
            connect = self._times.connect
            times = aiohttp.ClientTimeout(connect=connect, sock_connect=connect, sock_read=wait)
            self._timeouts[wait] = times
        return self._timeouts[wait]


def _proxy_for(root: str) -> str | None:
    """The proxy that the environment names for this address; looked up once, not at every request."""
    parts = urlsplit(root)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def _form(data: RequestData) -> bytes | aiohttp.FormData:
    """The library's parameters, with files as a multipart form."""
    if not data.contains_files:
        return json.dumps(data.json_parameters, ensure_ascii=False).encode("utf-8", "replace")
    form = aiohttp.FormData(quote_fields=False)
    for name, word in data.json_parameters.items():
        form.add_field(name, word)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def result_of(code: int, body: bytes) -> Json:
    """Give the result in an answer; raises AnswerError for a no, LineError for what is no answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise LineError(f"HTTP {code} without an answer", sent=True)
    if answer.get("ok") is True and "result" in answer and 200 <= code <= 299:
        result: Json = answer["result"]
        return result
    raise _answer_error(code, answer)


def silence() -> None:
    """Shut the loggers that print addresses (with the token) or parameters (with private text)."""
    for name in NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _line_error(error: BaseException) -> LineError:
    return LineError(type(error).__name__, sent=not isinstance(error, NOT_SENT))


def _answer_error(code: int, answer: dict[str, Json]) -> AnswerError:
    said = answer.get("error_code")
    words = answer.get("description")
    parameters = answer.get("parameters")
    extra = parameters if isinstance(parameters, dict) else {}
    after = extra.get("retry_after")
    moved = extra.get("migrate_to_chat_id")
    return AnswerError(
        said if _whole(said) else code,
        words if isinstance(words, str) else "",
        float(after) if _whole(after) else None,
        moved if _whole(moved) else None,
    )


def _whole(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
