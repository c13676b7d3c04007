"""What a page needs to put a text into a conversation in WeCom: a signature with the app's ticket."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError
from bot.platforms.tencent.fields import number, text
from bot.ports import Vault

EARLY = 300


class Tickets:
    """Keeps the app's ticket in the vault: WeCom gives few in an hour."""

    def __init__(self, api: Api, vault: Vault, app: str, seconds: Callable[[], float]) -> None:
        """Nothing is asked before the first page is opened."""
        self._api, self._vault, self._name, self._seconds = api, vault, f"{app}/ticket", seconds

    async def signed(self, url: str) -> dict[str, str]:
        """Timestamp, nonce and signature for a page at this address; empty where there can be none now."""
        ticket = await self._ticket()
        if not ticket:
            return {}
        at, nonce = str(int(self._seconds())), secrets.token_hex(8)
        return {"timestamp": at, "nonceStr": nonce, "signature": signature(ticket, nonce, at, url)}

    async def _ticket(self) -> str:
        if kept := await self._vault.get(self._name):
            return str(json.loads(kept))
        try:
            answer = await self._api.get("ticket/get", type="agent_config")
        except (ApiError, LineError):
            return ""
        ticket, life = text(answer, "ticket"), number(answer, "expires_in") or 0
        if ticket and life > EARLY:
            await self._vault.put(self._name, json.dumps(ticket), life - EARLY)
        return ticket


def signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """As WeCom's documents have it: over these four, in this order."""
    words = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(words.encode()).hexdigest()  # noqa: S324 - what Tencent signs with
