"""/leave: a child stays away; the teacher hears of it in private, colleagues read who, not why."""

from __future__ import annotations

from sqlmodel import col, select

from storage import identity
from storage.database import Records
from storage.tables import Guardian, Request
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def person_of(records: Records, user: User) -> int:
    account = identity.find_account(records, "fake", user.sender.native)
    assert account is not None
    return account.person_id


def add_child(world: World, ready: ReadyClass, user: User, name: str, relation: str = "mother") -> None:
    """Let a user answer for one more child."""
    with world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=ready.id,
                student_id=ready.students[name],
                person_id=person_of(records, user),
                relation=relation,
                state="active",
                how="test",
                consented_at=world.now(),
                asked_at=world.now(),
            )
        )


def stored(world: World) -> list[Request]:
    with world.database.transaction() as records:
        found = list(records.exec(select(Request).order_by(col(Request.number))).all())
        records.expunge_all()
    return found


# --- from one line --------------------------------------------------------------------------------


async def test_one_line_reaches_the_teacher_and_nobody_else(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/leave 明天 发烧")
    for part in ("第 1 号", "李雷妈妈", "明天（周二）全天", "发烧"):
        assert part in ready.teacher.last.text, part
    assert ready.teacher.buttons() == ["准假", "知道了", "回复", "转给…"]
    assert "请假已经送到老师那里" in mother.last.text and "明天（周二）全天" in mother.last.text
    assert mother.buttons() == ["撤回请假", "再补充一句"]
    for other in (ready.subject_teacher, ready.fathers["李雷"], ready.committee, ready.mothers["王芳"]):
        assert other.inbox == []
    assert world.posted() == []


async def test_the_teacher_approves_and_the_parent_hears(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("、请假 12月1日到3日 回老家")
    assert await ready.teacher.press("准假") == "好的，我告诉家长"
    assert "王老师准假了" in ready.mothers["李雷"].last.text
    assert "12月1日（周二）到12月3日（周四）" in ready.mothers["李雷"].last.text
    assert "已准假" in ready.teacher.last.text and ready.teacher.buttons() == ["回复"]
    assert ready.fathers["李雷"].inbox == []
    assert [(r.state, r.decision) for r in stored(world)] == [("answered", "approved")]
