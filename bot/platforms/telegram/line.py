"""What every part of the platform stands on: the bot, its connections, and careful ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import TelegramError

from bot.platforms.telegram.failures import outcome
from bot.platforms.telegram.fields import Obj
from bot.platforms.telegram.settings import TelegramSettings, check
from bot.platforms.telegram.wire import AnswerError, Times, Wire, silence
from bot.ports import Done, Failure, Moved, Outcome, Refused, TryAgain
from classroom.events import Json


class Line:
    """A checked set of settings turned into connections."""

    def __init__(self, settings: TelegramSettings) -> None:
        """Prepare the connections; raises ConfigError for settings that cannot work."""
        check(settings)
        silence()
        root = settings.api_root.rstrip("/")
        self._settings = settings
        self._base = f"{root}/bot{settings.token}"
        self._files = f"{root}/file/bot{settings.token}"
        self._wire, self._polls = _wire(settings, settings.pool_size), _wire(settings, 2)
        self._bot = Bot(
            settings.token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._wire,
            get_updates_request=self._polls,
        )
        self._me = settings.token.partition(":")[0]

    async def close(self) -> None:
        """Give back connections."""
        await self._bot.shutdown()
        await self._wire.shutdown()
        await self._polls.shutdown()

    async def _call(self, method: str, **words: Json) -> Json:
        """Have something done, raw: the library's own objects cost more than the request itself."""
        return await self._wire.call(f"{self._base}/{method}", words)

    async def _ask(self, method: str, **parameters: str) -> Obj | Outcome:
        """Ask what is only read: raw, since the library's types refuse an answer that lacks a field."""
        address = f"{self._base}/{method}?{urlencode(parameters)}"
        try:
            result = await self._wire.ask(address, self._settings.read_timeout)
        except TelegramError as error:
            found = outcome(error)
            # nothing is carried out by asking, and no answer is never "done already"
            return TryAgain(found.why, found.after) if isinstance(found, TryAgain) else found
        return result if isinstance(result, dict) else TryAgain("an answer without an object")


async def tried(work: Callable[[], Awaitable[object]]) -> Outcome:
    """Do one thing and say how it went."""
    try:
        await work()
    except TelegramError as error:
        return outcome(error)
    return Done()


def worst(results: Sequence[Outcome]) -> Outcome:
    """Sum up several outcomes: what is to be tried again or elsewhere counts before what is refused."""
    for kind in (TryAgain, Moved, Refused):
        for result in results:
            if isinstance(result, kind):
                return result
    return Done()


def number(native: str) -> int | None:
    """Read an id of ours as Telegram's; None for what is none."""
    digits = native.removeprefix("-")
    return int(native) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None


def need(native: str) -> int:
    """Read an id that a request needs; raises what Telegram would say to a wrong one."""
    found = number(native)
    if found is None:
        raise AnswerError(400, "Bad Request: chat not found")
    return found


def numbers(refs: Sequence[str]) -> list[int]:
    """Read the ids of messages, leaving out what is none."""
    return [found for ref in refs if (found := number(ref)) is not None]


def never_started(result: Outcome) -> Outcome:
    """Read "chat not found" for a person: Telegram has never seen the two together."""
    if (
        isinstance(result, Refused)
        and result.failure is Failure.NOT_FOUND
        and result.detail == "chat not found"
    ):
        return Refused(Failure.NEVER_STARTED, result.detail)
    return result


def _wire(settings: TelegramSettings, size: int) -> Wire:
    times = Times(settings.connect_timeout, settings.read_timeout, settings.upload_timeout)
    return Wire(settings.api_root, size, times, settings.proxy)
