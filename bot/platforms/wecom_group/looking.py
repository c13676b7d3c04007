"""Looking into the groups of our classes: WeCom calls for some changes, and never for a new nickname."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import inner, several, text
from bot.platforms.wecom_group.failures import GONE, TABLE, chat
from bot.platforms.wecom_group.roll import Roll, changes, kept, names_in, roll_of, told
from bot.ports import Done, Outcome, Store, Vault
from classroom.events import Json

log = structlog.get_logger(__name__)

LIFE = 10 * 365 * 24 * 3600.0
PAGE, MOST_LISTED = 100, 20
Watched = Callable[[], Awaitable[Sequence[str]]]
"""Says which groups belong to a class now."""


class Looking:
    """Knows how each group was when it was last looked into."""

    def __init__(
        self, api: Api, vault: Vault, app: str, watched: Watched, every: float, clock: Callable[[], float]
    ) -> None:
        """`every` seconds between two looks; `app` tells what is kept for this app from another's."""
        self._api, self._vault, self._app = api, vault, app
        self._watched, self._every, self._clock = watched, every, clock
        self._looked: dict[str, float] = {}
        self.looks = 0
        """How often a group was looked into since the start."""

    def at_once(self, group: str) -> None:
        """Something has happened in a group: the next round looks into it."""
        self._looked.pop(group, None)

    async def round(self, store: Store) -> None:
        """Look into every group of ours whose turn it is."""
        for group in await self._watched():
            last = self._looked.get(group)
            if chat(group) and (last is None or self._clock() - last >= self._every):
                self._looked[group] = self._clock()
                await self._look(group, store)

    async def roll(self, group: str) -> Roll | None:
        """How a group was at the last look."""
        return kept(await self._vault.get(self._name(group)))

    async def owner(self, group: str) -> str:
        """Who owns a group now: nobody else can send what is prepared; ApiError or LineError."""
        answer = await self._api.post("externalcontact/groupchat/get", {"chat_id": group, "need_name": 0})
        return text(inner(answer, "group_chat"), "owner")

    async def owned_by(self, owner: str) -> Outcome:
        """The groups that somebody owns, the newest first."""
        found: list[Json] = []
        try:
            for listed in (await self._listed(owner))[-MOST_LISTED:][::-1]:
                answer = await self._api.post(
                    "externalcontact/groupchat/get", {"chat_id": listed, "need_name": 0}
                )
                now = roll_of(answer, None)
                found.append({"native": listed, "title": now.title, "people": len(now.people)})
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return Done(answer={"groups": found})

    async def _listed(self, owner: str) -> list[str]:
        found: list[str] = []
        body: dict[str, Json] = {
            "status_filter": 0,
            "owner_filter": {"userid_list": [owner]},
            "cursor": "",
            "limit": PAGE,
        }
        while True:
            answer = await self._api.post("externalcontact/groupchat/list", body)
            found += [text(one, "chat_id") for one in several(answer, "group_chat_list")]
            cursor = text(answer, "next_cursor")
            if not cursor or cursor == body["cursor"]:
                return [one for one in found if chat(one)]
            body["cursor"] = cursor

    async def _look(self, group: str, store: Store) -> None:
        """Tell what is different, and keep what is so only once that is stored: else it is told again."""
        before = await self.roll(group)
        self.looks += 1
        try:
            answer = await self._api.post("externalcontact/groupchat/get", {"chat_id": group, "need_name": 1})
        except ApiError as error:
            log.info("wecom.group look", errcode=error.code)
            if error.code in GONE and before is not None:
                await store([told("dismissed", group, before, before.owner or "owner")])
                await self._vault.drop(self._name(group))
            return
        except LineError as error:
            log.info("wecom.group look", trouble=error.why)
            self.at_once(group)
            return
        await self._compare(group, before, roll_of(answer, before), names_in(answer), store)

    async def _compare(
        self, group: str, before: Roll | None, now: Roll, names: dict[str, str], store: Store
    ) -> None:
        if not now.owner or now == before:  # an answer without an owner is none
            return
        if found := [*changes(group, before, now, names)]:
            await store(found)
        await self._vault.put(self._name(group), replace(now, change=now.change + 1).to_json(), LIFE)

    def _name(self, group: str) -> str:
        return f"{self._app}/roll/{group}"
