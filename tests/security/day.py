"""A day on which everything is done that a class does: what it leaves behind is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from classroom.text import PrivateStr
from storage.database import Database
from storage.tables import metadata
from tests.ready import NAMES, ReadyClass, ready_class
from tests.world import User, World

CHILD = "李雷"
CONCERN = "今天三次没有带作业本"
ANSWER = "孩子昨晚发烧到三十九度"
PRAISE = "接力赛跑得真快"
NOTICE = "明天春游请带水壶和雨衣"
QUESTION = "春游去植物园还是科技馆呢"
SECRET_QUESTION = "要不要统一买校服呢"
SIGNUP = "秋季运动会缺几位志愿者"
LEAVE = "水痘"
MESSAGE = "下午请让爷爷来接他"
AD = "学区房特价优惠，加我微信 abc12345，名额有限，先到先得"
HELD = "未交作业"
TEXTS = (CONCERN, ANSWER, PRAISE, NOTICE, QUESTION, SECRET_QUESTION, SIGNUP, LEAVE, MESSAGE, "abc12345", HELD)
PEOPLE = (*NAMES, "王老师", "数学刘老师", "家委会陈姐", "路过的人", "13800000000", "钱多多", "三年级2班")
EVERYTHING = (*TEXTS, *PEOPLE)
"""Words that may stand nowhere but behind the seal."""


@dataclass
class Day:
    """What the day was played with."""

    made: ReadyClass
    voted: int


async def busy_day(world: World) -> Day:
    """Everybody does everything once."""
    made = await ready_class(world)
    teacher, mother, father = made.teacher, made.mothers[CHILD], made.fathers[CHILD]
    await teacher.in_private("/roster add 钱多多")
    await teacher.in_private("/rules acks collapse")
    await teacher.in_group(f"/praise {CHILD} {PRAISE}")
    await teacher.in_private(f"/praise {CHILD} 韩梅梅 {PRAISE}")
    await teacher.in_private(f"/concern {CHILD} {CONCERN}")
    await teacher.press("发送")
    await mother.press("回复")
    await mother.in_private(ANSWER)
    await teacher.press("回复")
    await teacher.in_private(f"谢谢您，{ANSWER}要多休息")
    await teacher.in_group(f"／私聊{CHILD}{CONCERN}，打了人")
    await teacher.in_private(f"/concern 韩梅梅 {CONCERN}")
    await teacher.in_private(f"/notice {NOTICE}，{CHILD}带相机")
    await teacher.press("发送")
    await mother.press("✅", where=world.group)
    await made.mothers["韩梅梅"].in_group("收到")
    await teacher.in_private("/receipts")
    await teacher.in_private(f"/poll {QUESTION} | 植物园 | 科技馆")
    await teacher.press("发送")
    await mother.press("① 植物园", where=world.group)
    await teacher.in_private(f"/poll [匿名] {SECRET_QUESTION} | 同意 | 不同意")
    await teacher.press("发送")
    for parent in (mother, made.mothers["韩梅梅"], made.mothers["张小明"]):
        await parent.press("① 同意", where=world.group)
    await teacher.in_private(f"/signup {SIGNUP} | 带队 1 | 摄影")
    await teacher.press("发送")
    for parent in (mother, made.mothers["韩梅梅"]):
        await parent.press("① 带队", where=world.group)
    await mother.in_private(f"/leave 明天 {LEAVE}")
    await teacher.press("准假")
    await father.in_private(f"/message {MESSAGE}")
    await mother.in_private(MESSAGE)
    await mother.press("留言")
    await made.mothers["王芳"].in_group(AD)
    await teacher.in_group(f"{HELD}：{CHILD}、韩梅梅")
    await made.stranger.in_private("/bind 赵一 爸爸")
    if "同意" in made.stranger.buttons():
        await made.stranger.press("同意")
    await teacher.in_private(f"/family {CHILD}")
    await teacher.in_private("/inbox")
    await mother.in_private("/me")
    await father.in_private("/message")
    await made.committee.in_private(f"/notice 家委会：{NOTICE}")
    await world.later(minutes=15)
    return Day(made, 3)


def rows(database: Database) -> list[str]:
    """Every value of every column as table.column: value, the sealed ones opened."""
    found: list[str] = []
    with database.transaction() as records:
        for table in metadata.sorted_tables:
            for row in records.connection().execute(select(table).order_by(*table.primary_key)):
                for column, value in zip(table.columns, row, strict=True):
                    opened = value.reveal() if isinstance(value, PrivateStr) else value
                    found.append(f"{table.name}.{column.name}: {opened}")
    return found


def where(found: list[str], *words: str) -> list[str]:
    """The columns in which one of the words stands."""
    return sorted({line.partition(":")[0] for line in found if any(word in line for word in words)})


def everybody(made: ReadyClass) -> list[User]:
    """All users."""
    several = (*made.mothers.values(), *made.fathers.values())
    return [made.teacher, made.subject_teacher, made.committee, *several, made.stranger]
