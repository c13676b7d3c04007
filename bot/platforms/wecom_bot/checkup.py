"""What `homeroom doctor` sees of the AI bot: a try with its secret would shut the running one out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.platforms.wecom_bot.line import QUIET
from bot.platforms.wecom_bot.settings import BotSettings, check
from bot.ports import Finding, Level
from classroom.addresses import GroupAddress
from classroom.errors import ConfigError


class Checkup:
    """Knocks at WeCom's door without saying who it is."""

    def __init__(self, settings: BotSettings) -> None:
        """Nothing is asked yet."""
        self._settings = settings

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """Whether the settings can be right, and whether this machine reaches WeCom."""
        try:
            check(self._settings)
        except ConfigError as error:
            yield Finding(Level.FAILURE, "configuration", str(error))
            return
        if (trouble := await self._knocked()) != "":
            what = f"the long connection cannot be opened ({trouble})"
            fix = (
                f"see that this machine reaches {self._settings.url}, out of the house: nothing must come in"
            )
            yield Finding(Level.FAILURE, "wecom.bot", what, fix)
            return
        what = (
            "the server of the long connection answers; whether the secret is right shows when Homeroom runs"
        )
        yield Finding(Level.OK, "wecom.bot", what)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _knocked(self) -> str:
        from websockets.asyncio.client import connect  # noqa: PLC0415
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        try:
            async with connect(
                self._settings.url,
                open_timeout=self._settings.times.connect,
                close_timeout=1,
                logger=QUIET,
                user_agent_header=None,
            ):
                return ""
        except (OSError, TimeoutError, EOFError, WebSocketException) as error:
            return type(error).__name__
