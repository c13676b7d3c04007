"""What `homeroom doctor` asks Telegram: token, clock, privacy, webhook, and rights in each group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from telegram.error import TelegramError

from bot.platforms.telegram import fields
from bot.platforms.telegram.asks import Asks
from bot.platforms.telegram.fields import Obj
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import AnswerError, result_of
from bot.ports import Done, Failure, Finding, Level, Outcome, Refused
from classroom.addresses import GroupAddress
from classroom.events import Right

SLOW_CLOCK, WRONG_CLOCK = timedelta(seconds=30), timedelta(minutes=5)
RECENT = timedelta(hours=24)
RIGHTS = {
    Right.DELETE: "delete messages",
    Right.RESTRICT: "ban users",
    Right.PIN: "pin messages",
    Right.TAG: "manage tags",
}
"""What the rights are called in the app's own list."""

UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


class Checkup(Asks):
    """Looks at a bot's account without changing anything."""

    async def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """Everything that can be seen from outside; only the first trouble where there is no line at all."""
        try:
            me, date = await self._me_and_date()
        except TelegramError as error:
            yield _unreachable(error, self._settings)
            return
        yield _known(me)
        yield _clock(date, datetime.now(UTC))
        yield _privacy(me)
        for finding in await self._webhook():
            yield finding
        for called, group in groups:
            yield await self._group(called, group, me)

    async def who(self) -> Finding:
        """Whose the token is: a failure where Telegram does not know it, a warning where nobody answers."""
        try:
            me, _ = await self._me_and_date()
        except TelegramError as error:
            return _unreachable(error, self._settings)
        return _known(me)

    async def _me_and_date(self) -> tuple[Obj, datetime | None]:
        trouble: TelegramError | None = None
        code, body, date = 0, b"", None
        try:
            async with self._knocking() as client, client.get(f"{self._base}/getMe") as answer:
                code, body, date = answer.status, await answer.read(), answer.headers.get("Date")
        except UNREACHABLE as error:
            trouble = TelegramError(type(error).__name__)
        if trouble is not None:  # outside of the except: the original has the address, token and all
            raise trouble
        me = result_of(code, body)
        return me if isinstance(me, dict) else {}, _date(date)

    def _knocking(self) -> aiohttp.ClientSession:
        """A connection of its own, since Wire gives no headers and knocks at no other door."""
        wait = aiohttp.ClientTimeout(total=self._settings.connect_timeout)
        return aiohttp.ClientSession(timeout=wait, proxy=self._settings.proxy)

    async def _webhook(self) -> list[Finding]:
        info = await self._ask("getWebhookInfo")
        if not isinstance(info, dict):
            return [
                Finding(WARNING, "webhook", "Telegram did not say whether there is one", "try again later")
            ]
        now, address = datetime.now(UTC), fields.text(info, "url")
        if self._settings.mode == "polling":
            return [_webhook_while_polling(address)]
        found = [_webhook_address(address, self._settings.webhook_url or "")]
        failed = fields.when(info, "last_error_date")
        if failed is not None and now - failed < RECENT:
            found.append(_webhook_failed(fields.text(info, "last_error_message"), failed, info))
        return [*found, await self._webhook_from_here()]

    async def _webhook_from_here(self) -> Finding:
        """Knock without the secret: our own door answers 401 to that."""
        try:
            address = self._settings.webhook_url or ""
            async with self._knocking() as client, client.post(address, json={}) as answer:
                code = answer.status
        except UNREACHABLE as error:
            what = f"[telegram] webhook_url cannot be reached from here ({type(error).__name__})"
            cure = "is Homeroom running, and does the reverse proxy lead there to [web] host and port?"
            return Finding(WARNING, "webhook", what, cure)
        if code == HTTPStatus.UNAUTHORIZED:
            return Finding(OK, "webhook", "Homeroom answers at [telegram] webhook_url")
        cure = "let the reverse proxy lead /telegram/webhook to [web] host and port, and start Homeroom"
        return Finding(WARNING, "webhook", f"at [telegram] webhook_url something else answers ({code})", cure)

    async def _group(self, called: str, group: GroupAddress, me: Obj) -> Finding:
        found = await self.rights(group)
        answer = found.answer if isinstance(found, Done) else None
        if not isinstance(answer, dict):
            return _no_answer(called, found)
        listed = answer.get("rights")
        allowed = listed if isinstance(listed, list) else []
        if answer.get("admin") is not True and me.get("can_read_all_group_messages") is not True:
            return Finding(
                FAILURE,
                "group",
                f"{called}: the bot does not see the messages there",
                "make it an administrator; or at @BotFather /setprivacy → Disable, then add it anew",
            )
        missing = [name for right, name in RIGHTS.items() if right.value not in allowed]
        if missing:
            return Finding(
                WARNING,
                "group",
                f"{called}: the bot may not {', '.join(missing)}",
                "an administrator of the group switches that on in the bot's entry among the administrators",
            )
        return Finding(OK, "group", f"{called}: the bot has all rights it uses")


def _known(me: Obj) -> Finding:
    return Finding(OK, "token", f"Telegram knows it: @{fields.text(me, 'username')}")


def _unreachable(error: TelegramError, settings: TelegramSettings) -> Finding:
    if isinstance(error, AnswerError) and error.code in (401, 404):
        cure = "take the current one from @BotFather (/mybots, API Token) and put it into the configuration"
        return Finding(FAILURE, "token", "Telegram does not know it (any more)", cure)
    cure = (
        f"see that this machine reaches {settings.api_root} (network, firewall, proxy), or correct api_root"
    )
    return Finding(FAILURE, "telegram", f"it cannot be reached ({error})", cure)


def _date(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _clock(theirs: datetime | None, ours: datetime) -> Finding:
    if theirs is None:
        return Finding(WARNING, "clock", "Telegram gave no time to compare with")
    off = abs(ours - theirs)
    if off < SLOW_CLOCK:
        return Finding(OK, "clock", f"it agrees with Telegram's within {SLOW_CLOCK.seconds} s")
    way = "behind" if ours < theirs else "ahead of"
    level = FAILURE if off > WRONG_CLOCK else WARNING
    return Finding(
        level,
        "clock",
        f"it is {off.total_seconds():.0f} s {way} Telegram's: what is scheduled comes at the wrong time",
        "set this machine's clock, e.g. timedatectl set-ntp true",
    )


def _privacy(me: Obj) -> Finding:
    if me.get("can_join_groups") is False:
        cure = "at @BotFather: /setjoingroups → Enable"
        return Finding(FAILURE, "privacy", "nobody can add this bot to a group", cure)
    if me.get("can_read_all_group_messages") is True:
        return Finding(OK, "privacy", "the bot sees what is written in its groups")
    return Finding(
        WARNING,
        "privacy",
        "the bot sees the messages of those groups only in which it is an administrator",
        "at @BotFather: /setprivacy → Disable, then take the bot out of its groups and add it again",
    )


def _webhook_while_polling(address: str) -> Finding:
    if not address:
        return Finding(OK, "webhook", "none is set, as polling wants it")
    return Finding(
        WARNING,
        "webhook",
        "one is set while [telegram] mode is polling: updates go there",
        "`homeroom run` takes it away at its start; if it comes back, another program uses this token",
    )


def _webhook_address(set_to: str, ours: str) -> Finding:
    if set_to == ours:
        return Finding(OK, "webhook", "Telegram sends to [telegram] webhook_url")
    what = "Telegram sends to another address" if set_to else "Telegram has none set"
    cure = "`homeroom run` sets it at its start; if it changes again, another program uses this token"
    return Finding(WARNING, "webhook", what, cure)


def _webhook_failed(why: str, when: datetime, info: Obj) -> Finding:
    waiting = fields.number(info, "pending_update_count") or 0
    failed = f"Telegram's last attempt failed at {when:%H:%M} UTC ({why or 'no reason given'})"
    what = f"{failed}; updates that wait: {waiting}"
    cure = "see that the address is public, has a valid certificate and leads to Homeroom"
    return Finding(WARNING if not waiting else FAILURE, "webhook", what, cure)


def _no_answer(called: str, found: Outcome) -> Finding:
    if isinstance(found, Refused) and found.failure in (Failure.GONE, Failure.NOT_FOUND, Failure.NOT_ALLOWED):
        return Finding(
            WARNING,
            "group",
            f"{called}: the bot is no longer there",
            "add it again and make it an administrator, or give the class another group with /setup link",
        )
    return Finding(WARNING, "group", f"{called}: Telegram did not say what the bot may do", "try again later")
