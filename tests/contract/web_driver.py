"""The people of our own messenger, and a platform that can hardly do anything."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot import ports
from bot.platforms.web import BOT, Shown, WebChat, WebPlatform
from bot.ports import Key, Outcome, Platform, Store, TryAgain
from classroom.addresses import ChatKind, PersonAddress
from classroom.effects import Enclosed
from classroom.events import Event, Right, Sender, SenderKind
from classroom.text import PrivateText, PublicText
from tests.contract.driver import ALL_RIGHTS, EVERYTHING, RETRY_AFTER, Parcel, Saying, Seen, Stage, Trouble

TWO_DAYS = timedelta(days=2)


class TalksOnly:
    """A platform that can only tell people, as a public account is: it shows that nothing is pretended."""

    def __init__(self, whole: WebPlatform) -> None:
        self._whole = whole
        self.name = whole.name
        self.mention = whole.mention

    async def open(self) -> None:
        await self._whole.open()

    async def listen(self, store: Store) -> None:
        await self._whole.listen(store)

    async def close(self) -> None:
        await self._whole.close()

    def read(self, raw: bytes) -> Event | None:
        return self._whole.read(raw)

    def start_link(self, payload: str) -> str:
        return self._whole.start_link(payload)

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        return await self._whole.tell(to, text, keys, files, protect)


class WebDriver:
    """People of our own messenger; `talks_only` hides from the tests what it could do besides."""

    secrets = ()
    cannot: Mapping[str, str] = {}
    busy_for = RETRY_AFTER

    def __init__(self, talks_only: bool = False) -> None:
        self._later = timedelta()
        self._numbers = itertools.count(1)
        self.web = WebPlatform(lambda: datetime.now(UTC) + self._later)
        self.web.oldest = TWO_DAYS
        self.platform: Platform = TalksOnly(self.web) if talks_only else self.web
        self.able = frozenset({ports.TellsPeople}) if talks_only else frozenset(EVERYTHING)

    def person(self, name: str) -> str:
        return self.web.person(str(next(self._numbers)), name).native

    def other_bot(self, name: str) -> str:
        native = self.person(name)
        self.web.people[native] = Sender(native, name, kind=SenderKind.BOT)
        return native

    def channel(self, title: str, owner: str) -> str:
        native = f"-200{next(self._numbers)}"
        self.web.people[native] = Sender(native, title, kind=SenderKind.CHANNEL)
        return native

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        chat = self.web.group(f"-100{next(self._numbers)}", title)
        chat.members |= {owner, *members}
        chat.admins.add(owner)
        self.web.add_bot(self.web.people[owner], chat, rights)
        return chat.native

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        self.web.add_bot(self.web.people[owner], self._chat(group), rights)

    def remove_bot(self, group: str, owner: str) -> None:
        self.web.remove_bot(self.web.people[owner], self._chat(group))

    def join(self, group: str, who: str) -> None:
        self.web.join(self.web.people[who], self._chat(group))

    def leave(self, group: str, who: str) -> None:
        self.web.leave(self.web.people[who], self._chat(group))

    def migrate(self, group: str) -> str:
        return self.web.migrate(self._chat(group), f"-100{next(self._numbers)}").native

    def open_door(self, who: str) -> None:
        self.say(who, who, "/start")

    def block(self, who: str) -> None:
        self.web.block(self.web.people[who])

    def unblock(self, who: str) -> None:
        self.web.block(self.web.people[who], False)

    def becomes_group(self, who: str) -> None:
        self.web.chats[who] = WebChat(who, ChatKind.GROUP)

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        chat = self._chat(where)
        quoted = self._shown(chat, reply_to) if reply_to else None
        return self.web.say(self.web.people[who], chat, text, reply_to=quoted, quote=quote).ref

    def say_as_group(self, who: str, group: str, text: str) -> str:
        chat = self._chat(group)
        return self.web.say(Sender(group, chat.title, kind=SenderKind.ANONYMOUS_ADMIN), chat, text).ref

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        return self.web.say(self.web.people[channel], self._chat(group), text).ref

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        album = f"album{next(self._numbers)}" if len(files) > 1 else None
        sent = [
            self.web.say(
                self.web.people[who],
                self._chat(where),
                caption if place == 0 else "",
                attachments=[self.web.file(file.data, file.filename, file.kind)],
                album=album,
            )
            for place, file in enumerate(files)
        ]
        return tuple(shown.ref for shown in sent)

    def edit(self, where: str, ref: str, text: str) -> None:
        chat = self._chat(where)
        shown = self._shown(chat, ref)
        self.web.edit_own(self.web.people[shown.by], chat, shown, text)

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        chat = self._chat(where)
        return self.web.press(self.web.people[who], chat, self._shown(chat, ref), label)

    def days_pass(self, days: float) -> None:
        self._later += timedelta(days=days)

    def seen(self, where: str) -> list[Seen]:
        return [
            Seen(
                shown.ref,
                shown.by == BOT,
                shown.text,
                tuple(key.label for key in shown.keys),
                shown.files,
                shown.removed,
                shown.edited,
                shown.pinned and not shown.removed,
                shown.protected,
                tuple(shown.reactions),
                shown.reply_to,
            )
            for shown in self._chat(where).messages
        ]

    def toast_of(self, callback: str) -> str | None:
        return self.web.answered.get(callback)

    def muted(self, group: str, who: str) -> bool:
        return who in self._chat(group).muted

    def tag_of(self, group: str, who: str) -> str:
        return self._chat(group).tags.get(who, "")

    def menu_of(self, who: str, where: str) -> list[str]:
        found = self.web.menus.get((where, None if who == where else who), ())
        return [name for name, _ in found]

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        if kind is Trouble.BUSY:
            self.web.fail_next(saying, TryAgain("busy", after=RETRY_AFTER))
        else:
            self.web.break_next(saying)

    def check(self) -> None:
        """Nothing to look at: it has no opinion on how it is asked."""

    def _chat(self, native: str) -> WebChat:
        found = self.web.chats.get(native)
        return found if found is not None else self.web.private(self.web.people[native])

    def _shown(self, chat: WebChat, ref: str) -> Shown:
        return next(shown for shown in chat.messages if shown.ref == ref)


@contextlib.asynccontextmanager
async def web() -> AsyncIterator[Stage]:
    """Nothing to share."""
    yield WebDriver


@contextlib.asynccontextmanager
async def talks_only() -> AsyncIterator[Stage]:
    """Nothing to share."""
    yield lambda: WebDriver(talks_only=True)
