"""Whatever anybody does in whatever order, no word of criticism reaches a group, nor a log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.platforms.web import BOT, Shown, WebChat
from bot.ports import Failure, Outcome, Refused, TryAgain
from classroom.events import Attachment, Right, Sender, SenderKind
from storage.database import open_database
from tests.conftest import FreshDatabase
from tests.leaks import EavesdroppedWorld, every_log_line
from tests.ready import ReadyClass, ready_class
from tests.scenario.conftest import KEY, migrate

MARK = "夜莺"  # a word that nothing else says; every criticism here holds it
SPELLINGS = (
    "/concern {who} {text}",
    "/私聊{who}{text}",
    "、沟通 {who} {text}",
    "／私信：{who}，{text}",
    "/ concern  {who} {text}",
    "/cocnern {who} {text}",
    "/concern@class_bot {who}{text}",
    "@class_bot /concern {who} {text}",
    "各位好\n/私聊 {who} {text}",
    "//私聊{who} {text}",
    "/ＣＯＮＣＥＲＮ　{who}　{text}",
    "/concern {text}",
)
TEXTS = (
    f"今天{MARK}三次没有带本子",
    f"<b>{MARK}</b> & *没写完*",
    f"推了韩梅梅，{MARK}，老师很着急",
    f"事实：{MARK}。影响：跟不上。建议：一起收书包。",
    f"{MARK}" + "他上课一直讲话，" * 260 + MARK,
)
NAMES = ("李雷", "张小明", "赵一", "李磊", "李雷、韩梅梅", "")
FAILURES: tuple[Outcome, ...] = (
    TryAgain("timeout", uncertain=True),
    TryAgain("flood", after=1.0),
    Refused(Failure.BLOCKED),
    Refused(Failure.NEVER_STARTED),
    Refused(Failure.NOT_ALLOWED),
    Refused(Failure.TOO_OLD),
    Refused(Failure.LEAK),
    Refused(Failure.REFUSED),
)
CALLS = ("delete", "tell", "post", "edit", "pin")
# no /praise: what a teacher praises with goes to the group because the teacher wants it to
PRIVATE_WORDS = (*SPELLINGS, "{text}", "{who}", "/concern list", "/help", "/start", "/me", "/roster")

words = st.builds(
    lambda form, who, text: form.format(who=who, text=text),
    st.sampled_from(SPELLINGS),
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
)
private_words = st.builds(
    lambda form, who, text: form.format(who=who, text=text),
    st.sampled_from(PRIVATE_WORDS),
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
)
someone = st.integers(0, 9)
some = st.integers(0, 10_000)


@dataclass
class Play:
    """One evening in the class: hands for Hypothesis to move."""

    world: EavesdroppedWorld
    ready: ReadyClass
    typed: list[Shown] = field(default_factory=list)
    could_not_delete: bool = False

    @property
    def cast(self) -> list[Sender]:
        """Every role: teachers, committee, parents, a stranger, and two who are nobody."""
        ready = self.ready
        people = (ready.teacher, ready.subject_teacher, ready.committee, ready.mothers["李雷"])
        more = (ready.fathers["李雷"], ready.mothers["韩梅梅"], ready.mothers["赵一"], ready.stranger)
        return [
            *(user.sender for user in (*people, *more)),
            Sender("1087968824", "Group", kind=SenderKind.ANONYMOUS_ADMIN),
            Sender("-1009", "频道", kind=SenderKind.CHANNEL),
        ]

    async def in_group(self, who: int, text: str, album: bool, quoting: int | None) -> None:
        """Somebody types a concern into the group, perhaps quoting something."""
        seen = self.world.group.visible
        quoted = seen[quoting % len(seen)] if quoting is not None and seen else None
        files = [Attachment("photo", "p1")] if album else []
        name = f"album{who}" if album else None
        self.typed.append(
            self.world.platform.say(
                self.cast[who], self.world.group, text, reply_to=quoted, attachments=files, album=name
            )
        )

    async def chats(self, who: int, quoting: int | None) -> None:
        """Somebody says something harmless in the group, perhaps under a criticism."""
        seen = self.world.group.visible
        quoted = seen[quoting % len(seen)] if quoting is not None and seen else None
        self.world.platform.say(self.cast[who], self.world.group, "收到，谢谢老师", reply_to=quoted)

    async def edits(self, who: int, text: str) -> None:
        """Somebody edits an own message into a concern."""
        sender = self.cast[who]
        own = [m for m in self.world.group.messages if m.by == sender.native]
        if own:
            self.world.platform.edit_own(sender, self.world.group, own[-1], text)
            self.typed.append(own[-1])

    async def in_private(self, who: int, text: str) -> None:
        """Somebody writes to the bot."""
        sender = self.cast[who % 8]
        self.world.platform.say(sender, self.world.platform.private(sender), text)

    async def goes_its_way(self, who: int, text: str, until: int) -> None:
        """A concern as it should go, broken off somewhere: drafted, sent, answered, answered again."""
        teacher, mother = self.cast[who % 2], self.cast[3]
        for label, sender, said in (
            ("", teacher, f"/concern 李雷 {text}"),
            ("发送", teacher, ""),
            ("回复", mother, ""),
            ("", mother, f"{MARK}，我们知道了"),
            ("回复", teacher, ""),
            ("", teacher, f"{MARK}，谢谢您"),
            ("知道了", mother, ""),
        )[:until]:
            await self.world.settle()
            chat = self.world.platform.private(sender)
            if said:
                self.world.platform.say(sender, chat, said)
            shown = next((m for m in reversed(chat.visible) if label and _has(m, label)), None)
            if shown:
                self.world.platform.press(sender, chat, shown, label)

    async def presses(self, who: int, which: int, in_group: bool) -> None:
        """Anybody presses any button that was ever shown anywhere."""
        shown = [
            (chat, m, key)
            for chat in self.world.platform.chats.values()
            for m in chat.messages
            if m.by == BOT
            for key in m.keys
            if key.token
        ]
        if not shown:
            return
        owner, message, key = shown[-1 - which % len(shown)]
        sender = self._owner(owner) if which % 3 else self.cast[who % 8]
        chat = self.world.group if in_group else self.world.platform.private(sender)
        self.world.platform.press_token(sender, chat, key.token or "", message.ref)

    def _owner(self, chat: WebChat) -> Sender:
        return self.world.platform.people.get(chat.native, self.cast[0])

    async def fails(self, call: str, outcome: int) -> None:
        """The platform will refuse the next call of a kind."""
        if call == "delete" and isinstance(FAILURES[outcome], Refused):
            self.could_not_delete = True
        self.world.platform.fail_next(call, FAILURES[outcome])

    async def rights(self, may_delete: bool) -> None:
        """An administrator changes what the bot may do."""
        self.could_not_delete = self.could_not_delete or not may_delete
        rights = frozenset(Right) if may_delete else frozenset({Right.PIN})
        self.world.platform.add_bot(self.cast[0], self.world.group, rights)

    async def blocks(self, who: int, blocked: bool) -> None:
        """Somebody shuts the private door, or opens it."""
        self.world.platform.block(self.cast[who % 8], blocked)

    async def time_passes(self, hours: int) -> None:
        """Into the night, over a weekend, to the end of the term."""
        await self.world.settle()
        await self.world.later(hours=hours)

    async def restarts(self) -> None:
        """The process dies with whatever it was doing, and another goes on."""
        await self.world.platform.hand_over(self.world.app.intake.door_of("web"))
        await self.world.app.dispatcher.run_once()
        await self.world.restart()

    async def again(self, which: int) -> None:
        """The platform sends an update a second time."""
        if self.world.platform.waiting:
            waiting = self.world.platform.waiting
            self.world.platform.redeliver(waiting[which % len(waiting)])

    async def rests(self) -> None:
        """All that can happen now happens."""
        await self.world.settle()

    async def ends(self) -> None:
        """Let everything come to its end, failures included."""
        self.world.platform.failing.clear()
        for _ in range(3):
            await self.world.settle()
            await self.world.later(minutes=6)

    def left_in_group(self) -> list[str]:
        """Criticism that still stands in the group."""
        return [m.text for m in self.world.group.visible if MARK in m.text]


def _has(shown: Shown, label: str) -> bool:
    return any(k.label.startswith(label) for k in shown.keys)


Step = Callable[[Play], Coroutine[None, None, None]]
maybe = st.none() | some
steps = st.one_of(
    st.builds(lambda *a: lambda p: p.in_group(*a), someone, words, st.booleans(), maybe),
    st.builds(lambda *a: lambda p: p.in_group(*a), someone, words, st.just(value=False), st.none()),
    st.builds(lambda *a: lambda p: p.chats(*a), someone, maybe),
    st.builds(lambda *a: lambda p: p.goes_its_way(*a), someone, st.sampled_from(TEXTS), st.integers(2, 7)),
    st.builds(lambda *a: lambda p: p.edits(*a), someone, words),
    st.builds(lambda *a: lambda p: p.in_private(*a), st.sampled_from((0, 0, 1, 3, 4, 6, 7)), private_words),
    st.builds(lambda *a: lambda p: p.presses(*a), someone, some, st.booleans()),
    st.builds(lambda *a: lambda p: p.presses(*a), someone, some, st.just(value=False)),
    st.builds(lambda *a: lambda p: p.fails(*a), st.sampled_from(CALLS), st.integers(0, len(FAILURES) - 1)),
    st.builds(lambda a: lambda p: p.rights(a), st.booleans()),
    st.builds(lambda *a: lambda p: p.blocks(*a), someone, st.booleans()),
    st.builds(lambda a: lambda p: p.time_passes(a), st.sampled_from((1, 11, 60, 24 * 70))),
    st.builds(lambda a: lambda p: p.again(a), some),
    st.just(Play.restarts),
    st.just(Play.rests),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(evening=st.lists(steps, min_size=8, max_size=14))
def test_no_word_of_criticism_reaches_a_group_or_a_log(
    fresh_database: FreshDatabase, tmp_path: Path, evening: list[Step]
) -> None:
    with every_log_line() as lines:
        database = open_database(fresh_database("sqlite", migrate), KEY)
        try:
            play = asyncio.run(_played(EavesdroppedWorld(database), evening))
        finally:
            database.close()
    assert MARK not in play.world.said_in_groups()
    if not play.could_not_delete:
        assert play.left_in_group() == []
    assert not any(MARK in line for line in lines)


async def _played(world: EavesdroppedWorld, evening: list[Step]) -> Play:
    play = Play(world, await ready_class(world))
    for step in evening:
        await step(play)
    await play.ends()
    return play


def test_the_evening_can_find_a_leak(fresh_database: FreshDatabase) -> None:
    """The ears hear: a criticism that is in a group, or in a log, is noticed."""
    with every_log_line() as lines:
        database = open_database(fresh_database("sqlite", migrate), KEY)
        world = EavesdroppedWorld(database)
        world.platform.say(world.someone("1", "王老师").sender, world.group, f"今天{MARK}了")
        world.ears.public.append(MARK)
        play = Play(world, asyncio.run(ready_class(world)))
        database.close()
    assert play.left_in_group() and MARK in world.said_in_groups() and lines
