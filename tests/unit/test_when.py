"""Times, repeats and spans of days as people type them, one table each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.when import DateRange, Every, When, WhenError, read_date_range, read_every, read_when
from templates.render import Say

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in Shanghai

NONE, UNREADABLE = WhenError.NONE, WhenError.UNREADABLE
NONEXISTENT, PAST = WhenError.NONEXISTENT, WhenError.PAST

EXAMPLES = """
明天 7:30                     | 2026-11-26 07:30
明天7:30                      | 2026-11-26 07:30
明天7:30放假                  | 2026-11-26 07:30 | 放假
明天７：３０放假              | 2026-11-26 07:30 | 放假
明天七点半放学，请按时来接。  | 2026-11-26 07:30 | 放学，请按时来接。
明早七点半                    | 2026-11-26 07:30
明早 7:30 集合                | 2026-11-26 07:30 | 集合
明晨6点                       | 2026-11-26 06:00
明晚八点                      | 2026-11-26 20:00
今晚8点                       | 2026-11-25 20:00
今晚八点一刻                  | 2026-11-25 20:15
今天下午4点                   | 2026-11-25 16:00
今天16：00                    | 2026-11-25 16:00
今日下午三时                  | 2026-11-25 15:00
后天                          | 2026-11-27
后天中午                      | 2026-11-27 12:00
大后天 9:00                   | 2026-11-28 09:00
大后天                        | 2026-11-28
周五 16:00                    | 2026-11-27 16:00
周五下午4点                   | 2026-11-27 16:00
周五下午四点三刻              | 2026-11-27 16:45
周五下午4:30家长会            | 2026-11-27 16:30 | 家长会
星期五 16:00                  | 2026-11-27 16:00
礼拜五晚上7点半               | 2026-11-27 19:30
星期天早上8点半               | 2026-11-29 08:30
周日 20:00                    | 2026-11-29 20:00
周1 8点                       | 2026-11-30 08:00
週五下午4點                   | 2026-11-27 16:00
周三 11:00                    | 2026-11-25 11:00
周三 9:00                     | 2026-12-02 09:00
周三                          | 2026-12-02
这周日                        | 2026-11-29
本周三                        | 2026-11-25
本周五 8点                    | 2026-11-27 08:00
下周三中午                    | 2026-12-02 12:00
下周三                        | 2026-12-02
下周一一早7点                 | 2026-11-30 07:00
下周一上午10：00召开家长会    | 2026-11-30 10:00 | 召开家长会
下个星期五下午两点            | 2026-12-04 14:00
下下周一                      | 2026-12-07
12月1号                       | 2026-12-01
12月1日                       | 2026-12-01
12月1日放假                   | 2026-12-01 | 放假
12月1日上午9点半              | 2026-12-01 09:30
12月1号早上七点二十           | 2026-12-01 07:20
十二月一日上午九点            | 2026-12-01 09:00
十二月一号                    | 2026-12-01
12月1日 7:30                  | 2026-12-01 07:30
12 月 1 日 7:30               | 2026-12-01 07:30
12月1日（周二）7:30           | 2026-12-01 07:30
12月1日周二7:30               | 2026-12-01 07:30
2026年12月1日 07:30           | 2026-12-01 07:30
26年12月1日                   | 2026-12-01
二〇二六年十二月一日          | 2026-12-01
明年1月5日                    | 2027-01-05
1月5日                        | 2027-01-05
5月4日 8:00                   | 2027-05-04 08:00
12-01 07:30                   | 2026-12-01 07:30
12-01                         | 2026-12-01
12/1                          | 2026-12-01
12/1 7:30                     | 2026-12-01 07:30
12.1 7:30                     | 2026-12-01 07:30
2026-12-01 07:30              | 2026-12-01 07:30
2026-12-01 07:30 家长会       | 2026-12-01 07:30 | 家长会
2026-12-01T07:30              | 2026-12-01 07:30
2026-12-01 07:30:00           | 2026-12-01 07:30
２０２６－１２－０１　０７：３０ | 2026-12-01 07:30
2026-12-01                    | 2026-12-01
2026/12/1                     | 2026-12-01
2026/12/1 9点                 | 2026-12-01 09:00
2026.12.1 9:00                | 2026-12-01 09:00
下个月5号                     | 2026-12-05
下月5日上午9点                | 2026-12-05 09:00
5号                           | 2026-12-05
30号 8点                      | 2026-11-30 08:00
月底                          | 2026-11-30
本月底                        | 2026-11-30
下月底 8点                    | 2026-12-31 08:00
三天后                        | 2026-11-28
3天后8点                      | 2026-11-28 08:00
三天以后上午九点              | 2026-11-28 09:00
一周后                        | 2026-12-02
两个星期后8点                 | 2026-12-09 08:00
三个月后                      | 2027-02-25
两小时后                      | 2026-11-25 12:00
2个小时后                     | 2026-11-25 12:00
半小时后                      | 2026-11-25 10:30
半个小时之后                  | 2026-11-25 10:30
一个半小时后                  | 2026-11-25 11:30
1.5小时后                     | 2026-11-25 11:30
30分钟后                      | 2026-11-25 10:30
30分钟后开始                  | 2026-11-25 10:30 | 开始
一刻钟后                      | 2026-11-25 10:15
1小时30分钟后                 | 2026-11-25 11:30
再过两小时后                  | 2026-11-25 12:00
7:30                          | 2026-11-26 07:30
16:00                         | 2026-11-25 16:00
16:00 家长会                  | 2026-11-25 16:00 | 家长会
八点三刻                      | 2026-11-26 08:45
8点一刻                       | 2026-11-26 08:15
8点05分                       | 2026-11-26 08:05
八点零五                      | 2026-11-26 08:05
8点整                         | 2026-11-26 08:00
8点钟                         | 2026-11-26 08:00
8点30                         | 2026-11-26 08:30
8点10人集合                   | 2026-11-26 08:00 | 10人集合
8点一年级集合                 | 2026-11-26 08:00 | 一年级集合
下午3时                       | 2026-11-25 15:00
下午16点                      | 2026-11-25 16:00
中午12点                      | 2026-11-25 12:00
中午1点                       | 2026-11-25 13:00
中午                          | 2026-11-25 12:00
傍晚6点                       | 2026-11-25 18:00
凌晨5点                       | 2026-11-26 05:00
凌晨12点                      | 2026-11-26 00:00
晚上12点                      | 2026-11-26 00:00
明晚12点                      | 2026-11-27 00:00
今天24:00                     | 2026-11-26 00:00
0点                           | 2026-11-26 00:00
明天0:00                      | 2026-11-26 00:00
明天一点半                    | 2026-11-26 01:30
明天三点要求                  | 2026-11-26 | 三点要求
明天下午                      | 2026-11-26 | 下午
今晚                          | 2026-11-25
今晚家长会                    | 2026-11-25 | 今晚家长会
明早 请假                     | 2026-11-26 | 明早 请假
明天 发烧                     | 2026-11-26 | 发烧
明天到医院看牙                | 2026-11-26 | 到医院看牙
周五和爸爸去医院              | 2026-11-27 | 和爸爸去医院
明天：交回执                  | 2026-11-26 | 交回执
定于明天 7:30 集合            | 2026-11-26 07:30 | 集合
tomorrow 7:30                 | 2026-11-26 07:30
tomorrow at 7                 | 2026-11-26 07:00
tomorrow at 4 in the afternoon | 2026-11-26 16:00
tomorrow morning 7:30         | 2026-11-26 07:30
tomorrow evening at 8         | 2026-11-26 20:00
tomorrow                      | 2026-11-26
Tomorrow, dentist             | 2026-11-26 | dentist
at tomorrow 7:30 Trip         | 2026-11-26 07:30 | Trip
the day after tomorrow 8am    | 2026-11-27 08:00
tonight at 8                  | 2026-11-25 20:00
tonight 8pm parents meeting   | 2026-11-25 20:00 | parents meeting
today 4 pm                    | 2026-11-25 16:00
fri 16:00                     | 2026-11-27 16:00
Fri 16:00 Spring outing       | 2026-11-27 16:00 | Spring outing
friday 4pm                    | 2026-11-27 16:00
friday 4:30 p.m.              | 2026-11-27 16:30
on friday at 4pm              | 2026-11-27 16:00
4pm on friday                 | 2026-11-27 16:00
9am tomorrow                  | 2026-11-26 09:00
sunday 9am                    | 2026-11-29 09:00
sun 9:00                      | 2026-11-29 09:00
next wed noon                 | 2026-12-02 12:00
next friday                   | 2026-12-04
this friday 8am               | 2026-11-27 08:00
in 2 hours                    | 2026-11-25 12:00
in an hour                    | 2026-11-25 11:00
in half an hour               | 2026-11-25 10:30
in 45 min                     | 2026-11-25 10:45
2 hours later                 | 2026-11-25 12:00
in 3 days at 9am              | 2026-11-28 09:00
in a week                     | 2026-12-02
dec 1                         | 2026-12-01
dec 1 9am                     | 2026-12-01 09:00
Dec 1st, 2026 at 7:30         | 2026-12-01 07:30
December 1, 2026              | 2026-12-01
1 Dec 2026 07:30              | 2026-12-01 07:30
1st of December 7:30am        | 2026-12-01 07:30
Tue 1 Dec 07:30               | 2026-12-01 07:30
12am                          | 2026-11-26 00:00
12:30 pm                      | 2026-11-25 12:30
8 o'clock                     | 2026-11-26 08:00
noon                          | 2026-11-25 12:00
midnight                      | 2026-11-26 00:00
"""

REFUSALS: list[tuple[str, WhenError]] = [
    ("", NONE),
    ("   ", NONE),
    ("发烧", NONE),
    ("春游通知", NONE),
    ("请各位家长明天7:30到校", NONE),
    ("通知：明天放假", NONE),
    ("Hello parents", NONE),
    ("homework for tomorrow", NONE),
    ("12月的活动安排", UNREADABLE),
    ("12月", UNREADABLE),
    ("三年级家长会", UNREADABLE),
    ("一个通知", UNREADABLE),
    ("周到的服务", UNREADABLE),
    ("周末愉快", UNREADABLE),
    ("周记要写完", UNREADABLE),
    ("7个孩子", UNREADABLE),
    ("100分的作文", UNREADABLE),
    ("5分钟演讲", UNREADABLE),
    ("两小时", UNREADABLE),
    ("5号楼集合", UNREADABLE),
    ("3-5人一组", UNREADABLE),
    ("50/50", UNREADABLE),
    ("13/1", UNREADABLE),
    ("三点建议", UNREADABLE),
    ("3点要求请看清", UNREADABLE),
    ("一点小事想请教", UNREADABLE),
    ("一时想不起来", UNREADABLE),
    ("这周一个通知", UNREADABLE),
    ("今天的作业", UNREADABLE),
    ("明天是什么日子", UNREADABLE),
    ("周五前交回执", UNREADABLE),
    ("周一到周五", UNREADABLE),
    ("明天和后天", UNREADABLE),
    ("12月1日到4日", UNREADABLE),
    ("今年的计划", UNREADABLE),
    ("中午孩子没吃饭", UNREADABLE),
    ("16:00-17:00 家长会", UNREADABLE),
    ("明天 7：3", UNREADABLE),
    ("sun cream please", UNREADABLE),
    ("may I ask something", UNREADABLE),
    ("monday's homework", NONE),
    ("today's homework", UNREADABLE),
    ("in 2 groups", UNREADABLE),
    ("1st prize", UNREADABLE),
    ("明天25点", NONEXISTENT),
    ("明天7:65", NONEXISTENT),
    ("25:00", NONEXISTENT),
    ("24:30", NONEXISTENT),
    ("明天上午15点", NONEXISTENT),
    ("2月30日", NONEXISTENT),
    ("2月30日 8点", NONEXISTENT),
    ("2026-02-30", NONEXISTENT),
    ("2027-13-01 8:00", NONEXISTENT),
    ("13月1日", NONEXISTENT),
    ("12月32日", NONEXISTENT),
    ("2月29日", NONEXISTENT),
    ("明天（周一）7:30", NONEXISTENT),
    ("12月1日周五", NONEXISTENT),
    ("Fri 1 Dec 9:00", NONEXISTENT),
    ("3026-12-01 07:30", NONEXISTENT),
    ("9999-12-31 23:59", NONEXISTENT),
    ("9999天后", NONEXISTENT),
    ("feb 30 9am", NONEXISTENT),
    ("昨天", PAST),
    ("昨晚8点", PAST),
    ("前天 8:00", PAST),
    ("今天 9:00", PAST),
    ("今早8点", PAST),
    ("今天 10:00", PAST),
    ("本周一", PAST),
    ("上周五", PAST),
    ("11月20日", PAST),
    ("11月20日 9:00", PAST),
    ("2025-12-01", PAST),
    ("2020-01-01 08:00", PAST),
    ("0001-01-01 00:00", PAST),
    ("yesterday", PAST),
    ("last friday", PAST),
    ("nov 20", PAST),
    ("0分钟后", PAST),
]


def _table() -> list[tuple[str, str, str]]:
    rows = (line.split("|") for line in EXAMPLES.strip().splitlines())
    return [(row[0].strip(), row[1].strip(), row[2].strip() if len(row) > 2 else "") for row in rows]


def test_the_tables_are_long_enough() -> None:
    assert len(_table()) + len(REFUSALS) >= 150


@pytest.mark.parametrize(("text", "local", "rest"), _table())
def test_a_time_is_read(text: str, local: str, rest: str) -> None:
    found = read_when(text, NOW, SHANGHAI)
    assert isinstance(found, When), found
    assert f"{found.moment:%Y-%m-%d %H:%M}" == (local if found.has_time else f"{local} 00:00")
    assert found.has_time == (":" in local)
    assert found.rest == rest
    assert found.moment.tzinfo == SHANGHAI


@pytest.mark.parametrize(("text", "error"), REFUSALS)
def test_no_time_is_read(text: str, error: WhenError) -> None:
    assert read_when(text, NOW, SHANGHAI) is error


def test_a_day_without_a_time_takes_the_usual_one() -> None:
    day, moment = read_when("12月1日", NOW, SHANGHAI), read_when("12月1日 9:00", NOW, SHANGHAI)
    assert isinstance(day, When)
    assert isinstance(moment, When)
    assert day.at(time(20)) == datetime(2026, 12, 1, 20, tzinfo=SHANGHAI)
    assert moment.at(time(20)) == datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
    assert day.day == date(2026, 12, 1)


def test_the_day_is_that_of_the_classroom() -> None:
    late = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # 26 November, 4:00 in Shanghai
    found = read_when("今天 7:30", late, SHANGHAI)
    assert isinstance(found, When)
    assert found.moment == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_does_not_exist() -> None:
    before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    assert read_when("明天 2:30", before, BERLIN) is NONEXISTENT
    assert read_when("tomorrow 2:30", before, BERLIN) is NONEXISTENT


def test_an_hour_that_comes_twice_is_the_next_of_them() -> None:
    first = read_when("今天 2:30", datetime(2026, 10, 25, 0, 0, tzinfo=UTC), BERLIN)
    second = read_when("今天 2:30", datetime(2026, 10, 25, 0, 45, tzinfo=UTC), BERLIN)
    assert isinstance(first, When)
    assert isinstance(second, When)
    assert first.moment.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.moment.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


_FIRST, _LAST = datetime(2026, 1, 1), datetime(2028, 12, 31)  # noqa: DTZ001 (Hypothesis adds the zone)


@given(
    st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
    st.integers(1, 400 * 24 * 60),
    st.sampled_from(["zh_CN", "en"]),
)
def test_what_the_bot_says_can_be_typed_back(now: datetime, ahead: int, language: str) -> None:
    moment = now.replace(second=0, microsecond=0) + timedelta(minutes=ahead)
    said = Say(language).when(moment, SHANGHAI, now)
    found = read_when(said, now, SHANGHAI)
    if ahead > 270 * 24 * 60 and found is PAST:
        return  # such a date without its year was just over
    assert moment <= now or (isinstance(found, When) and found.moment == moment and not found.rest), said


_PIECES = st.sampled_from(
    [
        *"零一二两三十日天月年号周下本这每早晚点半时分刻后到 :：-/.,0123456789",
        "明天",
        "下午",
        "星期",
        "小时",
        "个月",
        *("fri", "dec", " at ", "pm", "in ", "tomorrow", "every ", "noon", "2026-", "7:30", "底", "起"),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join), st.text(max_size=12), st.booleans())
def test_nothing_typed_breaks_the_reader(head: str, tail: str, berlin: bool) -> None:
    zone = BERLIN if berlin else SHANGHAI
    text = head + tail
    when = read_when(text, NOW, zone)
    assert isinstance(when, WhenError) or when.rest in text
    assert isinstance(when, WhenError) or not when.has_time or when.moment > NOW
    every = read_every(text, zone)
    assert isinstance(every, WhenError) or every.next_after(NOW) > NOW
    span = read_date_range(text, NOW, zone)
    assert isinstance(span, WhenError) or span.first <= span.last


@pytest.mark.parametrize(
    "text", ["明天" + " " * 4000 + "x", "1" * 4000, "一" * 4000, "下午" + " ," * 2000, "每周" + "一、" * 2000]
)
def test_long_texts_are_read_at_once(text: str) -> None:
    read_when(text, NOW, SHANGHAI)
    read_every(text, SHANGHAI)
    read_date_range(text, NOW, SHANGHAI)


REPEATS = """
每周五 16:00                   | weekly 5 16:00       | 2026-11-27 16:00
每周五16:00下周谁来值日？      | weekly 5 16:00       | 2026-11-27 16:00 | 下周谁来值日？
每周五 16:00 [截止 周日 20:00] 谁？ | weekly 5 16:00  | 2026-11-27 16:00 | [截止 周日 20:00] 谁？
每周五下午四点半               | weekly 5 16:30       | 2026-11-27 16:30
每星期天 20：00                | weekly 7 20:00       | 2026-11-29 20:00
每个礼拜三早上8点              | weekly 3 08:00       | 2026-12-02 08:00
每天 7:00                      | daily 07:00          | 2026-11-26 07:00
每日7点                        | daily 07:00          | 2026-11-26 07:00
每天 16:00                     | daily 16:00          | 2026-11-25 16:00
每天中午                       | daily 12:00          | 2026-11-25 12:00
每周一三五 8点                 | weekly 1,3,5 08:00   | 2026-11-27 08:00
每周一、周三、周五 8点         | weekly 1,3,5 08:00   | 2026-11-27 08:00
每周一到周五 7:30              | weekly 1,2,3,4,5 07:30 | 2026-11-26 07:30
每周六至周一 7:30              | weekly 1,6,7 07:30   | 2026-11-28 07:30
每周末 9:00                    | weekly 6,7 09:00     | 2026-11-28 09:00
工作日 8:00                    | weekly 1,2,3,4,5 08:00 | 2026-11-26 08:00
每个工作日 8:00                | weekly 1,2,3,4,5 08:00 | 2026-11-26 08:00
每月1号 9:00                   | monthly 1 09:00      | 2026-12-01 09:00
每个月15日上午9点              | monthly 15 09:00     | 2026-12-15 09:00
每月31日 8点                   | monthly 31 08:00     | 2026-11-30 08:00
每月最后一天 8点               | monthly 32 08:00     | 2026-11-30 08:00
每周五晚上12点                 | weekly 6 00:00       | 2026-11-28 00:00
every fri 16:00                | weekly 5 16:00       | 2026-11-27 16:00
every friday at 4pm Who helps? | weekly 5 16:00       | 2026-11-27 16:00 | Who helps?
every mon, wed and fri 8am     | weekly 1,3,5 08:00   | 2026-11-27 08:00
every mon-fri 8am              | weekly 1,2,3,4,5 08:00 | 2026-11-26 08:00
every day 7:00                 | daily 07:00          | 2026-11-26 07:00
daily 7:00                     | daily 07:00          | 2026-11-26 07:00
every weekday 7:30             | weekly 1,2,3,4,5 07:30 | 2026-11-26 07:30
every month 1 09:00            | monthly 1 09:00      | 2026-12-01 09:00
every month on the 1st at 9am  | monthly 1 09:00      | 2026-12-01 09:00
monthly on the 3rd 9:00        | monthly 3 09:00      | 2026-12-03 09:00
"""


@pytest.mark.parametrize("row", REPEATS.strip().splitlines())
def test_a_repeat_is_read(row: str) -> None:
    text, stored, local, rest = ([part.strip() for part in row.split("|")] + [""])[:4]
    found = read_every(text, SHANGHAI)
    assert isinstance(found, Every), found
    assert found.to_text() == stored
    assert f"{found.next_after(NOW):%Y-%m-%d %H:%M}" == local
    assert found.rest == rest
    assert found.has_time


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NONE),
        ("春游去哪里？", NONE),
        ("周五 16:00", NONE),
        ("明天 7:30", NONE),
        ("every", UNREADABLE),
        ("每位家长", UNREADABLE),
        ("每周", UNREADABLE),
        ("隔周五 8点", UNREADABLE),
        ("every other friday", UNREADABLE),
        ("everything is fine", UNREADABLE),
        ("每天25点", NONEXISTENT),
        ("每周五 7:65", NONEXISTENT),
        ("每月32号", NONEXISTENT),
        ("每月0号", NONEXISTENT),
        ("every month 40 9:00", NONEXISTENT),
    ],
)
def test_no_repeat_is_read(text: str, error: WhenError) -> None:
    assert read_every(text, SHANGHAI) is error


def test_a_repeat_without_a_time_has_the_usual_one() -> None:
    found = read_every("每周五 谁来值日？", SHANGHAI, usual=time(12, 10))
    assert isinstance(found, Every)
    assert (found.has_time, found.clock, found.rest) == (False, time(12, 10), "谁来值日？")


def test_a_repeat_keeps_its_local_hour_over_the_change_of_clocks() -> None:
    every = Every.from_text("daily 07:00", BERLIN)
    before = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)
    assert every.next_after(before).astimezone(UTC) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)


def test_a_repeat_in_a_skipped_hour_comes_as_much_later() -> None:
    every = Every.from_text("daily 02:30", BERLIN)
    found = every.next_after(datetime(2027, 3, 27, 12, 0, tzinfo=UTC))
    assert f"{found:%Y-%m-%d %H:%M}" == "2027-03-28 03:30"
    assert f"{every.next_after(found):%Y-%m-%d %H:%M}" == "2027-03-29 02:30"


def test_a_repeat_in_an_hour_that_comes_twice_comes_once() -> None:
    every = Every.from_text("daily 02:30", BERLIN)
    first = every.next_after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    assert first.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert f"{every.next_after(first):%Y-%m-%d %H:%M}" == "2026-10-26 02:30"


@pytest.mark.parametrize(
    "text", ["", "weekly", "weekly 8 09:00", "daily 7:00", "monthly 0 09:00", "daily 25:00"]
)
def test_what_is_no_stored_repeat_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Every.from_text(text, SHANGHAI)


_REPEATS = st.one_of(
    st.builds(
        Every,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.none(),
        st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.sampled_from([SHANGHAI, BERLIN]),
    ),
    st.builds(
        Every,
        st.just(frozenset[int]()),
        st.integers(1, 32),
        st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.sampled_from([SHANGHAI, BERLIN]),
    ),
)
_MOMENTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))


@given(_REPEATS)
def test_a_stored_repeat_is_the_same(every: Every) -> None:
    assert Every.from_text(every.to_text(), every.zone) == every


@given(_REPEATS, _MOMENTS)
def test_the_next_time_is_the_first_that_fits(every: Every, moment: datetime) -> None:
    found = every.next_after(moment)
    assert found > moment
    assert every.next_after(found - timedelta(seconds=1)) == found
    fits = (
        found.date().weekday() in every.weekdays if every.month_day is None else found.day <= every.month_day
    )
    assert fits
    assert found - moment <= timedelta(days=32)


SPANS = """
2026-12-01 2026-12-04 月假 返校 06:20 | 2026-12-01 | 2026-12-04 | 月假 返校 06:20
2026-12-01 到 2026-12-04       | 2026-12-01 | 2026-12-04
12月1日到4日                   | 2026-12-01 | 2026-12-04
12月1日至12月4日               | 2026-12-01 | 2026-12-04
12月1-4日放假                  | 2026-12-01 | 2026-12-04 | 放假
12月1号—4号                    | 2026-12-01 | 2026-12-04
12月30日到1月2日               | 2026-12-30 | 2027-01-02
12-01 12-04                    | 2026-12-01 | 2026-12-04
12/1~12/4                      | 2026-12-01 | 2026-12-04
12.1-12.4                      | 2026-12-01 | 2026-12-04
周一到周三                     | 2026-11-30 | 2026-12-02
周三到周五 感冒                | 2026-11-25 | 2026-11-27 | 感冒
周一至五                       | 2026-11-30 | 2026-12-04
周五到下周一                   | 2026-11-27 | 2026-11-30
明天和后天                     | 2026-11-26 | 2026-11-27
明天到后天 发烧                | 2026-11-26 | 2026-11-27 | 发烧
明天起三天                     | 2026-11-26 | 2026-11-28
明天请假三天                   | 2026-11-26 | 2026-11-28
今天 发烧                      | 2026-11-25 | 2026-11-25 | 发烧
明天                           | 2026-11-26 | 2026-11-26
明天8点 看牙                   | 2026-11-26 | 2026-11-26 | 8点 看牙
周三                           | 2026-11-25 | 2026-11-25
今晚 看病                      | 2026-11-25 | 2026-11-25 | 今晚 看病
11月20日到25日 生病            | 2026-11-20 | 2026-11-25 | 生病
dec 1-4                        | 2026-12-01 | 2026-12-04
dec 1 to dec 4                 | 2026-12-01 | 2026-12-04
1-4 dec                        | 2026-12-01 | 2026-12-04
tomorrow to friday trip        | 2026-11-26 | 2026-11-27 | trip
tomorrow and friday            | 2026-11-26 | 2026-11-27
tomorrow for 3 days            | 2026-11-26 | 2026-11-28
"""


@pytest.mark.parametrize("row", SPANS.strip().splitlines())
def test_a_span_of_days_is_read(row: str) -> None:
    text, first, last, rest = ([part.strip() for part in row.split("|")] + [""])[:4]
    expected = DateRange(date.fromisoformat(first), date.fromisoformat(last), rest)
    assert read_date_range(text, NOW, SHANGHAI) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NONE),
        ("发烧", NONE),
        ("8点到10点", UNREADABLE),
        ("今天的作业", UNREADABLE),
        ("周一和周三", UNREADABLE),
        ("三年级", UNREADABLE),
        ("12月4日到1日", NONEXISTENT),
        ("2026-12-04 2026-12-01", NONEXISTENT),
        ("2月28日到30日", NONEXISTENT),
        ("2月30日", NONEXISTENT),
        ("昨天", PAST),
        ("11月20日到22日", PAST),
    ],
)
def test_no_span_is_read(text: str, error: WhenError) -> None:
    assert read_date_range(text, NOW, SHANGHAI) is error
