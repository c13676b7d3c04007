"""An app at Tencent: requests under its token, which is renewed once where it is refused."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.platforms.tencent.errors import TOKEN_CODES, ApiError, LineError, code_of, cure
from bot.platforms.tencent.line import File, Line, Times
from bot.platforms.tencent.tokens import Tokens
from bot.ports import Vault
from classroom.errors import DatabaseError
from classroom.events import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """How an app asks for its token; everything in it is secret."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Json = field(default=None, repr=False)


class Api:
    """One app's requests. `trouble` says in our words what does not work now."""

    def __init__(
        self,
        name: str,
        root: str,
        token: TokenRequest,
        vault: Vault,
        *,
        clock: Callable[[], float] = time.monotonic,
        times: Times | None = None,
        token_codes: frozenset[int] = TOKEN_CODES,
    ) -> None:
        """`name` tells the app's token in the vault from others'; nothing is opened yet."""
        self._line = Line(root, times)
        self._token = token
        self._token_codes = token_codes
        self.tokens = Tokens(name, vault, self._fetch, clock)
        self.trouble = ""

    async def get(self, path: str, **params: str) -> dict[str, Json]:
        """Ask for something."""
        return await self._under_token(lambda found: self._line.ask("get", path, {**params, **found}))

    async def post(self, path: str, body: Json, **params: str) -> dict[str, Json]:
        """Have something done."""
        return await self._under_token(lambda found: self._line.ask("post", path, {**params, **found}, body))

    async def upload(self, path: str, file: File, **params: str) -> dict[str, Json]:
        """Hand a file over."""
        return await self._under_token(
            lambda found: self._line.ask("post", path, {**params, **found}, file=file)
        )

    async def download(self, path: str, most: int, **params: str) -> bytes:
        """Fetch a file; LineError "too large" beyond `most` bytes."""
        return await self._under_token(lambda found: self._line.download(path, {**params, **found}, most))

    async def prove(self) -> None:
        """See whether the app's secret is right; raises ApiError or LineError where it is not."""
        await self._noted(self.tokens.get)

    async def close(self) -> None:
        """Give back connections."""
        await self._line.close()

    async def _under_token(self, work: Callable[[dict[str, str]], Awaitable[T]]) -> T:
        return await self._noted(lambda: self._once_more(work))

    async def _once_more(self, work: Callable[[dict[str, str]], Awaitable[T]]) -> T:
        """Do it, and once again under a new token where the old one is refused; there is no third time."""
        token = await self.tokens.get()
        try:
            return await work({"access_token": token})
        except ApiError as error:
            if error.code not in self._token_codes:
                raise
        token = await self.tokens.get(refused=token)
        try:
            return await work({"access_token": token})
        except ApiError as error:
            if error.code in self._token_codes:
                self.tokens.give_up(token, error)
            raise

    async def _noted(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something, and remember what is wrong with the app as a whole."""
        away = False
        try:
            done = await work()
        except DatabaseError:
            away = True
        except ApiError as error:
            self.trouble = f"errcode {error.code}: {cure(error)}" if cure(error) else ""
            raise
        except LineError as error:
            self.trouble = f"no answer from Tencent's server ({error.why})"
            raise
        if away:
            raise LineError("the database is away", sent=False)
        self.trouble = ""
        return done

    async def _fetch(self) -> tuple[str, float]:
        asked = self._token
        method = "get" if asked.body is None else "post"
        answer = await self._line.ask(method, asked.path, {**asked.params}, asked.body)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if code_of(answer) or not isinstance(token, str) or not token:
            raise LineError("an answer without a token", sent=False)
        return token, float(seconds) if isinstance(seconds, int | float) else 7200.0
