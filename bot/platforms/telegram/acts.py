"""Keeping order in a group: delete, pin, react, mute, tag, and the answer to a press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from telegram import ChatPermissions

from bot.platforms.telegram.asks import Asks
from bot.platforms.telegram.compose import TOAST, brief, clean_tag
from bot.platforms.telegram.line import need, number, numbers, tried, worst
from bot.platforms.telegram.settings import TelegramSettings
from bot.ports import Done, Failure, Outcome, Refused
from classroom.addresses import GroupAddress, PersonAddress
from classroom.events import Json, Right
from classroom.text import Label

SLICE = 100
SHORTEST_MUTE = timedelta(seconds=60)


class Acts(Asks):
    """What the bot does to messages and members."""

    def __init__(self, settings: TelegramSettings, now: Callable[[], datetime]) -> None:
        """`now` tells whether a mute is still worth its while."""
        super().__init__(settings)
        self._now = now

    async def delete(self, chat: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
        """Delete messages; a refusal says whether the right is missing or the message too old."""
        native, ids = number(chat.native), numbers(refs)
        if native is None:
            return Refused(Failure.NOT_FOUND, "chat not found")
        slices = [ids[start : start + SLICE] for start in range(0, len(ids), SLICE)]
        result = worst([await self._delete(native, some) for some in slices])
        if isinstance(result, Refused) and result.failure is Failure.TOO_OLD:
            return await self._why_not(chat, result)
        return result

    async def _delete(self, chat: int, ids: Sequence[int]) -> Outcome:
        if len(ids) > 1:
            result = await tried(lambda: self._call("deleteMessages", chat_id=chat, message_ids=[*ids]))
            if not isinstance(result, Refused):
                return result
        # one that cannot be deleted must not save the others
        return worst([await self._delete_one(chat, one) for one in ids])

    async def _delete_one(self, chat: int, one: int) -> Outcome:
        return await tried(lambda: self._call("deleteMessage", chat_id=chat, message_id=one))

    async def _why_not(self, chat: GroupAddress | PersonAddress, result: Refused) -> Outcome:
        """Telegram has one sentence for both reasons; the bot's rights tell them apart."""
        if isinstance(chat, PersonAddress):
            return result
        allowed = await self._my_rights(chat)
        if allowed is None or Right.DELETE in allowed:
            return result
        return Refused(Failure.NOT_ALLOWED, result.detail)

    async def pin(self, chat: GroupAddress, ref: str, on: bool) -> Outcome:
        """Pin without a sound, or unpin."""
        if on:
            return await tried(
                lambda: self._bot.pin_chat_message(need(chat.native), need(ref), disable_notification=True)
            )
        return await tried(lambda: self._bot.unpin_chat_message(need(chat.native), need(ref)))

    async def react(self, chat: GroupAddress | PersonAddress, ref: str, emoji: str) -> Outcome:
        """React with one emoji; without any, take the reaction back."""
        sign = emoji.replace("\ufe0f", "")  # Telegram lists its reactions without the selector
        signs: list[Json] = [{"type": "emoji", "emoji": sign}] if sign else []
        return await tried(
            lambda: self._call(
                "setMessageReaction",
                chat_id=need(chat.native),
                message_id=need(ref),
                reaction=signs,
            )
        )

    async def restrict(self, chat: GroupAddress, member: str, muted: bool, until: datetime | None) -> Outcome:
        """Mute until then, or unmute; a mute whose end has passed meanwhile is over before it begins."""
        now = self._now()
        if muted and until is not None and until <= now:
            return Done()
        # Telegram takes less than 30 seconds for "for ever"
        end = max(until, now + SHORTEST_MUTE) if muted and until is not None else None
        allowed = ChatPermissions.no_permissions() if muted else ChatPermissions.all_permissions()
        return await tried(
            lambda: self._bot.restrict_chat_member(
                need(chat.native),
                need(member),
                allowed,
                until_date=end,
                use_independent_chat_permissions=True,
            )
        )

    async def tag(self, chat: GroupAddress, member: str, tag: str) -> Outcome:
        """Set a member's tag as far as Telegram takes it (16 characters, no emoji); empty takes it off."""
        return await tried(
            lambda: self._bot.set_chat_member_tag(need(chat.native), need(member), clean_tag(tag))
        )

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Show a short line to the one who pressed."""
        line = brief(text.text, TOAST) if text is not None else None
        return await tried(
            lambda: self._call(
                "answerCallbackQuery", callback_query_id=callback, text=line, show_alert=alert or None
            )
        )
