"""What became of prepared posts: asked until the owner has sent them, who is reminded kindly."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import structlog

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import Fields, number, several, text
from bot.platforms.wecom_group.failures import TABLE
from bot.platforms.wecom_group.settings import PLATFORM
from bot.ports import Failure, Fate, Incoming, Outcome, Store, TryAgain, Vault
from classroom.events import Json

log = structlog.get_logger(__name__)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
GIVE_UP = 7 * DAY
LIFE, PAGE_LIFE = 31 * DAY, 8 * DAY
"""How long it is kept that something was prepared, and what it said."""

REMIND_AT = (2 * HOUR, 6 * HOUR, 22 * HOUR, 46 * HOUR)
"""How old a post is when WeCom is asked to remind the owner: never more than three times within a day."""

MOST_OPEN, BEGIN = 2000, 24
SENT, TOO_MANY = 1, 3
Awake = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Open:
    """A prepared post that is not known to be sent; times are seconds since 1970."""

    msgid: str
    chat: str
    title: str
    owner: str
    page: str
    begin: str
    at: float
    asked: float = 0.0
    reminded: int = 0
    announced: bool = False
    by_hand: bool = False
    withdrawn: bool = False


class Following:
    """Keeps what is open in the vault, so that a restart forgets none of it."""

    def __init__(self, api: Api, vault: Vault, app: str, seconds: Callable[[], float], awake: Awake) -> None:
        """`awake` says whether a teacher may be reminded at a moment."""
        self._api, self._vault, self._app = api, vault, app
        self._seconds, self._awake = seconds, awake
        self._one = asyncio.Lock()

    async def sends_allowed(self, group: str) -> bool:
        """Whether a group may get one more this month: as many as it has days, as WeCom has it."""
        month, sent = await self._month(group)
        return sent < _days(month)

    async def prepared(
        self, msgid: str, group: str, title: str, owner: str, said: str, tail: str = ""
    ) -> str:
        """A post waits from now on; gives the code of its page. `tail` is not of its own words."""
        page = secrets.token_urlsafe(24)
        shown = json.dumps({"text": said, "chat": group, "owner": owner}, ensure_ascii=False)
        await self._vault.put(f"{self._app}/page/{page}", shown, PAGE_LIFE)
        async with self._one:
            found = await self._open()
            if all(one.msgid != msgid for one in found):
                begin = " ".join(said.removesuffix(tail).split())[:BEGIN].rstrip()
                found.append(Open(msgid, group, title, owner, page, begin, self._seconds()))
                await self._keep(found)
        return page

    async def taken_back(self, msgid: str) -> None:
        """A post waits no longer."""
        async with self._one:
            await self._keep([one for one in await self._open() if one.msgid != msgid])

    async def status(self, msgid: str) -> int | Outcome:
        """Whether a post was sent, as WeCom has it now: 0 where it still waits."""
        found = next((one for one in await self._open() if one.msgid == msgid), None)
        if found is None:
            return SENT
        try:
            return await self._status(found)
        except (ApiError, LineError) as error:
            known = outcome(error, TABLE)
            return TryAgain(known.why, known.after) if isinstance(known, TryAgain) else known

    async def withdrawn(self, msgid: str) -> None:
        """Somebody wants a post no more: its owner hears that, and nobody is asked after it again."""
        await self._change(msgid, lambda was: replace(was, withdrawn=True))

    async def page(self, code: str) -> str | None:
        """The text of a page; None where there is none any more."""
        found = _read(await self._vault.get(f"{self._app}/page/{code}"))
        return text(found, "text") if isinstance(found, dict) else None

    async def by_hand(self, page: str) -> list[str]:
        """The teacher has sent a page's text otherwise; gives what waits in vain now."""
        found = [one.msgid for one in await self._open() if one.page == page]
        for msgid in found:
            await self._change(msgid, lambda was: replace(was, by_hand=True))
        return found

    async def waiting(self, owner: str) -> list[tuple[str, str]]:
        """What somebody is still to send: pages and how they begin, the newest first."""
        done = [one for one in await self._open() if one.owner == owner]
        found = [one for one in done if not (one.by_hand or one.withdrawn)]
        return [(one.page, f"{one.title}：{one.begin}" if one.title else one.begin) for one in found][::-1]

    async def round(self, store: Store) -> None:
        """Ask after what is open, tell what is new about it, and remind who has to send it."""
        for one in await self._open():
            if one.withdrawn:
                await store([_waits(one, "withdrawn")])
                await self.taken_back(one.msgid)
                continue
            if not one.announced:
                await store([_waits(one, "new")])
                await self._change(one.msgid, lambda was: replace(was, announced=True))
            if one.by_hand:
                await self._over(one, store, SENT)
            elif self._seconds() - one.asked >= _pause(self._seconds() - one.at):
                await self._ask(one, store)

    async def _ask(self, one: Open, store: Store) -> None:
        try:
            status = await self._status(one)
        except (ApiError, LineError) as error:
            log.info("wecom.group result", trouble=str(error))
            status = 0
        now = self._seconds()
        await self._change(one.msgid, lambda was: replace(was, asked=now))
        if status:
            await self._over(one, store, status)
        elif self._seconds() - one.at > GIVE_UP:
            await self._over(one, store, 0)
        else:
            await self._remind(one, store)

    async def _status(self, one: Open) -> int:
        body: Json = {"msgid": one.msgid, "userid": one.owner, "limit": 500}
        answer = await self._api.post("externalcontact/get_groupmsg_send_result", body)
        statuses = [number(found, "status") for found in several(answer, "send_list")]
        return next((status for status in statuses if status), 0)

    async def _over(self, one: Open, store: Store, status: int) -> None:
        """It is sent, or never will be: told first, forgotten then."""
        if status == SENT:
            await store([_fate(one, Fate.DELIVERED, ""), _waits(one, "sent")])
            if not one.by_hand:
                month, sent = await self._month(one.chat)
                await self._vault.put(self._count(one.chat), json.dumps([month, sent + 1]), LIFE)
        else:
            failure = Failure.EXPIRED if status == 0 else Failure.REFUSED
            await store([_fate(one, Fate.AWAITING_TEACHER, failure), _waits(one, _why(status))])
        await self.taken_back(one.msgid)

    async def _remind(self, one: Open, store: Store) -> None:
        age = self._seconds() - one.at
        if one.reminded >= len(REMIND_AT) or age < REMIND_AT[one.reminded]:
            return
        if not self._awake(datetime.fromtimestamp(self._seconds(), UTC)):
            return
        due = sum(1 for at in REMIND_AT if at <= age)
        try:
            await self._api.post("externalcontact/remind_groupmsg_send", {"msgid": one.msgid})
        except (ApiError, LineError) as error:
            log.info("wecom.group remind", trouble=str(error))
        await self._change(one.msgid, lambda was: replace(was, reminded=due))
        await store([_waits(one, f"again{due}")])

    # --- what is kept ---------------------------------------------------------------------------

    async def _open(self) -> list[Open]:
        found = _read(await self._vault.get(f"{self._app}/open"))
        listed = found if isinstance(found, list) else []
        return [_one(one) for one in listed if isinstance(one, dict)]

    async def _keep(self, found: Sequence[Open]) -> None:
        words = json.dumps([asdict(one) for one in found[-MOST_OPEN:]], ensure_ascii=False)
        await self._vault.put(f"{self._app}/open", words, PAGE_LIFE)

    async def _change(self, msgid: str, change: Callable[[Open], Open]) -> None:
        async with self._one:
            await self._keep([change(one) if one.msgid == msgid else one for one in await self._open()])

    async def _month(self, group: str) -> tuple[str, int]:
        """This month, and how many a group got in it."""
        month = datetime.fromtimestamp(self._seconds(), UTC).strftime("%Y-%m")
        found = _read(await self._vault.get(self._count(group)))
        same = isinstance(found, list) and found[:1] == [month]
        return month, found[1] if same and isinstance(found, list) and isinstance(found[1], int) else 0

    def _count(self, group: str) -> str:
        return f"{self._app}/sent/{group}"


def _pause(age: float) -> float:
    """How long to wait before asking again about a post of this age."""
    return 2 * MINUTE if age < 20 * MINUTE else 10 * MINUTE if age < 3 * HOUR else HOUR


def _days(month: str) -> int:
    import calendar  # noqa: PLC0415 - seldom needed

    year, number_ = month.split("-")
    return calendar.monthrange(int(year), int(number_))[1]


def _why(status: int) -> str:
    return {0: "over", TOO_MANY: "too_many"}.get(status, "refused")


def _fate(one: Open, fate: Fate, failure: str) -> Incoming:
    return _incoming(one, "told", fate.value, refs=[one.msgid], fate=fate.value, failure=failure)


def _waits(one: Open, why: str) -> Incoming:
    return _incoming(one, "waits", why, who=one.owner, ref=one.msgid, page=one.page, begin=one.begin, why=why)


def _incoming(one: Open, what: str, mark: str, **more: Json) -> Incoming:
    found: dict[str, Json] = {"what": what, "chat": one.chat, "title": one.title, **more}
    raw = json.dumps(found, ensure_ascii=False).encode()
    return Incoming(f"{PLATFORM}:{what}:{one.msgid}:{mark}", raw)


def _one(kept: Fields) -> Open:
    """A post as it was kept."""
    msgid, chat, title, owner, page, begin = (
        text(kept, name) for name in ("msgid", "chat", "title", "owner", "page", "begin")
    )
    at, asked, reminded = kept.get("at"), kept.get("asked"), number(kept, "reminded")
    return Open(
        msgid,
        chat,
        title,
        owner,
        page,
        begin,
        float(at) if isinstance(at, int | float) else 0.0,
        float(asked) if isinstance(asked, int | float) else 0.0,
        reminded or 0,
        kept.get("announced") is True,
        kept.get("by_hand") is True,
        kept.get("withdrawn") is True,
    )


def _read(words: str | None) -> Json:
    try:
        found: Json = json.loads(words) if words else None
    except ValueError:
        return None
    return found
