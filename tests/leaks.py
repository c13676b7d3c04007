"""Ears on the walls: everything that the bot ever puts into a group, and every line that is logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlmodel import select
from structlog.typing import EventDict, WrappedLogger

from bot.app import App
from bot.platforms.web import BOT, WebPlatform
from bot.ports import Key, Outcome
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.text import Label, PrivateText, PublicText
from storage.database import Database
from storage.tables import DeliveryRow
from tests.world import UNLIMITED, World


class EavesdroppedPlatform(WebPlatform):
    """A fake platform that keeps whatever is shown in a group, even what is edited or deleted later."""

    def __init__(self, world: World) -> None:
        super().__init__(world.now)
        self.public: list[str] = []
        self.pressed_in: dict[str, str] = {}

    def _is_group(self, chat: GroupAddress | PersonAddress) -> bool:
        known = self.chats.get(chat.native)
        return isinstance(chat, GroupAddress) or (known is not None and known.kind is ChatKind.GROUP)

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        self.public += [text.body, *(k.label for k in keys), *(k.payload or "" for k in keys)]
        self.public += [f.filename for f in files]
        return await super().post(to, text, keys, reply_to, files)

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        if self._is_group(chat):
            self.public += [text.body, *(k.label for k in keys)]
        return await super().edit(chat, refs, text, keys)

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        if self._is_group(to):
            self.public.append(text.body)
        self.public += [k.label for k in keys]  # a label is never private words, wherever it stands
        return await super().tell(to, text, keys, files, protect)

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        self.public.append(text.text if text else "")
        return await super().toast(callback, text, alert)

    async def tag(self, chat: GroupAddress, member: str, tag: str) -> Outcome:
        self.public.append(tag)
        return await super().tag(chat, member, tag)

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        self.public += [word for pair in commands for word in pair]
        return await super().menu(chat, member, commands)


class EavesdroppedWorld(World):
    """A class whose group is listened to."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ears = EavesdroppedPlatform(self)
        self.platform = self.ears
        self.app = App(database, [self.platform], limits=UNLIMITED, now=self.now, clock=self.clock)
        self.group = self.platform.group("-100", "三年级2班")

    async def restart(self) -> None:
        """Let a new process go on with the same database."""
        self.app = App(self.database, [self.platform], limits=UNLIMITED, now=self.now, clock=self.clock)
        await self.app.open()
        await self.settle()

    def said_in_groups(self) -> str:
        """All that the bot has ever put into a group, with what it shows now."""
        shown = [
            part
            for chat in self.platform.chats.values()
            if chat.kind is ChatKind.GROUP
            for m in chat.messages
            if m.by == BOT
            for part in (m.text, *(k.label for k in m.keys), *m.files)
        ]
        return "\n".join([*self.ears.public, *shown, *self.group.tags.values(), *self._in_pictures()])

    def _in_pictures(self) -> list[str]:
        """The words in pictures that groups were shown, which nobody can read back out of them."""
        with self.database.transaction() as records:
            rows = records.exec(
                select(DeliveryRow).where(DeliveryRow.chat_kind == ChatKind.GROUP.value)
            ).all()
            return [row.payload for row in rows if row.payload and '"scene"' in row.payload]


def shown_in(world: World) -> str:
    """All that can be read in any group now, of the bot's or of anybody's."""
    return "\n".join(
        part
        for chat in world.platform.chats.values()
        if chat.kind is ChatKind.GROUP
        for m in chat.visible
        for part in (m.text, *(k.label for k in m.keys), *m.files, *m.reactions)
    )


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_info or ''} {record.stack_info or ''}")


@contextmanager
def every_log_line() -> Iterator[list[str]]:
    """Whatever is logged at any level, by us (structlog) or by a library (logging)."""
    handler = _Lines()
    root = logging.getLogger()
    level, disabled = root.level, logging.root.manager.disable
    config = structlog.get_config()

    def keep(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        handler.lines.append(repr(event))
        raise structlog.DropEvent

    logging.disable(logging.NOTSET)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(
        processors=[structlog.processors.format_exc_info, keep],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    try:
        yield handler.lines
    finally:
        structlog.configure(**config)
        root.removeHandler(handler)
        root.setLevel(level)
        logging.disable(disabled)
