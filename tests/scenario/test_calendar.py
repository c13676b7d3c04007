"""The class's calendar: own days, points, greetings, the coming weeks, and what phones subscribe to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar
from starlette.applications import Starlette

from bot import calendar_route
from bot.app import App
from bot.platforms.web import Shown
from handlers.room import Defaults
from scheduler.calendar.overrides import read_overrides
from storage.database import open_database
from storage.tables import Classroom
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.holiday_kit import at, class_at, days_pass, planned
from tests.ready import ReadyClass
from tests.requests_kit import speaks_english
from tests.scenario.conftest import KEY, migrate
from tests.world import UNLIMITED, User, World

SEPTEMBER = at(2026, 9, 14)
PUBLIC = "https://class.example.org"


@pytest.fixture
def public(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[World]:
    """A class whose server families can reach."""
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield World(database, Defaults(public_url=PUBLIC))
    database.close()


# --- own days ------------------------------------------------------------------------------------


def local(shown: Shown, zone: tzinfo) -> datetime:
    """When something was shown, by the clock of a zone."""
    assert shown.at is not None
    return shown.at.astimezone(zone)


async def test_an_own_day_off_is_drafted_when_it_is_near(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 11月5日到6日 秋假 返校 11月8日 18:00")
    assert "1. 11月5日（周四）至11月6日（周五）　秋假，返校 11月8日（周日） 18:00" in made.teacher.last.text
    await made.teacher.in_private("/放假")
    assert "秋假：11月5日（周四）至11月6日（周五），2 天，11月8日（周日）返校" in made.teacher.last.text
    world.time = at(2026, 11, 1)
    await days_pass(world, 2)
    assert "秋假安排" in made.teacher.last.text and "返校：11月8日（周日）18:00 前" in made.teacher.last.text
    await made.teacher.press("发送")
    assert "秋假安排" in world.posted()[-1].text
    assert planned(world, "holiday.return") == ["11-07 18:00"]


async def test_typed_with_dates_it_counts_once_it_is_sent(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/holiday 2026-12-01 2026-12-04 月假 返校 06:20")
    text = made.teacher.last.text
    assert "月假安排" in text and "12月1日（周二）至12月4日（周五），共 4 天" in text
    assert "返校：12月7日（周一）06:20 前" in text
    await made.teacher.in_private("/校历")
    assert "月假" not in made.teacher.last.text
    await made.teacher.press("发送")
    await made.teacher.in_private("/放假")
    assert "月假" in made.teacher.last.text


async def test_the_last_date_may_be_the_day_of_the_return(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 12月1日到4日 月假 返校 06:20")
    await made.teacher.press("12月4日（周五）就返校")
    text = made.teacher.last.text
    assert "12月1日（周二）至12月3日（周四），共 3 天" in text and "返校：12月4日（周五）06:20 前" in text
    assert made.teacher.buttons() == ["发送", "修改", "跳过"]
    await made.teacher.press("发送")
    assert planned(world, "holiday.return") == ["12-03 18:00"]


async def test_skipped_it_is_forgotten(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 12月1日到4日 月假 返校 06:20")
    await made.teacher.press("跳过")
    await made.teacher.in_private("/放假")
    assert "月假：" not in made.teacher.last.text
    world.time = at(2026, 11, 27)
    await days_pass(world, 3)
    assert not any("月假安排" in m.text and m.keys for m in made.teacher.inbox)


async def test_typed_twice_there_is_one_draft(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 12月1日到4日 月假 返校 06:20")
    await made.teacher.in_private("/放假 12月1日到3日 月假 返校 06:20")
    assert sum(bool(m.keys) for m in made.teacher.inbox) == 1
    await made.teacher.press("发送")
    await made.teacher.in_private("/放假")
    assert made.teacher.last.text.count("月假：") == 1 and "12月3日" in made.teacher.last.text


async def test_an_official_holiday_is_put_right(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 10月1日到6日 国庆节")
    await made.teacher.in_private("/放假")
    assert "10月1日（周四）至10月6日（周二），6 天，10月7日（周三）返校" in made.teacher.last.text
    assert "补班：9月20日（周日）、10月10日（周六）" in made.teacher.last.text
    await days_pass(world, 14)
    assert sum("国庆节放假安排" in m.text for m in made.teacher.inbox) == 1


async def test_what_is_held_at_school_is_no_day_off(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 11月3日到4日 期中考试")
    assert "这天照常上课" in made.teacher.last.text
    await made.teacher.in_private("/放假 添加 11月13日 运动会 停课")
    assert "临近时我会把放假通知的草稿给您看" in made.teacher.last.text
    await made.teacher.in_private("/校历")
    assert "期中考试" in made.teacher.last.text


async def test_removed_and_brought_back(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 11月5日到6日 秋假")
    await made.teacher.press("撤销")
    assert "去掉了" in made.teacher.last.text
    await made.teacher.press("撤销")
    assert "放回来了" in made.teacher.last.text
    await made.teacher.in_private("/放假 删除 秋假")
    await made.teacher.in_private("/放假")
    assert "秋假" not in made.teacher.last.text


@pytest.mark.parametrize(
    "typed",
    [
        "/放假 课表 10月10日 周三",
        "/holiday timetable 2026-10-10 wed",
        "/放假 课表 10月10日（周六）按周三的课表",
    ],
)
async def test_whose_timetable_a_makeup_day_has(world: World, typed: str) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 国庆节")
    draft = made.teacher.last
    await made.teacher.in_private(typed)
    assert "10月10日（周六）补班，按周三的课表" in made.teacher.last.text
    assert "补班上课：10月10日（周六），按周三的课表" in draft.text  # the open draft says so, too
    await made.teacher.press("发送", on=draft)
    assert "10月10日（周六），按周三的课表" in world.posted()[-1].text


async def test_one_time_for_every_return(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 国庆节")
    draft = made.teacher.last
    await made.teacher.in_private("/放假 返校 07:20")
    assert "返校：10月8日（周四）07:20 前" in draft.text
    await made.teacher.in_private("/放假 中秋")
    assert "返校：9月28日（周一）07:20 前" in made.teacher.last.text


# --- points --------------------------------------------------------------------------------------


async def test_the_points_are_the_classs_own_and_kept(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 要点 加 每天读书半小时。")
    await made.teacher.in_private("/放假 要点 减 1")
    assert "每天读书半小时" in made.teacher.last.text and "作息有规律" not in made.teacher.last.text
    await made.teacher.in_private("/放假 国庆节")
    assert "每天读书半小时" in made.teacher.last.text and "作息有规律" not in made.teacher.last.text
    await made.teacher.in_private("/放假 要点")
    await made.teacher.press("恢复最初的要点")
    assert "1. 作息有规律" in made.teacher.last.text and "9. " not in made.teacher.last.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("加", "要点请写 1 到 120 个字"),
        ("加 " + "长" * 121, "要点请写 1 到 120 个字"),
        ("加 请李雷多读书", "有孩子的名字"),
        ("减 99", "没看懂是哪一条"),
        ("减 没有的", "没看懂是哪一条"),
        ("嗯", "没看懂"),
    ],
)
async def test_points_that_cannot_be(world: World, typed: str, said: str) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private(f"/放假 要点 {typed}")
    assert said in made.teacher.last.text and "8. 安全第一" in made.teacher.last.text


async def test_the_first_points_shame_nobody(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("发送")
    assert "国庆节放假安排" in world.posted()[-1].text


# --- greetings -----------------------------------------------------------------------------------


async def test_greetings_are_off_until_the_teacher_wants_them(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await days_pass(world, 15)
    assert world.posted() == []
    await made.teacher.in_private("/放假 祝福 开")
    assert "10月1日" in made.teacher.last.text and "国庆节快乐" in made.teacher.last.text
    await days_pass(world, 20)
    texts = [p.text for p in world.posted()]
    assert len(texts) == 2 and "国庆节快乐" in texts[0] and "重阳节" in texts[1]
    assert all(text.endswith("—— 王老师") and "\n" not in text for text in texts)
    assert world.posted()[0].at == at(2026, 10, 1, 8)


async def test_switched_off_nothing_more_is_said(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/holiday greetings on")
    await made.teacher.in_private("/待发")
    assert "中秋节的祝福" in made.teacher.last.text
    await made.teacher.in_private("/holiday greetings off")
    await days_pass(world, 20)
    assert world.posted() == []


async def test_a_festival_that_was_missed_is_not_made_up_for(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/放假 祝福 开")
    world.time = at(2026, 9, 25, 20)
    await world.later(hours=1)
    assert world.posted() == []
    await days_pass(world, 7)
    assert ["国庆节快乐" in p.text for p in world.posted()] == [True]


# --- the list of who is absent -------------------------------------------------------------------


async def absent(world: World, made: ReadyClass, typed: str, days: int) -> list[date]:
    """The days on which the list of who is absent came."""
    await made.mothers["李雷"].in_private(f"/leave {typed}")
    await days_pass(world, days)
    told = [m for m in made.subject_teacher.inbox if "李雷" in m.text]
    return sorted({local(m, world.app_zone).date() for m in told})


async def test_no_list_on_holidays_and_one_on_weekends_that_are_worked(world: World) -> None:
    made = await class_at(world, at(2026, 9, 29))
    found = await absent(world, made, "9月30日到10月10日 住院", 13)
    assert found == [date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]


async def test_the_list_follows_what_the_class_has_set(world: World) -> None:
    made = await class_at(world, at(2026, 11, 30))
    await made.mothers["李雷"].in_private("/leave 12月1日到6日 住院")
    await made.teacher.in_private("/放假 添加 12月1日到3日 月假")
    await made.teacher.in_private("/放假 上课 12月6日 周五的课")
    await days_pass(world, 8)
    days = {local(m, world.app_zone).date() for m in made.subject_teacher.inbox if "李雷" in m.text}
    assert sorted(days) == [date(2026, 12, 4), date(2026, 12, 6)]


# --- the coming weeks ----------------------------------------------------------------------------


async def test_everybody_sees_the_coming_weeks(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    mother = made.mothers["李雷"]
    for typed in ("/校历", "/calendar", "/日历"):
        await mother.in_private(typed)
        text = mother.last.text
        assert "国庆节" in text and "10月10日（周六）　补班上课（国庆节）" in text
        assert text.index("9月20日") < text.index("9月25日") < text.index("10月1日")
        assert mother.last.keys == ()
    speaks_english(world, mother)
    await mother.in_private("/calendar")
    assert "Thu 1 Oct to Wed 7 Oct: National Day, 7 days, back on Thu 8 Oct" in mother.last.text


async def test_asked_in_the_group_it_is_answered_in_private(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.mothers["李雷"].in_group("/校历")
    assert world.posted() == [] and "国庆节" in made.mothers["李雷"].last.text


async def test_other_words_behind_it_say_how(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/校历 下个月")
    assert "/校历 订阅" in made.teacher.last.text and "国庆节" in made.teacher.last.text


# --- for phones ----------------------------------------------------------------------------------


def phone(world: World) -> httpx.AsyncClient:
    """A phone that fetches calendars from the class's server."""
    app = Starlette(routes=calendar_route.routes(world.database, world.clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)


def address(user: User) -> str:
    """The address that somebody was told last."""
    return next(word for word in user.last.text.split() if word.startswith(f"{PUBLIC}/calendar/"))


async def test_without_an_address_the_teacher_hears_what_is_missing(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    await made.teacher.in_private("/calendar link")
    assert "public_url" in made.teacher.last.text and "[web]" in made.teacher.last.text
    await made.mothers["李雷"].in_private("/校历 订阅")
    assert "public_url" not in made.mothers["李雷"].last.text and "/校历" in made.mothers["李雷"].last.text


async def test_a_phone_subscribes(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 11月10日到11日 期中考试")
    await made.teacher.in_private("/放假 课表 10月10日 周三")
    await made.teacher.in_private("/校历 订阅")
    code = address(made.teacher).rpartition("/")[2].removesuffix(".ics")
    assert len(code) >= 43  # 256 bits
    async with phone(public) as http:
        answer = await http.get(address(made.teacher))
        again = await http.get(address(made.teacher), headers={"If-None-Match": answer.headers["ETag"]})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8" and again.status_code == 304
    events = {str(e["SUMMARY"]): e for e in Calendar.from_ical(answer.text).walk("VEVENT")}
    national = events["国庆节放假"]
    assert (national.decoded("DTSTART"), national.decoded("DTEND")) == (date(2026, 10, 1), date(2026, 10, 8))
    assert "返校：10月8日（周四）" in str(national["DESCRIPTION"])
    assert events["补班上课：按周三的课表"].decoded("DTSTART") == date(2026, 10, 10)
    assert events["期中考试"].decoded("DTEND") == date(2026, 11, 12)
    assert "元旦（法定假日，放假安排还没公布）" in events
    assert len({str(e["UID"]) for e in events.values()}) == len(events)


async def test_no_childs_name_is_in_it(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/放假 添加 11月10日 小雨种树")
    await made.teacher.in_private("/校历 订阅")
    where = address(made.teacher)
    async with phone(public) as http:
        assert "小雨种树" in (await http.get(where)).text
        await made.teacher.in_private("/roster add 小雨")
        await days_pass(public, 1)
        text = (await http.get(where)).text
    public.time = at(2026, 10, 20)
    await made.mothers["李雷"].in_private("/校历")
    assert "小雨" not in made.mothers["李雷"].heard and "班级活动" in made.mothers["李雷"].heard
    assert "小雨" not in text and "班级活动" in text
    assert not any(name in text for name in made.students)


async def test_a_changed_entry_is_known_as_changed_and_the_others_stay(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/校历 订阅")
    where = address(made.teacher)
    async with phone(public) as http:
        before = events_of((await http.get(where)).text)
        await days_pass(public, 1)
        assert events_of((await http.get(where)).text) == before
        await made.teacher.in_private("/放假 添加 10月1日到6日 国庆节")
        await made.teacher.in_private("/放假 课表 10月10日 周三")
        after = events_of((await http.get(where)).text)
    changed = {uid for uid in before if uid in after and before[uid] != after[uid]}
    assert [after[uid][1] for uid in changed] == [1]  # the make-up day, now with its timetable
    assert len(before.keys() & after.keys()) == len(before) - 1


def events_of(text: str) -> dict[str, tuple[str, int, datetime]]:
    """The entries of a calendar by their ids."""
    return {
        str(e["UID"]): (str(e["SUMMARY"]), int(str(e["SEQUENCE"])), e.decoded("LAST-MODIFIED"))
        for e in Calendar.from_ical(text).walk("VEVENT")
    }


async def test_a_new_address_and_none(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/校历 订阅")
    old = address(made.teacher)
    await made.teacher.press("换个地址")
    new = address(made.teacher)
    async with phone(public) as http:
        assert (await http.get(old)).status_code == 404 and (await http.get(new)).status_code == 200
        await made.teacher.press("关闭")
        gone = await http.get(new)
    assert (gone.status_code, gone.text) == (404, "")
    assert "关好了" in made.teacher.last.text


@pytest.mark.parametrize(
    "path",
    [
        "x.ics",
        "a" * 43 + ".ics",
        "a" * 43,
        "../secret.ics",
        "%00" + "a" * 42 + ".ics",
        "a" * 4000 + ".ics",
        ".ics",
    ],
)
async def test_who_guesses_learns_nothing(public: World, path: str) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/校历 订阅")
    async with phone(public) as http:
        answer = await http.get(f"/calendar/{path}")
        assert answer.status_code == 404
        assert (await http.post(f"/calendar/{path}")).status_code in (404, 405)


async def test_too_many_at_once_are_sent_away(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    await made.teacher.in_private("/校历 订阅")
    async with phone(public) as http:
        codes = [(await http.get("/calendar/x.ics")).status_code for _ in range(205)]
        assert codes.count(404) == 200 and codes[-1] == 429
        public.time += timedelta(seconds=1)
        assert (await http.get(address(made.teacher))).status_code == 200


async def test_families_may_have_the_address_and_not_change_it(public: World) -> None:
    made = await class_at(public, SEPTEMBER)
    mother = made.mothers["李雷"]
    await mother.in_private("/校历 订阅")
    assert "老师还没有开通" in mother.last.text
    await made.teacher.in_private("/校历 订阅")
    await mother.in_private("/校历 订阅")
    assert address(mother) == address(made.teacher) and mother.last.keys == ()
    for typed in ("/校历 订阅 换", "/calendar link off"):
        await mother.in_private(typed)
        assert PUBLIC not in mother.last.text
    await made.stranger.in_group("/校历 订阅")
    assert PUBLIC not in made.stranger.heard and not any(PUBLIC in text for text in public.texts())
    async with phone(public) as http:
        assert (await http.get(address(made.teacher))).status_code == 200


# --- what the server puts right, and other places ------------------------------------------------


async def test_the_servers_file_holds_in_every_class(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    text = "announced = [2027]\n[[holiday]]\nname = '元旦'\nfirst = 2027-01-01\nlast = 2027-01-03\n"
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    world = World(database, Defaults(calendar=read_overrides(text)))
    made = await class_at(world, at(2026, 12, 27))
    await days_pass(world, 2)
    assert "元旦放假安排" in made.teacher.last.text and "共 3 天" in made.teacher.last.text
    database.close()


async def test_the_days_change_after_the_notice_and_the_teacher_gets_a_correction(world: World) -> None:
    made = await class_at(world, at(2026, 9, 28))
    await made.teacher.in_private("/放假 国庆节 返校 7:20")
    await made.teacher.press("发送")
    text = "[[holiday]]\nname = '国庆节'\nfirst = 2026-10-01\nlast = 2026-10-08\n"
    defaults = Defaults(calendar=read_overrides(text))
    world.app = App(
        world.database,
        [world.platform],
        defaults=defaults,
        limits=UNLIMITED,
        now=world.now,
        clock=world.clock,
    )
    await days_pass(world, 1)
    told = made.teacher.heard
    assert "写的是10月1日（周四）至10月7日（周三），现在是 10月1日（周四）至10月8日（周四）" in told
    assert "10月7日（周三）" in world.posted()[-1].text  # nothing is sent by itself
    await made.teacher.press("发送")
    post = next(p for p in world.posted() if "国庆节放假安排" in p.text)
    assert "10月8日（周四），共 8 天" in post.text and "返校：10月9日（周五）07:20 前" in post.text
    await days_pass(world, 2)
    assert made.teacher.heard.count("的日子变了") == 1
    assert planned(world, "holiday.return") == ["10-08 18:00"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Urumqi", "Asia/Shanghai"])
@pytest.mark.parametrize(
    ("first", "back", "sent"),
    [
        ("2026-03-06", "2026-03-09", ["03-05 18:00", "03-08 18:00"]),  # New York's clocks skip an hour
        ("2026-10-30", "2026-11-02", ["10-29 18:00", "11-01 18:00"]),  # and have it back
    ],
)
async def test_it_goes_by_the_classs_own_clock(
    world: World, zone: str, first: str, back: str, sent: list[str]
) -> None:
    start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone)) - timedelta(days=4)
    made = await class_at(world, start.astimezone(UTC))
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.timezone, row.settings = zone, {"holidays_auto": True, "back_at": "07:20"}
    last = date.fromisoformat(back) - timedelta(days=1)
    await made.teacher.in_private(f"/放假 添加 {first} {last} 春假")
    await days_pass(world, 9)
    posts = [p for p in world.posted() if "春假安排" in p.text or p.text.startswith("明天")]
    assert [f"{local(p, ZoneInfo(zone)):%m-%d %H:%M}" for p in posts] == sent


async def test_a_school_year_of_holidays_passes_by_itself(world: World) -> None:
    made = await class_at(world, at(2025, 12, 27))
    await made.teacher.in_private("/放假 自动 开")
    for eve, days in ((at(2025, 12, 28), 7), (at(2026, 2, 7), 17), (at(2026, 6, 15), 7)):
        world.time = eve
        await days_pass(world, days)
    shown = [(f"{local(p, world.app_zone):%m-%d %H:%M}", p.text) for p in world.posted()]
    sent = [when for when, text in shown if "放假安排" in text]
    assert sent == ["12-31 18:00", "02-14 18:00", "06-18 18:00"]
    backs = [when for when, text in shown if text.startswith("明天")]
    assert backs == ["01-03 18:00", "02-23 18:00", "06-21 18:00"]


async def test_in_traditional_characters(world: World) -> None:
    made = await class_at(world, SEPTEMBER)
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "zh_TW"
    await made.teacher.in_private("/放假 國慶節 返校 07:20")
    text = made.teacher.last.text
    assert "國慶節放假安排" in text and "10月1日（週四）至10月7日（週三），共 7 天" in text
    assert "返校：10月8日（週四）07:20 前" in text
    await made.teacher.press(made.teacher.buttons()[0])
    assert planned(world, "holiday.return") == ["10-07 18:00"]
    await made.teacher.in_private("/放假 課表 10月10日 週三")
    assert "週三" in made.teacher.last.text
