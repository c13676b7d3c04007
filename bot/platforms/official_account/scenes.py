"""What the codes to be scanned stand for: each of them lets one person in, with one link."""

from __future__ import annotations

import json
import secrets

from bot.ports import Vault

LIFE = 1800
"""Seconds in which a code can be scanned."""

PREFIX = "qrscene_"
"""What WeChat puts before the value where the scan was also the first visit."""


def new_scene() -> str:
    """A value of 192 random bits."""
    return secrets.token_urlsafe(24)


class Scenes:
    """Keeps them in the vault."""

    def __init__(self, vault: Vault, app: str) -> None:
        """`app` tells this account's entries from another's."""
        self._vault, self._app = vault, app

    async def keep(self, scene: str, payload: str) -> None:
        """From now on a value stands for a link's payload."""
        await self._vault.put(self._name(scene), json.dumps([payload, ""]), LIFE)

    async def payload(self, key: str, who: str) -> str:
        """What somebody has scanned, however often they do; empty for what is over, or was another's."""
        name = self._name(key.removeprefix(PREFIX))
        kept = await self._vault.take(name)
        if not kept:
            return ""
        payload, first = json.loads(kept)
        await self._vault.put(name, json.dumps([payload, first or who]), LIFE)
        return payload if first in ("", who) else ""

    def _name(self, scene: str) -> str:
        return f"{self._app}/scene/{scene}"
