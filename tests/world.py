"""A school class on the messenger in memory, for scenarios in the users' words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app import App
from bot.limits import Limits
from bot.platforms.web import BOT, Shown, WebChat, WebPlatform
from classroom.events import Attachment, Right, Sender
from handlers.room import Defaults
from storage.database import Database

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai
ALL_RIGHTS = frozenset(Right)
UNLIMITED = {"web": Limits(0, 0, 0, 0)}  # the limits count real seconds, which a test has no time for


class World:
    """The app on a messenger in memory with a clock that only the test moves."""

    def __init__(self, database: Database, defaults: Defaults | None = None) -> None:
        self.time = START
        self.platform = WebPlatform(self.now)
        self.database = database
        self.app = App(
            database, [self.platform], defaults=defaults, limits=UNLIMITED, now=self.now, clock=self.clock
        )
        self.group = self.platform.group("-100", "三年级2班")

    def now(self) -> datetime:
        return self.time

    def clock(self) -> float:
        return self.time.timestamp()

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        store = self.app.intake.door_of(self.platform.name)
        while await self.platform.hand_over(store) or await self.app.step() or self.app.delivery.under_way:
            pass

    async def later(self, **delta: float) -> None:
        """Turn the clock forward and let what is due happen."""
        self.time += timedelta(**delta)
        await self.app.tick()
        await self.settle()

    async def until(self, hour: int, minute: int = 0) -> None:
        """Turn the clock to the next time of day in Shanghai."""
        local = self.time.astimezone(self.app_zone)
        target = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if target <= local:
            target += timedelta(days=1)
        self.time = target.astimezone(UTC)
        await self.app.tick()
        await self.settle()

    @property
    def app_zone(self) -> ZoneInfo:
        return ZoneInfo("Asia/Shanghai")

    def someone(self, native: str, name: str, language: str = "zh") -> User:
        """A person, whether in the group or not."""
        return User(self, self.platform.person(native, name, language=language))

    def texts(self) -> list[str]:
        """All that can be read in the group, oldest first."""
        return [m.text for m in self.group.visible]

    def posted(self) -> list[Shown]:
        """What the bot has posted in the group and is still there."""
        return [m for m in self.group.visible if m.by == BOT]


class User:
    """One person's hands and eyes."""

    def __init__(self, world: World, sender: Sender) -> None:
        self.world = world
        self.sender = sender

    @property
    def private(self) -> WebChat:
        """The conversation with the bot."""
        return self.world.platform.private(self.sender)

    @property
    def inbox(self) -> list[Shown]:
        """What the bot has told this person and is still there."""
        return [m for m in self.private.visible if m.by == BOT]

    @property
    def heard(self) -> str:
        """All that the bot has told this person, in one text."""
        return "\n".join(m.text for m in self.inbox)

    @property
    def last(self) -> Shown:
        """The newest thing the bot told."""
        return self.inbox[-1]

    @property
    def last_words(self) -> Shown:
        """The newest thing the bot told that is no picture."""
        return [m for m in self.inbox if not m.files][-1]

    async def in_group(
        self,
        text: str,
        *,
        reply_to: Shown | None = None,
        files: Iterable[Attachment] = (),
        chat: WebChat | None = None,
    ) -> Shown:
        """Write in the group and let things happen."""
        shown = self.world.platform.say(
            self.sender, chat or self.world.group, text, reply_to=reply_to, attachments=tuple(files)
        )
        await self.world.settle()
        return shown

    async def in_private(
        self, text: str, *, files: Iterable[Attachment] = (), reply_to: Shown | None = None
    ) -> Shown:
        """Write to the bot and let things happen."""
        shown = self.world.platform.say(
            self.sender, self.private, text, attachments=tuple(files), reply_to=reply_to
        )
        await self.world.settle()
        return shown

    async def press(self, label: str, *, where: WebChat | None = None, on: Shown | None = None) -> str:
        """Press the newest button that begins with `label`; gives the toast."""
        chat = where or self.private
        shown = on or next(
            m for m in reversed(chat.visible) if any(k.label.startswith(label) for k in m.keys)
        )
        before = len(self.world.platform.toasts)
        self.world.platform.press(self.sender, chat, shown, label)
        await self.world.settle()
        toasts = self.world.platform.toasts[before:]
        return toasts[-1][1] if toasts else ""

    async def edits(self, shown: Shown, text: str, *, chat: WebChat | None = None) -> None:
        """Edit an own message."""
        self.world.platform.edit_own(self.sender, chat or self.world.group, shown, text)
        await self.world.settle()

    def buttons(self) -> list[str]:
        """The labels under the newest message that has any."""
        shown = next((m for m in reversed(self.inbox) if m.keys), None)
        return [k.label for k in shown.keys] if shown else []
