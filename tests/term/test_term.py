"""From the first day of a term to the last: nothing fires twice, nothing is forgotten, in every zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.platforms.web import Shown
from storage.tables import DeliveryRow, EventRow, ScheduleRow
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate
from tests.term.living import Living, posts, told
from tests.world import User

SPRING = (date(2026, 2, 25), date(2026, 7, 12))
BOTH_CHANGES = (date(2026, 2, 25), date(2026, 11, 15))
"""The clocks of New York change on 8 March and 1 November."""

TERMS = {
    "Asia/Shanghai": SPRING,
    "Asia/Urumqi": SPRING,
    "America/New_York": BOTH_CHANGES,
}
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
PUPILS = ("张小明", "李雷", "韩梅梅", "王芳")
RESTARTS = timedelta(days=9, hours=5)


class Holiday(NamedTuple):
    """One that the official calendar has: its last day, and the day on which families are to be told."""

    name: str
    last: date
    told: date


CHINA = (
    Holiday("清明节", date(2026, 4, 6), date(2026, 4, 1)),
    Holiday("劳动节", date(2026, 5, 5), date(2026, 4, 28)),
    Holiday("端午节", date(2026, 6, 21), date(2026, 6, 16)),
    Holiday("中秋节", date(2026, 9, 27), date(2026, 9, 22)),
    Holiday("国庆节", date(2026, 10, 7), date(2026, 9, 24)),
)
"""As the State Council has announced them for 2026."""


class Term:
    """A class of four, its teacher, and what they do whenever something reaches them."""

    def __init__(self, living: Living, end: date) -> None:
        self.living = living
        self.end = datetime.combine(end, time(23), living.zone)
        self.holidays = [holiday for holiday in CHINA if holiday.last < end]
        self.teacher = living.someone("10", "王老师")
        self.parents = {name: living.someone(str(20 + i), f"{name}妈妈") for i, name in enumerate(PUPILS)}

    async def begin(self) -> None:
        """From /setup to every family bound, by what people type and press."""
        living, teacher = self.living, self.teacher
        everyone = (teacher, *self.parents.values())
        for user in everyone:
            living.group.members.add(user.sender.native)
            await user.in_private("/start")
        living.group.admins.add(teacher.sender.native)
        living.platform.add_bot(teacher.sender, living.group)
        await living.settle()
        await teacher.in_group("/setup 三年级2班")
        await teacher.press("我是班主任")
        await teacher.in_private(f"/roster add {' '.join(PUPILS)}")
        link = next(k.payload for post in living.posted() for k in post.keys if k.payload)
        for name, parent in self.parents.items():
            await parent.in_private(f"/start {link}")
            await parent.in_private(f"/bind {name} 妈妈")
            await parent.press("同意")
        await teacher.press("全部同意")

    def each(self, weekday: int) -> list[date]:
        """Every such day of the term, the first day's week included."""
        first = self.living.started_on
        days = [first + timedelta(days=n) for n in range((self.end.date() - first).days + 1)]
        return [day for day in days if day.weekday() == weekday]

    async def choose(self, pupil: str, time: str) -> None:
        """A mother takes a time of those that were offered last."""
        parent = self.parents[pupil]
        link = [k.payload for post in self.living.posted() for k in post.keys if k.payload][-1]
        await parent.in_private(f"/start {link}")
        await parent.press(time)

    async def meanwhile(self) -> None:
        """The teacher presses 发送 under what waits and nothing else; one mother confirms her nudges."""
        await self._press(self.teacher, "发送")
        await self._press(self.parents["李雷"], "收到")

    async def _press(self, user: User, label: str) -> None:
        while waiting := [m for m in user.private.visible if any(k.label.startswith(label) for k in m.keys)]:
            await user.press(label, on=waiting[0])


@pytest.fixture(params=TERMS)
def term(
    request: pytest.FixtureRequest, database_kind: Kind, fresh_database: FreshDatabase
) -> Iterator[Term]:
    zone = ZoneInfo(request.param)
    begin, end = TERMS[request.param]
    living = Living(fresh_database(database_kind, migrate), KEY, zone, begin, RESTARTS)
    yield Term(living, end)
    living.database.close()


async def test_a_term_lives_through_by_itself(term: Term) -> None:
    living, teacher = term.living, term.teacher
    await term.begin()
    await teacher.in_private("/poll 每周五 16:00 [截止 周日 20:00] 下周谁来值日？ | 一组 | 二组")
    await teacher.press("发送")
    notices = [date(2026, 3, 9), date(2026, 4, 20), date(2026, 6, 1)]
    for day in notices:
        await teacher.in_private(f"/notice at {day} 07:30 今天下午家长会，{day:%m-%d} 见。")
        await teacher.press("发送")
    await teacher.in_private("/预约 家长会 4月18日 14:00-15:00 每15分钟")
    await teacher.press("发送")
    await term.choose("张小明", "14:15")
    await teacher.in_private("/接龙 [日期 5月23日 8:00] 春游志愿者 | 带队 4")
    await teacher.press("发送")
    await term.parents["韩梅梅"].press("① 带队", where=living.group)
    await living.live(term.end, term.meanwhile)

    assert living.starts > 10
    fridays, sundays, saturdays = (term.each(weekday) for weekday in (FRIDAY, SUNDAY, SATURDAY))
    assert times(living, posts(living, "📊 下周谁来值日")) == [at(day, 16) for day in fridays]
    assert times(living, posts(living, "📊 投票结果")) == [at(day, 20) for day in sundays]
    assert times(living, posts(living, "📢 通知")) == [at(day, 7, 30) for day in notices]
    for name in ("张小明", "韩梅梅", "王芳"):  # who answers nothing is asked each time, and once
        parent = term.parents[name]
        assert times(living, told(parent, "投票快截止了")) == [at(day, 20) for day in saturdays]
        assert times(living, told(parent, "还没有收到", "家长会")) == [at(day, 12, 10) for day in notices]
        assert times(living, told(parent, "还没有收到", "放假安排")) == [
            at(holiday.told + timedelta(days=1), 12, 10) for holiday in term.holidays
        ]
    assert times(living, told(teacher, "收到 1/4", "家长会")) == [at(day, 14, 10) for day in notices]
    assert times(living, posts(living, "放假安排")) == [at(h.told, 9) for h in term.holidays]
    assert times(living, posts(living, "明天，", "返校")) == [at(h.last, 18) for h in term.holidays]
    for holiday, post in zip(term.holidays, posts(living, "放假安排"), strict=True):
        assert holiday.name in post.text and said(holiday.last) in post.text
    assert times(living, told(teacher, "四周")) == [at(day, 16, 30) for day in fridays[4:]]  # none is praised
    gatherings_were_recalled(term)
    nothing_is_left(living)


def gatherings_were_recalled(term: Term) -> None:
    """Who had chosen a time or signed up was reminded of it, once."""
    living, chose, helps = term.living, term.parents["张小明"], term.parents["韩梅梅"]
    assert times(living, told(chose, "家长会", "提醒您：")) == [at(date(2026, 4, 17), 19, 10)]
    assert times(living, told(chose, "就快到了")) == [at(date(2026, 4, 18), 13, 15)]
    assert times(living, told(helps, "提醒您一声")) == [at(date(2026, 5, 22), 19)]


def times(living: Living, shown: list[Shown]) -> list[str]:
    """When, by the class's clock, to the minute."""
    return [f"{living.at_home(one):%Y-%m-%d %H:%M}" for one in shown]


def said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def at(day: date, hour: int, minute: int = 0) -> str:
    return f"{day} {hour:02}:{minute:02}"


def nothing_is_left(living: Living) -> None:
    """Every event handled, every delivery made, every schedule whose time has come fired and not missed."""
    with living.database.transaction() as records:
        assert {row.state for row in records.exec(select(EventRow))} == {"done"}
        assert {row.state for row in records.exec(select(DeliveryRow))} <= {"sent"}
        plans = records.exec(select(ScheduleRow)).all()
    assert not [p for p in plans if p.state == "missed"]
    assert not [p for p in plans if p.state == "waiting" and p.due_at <= living.now()]
