"""What Telegram is asked: members, the bot's own rights, files; and the menus it keeps for us."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from telegram import BotCommandScope, BotCommandScopeChat, BotCommandScopeChatMember
from telegram.error import TelegramError

from bot.platforms.telegram import fields
from bot.platforms.telegram.compose import brief
from bot.platforms.telegram.failures import TOO_LARGE, outcome
from bot.platforms.telegram.line import Line, need, tried
from bot.platforms.telegram.read import full_name, is_inside, rights
from bot.ports import Done, Failure, Outcome, Refused, TryAgain
from classroom.addresses import GroupAddress, PersonAddress
from classroom.events import Json, Right

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
DESCRIPTION = 256
COMMANDS_MOST = 100
DOWNLOAD_MOST = 20 << 20
ADMINS = ("creator", "administrator")


class Asks(Line):
    """What the bot wants to know or to have shown."""

    async def member(self, chat: GroupAddress, native: str) -> Outcome:
        """Answer {"status", "admin", "creator", "name", "tag"}; who is not in the group has left it."""
        found = await self._ask("getChatMember", chat_id=chat.native, user_id=native)
        if not isinstance(found, dict):
            return found
        status = fields.text(found, "status")
        if status == "restricted" and not is_inside(found):
            status = "left"
        return Done(
            answer={
                "status": status,
                "admin": status in ADMINS,
                "creator": status == "creator",
                "name": full_name(fields.obj(found, "user")),
                "tag": fields.text(found, "tag"),
            }
        )

    async def rights(self, chat: GroupAddress) -> Outcome:
        """Answer {"admin", "rights", "title"} of the bot itself."""
        found = await self._ask("getChatMember", chat_id=chat.native, user_id=self._me)
        if not isinstance(found, dict):
            return found
        about = await self._ask("getChat", chat_id=chat.native)
        if not isinstance(about, dict):
            return about
        allowed = rights(found)
        mine: list[Json] = [right.value for right in Right if right in allowed]
        admin = fields.text(found, "status") in ADMINS
        return Done(answer={"admin": admin, "rights": mine, "title": fields.text(about, "title")})

    async def _my_rights(self, chat: GroupAddress) -> frozenset[Right] | None:
        found = await self._ask("getChatMember", chat_id=chat.native, user_id=self._me)
        return rights(found) if isinstance(found, dict) else None

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes of a file; beyond `limit` or Telegram's own 20 MB the detail is "too_large"."""
        most = min(limit, DOWNLOAD_MOST)
        found = await self._ask("getFile", file_id=ref)
        if not isinstance(found, dict):
            return found
        path = fields.text(found, "file_path")
        if not path:
            return Refused(Failure.NOT_FOUND, "file not found")
        if (fields.number(found, "file_size") or 0) > most:
            return Refused(Failure.REFUSED, TOO_LARGE)
        try:
            return await self._wire.download(f"{self._files}/{quote(path)}", most)
        except TelegramError as error:
            result = outcome(error)
            return TryAgain(result.why, result.after) if isinstance(result, TryAgain) else result

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        """Set the menu of one chat or one member in it; without commands the default shows again."""

        async def work() -> None:
            native = need(chat.native)
            scope: BotCommandScope = BotCommandScopeChat(native)
            if member is not None and isinstance(chat, GroupAddress):
                scope = BotCommandScopeChatMember(native, need(member))
            await self._set_menu(scope, commands, None)

        return await tried(work)

    async def _set_menu(
        self, scope: BotCommandScope, commands: Sequence[tuple[str, str]], language: str | None
    ) -> None:
        # Telegram refuses the whole list for one name that is twice in it or not a-z, 0-9 and _
        fit = {
            name: brief(what.strip() or name, DESCRIPTION)
            for name, what in commands
            if COMMAND.fullmatch(name)
        }
        if fit:
            await self._bot.set_my_commands(list(fit.items())[:COMMANDS_MOST], scope, language)
        else:
            await self._bot.delete_my_commands(scope, language)
