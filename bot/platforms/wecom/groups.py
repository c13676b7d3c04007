"""Groups that the app makes itself: the only ones it can post to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.platforms.tencent import fields
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.wecom.failures import TABLE, member
from bot.ports import Done, Failure, Outcome, Refused
from classroom.events import Json

LONGEST_TITLE = 50
MOST_MEMBERS = 2000


class Groups:
    """Makes groups, each once: a group's id follows from its key."""

    def __init__(self, api: Api) -> None:
        """Stand on the app's requests."""
        self._api = api

    async def make(self, owner: str, title: str, members: Sequence[str], key: str) -> Outcome:
        """A group of these members; one that was made already, when the line broke, is found again."""
        users = [one for one in dict.fromkeys((owner, *members)) if member(one)][:MOST_MEMBERS]
        if member(owner) is None or len(users) < 2:
            return Refused(Failure.REFUSED, "too few members")
        chatid = f"hr{hashlib.sha256(key.encode()).hexdigest()[:28]}"
        listed: list[Json] = [*users]
        body: Json = {"name": title[:LONGEST_TITLE], "owner": owner, "userlist": listed, "chatid": chatid}
        try:
            await self._api.post("appchat/create", body)
        except ApiError as error:
            return await self._found(chatid) or outcome(error, TABLE)
        except LineError as error:
            return outcome(error, TABLE)
        return _made(chatid)

    async def _found(self, chatid: str) -> Outcome | None:
        try:
            answer = await self._api.get("appchat/get", chatid=chatid)
        except (ApiError, LineError):
            return None
        return _made(chatid) if fields.text(fields.inner(answer, "chat_info"), "chatid") == chatid else None


def _made(chatid: str) -> Done:
    return Done(answer={"native": f"appchat:{chatid}"})
