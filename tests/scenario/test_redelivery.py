"""An update that comes a second time, at whatever time, changes nothing."""

from __future__ import annotations

from bot.app import App
from bot.limits import Limits
from bot.ports import Incoming
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

NO_LIMITS = Limits(0, 0, 3, 0)


class Twice:
    """Keeps every update the platform ever handed over, and lets it send all of them again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: list[Incoming] = []

    async def settle(self) -> None:
        """Let things happen while listening in."""
        self.seen += [u for u in self.world.platform.waiting if u not in self.seen]
        await self.world.settle()

    async def again(self, *, restarted: bool = False) -> None:
        """All that ever came comes again; with `restarted`, to a program that has forgotten everything."""
        if restarted:
            self.world.app = App(
                self.world.database,
                [self.world.platform],
                now=self.world.now,
                clock=self.world.clock,
                limits={"web": NO_LIMITS},
            )
        before = self.visible()
        calls = len(self.world.platform.calls)
        for update in self.seen:
            self.world.platform.redeliver(update)
        await self.world.settle()
        assert self.visible() == before
        assert len(self.world.platform.calls) == calls

    def visible(self) -> list[str]:
        """Everything anybody can see."""
        return [
            f"{native} {m.ref} {m.text} {m.removed} {m.edited} {[k.label for k in m.keys]}"
            for native, chat in sorted(self.world.platform.chats.items())
            for m in chat.messages
        ]


async def act(world: World, ready: ReadyClass, twice: Twice) -> None:
    """A morning: praise, a concern typed in the group and sent, an answer, shaming held back, a binding."""
    teacher, mother = ready.teacher, ready.mothers["李雷"]
    say = world.platform.say
    say(teacher.sender, world.group, "/表扬 李雷 接力第一名")
    await twice.settle()
    await twice.again()
    say(teacher.sender, world.group, "/私聊李雷今天没带作业本")
    await twice.settle()
    await twice.again()
    await _press(twice, teacher, "发送")
    await twice.again(restarted=True)
    await _press(twice, mother, "回复")
    say(mother.sender, mother.private, "知道了，谢谢老师")
    await twice.settle()
    await twice.again()
    say(teacher.sender, world.group, "未交作业：李雷、韩梅梅")
    await twice.settle()
    await twice.again(restarted=True)


async def _press(twice: Twice, user: User, label: str) -> None:
    shown = next(m for m in reversed(user.inbox) if any(k.label.startswith(label) for k in m.keys))
    twice.world.platform.press(user.sender, user.private, shown, label)
    await twice.settle()


async def test_a_morning_redelivered_at_every_turn(world: World) -> None:
    ready = await ready_class(world)
    await act(world, ready, Twice(world))
    mother = ready.mothers["李雷"]
    assert sum("没带作业本" in m.text for m in mother.inbox) == 1
    assert sum("接力第一名" in t for t in world.texts() if "点赞" in t) == 1
