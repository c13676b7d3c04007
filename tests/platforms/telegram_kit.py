"""What the tests of the Telegram platform share."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from bot.ports import Done, Incoming, Key, Outcome
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError, DatabaseError
from classroom.events import Event, Message
from classroom.text import PrivateText, PublicText
from tests.botapi import BotApiServer, Chat, User, World

PNG = b"\x89PNG\r\n\x1a\n and the rest"
PARAGRAPH = "今天春游，请穿校服。" * 40 + "\n\n"


def settings(server: BotApiServer) -> TelegramSettings:
    return TelegramSettings(
        server.token,
        api_root=server.url,
        poll_timeout=1,
        read_timeout=0.5,
        retry_first=0.02,
        retry_most=0.1,
    )


def to_group(chat: Chat, thread: str | None = None) -> GroupAddress:
    return GroupAddress(1, "telegram", str(chat.id), thread)


def to_person(user: User) -> PersonAddress:
    return PersonAddress(2, "telegram", str(user.id))


async def post(
    platform: TelegramPlatform,
    chat: Chat,
    body: str,
    *keys: Key,
    reply_to: str | None = None,
    files: Sequence[Enclosed] = (),
    thread: str | None = None,
) -> Outcome:
    return await platform.post(to_group(chat, thread), PublicText(body), keys, reply_to, files)


async def tell(
    platform: TelegramPlatform,
    user: User,
    body: str,
    *keys: Key,
    files: Sequence[Enclosed] = (),
    protect: bool = False,
) -> Outcome:
    return await platform.tell(to_person(user), PrivateText(body), keys, files, protect)


def done(outcome: Outcome) -> Done:
    assert isinstance(outcome, Done)
    return outcome


def texts(world: World, where: Chat | User) -> list[str]:
    return [shown.text for shown in world.transcript(where, deleted=False) if shown.by_bot]


def file(kind: str, name: str, data: bytes = PNG) -> Enclosed:
    return Enclosed(kind, name, data=base64.b64encode(data).decode())


@dataclass
class Memory:
    """A store that keeps what it is given, and may fail."""

    platform: TelegramPlatform
    kept: list[Incoming] = field(default_factory=list)
    fails: int = 0
    calls: int = 0

    async def __call__(self, batch: Sequence[Incoming]) -> None:
        self.calls += 1
        if self.fails:
            self.fails -= 1
            raise DatabaseError("the disk is full")
        self.kept += batch

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.kept]

    @property
    def events(self) -> list[Event | None]:
        return [self.platform.read(one.raw) for one in self.kept]

    @property
    def said(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Message)]


@contextlib.asynccontextmanager
async def listening(platform: TelegramPlatform, memory: Memory) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(platform.listen(memory))
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConfigError):
        await asyncio.wait_for(task, 1)
