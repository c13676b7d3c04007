"""Telegram's people, around the stand-in for its server over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from bot.ports import Platform
from classroom.events import Right
from tests.botapi import BotApiServer, Chat, Message, Press, Shown, User
from tests.botapi.jsons import obj, text
from tests.contract.driver import ALL_RIGHTS, EVERYTHING, RETRY_AFTER, Parcel, Saying, Seen, Stage, Trouble
from tests.contract.kit import Door

ADMINISTRATOR = {
    Right.DELETE: "can_delete_messages",
    Right.RESTRICT: "can_restrict_members",
    Right.PIN: "can_pin_messages",
    Right.TAG: "can_manage_tags",
}


class TelegramDriver:
    """People of the stand-in; the server is shared, the people and groups are this driver's own."""

    able = frozenset(EVERYTHING)
    cannot: Mapping[str, str] = {}
    busy_for = RETRY_AFTER

    def __init__(self, server: BotApiServer, platform: TelegramPlatform) -> None:
        self._server = server
        self._world = server.world
        self._days = 0.0
        self._presses: dict[str, Press] = {}
        self.platform: Platform = platform
        self.secrets = (server.token, server.token.partition(":")[2])
        self._world.updates.pending.clear()
        self._world.bots_see_bots = True

    def person(self, name: str) -> str:
        return str(self._world.user(name).id)

    def other_bot(self, name: str) -> str:
        return str(self._world.user(name, "another_bot", is_bot=True).id)

    def channel(self, title: str, owner: str) -> str:
        return str(self._world.channel(title, self._user(owner)).id)

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        group = self._world.group(title, self._user(owner), supergroup=not can_move)
        self._world.populate(group, *(self._user(who) for who in members))
        self._world.add_bot(group, [ADMINISTRATOR[right] for right in rights])
        return str(group.id)

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        self._world.promote_bot(self._chat(group), [ADMINISTRATOR[right] for right in rights])

    def remove_bot(self, group: str, owner: str) -> None:
        self._world.remove_bot(self._chat(group))

    def join(self, group: str, who: str) -> None:
        self._world.join(self._chat(group), self._user(who))

    def leave(self, group: str, who: str) -> None:
        self._world.leave(self._chat(group), self._user(who))

    def migrate(self, group: str) -> str:
        return str(self._world.migrate(self._chat(group)).id)

    def open_door(self, who: str) -> None:
        self._world.start(self._user(who))

    def block(self, who: str) -> None:
        self._world.block(self._user(who))

    def unblock(self, who: str) -> None:
        self._world.unblock(self._user(who))

    def becomes_group(self, who: str) -> None:
        crowd = self._world.group("三年级2班", self._user(who))
        self._world.add_bot(crowd)
        self._world.chats[int(who)] = crowd

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        quoted = self._message(where, reply_to) if reply_to else None
        said = self._world.say(self._user(who), self._chat(where), text, reply_to=quoted, quote=quote)
        return str(said.id)

    def say_as_group(self, who: str, group: str, text: str) -> str:
        return str(self._world.say(self._user(who), self._chat(group), text, anonymous=True).id)

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        voice = self._world.chats[int(channel)]
        return str(self._world.say(self._user(who), self._chat(group), text, as_channel=voice).id)

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        user, chat = self._user(who), self._chat(where)
        if {file.kind for file in files} == {"photo"}:
            sent = self._world.send_photo(user, chat, [file.data for file in files], caption)
        else:
            assert len(files) == 1, "albums are of photos here"
            sent = [self._world.send_document(user, chat, files[0].filename, files[0].data, caption)]
        return tuple(str(message.id) for message in sent)

    def edit(self, where: str, ref: str, text: str) -> None:
        self._world.edit(self._message(where, ref), text)

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        press = self._world.press(self._user(who), self._message(where, ref), label)
        self._presses[press.id] = press
        return press.id

    def days_pass(self, days: float) -> None:
        self._days += days
        self._world.advance(days * 86400)

    def seen(self, where: str) -> list[Seen]:
        return [_seen(shown) for shown in self._world.transcript(self._chat(where))]

    def toast_of(self, callback: str) -> str | None:
        press = self._presses[callback]
        return press.toast if press.answered else None

    def muted(self, group: str, who: str) -> bool:
        member = self._world.member(self._chat(group), self._user(who))
        return member.status == "restricted" and member.permissions.get("can_send_messages") is not True

    def tag_of(self, group: str, who: str) -> str:
        return self._world.member(self._chat(group), self._user(who)).tag

    def menu_of(self, who: str, where: str) -> list[str]:
        return self._world.menu(self._user(who), self._user(who) if who == where else self._chat(where))

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        assert saying in Saying, "both are sendMessage here"
        if kind is Trouble.BUSY:
            self._server.faults.next("sendMessage", "429", retry_after=int(RETRY_AFTER))
        else:
            self._server.faults.next("sendMessage", "reset_after")

    def check(self) -> None:
        self._world.advance(-self._days * 86400)
        assert self._server.defects == []
        assert self._server.violations == []

    def _user(self, native: str) -> User:
        return self._world.users[int(native)]

    def _chat(self, native: str) -> Chat:
        found = self._world.chats.get(int(native))
        return found if found is not None else self._world.private(self._user(native))

    def _message(self, where: str, ref: str) -> Message:
        return self._chat(where).messages[int(ref)]


def _seen(shown: Shown) -> Seen:
    answered = shown.message.reply_to
    return Seen(
        str(shown.id),
        shown.by_bot,
        shown.text,
        tuple(label for row in shown.buttons for label in row),
        _files(shown.message),
        shown.deleted,
        shown.edited,
        shown.pinned,
        shown.protected,
        tuple(shown.reactions),
        str(answered.id) if answered is not None else None,
    )


def _files(message: Message) -> tuple[str, ...]:
    name = text(obj(message.content.get("document")), "file_name")
    return (name,) if name else ()


@contextlib.asynccontextmanager
async def telegram() -> AsyncIterator[Stage]:
    """One server and one open platform for all tests of a module."""
    with BotApiServer() as server:
        # patient: two processors are shared by many tests
        settings = TelegramSettings(
            server.token, api_root=server.url, poll_timeout=1, read_timeout=10.0, retry_first=0.02
        )
        platform = TelegramPlatform(settings, now=lambda: datetime.now(UTC))
        await platform.open()
        await _say_what_updates_are_wanted(server, platform)
        yield lambda: TelegramDriver(server, platform)
        await platform.close()


async def _say_what_updates_are_wanted(server: BotApiServer, platform: TelegramPlatform) -> None:
    """Fetch once, since Telegram sends changes of members only to whom has asked for them."""
    listener = asyncio.create_task(platform.listen(Door(platform)))
    await server.world.eventually(lambda: "chat_member" in server.world.updates.allowed)
    listener.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listener
