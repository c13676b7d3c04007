"""Template messages: the knock at the door of somebody who has not written for two days.

They say that there is something to be read and hold the page's address, and nothing else: whoever looks over
a shoulder learns nothing of a child.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from bot.platforms.official_account.settings import Phrases
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.fields import several, text
from classroom.events import Json

FIELD = re.compile(r"\{\s*\{\s*([A-Za-z_]+)(\d*)\.DATA\s*\}\s*\}")
FIELDS_LIVE = 3600.0
THING, NAME, PHRASE = 20, 10, 5
"""How many characters a field of such a kind takes."""

FILLED = frozenset({"thing", "time", "date", "name", "phrase", "keyword", "first", "remark"})
"""Kinds of fields that we have something to say in."""


class Notices:
    """Fills the one template that is chosen; what fields it has is asked of WeChat."""

    def __init__(
        self,
        api: Api,
        template: str,
        phrases: Phrases,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        """`now` is the time of day where the school is."""
        self._api, self._template, self._phrases = api, template, phrases
        self._now, self._clock = now, clock
        self._fields: list[str] = []
        self._until = 0.0

    async def body(self, who: str, url: str) -> dict[str, Json] | None:
        """A message to one follower; None where the account has no such template. Raises as the line does."""
        if not self._fields or self._clock() >= self._until:
            self._fields = await fields_of(self._api, self._template)
            self._until = self._clock() + FIELDS_LIVE
        if not self._fields:
            return None
        data: dict[str, Json] = {name: {"value": self._value(name)} for name in self._fields}
        return {"touser": who, "template_id": self._template, "url": url, "data": data}

    def _value(self, name: str) -> str:
        kind = name.rstrip("0123456789")
        if kind in ("time", "date"):
            now = self._now()
            return f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}"
        if kind == "name":
            return self._phrases.sender[:NAME]
        return self._phrases.status[:PHRASE] if kind == "phrase" else self._phrases.news[:THING]


async def fields_of(api: Api, template: str) -> list[str]:
    """The fields of one of the account's templates; none where it has no such template."""
    found = await api.get("template/get_all_private_template")
    for one in several(found, "template_list"):
        if text(one, "template_id") == template:
            return [f"{kind}{number}" for kind, number in FIELD.findall(text(one, "content"))]
    return []


def strange(fields: list[str]) -> list[str]:
    """The fields for which we have nothing fitting to say."""
    return [name for name in fields if name.rstrip("0123456789") not in FILLED]
