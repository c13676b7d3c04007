"""python-telegram-bot with aiohttp instead of httpx: what its `BaseRequest` is there for."""

import aiohttp
from telegram.error import NetworkError
from telegram.request import BaseRequest


class AiohttpRequest(BaseRequest):
    """A request class on aiohttp."""

    def __init__(self) -> None:
        """The session is opened by `initialize`, inside the loop."""
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds, as httpx's default."""
        return 5.0

    async def initialize(self) -> None:
        """Open the session."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256))

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def do_request(self, url, method, request_data=None, *_timeouts, **_more):
        """Post a form, or a multipart form where there are files."""
        data = request_data.json_parameters if request_data else None
        try:
            async with self._session.request(method, url, data=data) as answer:
                return answer.status, await answer.read()
        except aiohttp.ClientError as error:
            raise NetworkError(str(error)) from error
