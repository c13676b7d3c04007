"""Criticism goes to one child's guardians, in private, when the teacher says so."""

from tests.ready import ReadyClass, ready_class
from tests.world import World

WORDS = "今天三科作业本都没有带。"


async def drafted(world: World, text: str = WORDS, name: str = "李雷") -> ReadyClass:
    """A class whose teacher has a draft about 李雷 before her."""
    ready = await ready_class(world)
    await ready.teacher.in_private(f"/concern {name} {text}")
    return ready


async def test_a_concern_goes_to_the_parents_of_that_child_and_to_nobody_else(world: World) -> None:
    ready = await drafted(world)
    assert "☑ 李雷妈妈" in ready.teacher.buttons() and "☑ 李雷爸爸" in ready.teacher.buttons()
    await ready.teacher.press("发送")
    for parent in (ready.mothers["李雷"], ready.fathers["李雷"]):
        assert WORDS in parent.last.text and parent.last.protected
        assert parent.last.text.startswith("老师给您的留言\n")
        assert parent.buttons() == ["知道了", "约时间聊聊", "回复"]
    assert all(WORDS not in mother.heard for name, mother in ready.mothers.items() if name != "李雷")
    assert world.posted() == []
    assert "李雷妈妈、李雷爸爸" in ready.teacher.heard
