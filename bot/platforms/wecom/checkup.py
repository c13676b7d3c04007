"""What `homeroom doctor` asks WeCom: the secret, the trusted IP, the app, and whether its calls reach us."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlencode

from bot.platforms.tencent import fields
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.checking import Forgetful, fetched
from bot.platforms.tencent.crypto import Cipher, signature
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.platforms.wecom.platform import PATH, token_of
from bot.platforms.wecom.settings import WeComSettings, check
from bot.ports import Finding, Level
from classroom.addresses import GroupAddress
from classroom.errors import ConfigError

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
UNTRUSTED = 60020
ADDRESS = re.compile(r"from ip: ([0-9a-fA-F.:]{3,45})")


class Checkup:
    """Looks at the app without changing anything; its token is not kept."""

    def __init__(self, settings: WeComSettings, knock: str = "") -> None:
        """Nothing is asked yet. `knock` is where our own door is, if not at the public address."""
        self._settings = settings
        self._door = (knock or settings.public_url).rstrip("/") + PATH
        self._api = Api("doctor", settings.api_root, token_of(settings), Forgetful(), times=settings.times)

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """One thing after the other, in the order of the guide; the app cannot look into groups."""
        try:
            check(self._settings)
        except ConfigError as error:
            yield Finding(FAILURE, "configuration", str(error))
            return
        yield await self._app()
        yield await self._callback()

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    async def _app(self) -> Finding:
        try:
            await self._api.prove()
            found = await self._api.get("agent/get", agentid=str(self._settings.agent_id))
        except ApiError as error:
            return _refused(error)
        except LineError as error:
            what = f"it cannot be reached ({error.why})"
            return Finding(FAILURE, "wecom", what, f"see that this machine reaches {self._settings.api_root}")
        return Finding(OK, "wecom", f"the secret is right; the app is called {fields.text(found, 'name')}")

    async def _callback(self) -> Finding:
        """Prove the address as the console does: only Homeroom with these settings can answer."""
        status, said, word = await self._knocked()
        if said == word:
            return Finding(OK, "callback", f"Homeroom answers at {PATH}, as the console wants it")
        if status == 403:
            what = "Homeroom answers, with another token or clock"
            fix = "restart it after a change of [wecom], and see that this machine's clock is right"
            return Finding(FAILURE, "callback", what, fix)
        fix = f"start Homeroom, and let the reverse proxy lead {PATH} to [web] host and port"
        what = f"at {self._door} nobody answers as we do"
        return Finding(WARNING, "callback", f"{what} ({status or 'no connection'})", fix)

    async def _knocked(self) -> tuple[int, str, str]:
        word = secrets.token_hex(8)
        echo = Cipher(self._settings.aes_key, self._settings.corp_id).seal(word)
        at, nonce = str(int(time.time())), secrets.token_hex(8)
        asked = {
            "msg_signature": signature(self._settings.token, at, nonce, echo),
            "timestamp": at,
            "nonce": nonce,
            "echostr": echo,
        }
        return (*await asyncio.to_thread(fetched, f"{self._door}?{urlencode(asked)}"), word)


def _refused(error: ApiError) -> Finding:
    """What WeCom does not like; for a stranger's IP its own sentence says which."""
    fix = cure(error) or "look the code up in WeCom's documentation, page 90455"
    if error.code == UNTRUSTED and (found := ADDRESS.search(error.said)):
        fix = f"add {found[1]} to the app's trusted IPs (企业可信IP) in the console"
    return Finding(FAILURE, "wecom", f"it refuses the app (errcode {error.code})", fix)
