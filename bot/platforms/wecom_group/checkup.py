"""What `homeroom doctor` asks WeCom for parents' groups: whether the app may look, and who may own one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.platforms.tencent import fields
from bot.platforms.tencent.api import Api, TokenRequest
from bot.platforms.tencent.checking import Forgetful
from bot.platforms.tencent.errors import ApiError, LineError
from bot.platforms.wecom_group.settings import GroupSettings
from bot.ports import Finding, Level
from classroom.addresses import GroupAddress

OK, WARNING = Level.OK, Level.WARNING
TOPIC = "wecom groups"
NOT_ALLOWED = frozenset({48002, 60011, 84074, 301002})
GUIDE = "docs/wechat.md says where to click (客户联系)"


class Checkup:
    """Looks without changing anything; a school without such groups needs nothing of it."""

    def __init__(self, settings: GroupSettings) -> None:
        """Nothing is asked yet."""
        secret = {"corpid": settings.corp_id, "corpsecret": settings.secret}
        request = TokenRequest("gettoken", secret)
        self._api = Api("doctor", settings.api_root, request, Forgetful(), times=settings.times)

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """First the permission, then each group of a class."""
        first = await self._permission()
        yield first
        if first.level is OK:
            for called, address in groups:
                yield await self._group(called, address.native)

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    async def _permission(self) -> Finding:
        try:
            found = await self._api.get("externalcontact/get_follow_user_list")
        except (ApiError, LineError) as error:
            return _refused(error)
        people = [one for one in _listed(found) if one]
        if not people:
            return Finding(
                WARNING, TOPIC, "nobody may have contacts in WeChat yet", f"name teachers: {GUIDE}"
            )
        return Finding(OK, TOPIC, f"the app may look; members who may own a group: {len(people)}")

    async def _group(self, called: str, native: str) -> Finding:
        try:
            answer = await self._api.post(
                "externalcontact/groupchat/get", {"chat_id": native, "need_name": 0}
            )
        except (ApiError, LineError) as error:
            cure = "its teacher chooses a group again with /groups"
            return Finding(WARNING, TOPIC, f"{called} cannot be looked into ({error})", cure)
        people = len(fields.several(fields.inner(answer, "group_chat"), "member_list"))
        return Finding(OK, TOPIC, f"{called}: {people} in it")


def _listed(found: fields.Fields) -> list[str]:
    return fields.words(found, "follow_user")


def _refused(error: ApiError | LineError) -> Finding:
    if isinstance(error, ApiError) and error.code in NOT_ALLOWED:
        what = f"the app may not look into them (errcode {error.code})"
        return Finding(
            WARNING, TOPIC, what, f'where no class has any: poll_groups_every = "off"; else {GUIDE}'
        )
    return Finding(
        WARNING, TOPIC, f"they could not be looked at ({error})", "see what is said of wecom above"
    )
