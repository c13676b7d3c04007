"""/inbox: what waits for its teacher, opened and settled; reminded of once; exported and erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from classroom.events import Attachment
from storage import erasing
from storage.tables import RequestLine
from tests.ready import ReadyClass, ready_class
from tests.requests_kit import end_role, person_of, planned, said, stored, unbind
from tests.world import World

WORDS = "下午爷爷来接，饭放在门卫处。"


async def three(world: World) -> ReadyClass:
    """A leave and two messages wait."""
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    await ready.mothers["王芳"].in_private("/leave 明天 发烧")
    await ready.mothers["张小明"].in_private("/message 生活费放在书包里了")
    return ready


async def test_the_list_and_what_can_be_opened(world: World) -> None:
    ready = await three(world)
    await world.later(hours=3)
    await ready.teacher.in_private("/收件")
    for part in ("1. 李雷妈妈", "2. 王芳妈妈 · 请假 11月24日（周二）全天", "3. 张小明妈妈", "3 小时前"):
        assert part in ready.teacher.last.text, part
    assert ready.teacher.buttons() == ["1 · 李雷妈妈", "2 · 王芳妈妈", "3 · 张小明妈妈"]
    await ready.teacher.press("2 · ")
    assert "发烧" in ready.teacher.last.text
    assert ready.teacher.buttons() == ["准假", "知道了", "回复", "转给…", "办结"]
    await ready.teacher.press("准假")
    assert "已准假" in ready.teacher.last.text and "准假了" in ready.mothers["王芳"].last.text
    await ready.teacher.in_private("/inbox")
    assert ready.teacher.buttons() == ["1 · 李雷妈妈", "3 · 张小明妈妈"]


async def test_settled_in_another_way(world: World) -> None:
    ready = await three(world)
    await ready.teacher.in_private("/inbox")
    await ready.teacher.press("1 · ")
    await ready.teacher.press("办结")
    assert "办结了" in ready.mothers["李雷"].last.text
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("还有一句")
    await ready.teacher.in_private("/inbox")
    await ready.teacher.press("1 · ")
    assert WORDS in ready.teacher.last.text and "还有一句" in ready.teacher.last.text


async def test_an_empty_inbox(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/inbox")
    assert "没有等您回复的事" in ready.teacher.last.text


async def test_a_thread_shows_both_sides_and_its_files(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/message 您看看", files=[Attachment("photo", "p1", "d.jpg")])
    await ready.teacher.press("回复")
    await ready.teacher.in_private("看到了")
    await mother.press("回复")
    await mother.in_private("谢谢")
    await ready.teacher.in_private("/inbox")
    await ready.teacher.press("1 · ")
    for part in ("李雷妈妈", "您看看", "王老师", "看到了", "谢谢"):
        assert part in ready.teacher.last.text, part
    assert ready.teacher.last.files == ("d.jpg",)


async def test_who_may_look(world: World) -> None:
    ready = await three(world)
    await ready.subject_teacher.in_private("/inbox")
    assert "没有等您回复的事" in ready.subject_teacher.last.text
    for user in (ready.mothers["李雷"], ready.committee):
        await user.in_private("/inbox")
        assert "还用不了" in user.last.text
    await ready.teacher.in_private("/inbox")
    await ready.teacher.press("1 · ")
    await ready.teacher.press("转给")
    await ready.teacher.press("数学刘老师")
    await ready.subject_teacher.in_private("/inbox")
    assert ready.subject_teacher.buttons() == ["1 · 李雷妈妈"]
    await ready.teacher.in_private("/inbox")
    assert "已转交" in ready.teacher.last.text
    end_role(world, ready, ready.subject_teacher)
    before = len(ready.subject_teacher.inbox)
    assert await ready.subject_teacher.press("1 · ") == "这个按钮不是给您的。"
    assert len(ready.subject_teacher.inbox) == before


async def test_more_than_fit(world: World) -> None:
    ready = await ready_class(world)
    for number in range(22):
        await ready.mothers["李雷"].in_private(f"/message 第{number}件事")
    await ready.teacher.in_private("/inbox")
    assert len(ready.teacher.buttons()) == 20 and "还有 2 件没有列出" in ready.teacher.last.text


# --- the reminder ---------------------------------------------------------------------------------


async def test_after_a_day_one_message_reminds_of_all(world: World) -> None:
    ready = await three(world)
    await ready.teacher.press("知道了")
    await world.later(hours=23)
    assert "等了一天了" not in ready.teacher.heard
    await world.later(hours=1, minutes=5)
    assert ready.teacher.last.text.count("\n") >= 2 and "等了一天了" in ready.teacher.last.text
    assert ready.teacher.buttons() == ["1 · 李雷妈妈", "2 · 王芳妈妈"]
    for _ in range(4):
        await world.later(hours=24)
    assert ready.teacher.heard.count("等了一天了") == 1
    assert "等了一天了" not in ready.subject_teacher.heard


async def test_at_a_decent_hour(world: World) -> None:
    ready = await ready_class(world)
    await world.until(6, 15)
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    await world.until(6, 14)
    await world.until(8, 0)
    assert "等了一天了" not in ready.teacher.heard
    await world.until(8, 10)
    assert "等了一天了" in ready.teacher.heard


async def test_what_is_answered_is_not_reminded_of_and_what_is_asked_again_is(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    await ready.teacher.press("知道了")
    assert [s.state for s in planned(world, "request.remind")] == ["cancelled"]
    await world.later(hours=30)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("那钥匙呢？")
    assert "等了一天了" not in ready.teacher.heard
    await world.later(hours=25)
    assert "等了一天了" in ready.teacher.heard


async def test_after_a_long_rest_it_is_still_said(world: World) -> None:
    ready = await three(world)
    world.time = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
    await world.later(seconds=1)
    assert ready.teacher.heard.count("等了一天了") == 1 and "27 天前" in ready.teacher.heard


# --- what is kept, and what goes ------------------------------------------------------------------


async def test_everybody_exports_their_own(world: World) -> None:
    ready = await three(world)
    mother = ready.mothers["李雷"]
    await ready.teacher.press("回复")
    await ready.teacher.in_private("给张小明妈妈的话")
    await mother.in_private("/me")
    await mother.press("导出")
    name = next(n for n in world.platform.files if n.startswith(f"sent:{mother.last.ref}:"))
    found = json.loads(world.platform.files[name])
    assert [r["about"] for r in found["requests"]] == [WORDS]
    assert [r["text"] for r in found["request_lines"]] == [WORDS]
    assert found["requests"][0]["child"] == "李雷"


async def test_who_is_erased_leaves_days_but_no_words(world: World) -> None:
    ready = await three(world)
    with world.database.transaction() as records:
        for user in (ready.mothers["李雷"], ready.mothers["王芳"]):
            erasing.forget_person(records, person_of(records, user), world.now(), last_words=0)
    message, leave, other = stored(world)
    assert (message.text, message.state, leave.text) == ("", "closed", "")
    assert leave.first_day is not None and other.text != ""
    assert said(world)[:2] == ["", ""]
    with world.database.transaction() as records:
        line = records.get(RequestLine, 1)
        assert line is not None and line.files == []
    await world.until(7, 50)
    assert "王芳：全天" in ready.subject_teacher.last.text


async def test_the_inbox_after_a_guardian_was_unbound(world: World) -> None:
    ready = await three(world)
    unbind(world, ready.mothers["李雷"])
    await ready.teacher.in_private("/inbox")
    await ready.teacher.press("1 · ")
    await ready.teacher.press("回复")
    assert "没有绑定这个孩子" in ready.teacher.last.text
    await ready.teacher.in_private("/inbox")
    assert "李雷妈妈" not in ready.teacher.last.text
