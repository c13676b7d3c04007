"""What the contract's tests share: the bot's hands, and the door where updates come in."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import NoReturn, TypeVar

import pytest
from markupsafe import escape

from bot import ports
from bot.ports import Done, Failure, Incoming, Key, Moved, Outcome, Refused, TryAgain
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError, DatabaseError
from classroom.events import Event, Json
from classroom.text import Label, PrivateText, PublicText
from tests.contract.driver import Driver, Seen

E = TypeVar("E")


class Bot:
    """Does what delivery would do, with words as people typed them; skips what is not declared."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.platform = driver.platform

    def to_group(self, group: str) -> GroupAddress:
        return GroupAddress(1, self.platform.name, group)

    def to_person(self, who: str) -> PersonAddress:
        return PersonAddress(2, self.platform.name, who)

    async def post(
        self, group: str, typed: str, *keys: Key, reply_to: str | None = None, files: Sequence[Enclosed] = ()
    ) -> Outcome:
        if not isinstance(self.platform, ports.PostsToGroup):
            self._lacks(ports.PostsToGroup)
        text = PublicText(str(escape(typed)))
        return await self.platform.post(self.to_group(group), text, keys, reply_to, files)

    async def tell(
        self, who: str, typed: str, *keys: Key, files: Sequence[Enclosed] = (), protect: bool = False
    ) -> Outcome:
        if not isinstance(self.platform, ports.TellsPeople):
            self._lacks(ports.TellsPeople)
        text = PrivateText(str(escape(typed)))
        return await self.platform.tell(self.to_person(who), text, keys, files, protect)

    async def edit_post(self, group: str, refs: Sequence[str], typed: str, *keys: Key) -> Outcome:
        if not isinstance(self.platform, ports.EditsPosts):
            self._lacks(ports.EditsPosts)
        return await self.platform.edit(self.to_group(group), refs, PublicText(str(escape(typed))), keys)

    async def edit_told(self, who: str, refs: Sequence[str], typed: str, *keys: Key) -> Outcome:
        if not isinstance(self.platform, ports.EditsPosts):
            self._lacks(ports.EditsPosts)
        return await self.platform.edit(self.to_person(who), refs, PrivateText(str(escape(typed))), keys)

    async def leak_by_post(self, group: str, typed: str) -> Outcome:
        """Do what a type checker forbids, as a plug-in that is not checked might."""
        if not isinstance(self.platform, ports.PostsToGroup):
            self._lacks(ports.PostsToGroup)
        unchecked: Callable[..., Awaitable[Outcome]] = self.platform.post
        return await unchecked(self.to_group(group), PrivateText(typed), (), None, ())

    async def leak_by_edit(self, group: str, refs: Sequence[str], typed: str) -> Outcome:
        if not isinstance(self.platform, ports.EditsPosts):
            self._lacks(ports.EditsPosts)
        return await self.platform.edit(self.to_group(group), refs, PrivateText(typed), ())

    async def delete(self, group: str, *refs: str) -> Outcome:
        if not isinstance(self.platform, ports.DeletesMessages):
            self._lacks(ports.DeletesMessages)
        return await self.platform.delete(self.to_group(group), refs)

    async def take_back(self, who: str, *refs: str) -> Outcome:
        if isinstance(self.platform, ports.TakesBack):
            return await self.platform.recall(self.to_person(who), refs)
        if not isinstance(self.platform, ports.DeletesMessages):
            self._lacks(ports.DeletesMessages)
        return await self.platform.delete(self.to_person(who), refs)

    async def pin(self, group: str, ref: str, on: bool = True) -> Outcome:
        if not isinstance(self.platform, ports.PinsPosts):
            self._lacks(ports.PinsPosts)
        return await self.platform.pin(self.to_group(group), ref, on)

    async def react(self, group: str, ref: str, emoji: str) -> Outcome:
        if not isinstance(self.platform, ports.Reacts):
            self._lacks(ports.Reacts)
        return await self.platform.react(self.to_group(group), ref, emoji)

    async def restrict(self, group: str, who: str, muted: bool, until: datetime | None = None) -> Outcome:
        if not isinstance(self.platform, ports.RestrictsMembers):
            self._lacks(ports.RestrictsMembers)
        return await self.platform.restrict(self.to_group(group), who, muted, until)

    async def tag(self, group: str, who: str, tag: str) -> Outcome:
        if not isinstance(self.platform, ports.SetsTags):
            self._lacks(ports.SetsTags)
        return await self.platform.tag(self.to_group(group), who, tag)

    async def toast(self, callback: str, text: str | None) -> Outcome:
        if not isinstance(self.platform, ports.AnswersPresses):
            self._lacks(ports.AnswersPresses)
        return await self.platform.toast(callback, Label(text) if text else None, False)

    async def member(self, group: str, who: str) -> Outcome:
        if not isinstance(self.platform, ports.KnowsMembers):
            self._lacks(ports.KnowsMembers)
        return await self.platform.member(self.to_group(group), who)

    async def rights(self, group: str) -> Outcome:
        if not isinstance(self.platform, ports.KnowsMembers):
            self._lacks(ports.KnowsMembers)
        return await self.platform.rights(self.to_group(group))

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        if not isinstance(self.platform, ports.FetchesFiles):
            self._lacks(ports.FetchesFiles)
        return await self.platform.fetch(ref, limit)

    async def menu(self, where: str, member: str | None, *commands: tuple[str, str]) -> Outcome:
        if not isinstance(self.platform, ports.ShowsMenus):
            self._lacks(ports.ShowsMenus)
        return await self.platform.menu(
            self.to_group(where) if member else self.to_person(where), member, commands
        )

    def _lacks(self, protocol: type[object]) -> NoReturn:
        assert protocol not in self.driver.able, f"{protocol.__name__} is declared and not there"
        pytest.skip(f"no {protocol.__name__}, and none pretended")


class Door:
    """A store that keeps what it is given, and fails when told to."""

    def __init__(self, platform: ports.Platform) -> None:
        self._platform = platform
        self.kept: dict[str, Incoming] = {}
        self.offered: list[str] = []
        self.fails = 0
        self._handed_out: set[str] = set()

    async def __call__(self, batch: Sequence[Incoming]) -> None:
        self.offered += [one.key for one in batch]
        if self.fails:
            self.fails -= 1
            raise DatabaseError("the disk is full")
        for one in batch:
            self.kept.setdefault(one.key, one)

    async def next(self, kind: type[E], seconds: float = 8.0) -> E:
        """The next event of a kind that was not given yet."""
        return self._event(await self.next_raw(kind, seconds), kind)

    async def next_raw(self, kind: type[object], seconds: float = 8.0) -> Incoming:
        """The same as it was handed over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for one in self.kept.values():
                if one.key not in self._handed_out and isinstance(self._platform.read(one.raw), kind):
                    self._handed_out.add(one.key)
                    return one
            await asyncio.sleep(0.005)
        raise AssertionError(f"no {kind.__name__} came in")

    async def until_offered(self, key: str, times: int, seconds: float = 8.0) -> None:
        deadline = time.monotonic() + seconds
        while self.offered.count(key) < times:
            assert time.monotonic() < deadline, f"{key} was offered {self.offered.count(key)} times"
            await asyncio.sleep(0.005)

    @property
    def events(self) -> list[Event | None]:
        return [self._platform.read(one.raw) for one in self.kept.values()]

    def _event(self, one: Incoming, kind: type[E]) -> E:
        event = self._platform.read(one.raw)
        assert isinstance(event, kind)
        return event


@contextlib.asynccontextmanager
async def listening(driver: Driver) -> AsyncIterator[Door]:
    """Let the platform hand over what people do."""
    door = Door(driver.platform)
    task = asyncio.create_task(driver.platform.listen(door))
    try:
        yield door
        assert not task.done(), "the platform has stopped listening"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConfigError):
            await task


def refs_of(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Done), outcome
    return outcome.refs


def answer_of(outcome: Outcome) -> dict[str, Json]:
    assert isinstance(outcome, Done), outcome
    assert isinstance(outcome.answer, dict)
    return outcome.answer


def failure_of(outcome: Outcome | bytes) -> Failure:
    assert isinstance(outcome, Refused), outcome
    return outcome.failure


def again_of(outcome: Outcome) -> TryAgain:
    assert isinstance(outcome, TryAgain), outcome
    return outcome


def moved_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Moved), outcome
    return outcome.new_native


def standing(driver: Driver, where: str) -> list[Seen]:
    """What the bot has said in a chat and can still be read."""
    return [seen for seen in driver.seen(where) if seen.by_bot and not seen.removed]


def one(driver: Driver, where: str, ref: str) -> Seen:
    return next(seen for seen in driver.seen(where) if seen.ref == ref)


def enclosed(kind: str, filename: str, data: bytes) -> Enclosed:
    return Enclosed(kind, filename, data=base64.b64encode(data).decode())
