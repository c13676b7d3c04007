"""The menu at the bottom of the conversation: one for everybody, and others for people with a tag.

A menu is shown to whoever may use all that is in it. It is set anew only where it has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import structlog

from bot.platforms.official_account.failures import TABLE
from bot.platforms.official_account.settings import Column, Menu
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import inner, number, several, text
from bot.ports import Done, Outcome, Vault
from classroom.events import Json

log = structlog.get_logger(__name__)
KEPT = 3650 * 24 * 3600.0
LABEL, ENTRY = 16, 60
"""Bytes of a word at the bottom, and of what opens above it."""


class Menus:
    """Keeps in the vault what was set, and which tag somebody has."""

    def __init__(self, api: Api, vault: Vault, app: str, menus: Sequence[Menu]) -> None:
        """`menus` by precedence; the one without a tag is everybody's."""
        self._api, self._vault, self._app = api, vault, app
        self._menus = [menu for menu in menus if menu.columns]

    async def set_up(self) -> None:
        """Have the account show them; what fails is said in the log, and done at the next start."""
        told = hashlib.sha256(repr(self._menus).encode()).hexdigest()
        name = f"{self._app}/menus"
        if not self._menus or await self._vault.get(name) == told:
            return
        try:
            await self._create()
        except (ApiError, LineError) as error:
            log.warning("official_account.menus", trouble=str(error))
            return
        await self._vault.put(name, told, KEPT)

    async def show(self, who: str, commands: Iterable[str]) -> Outcome:
        """Let somebody see the first menu all of which they may use."""
        may = frozenset(commands)
        fitting = next((menu for menu in self._menus if menu.tag and menu.commands <= may), None)
        wanted, name = fitting.tag if fitting is not None else "", f"{self._app}/tag/{who}"
        worn = await self._vault.get(name) or ""
        if worn == wanted:
            return Done()
        try:
            await self._tag(who, worn, wanted)
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        await self._vault.put(name, wanted, KEPT)
        return Done()

    async def _create(self) -> None:
        """Away with all there are, then everybody's, then those of the tags, which go before it."""
        await self._api.get("menu/delete")
        for menu in sorted(self._menus, key=lambda menu: menu.tag != ""):
            if menu.tag:
                rule: dict[str, Json] = {"tag_id": str(await self._id_of(menu.tag))}
                await self._api.post("menu/addconditional", {**_buttons(menu), "matchrule": rule})
            else:
                await self._api.post("menu/create", _buttons(menu))

    async def _tag(self, who: str, worn: str, wanted: str) -> None:
        for tag, path in ((worn, "batchuntagging"), (wanted, "batchtagging")):
            if tag:
                body: dict[str, Json] = {"openid_list": [who], "tagid": await self._id_of(tag)}
                await self._api.post(f"tags/members/{path}", body)

    async def _id_of(self, tag: str) -> int:
        """The number of a tag, which is made where there is none."""
        known = await self._api.get("tags/get")
        for one in several(known, "tags"):
            if text(one, "name") == tag:
                return number(one, "id") or 0
        made = await self._api.post("tags/create", {"tag": {"name": tag}})
        return number(inner(made, "tag"), "id") or 0


def _buttons(menu: Menu) -> dict[str, Json]:
    columns: list[Json] = [_column(column) for column in menu.columns[:3]]
    return {"button": columns}


def _column(column: Column) -> dict[str, Json]:
    entries: list[Json] = [
        {"type": "click", "name": _cut(label, ENTRY), "key": name} for name, label in column.entries[:5]
    ]
    return {"name": _cut(column.label, LABEL), "sub_button": entries}


def _cut(label: str, most: int) -> str:
    return label.encode()[:most].decode("utf-8", "ignore")
