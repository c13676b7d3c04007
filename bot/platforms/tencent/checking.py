"""What doctors of WeChat's channels share: a vault that keeps nothing, and a knock at our own door."""

from __future__ import annotations

import urllib.error
import urllib.request

WAIT = 10.0


class Forgetful:
    """A vault that keeps nothing: a doctor leaves no trace."""

    async def get(self, name: str) -> str | None:
        """Nothing is kept."""
        return None

    async def put(self, name: str, value: str, seconds: float) -> None:
        """Keep nothing."""

    async def take(self, name: str) -> str | None:
        """Nothing is kept."""
        return None

    async def drop(self, name: str) -> None:
        """Nothing is kept."""

    async def hold(self, name: str, seconds: float) -> bool:
        """Nobody else is here."""
        return True

    async def release(self, name: str) -> None:
        """Nothing is held."""


def fetched(address: str) -> tuple[int, str]:
    """Status and text of a page; status 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=WAIT) as answer:  # noqa: S310 - https, as checked
            return answer.status, answer.read(4096).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except (OSError, ValueError):
        return 0, ""
