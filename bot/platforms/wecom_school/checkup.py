"""What `homeroom doctor` asks of the school's notices: the secret, who may be told, the address book."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Sequence

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.checking import Forgetful
from bot.platforms.tencent.errors import ApiError, LineError, cure
from bot.platforms.wecom_school.addressing import Parent
from bot.platforms.wecom_school.book import Book
from bot.platforms.wecom_school.outbox import Outbox, text_message
from bot.platforms.wecom_school.platform import token_of
from bot.platforms.wecom_school.proving import prove
from bot.platforms.wecom_school.register import Register
from bot.platforms.wecom_school.settings import SchoolSettings, check
from bot.ports import Done, Finding, Level
from classroom.addresses import GroupAddress
from classroom.errors import ConfigError

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
TOPIC = "school"
ADDRESS = re.compile(r"from ip: ([0-9a-fA-F.:]{3,45})")
READERS = "家校沟通 → 可调用接口的应用"


class Checkup:
    """Looks without changing anything. Nobody is told anything, unless a parent is named for a trial."""

    def __init__(self, settings: SchoolSettings, trial: str = "") -> None:
        """Nothing is asked yet. `trial` is the userid of a parent who gets a harmless message."""
        self._settings, self._trial = settings, trial
        self._api = Api("doctor", settings.api_root, token_of(settings), Forgetful(), times=settings.times)
        self._outbox = Outbox(self._api, settings.agent_id, time.monotonic)
        self._register = Register(lambda who: self._api.get("school/user/get", userid=who), time.monotonic)

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """One thing after the other, in the order of the guide; there are no groups."""
        try:
            check(self._settings)
        except ConfigError as error:
            yield Finding(FAILURE, "configuration", str(error))
            return
        trouble = await self._line()
        if trouble is not None:
            yield trouble
            return
        sound = await self._parents_only()
        yield sound
        yield await self._book()
        if self._trial and sound.level is OK:
            yield await self._tried()

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    async def _line(self) -> Finding | None:
        try:
            await self._api.prove()
        except ApiError as error:
            found = ADDRESS.search(error.said) if error.code == 60020 else None
            fix = (
                f"add {found[1]} to the app's trusted IPs (企业可信IP) in the console"
                if found
                else cure(error)
            )
            return Finding(FAILURE, TOPIC, f"WeCom refuses the app (errcode {error.code})", fix)
        except LineError as error:
            fix = f"see that this machine reaches {self._settings.api_root}"
            return Finding(FAILURE, TOPIC, f"it cannot be reached ({error.why})", fix)
        return None

    async def _parents_only(self) -> Finding:
        proof = await prove(self._api, self._settings.agent_id, self._outbox)
        if proof.sound:
            return Finding(OK, TOPIC, "parents can be told, and parents only")
        return Finding(FAILURE, TOPIC, f"no notices are sent: {proof.why}", proof.cure)

    async def _book(self) -> Finding:
        try:
            classes = await Book(self._api, self._settings.agent_id, self._register).classes()
        except ApiError as error:
            fix = f"let the app read the address book ({READERS})"
            return Finding(WARNING, TOPIC, f"the address book cannot be read (errcode {error.code})", fix)
        except LineError as error:
            return Finding(WARNING, TOPIC, f"the address book cannot be read ({error.why})", "try again")
        if not classes:
            return Finding(
                WARNING, TOPIC, "the address book has no class", f"see what the app may read ({READERS})"
            )
        return Finding(OK, TOPIC, f"the address book can be read: {len(classes)} classes")

    async def _tried(self) -> Finding:
        parent = await self._register.vouch(self._trial)
        told = (
            await self._outbox.tell(parent, [text_message(self._settings.phrases.trial)])
            if isinstance(parent, Parent)
            else parent
        )
        if isinstance(told, Done):
            fix = "look at both phones: the parent has it, and the child has nothing"
            return Finding(OK, "trial", "the message was accepted", fix)
        why = getattr(told, "detail", "") or getattr(told, "why", "")
        return Finding(
            FAILURE, "trial", f"the message was not sent ({why})", "name a parent who follows, by userid"
        )
