"""What a bot with cards must remember of what it said: how one can still be changed, what a number means."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.platforms.tencent.cards import key_of
from bot.ports import Key, Vault
from classroom.events import Json

CARD_LIFE = 72 * 3600.0
"""Seconds in which a card can be changed, and a number answered with."""

ALIAS_LIFE = 30 * 24 * 3600.0
MET = 10 * 365 * 24 * 3600.0
CONTINUES = 3600.0
"""Seconds in which a further message goes on with the numbers of the one before."""

HIGHEST = 90


@dataclass(slots=True)
class Kept:
    """A message as WeCom knows it: its id there, and the codes that change it, each once."""

    msgid: str
    codes: list[str] = field(default_factory=list)
    safe: bool = False


class Memory:
    """Keeps it in the vault, for as long as it is of use."""

    def __init__(self, vault: Vault, app: str, now: Callable[[], float]) -> None:
        """`app` tells this app's entries from another's; `now` gives seconds since 1970."""
        self._vault, self._app, self._now = vault, app, now

    # --- messages -------------------------------------------------------------------------------

    async def sent(self, ref: str, msgid: str, code: str, *, safe: bool = False) -> None:
        """A card or a protected message was sent: so it is taken back, and so it is changed."""
        await self._keep(ref, Kept(msgid, [code] if code else [], safe))

    async def pressed(self, task: str, code: str) -> None:
        """A press brought another code."""
        found = await self.message(task) or Kept("")
        if code and code not in found.codes:
            await self._keep(task, replace(found, codes=[*found.codes[-8:], code]))

    async def message(self, ref: str) -> Kept | None:
        """What is known of a message."""
        found = await self._read("sent", ref)
        if not isinstance(found, dict):
            return None
        codes = found.get("codes")
        listed = [str(code) for code in codes] if isinstance(codes, list) else []
        return Kept(str(found.get("msgid", "")), listed, found.get("safe") is True)

    async def code(self, task: str) -> str:
        """A code to change a card with, which is used up thereby; empty where there is none."""
        found = await self.message(task)
        if found is None or not found.codes:
            return ""
        await self._keep(task, replace(found, codes=found.codes[:-1]))
        return found.codes[-1]

    async def _keep(self, ref: str, kept: Kept) -> None:
        codes: list[Json] = [*kept.codes]
        life = ALIAS_LIFE if kept.safe else CARD_LIFE
        await self._write("sent", ref, {"msgid": kept.msgid, "codes": codes, "safe": kept.safe}, life)

    # --- what took the place of a message -------------------------------------------------------

    async def replaced(self, ref: str, by: Sequence[str]) -> None:
        """Messages took the place of another one, under whose name they will be asked for."""
        await self._write("now", ref, [*by], ALIAS_LIFE)

    async def current(self, refs: Sequence[str]) -> list[str]:
        """What these messages are now."""
        found = await self._read("now", refs[-1]) if refs else None
        return [str(ref) for ref in found] if isinstance(found, list) else [*refs]

    # --- numbers --------------------------------------------------------------------------------

    async def first_number(self, who: str) -> int:
        """The number that the next choice of somebody begins with."""
        found = await self._choices(who)
        at = found.get("at")
        if not isinstance(at, int | float) or self._now() - at > CONTINUES:
            return 1
        highest = max((int(n) for n in _listed(found)), default=0)
        return highest + 1 if highest < HIGHEST else 1

    async def offer(self, who: str, ref: str, numbers: Sequence[int], keys: Sequence[Key]) -> None:
        """Somebody may answer with these numbers from now on; those of before hold where they go on."""
        before = _listed(await self._choices(who)) if numbers and numbers[0] > 1 else {}
        new: dict[str, Json] = {str(n): [key_of(key), ref] for n, key in zip(numbers, keys, strict=True)}
        await self._write("choice", who, {"at": self._now(), "of": {**before, **new}}, CARD_LIFE)

    async def choice(self, who: str, number: str) -> tuple[str, str] | None:
        """The key and the message that a number stands for."""
        found = _listed(await self._choices(who)).get(number)
        if isinstance(found, list) and len(found) == 2:
            return str(found[0]), str(found[1])
        return None

    async def end_choice(self, who: str, refs: Sequence[str]) -> None:
        """What these messages offered is over."""
        found = await self._choices(who)
        left = {n: one for n, one in _listed(found).items() if not (isinstance(one, list) and one[1] in refs)}
        if left != _listed(found):
            await self._write("choice", who, {"at": found.get("at"), "of": left}, CARD_LIFE)

    # --- people ---------------------------------------------------------------------------------

    async def meets(self, who: str, mark: str) -> bool:
        """Whether somebody opens the app for the first time by this call, which may come again."""
        first = await self._read("met", who)
        if first is None:
            await self._write("met", who, mark, MET)
        return first in (None, mark)

    async def _choices(self, who: str) -> dict[str, Json]:
        found = await self._read("choice", who)
        return found if isinstance(found, dict) else {}

    async def _read(self, what: str, name: str) -> Json:
        kept = await self._vault.get(f"{self._app}/{what}/{name}")
        found: Json = json.loads(kept) if kept else None
        return found

    async def _write(self, what: str, name: str, value: Json, seconds: float) -> None:
        await self._vault.put(f"{self._app}/{what}/{name}", json.dumps(value), seconds)


def _listed(found: dict[str, Json]) -> dict[str, Json]:
    listed = found.get("of")
    return listed if isinstance(listed, dict) else {}
