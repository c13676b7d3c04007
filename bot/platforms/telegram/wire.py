"""The line to Telegram: what comes back is checked here, and no token or text gets into an error or log."""

from __future__ import annotations

import json
import logging
from typing import Any, TypeGuard

import httpx
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from classroom.events import Json

NOISY = ("httpx", "httpcore", "telegram")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


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
        """Name the kind of the trouble only: httpx puts addresses, and so the token, into its texts."""
        super().__init__(why)
        self.why = why
        self.sent = sent


class TooBigError(TelegramError):
    """A download is larger than it may be."""


class Wire(HTTPXRequest):
    """python-telegram-bot's connection, with answers judged by us and errors without secrets."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Carry one request and its answer; raises AnswerError or LineError, nothing else."""
        trouble: TelegramError | None = None
        try:
            code, body = await super().do_request(*args, **kwargs)
        except (TelegramError, httpx.InvalidURL, RuntimeError, ValueError, OSError) as error:
            trouble = _line_error(error.__cause__ or error)
        if trouble is not None:  # outside of the except: the original and its address are not chained
            raise trouble
        result_of(code, body)
        return code, body

    async def ask(self, url: str, read_timeout: float) -> Json:
        """Ask by address alone and give the result as it came, unread by the library."""
        code, body = await self.do_request(url=url, method="GET", read_timeout=read_timeout)
        return result_of(code, body)

    async def download(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes, whatever its announced size."""
        trouble: TelegramError | None = None
        data = bytearray()
        try:
            async with self._client.stream("GET", url) as answer:
                if answer.status_code != httpx.codes.OK:
                    trouble = AnswerError(answer.status_code, "file download failed")
                else:
                    async for piece in answer.aiter_bytes():
                        data += piece
                        if len(data) > limit:
                            trouble = TooBigError("file is too big")
                            break
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError, OSError) as error:
            trouble = _line_error(error)
        if trouble is not None:
            raise trouble
        return bytes(data)


def result_of(code: int, body: bytes) -> Json:
    """Give the result in an answer; raises AnswerError for a no, LineError for what is no answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise LineError(f"HTTP {code} without an answer", sent=True)
    if answer.get("ok") is True and "result" in answer and httpx.codes.is_success(code):
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
    return LineError(type(error).__name__, sent=not isinstance(error, (*NOT_SENT, httpx.InvalidURL)))


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
