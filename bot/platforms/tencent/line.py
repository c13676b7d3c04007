"""The line to Tencent: wechatpy's client in one thread of its own, with an end to everything.

The library retries a refused token without end, waits for ever, follows redirects and puts addresses with
secrets into its errors; here it does none of that.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.platforms.tencent.errors import ApiError, LineError, code_of
from classroom.events import Json

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
NOISY = ("wechatpy", "requests", "urllib3")
MOST_ANSWER = 16 << 20


@dataclass(frozen=True, slots=True)
class Times:
    """How long a request may take, in seconds: to connect, between two pieces, and in all."""

    connect: float = 5.0
    read: float = 15.0
    whole: float = 60.0


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along with a request."""

    name: str
    filename: str
    data: bytes = field(repr=False)
    mime: str = "application/octet-stream"


class Line:
    """One app's connections. All of it happens in one thread: in order, and one at a time."""

    def __init__(self, root: str, times: Times | None = None) -> None:
        """`root` is the server's address; the library is loaded by the first request."""
        self._root = root.rstrip("/")
        self._times = times or Times()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tencent")
        self._client: Any = None
        self._adapter: Any = None
        silence()

    async def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Json = None,
        file: File | None = None,
    ) -> dict[str, Json]:
        """Have something done and give the answer; raises ApiError for a no, LineError for no answer."""
        return await self._run(lambda: self._ask(method, path, dict(params or {}), body, file))

    async def download(self, path: str, params: Mapping[str, str], most: int) -> bytes:
        """Fetch a file of at most `most` bytes; ApiError where Tencent has none, TooLargeError beyond."""
        return await self._run(lambda: self._download(path, dict(params), most))

    async def close(self) -> None:
        """Give back the connections and the thread; what is under way is not waited for."""
        if self._client is not None:
            self._thread.submit(self._client._http.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _ask(
        self, method: str, path: str, params: dict[str, str], body: Json, file: File | None
    ) -> dict[str, Json]:
        # as a list: to a dictionary without a token the library adds one, and fetches it itself
        more: dict[str, Any] = {"params": [*params.items()], "allow_redirects": False}
        if body is not None:
            more["data"] = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            more["headers"] = {"Content-Type": "application/json"}
        if file is not None:
            more["files"] = {file.name: (file.filename, file.data, file.mime)}
        found = self._guarded(lambda client: client._request(method, path, **more), MOST_ANSWER)
        if not isinstance(found, dict):
            raise LineError("an answer that is none", sent=True)
        return found

    def _download(self, path: str, params: dict[str, str], most: int) -> bytes:
        found = self._guarded(
            lambda client: client._http.get(
                f"{self._root}/cgi-bin/{path}", params=params, allow_redirects=False
            ),
            most,
        )
        if found.status_code != 200:
            raise LineError(f"HTTP {found.status_code}", sent=False)
        data: bytes = found.content
        if "json" in found.headers.get("Content-Type", "") or data[:11] == b'{"errcode":':
            answer = _read(data)
            if answer is not None and code_of(answer) != 0:
                raise ApiError(code_of(answer))
        return data

    def _guarded(self, work: Callable[[Any], Any], most: int) -> Any:
        """Let the library work; its errors, which hold addresses and secrets, end here."""
        from wechatpy.exceptions import WeChatException  # noqa: PLC0415

        client = self._made()
        self._adapter.most = most
        trouble: ApiError | LineError
        try:
            return work(client)
        except WeChatException as error:
            status = getattr(getattr(error, "response", None), "status_code", 0)
            code, said = error.errcode, error.errmsg
            trouble = (
                LineError(f"HTTP {status}", sent=True) if code is None else ApiError(int(code), str(said))
            )
        except TooLargeError:
            trouble = LineError("too large", sent=True)
        except (OSError, ValueError, TypeError, RecursionError) as error:  # those of requests are OSErrors
            trouble = LineError(type(error).__name__, sent=_was_sent(error))
        raise trouble  # outside of the except: the original and its address are not chained

    def _made(self) -> Any:
        if self._client is None:
            self._client, self._adapter = _client(self._root, self._times)
        return self._client


class TooLargeError(Exception):
    """An answer is larger than anybody asked for."""


def silence() -> None:
    """Shut the loggers that print addresses, with the secrets in them."""
    for name in NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _client(root: str, times: Times) -> tuple[Any, Any]:
    """wechatpy's client for one server, and the adapter that all its requests pass through."""
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from wechatpy.client.base import BaseWeChatClient  # noqa: PLC0415

    class Adapter(HTTPAdapter):
        """Ends what takes too long or is too large; the library says how long to none of its requests."""

        most = MOST_ANSWER

        def send(
            self, request: Any, stream: bool = False, timeout: Any = None, *args: Any, **more: Any
        ) -> requests.Response:
            """Send one request and read the whole answer, or its beginning."""
            deadline = time.monotonic() + times.whole
            answer = super().send(request, True, (times.connect, times.read), *args, **more)
            answer._content = _content(answer, self.most, deadline)
            return answer

    class Client(BaseWeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{root}/cgi-bin/"

    client, adapter = Client("", auto_retry=False), Adapter(max_retries=0)
    client._http.mount("https://", adapter)
    client._http.mount("http://", adapter)
    return client, adapter


def _content(answer: requests.Response, most: int, deadline: float) -> bytes:
    data = bytearray()
    for piece in answer.iter_content(1 << 16):
        data += piece
        if len(data) > most:
            answer.close()
            raise TooLargeError
        if time.monotonic() > deadline:
            answer.close()
            raise TimeoutError
    return bytes(data)


def _was_sent(error: BaseException) -> bool:
    """Whether Tencent may have got the request, though no answer came."""
    from requests import exceptions  # noqa: PLC0415
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415

    if isinstance(error, exceptions.ConnectTimeout | exceptions.SSLError | exceptions.InvalidURL):
        return False
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return not isinstance(reason, NewConnectionError)


def _read(data: bytes) -> dict[str, Json] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
