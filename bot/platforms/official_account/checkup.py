"""What `homeroom doctor` asks WeChat: the secret, the IP list, the template, whether its calls reach us."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlencode

from bot.platforms.official_account.failures import TOKEN_REFUSED
from bot.platforms.official_account.notices import fields_of, strange
from bot.platforms.official_account.platform import PATH, token_of
from bot.platforms.official_account.settings import OfficialAccountSettings, check
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.checking import Forgetful, fetched
from bot.platforms.tencent.crypto import signature
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.ports import Finding, Level
from classroom.addresses import GroupAddress
from classroom.errors import ConfigError

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
TOPIC = "official account"
UNLISTED, NOT_PERMITTED = 40164, 48001
ADDRESS = re.compile(r"ip[: ]+([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{3,45})")


class Checkup:
    """Looks at the account without changing anything; its token is not kept."""

    def __init__(self, settings: OfficialAccountSettings, knock: str = "") -> None:
        """Nothing is asked yet. `knock` is where our own door is, if not at the public address."""
        self._settings = settings
        self._door = (knock or settings.public_url).rstrip("/") + PATH
        self._api = Api(
            "doctor",
            settings.api_root,
            token_of(settings),
            Forgetful(),
            times=settings.times,
            token_codes=TOKEN_REFUSED,
        )

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """One thing after the other, in the order of the guide; an account has no groups."""
        try:
            check(self._settings)
        except ConfigError as error:
            yield Finding(FAILURE, "configuration", str(error))
            return
        yield await self._account()
        yield await self._template()
        yield await self._callback()
        if not self._settings.aes_key:
            what = "what people write comes in unencrypted (明文模式)"
            yield Finding(
                WARNING, TOPIC, what, "choose 安全模式 in the console, and set aes_key as it is there"
            )

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    async def _account(self) -> Finding:
        try:
            await self._api.prove()
        except ApiError as error:
            return _refused(error)
        except LineError as error:
            what = f"it cannot be reached ({error.why})"
            return Finding(FAILURE, TOPIC, what, f"see that this machine reaches {self._settings.api_root}")
        return Finding(OK, TOPIC, "AppID and AppSecret are right, and this server may ask")

    async def _template(self) -> Finding:
        """Without a template message nobody is reached who has not written for two days."""
        chosen = self._settings.template_id
        if not chosen:
            what = "no template_id: who has not written for two days cannot be reached"
            return Finding(
                WARNING, TOPIC, what, "choose a template in the console (模板消息), and set its id"
            )
        try:
            fields = await fields_of(self._api, chosen)
        except ApiError as error:
            return _refused(error)
        except LineError as error:
            return Finding(WARNING, TOPIC, f"the template could not be looked at ({error.why})")
        if not fields:
            return Finding(FAILURE, TOPIC, "the account has no template of this id", "copy the 模板ID anew")
        if odd := strange(fields):
            what = f"nothing fits into the template's field {odd[0]}"
            return Finding(FAILURE, TOPIC, what, "choose a template with 事物 (thing) and 时间 (time) only")
        return Finding(OK, TOPIC, f"the template fits ({', '.join(fields)})")

    async def _callback(self) -> Finding:
        """Prove the address as the console does: only Homeroom with this token can answer."""
        at, nonce, word = str(int(time.time())), secrets.token_hex(8), secrets.token_hex(8)
        signed = signature(self._settings.token, at, nonce)
        asked = urlencode({"signature": signed, "timestamp": at, "nonce": nonce, "echostr": word})
        status, said = await asyncio.to_thread(fetched, f"{self._door}?{asked}")
        if said == word:
            return Finding(OK, "callback", f"Homeroom answers at {PATH}, as the console wants it")
        if status == 403:
            what = "Homeroom answers, with another token or clock"
            fix = "restart it after a change of the settings, and see that this machine's clock is right"
            return Finding(FAILURE, "callback", what, fix)
        fix = f"start Homeroom, and let the reverse proxy lead {PATH} to [web] host and port"
        what = f"at {self._door} nobody answers as we do"
        return Finding(WARNING, "callback", f"{what} ({status or 'no connection'})", fix)


def _refused(error: ApiError) -> Finding:
    """What WeChat does not like; for a stranger's IP its own sentence says which."""
    fix = cure(error) or "look the code up in WeChat's documentation (全局返回码)"
    if error.code == UNLISTED and (found := ADDRESS.search(error.said)):
        fix = f"add {found[1]} to the account's list of addresses (IP白名单) in the console"
    if error.code == NOT_PERMITTED:
        fix = "only a verified 服务号 may do that: see 接口权限 in the console"
    return Finding(FAILURE, TOPIC, f"it refuses the account (errcode {error.code})", fix)
