"""The school calendar against the official announcements, and what a class or a server puts right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from scheduler.calendar import Overrides, OwnDay, SchoolCalendar, festivals
from scheduler.calendar.days import Kind
from scheduler.calendar.ics import Entry, render
from scheduler.calendar.official import blocks
from scheduler.calendar.overrides import read_overrides

# what the State Council announced: first day, last day, days, make-up workdays
ANNOUNCED = {
    2023: {
        "元旦": ("2022-12-31", "2023-01-02", 3, ()),
        "春节": ("2023-01-21", "2023-01-27", 7, ("2023-01-28", "2023-01-29")),
        "清明节": ("2023-04-05", "2023-04-05", 1, ()),
        "劳动节": ("2023-04-29", "2023-05-03", 5, ("2023-04-23", "2023-05-06")),
        "端午节": ("2023-06-22", "2023-06-24", 3, ("2023-06-25",)),
        "中秋节、国庆节": ("2023-09-29", "2023-10-06", 8, ("2023-10-07", "2023-10-08")),
    },
    2024: {
        "元旦": ("2023-12-30", "2024-01-01", 3, ()),
        "春节": ("2024-02-10", "2024-02-17", 8, ("2024-02-04", "2024-02-18")),
        "清明节": ("2024-04-04", "2024-04-06", 3, ("2024-04-07",)),
        "劳动节": ("2024-05-01", "2024-05-05", 5, ("2024-04-28", "2024-05-11")),
        "端午节": ("2024-06-08", "2024-06-10", 3, ()),
        "中秋节": ("2024-09-15", "2024-09-17", 3, ("2024-09-14",)),
        "国庆节": ("2024-10-01", "2024-10-07", 7, ("2024-09-29", "2024-10-12")),
    },
    2025: {
        "元旦": ("2025-01-01", "2025-01-01", 1, ()),
        "春节": ("2025-01-28", "2025-02-04", 8, ("2025-01-26", "2025-02-08")),
        "清明节": ("2025-04-04", "2025-04-06", 3, ()),
        "劳动节": ("2025-05-01", "2025-05-05", 5, ("2025-04-27",)),
        "端午节": ("2025-05-31", "2025-06-02", 3, ()),
        "国庆节、中秋节": ("2025-10-01", "2025-10-08", 8, ("2025-09-28", "2025-10-11")),
    },
    2026: {
        "元旦": ("2026-01-01", "2026-01-03", 3, ("2026-01-04",)),
        "春节": ("2026-02-15", "2026-02-23", 9, ("2026-02-14", "2026-02-28")),
        "清明节": ("2026-04-04", "2026-04-06", 3, ()),
        "劳动节": ("2026-05-01", "2026-05-05", 5, ("2026-05-09",)),
        "端午节": ("2026-06-19", "2026-06-21", 3, ()),
        "中秋节": ("2026-09-25", "2026-09-27", 3, ()),
        "国庆节": ("2026-10-01", "2026-10-07", 7, ("2026-09-20", "2026-10-10")),
    },
}


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("year", ANNOUNCED)
def test_holidays_are_as_they_were_announced(year: int) -> None:
    found = {h.name: (h.first, h.last, h.days, h.makeups) for h in blocks("CN", year)}
    wanted = {
        name: (day(first), day(last), days, tuple(map(day, makeups)))
        for name, (first, last, days, makeups) in ANNOUNCED[year].items()
    }
    assert found == wanted
    assert all(h.announced for h in blocks("CN", year))


@pytest.mark.parametrize("year", ANNOUNCED)
def test_every_day_of_a_year_is_a_school_day_or_not(year: int) -> None:
    calendar = SchoolCalendar("CN")
    off, worked = set(), set()
    for first, last, days, makeups in [
        v for y in (year, year + 1) if y in ANNOUNCED for v in ANNOUNCED[y].values()
    ]:
        off |= {day(first) + timedelta(days=n) for n in range(days)}
        worked |= set(map(day, makeups))
        assert day(last) in off
    for n in range(360):
        that = date(year, 1, 1) + timedelta(days=n)
        assert calendar.is_school_day(that) is (that in worked or (that.weekday() < 5 and that not in off)), (
            that
        )


def test_a_year_that_is_not_announced_is_said_to_be_so() -> None:
    calendar = SchoolCalendar("CN")
    assert calendar.announced(2026) and not calendar.announced(2027)
    found = {h.name: (h.first, h.last, h.makeups, h.announced) for h in blocks("CN", 2027)}
    assert found["春节"] == (date(2027, 2, 5), date(2027, 2, 8), (), False)
    assert found["国庆节"] == (date(2027, 10, 1), date(2027, 10, 3), (), False)
    assert not calendar.is_school_day(date(2027, 10, 1))  # the law says so
    assert calendar.is_school_day(date(2027, 10, 5))  # nobody has said yet that it is moved


def test_the_day_after_is_the_first_school_day() -> None:
    calendar = SchoolCalendar("CN")
    backs = {h.name: calendar.back_on(h) for h in calendar.holidays(date(2026, 1, 1), date(2026, 12, 1))}
    assert backs["元旦"] == date(2026, 1, 4)  # a Sunday that is worked
    assert backs["春节"] == date(2026, 2, 24) and backs["中秋节"] == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *[(typed, "国庆节") for typed in ("国庆节", "国庆", "十一", "国庆放假", "National Day")],
        *[(typed, "劳动节") for typed in ("五一", "五一假期", "May Day", "劳动节")],
        *[(typed, "春节") for typed in ("过年", "Spring Festival", "春节假期", "Chinese New Year")],
        *[(typed, "端午节") for typed in ("端午", "dragon boat festival", "端午放假")],
        *[(typed, typed[:2] + "节") for typed in ("清明", "清明节", "中秋")],
        ("元旦", "元旦"),
        ("mid-autumn", "中秋节"),
    ],
)
def test_holidays_are_called_in_many_ways(typed: str, name: str) -> None:
    found = SchoolCalendar("CN").named(typed, date(2025, 11, 1))
    assert found is not None and found.name == name


@pytest.mark.parametrize("typed", ["", "节", "放假", "教师节", "月假", "a", "day", "明天"])
def test_what_is_no_holiday_is_none(typed: str) -> None:
    assert SchoolCalendar("CN").named(typed, date(2025, 11, 1)) is None


def test_one_of_two_that_fall_together_is_found_by_either_name() -> None:
    calendar = SchoolCalendar("CN")
    both = {calendar.named(name, date(2025, 9, 1)) for name in ("中秋", "国庆")}
    assert len(both) == 1


def test_other_countries_have_their_own() -> None:
    found = [h for h in blocks("US", 2026) if h.name == "Thanksgiving Day"]
    assert [(h.first, h.announced) for h in found] == [(date(2026, 11, 26), True)]
    assert not SchoolCalendar("US").is_school_day(date(2026, 7, 3))
    assert SchoolCalendar("ZZ").is_school_day(date(2026, 7, 3))  # a country nobody knows has weekends
    assert SchoolCalendar("CN", language="en_US").named("国庆", date(2026, 9, 1)) is not None
    assert {h.name for h in blocks("CN", 2026, "en_US")} >= {"National Day", "Spring Festival"}


# --- what a class sets ---------------------------------------------------------------------------


def own(
    kind: Kind, first: str, last: str = "", name: str = "月假", *, id_: int = 1, weekday: int | None = None
) -> OwnDay:
    return OwnDay(kind, name, day(first), day(last or first), id_, id_, weekday=weekday)


def test_a_class_has_days_off_of_its_own() -> None:
    calendar = SchoolCalendar("CN", [own(Kind.OFF, "2026-12-01", "2026-12-04")])
    assert not calendar.is_school_day(date(2026, 12, 3))
    [mine] = calendar.next_holidays(date(2026, 11, 20), timedelta(days=30))
    assert (mine.name, mine.days, calendar.back_on(mine)) == ("月假", 4, date(2026, 12, 7))


def test_an_official_holiday_is_put_right_by_its_name() -> None:
    calendar = SchoolCalendar("CN", [own(Kind.OFF, "2026-10-01", "2026-10-05", "国庆节")])
    found = calendar.holidays(date(2026, 9, 28), date(2026, 10, 12))
    assert [(h.first, h.last, h.makeups) for h in found] == [
        (date(2026, 10, 1), date(2026, 10, 5), (date(2026, 9, 20), date(2026, 10, 10)))
    ]
    assert calendar.is_school_day(date(2026, 10, 6)) and calendar.is_school_day(date(2026, 10, 10))


def test_vacations_swallow_the_holidays_within() -> None:
    calendar = SchoolCalendar("CN", [own(Kind.OFF, "2026-01-24", "2026-03-01", "寒假")])
    names = [h.name for h in calendar.holidays(date(2026, 1, 20), date(2026, 3, 10))]
    assert names == ["寒假"]
    assert (
        not calendar.is_school_day(date(2026, 2, 28))
        and calendar.makeups(date(2026, 2, 1), date(2026, 3, 1)) == []
    )


def test_school_on_a_weekend_and_whose_timetable_it_has() -> None:
    calendar = SchoolCalendar(
        "CN",
        [
            own(Kind.SCHOOL, "2026-12-06", name="", weekday=4),
            own(Kind.TIMETABLE, "2026-10-10", id_=2, weekday=2),
        ],
    )
    assert calendar.is_school_day(date(2026, 12, 6))
    assert [(m.day, m.follows) for m in calendar.makeups(date(2026, 10, 1), date(2026, 12, 31))] == [
        (date(2026, 10, 10), 2),
        (date(2026, 12, 6), 4),
    ]


def test_what_was_set_last_counts() -> None:
    off, back = own(Kind.OFF, "2026-12-01", "2026-12-04"), own(Kind.SCHOOL, "2026-12-04", id_=2)
    assert SchoolCalendar("CN", [off, back]).is_school_day(date(2026, 12, 4))
    assert SchoolCalendar("CN", [back, off]).is_school_day(date(2026, 12, 4))


def test_between_two_terms_there_is_no_school() -> None:
    terms = [own(Kind.TERM, "2026-02-24", "2026-07-10"), own(Kind.TERM, "2026-09-01", "2027-01-22", id_=2)]
    calendar = SchoolCalendar("CN", terms)
    assert not calendar.is_school_day(date(2026, 8, 3)) and calendar.is_school_day(date(2026, 9, 1))
    assert calendar.is_school_day(date(2027, 2, 24))  # the next term is not known: nobody is kept at home
    assert calendar.next_school_day(date(2026, 7, 11)) == date(2026, 9, 1)


# --- what the server puts right ------------------------------------------------------------------

FILE = """
announced = [2027]

[[holiday]]
name = "国庆节"
first = 2027-10-01
last = 2027-10-07
makeup = [2027-09-26, 2027-10-09]
country = "CN"

[[school]]
day = 2027-09-26
follows = "fri"

[[event]]
name = "期末考试"
first = 2027-01-14
last = 2027-01-15
"""


def test_the_file_of_the_server() -> None:
    calendar = SchoolCalendar("CN", overrides=read_overrides(FILE))
    assert calendar.announced(2027)
    found = {h.name: h for h in calendar.holidays(date(2027, 1, 1), date(2027, 12, 1))}
    national = found["国庆节"]
    assert (national.first, national.last, national.announced) == (date(2027, 10, 1), date(2027, 10, 7), True)
    assert national.key == "2027/国庆节"
    assert (found["清明节"].first, found["清明节"].last) == (
        date(2027, 4, 3),
        date(2027, 4, 5),
    )  # with its weekend
    assert [(m.day, m.follows) for m in calendar.makeups_of(national)] == [
        (date(2027, 9, 26), 4), (date(2027, 10, 9), None)
    ]  # fmt: skip
    assert calendar.is_school_day(date(2027, 10, 8)) and not calendar.is_school_day(date(2027, 10, 6))
    assert [e.name for e in calendar.own(Kind.EVENT, date(2027, 1, 1), date(2027, 2, 1))] == ["期末考试"]


def test_a_class_elsewhere_is_left_alone_by_it() -> None:
    calendar = SchoolCalendar("US", overrides=read_overrides(FILE))
    assert calendar.is_school_day(date(2027, 10, 6))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[holiday", "not valid TOML"),
        (
            "[[holiday]]\nname = '国庆节'\nfirst = 2027-10-07\nlast = 2027-10-01",
            "[[holiday]] 1: give either `day`",
        ),
        ("[[holiday]]\nname = '国庆节'", "[[holiday]] 1: give either `day`"),
        ("[[holiday]]\nname = '国庆节'\nday = 'soon'", "[[holiday]] 1 day: "),
        ("[[holiday]]\nday = 2027-10-01", "[[holiday]] 1 name: "),
        ("[[holidays]]\nday = 2027-10-01", "holidays: Extra inputs are not permitted"),
        ("[[school]]\nday = 2027-10-09\nfollows = 'monn day'\nx = 1", "[[school]] 1 x: "),
        ("[[school]]\nday = 2027-10-09\nfollows = 'someday'", "follows: write a weekday"),
        ("announced = ['soon']", "announced"),
        ("[[event]]\nname = 'x'\nday = 2027-10-01\ncountry = 'China'", "[[event]] 1 country: "),
    ],
)
def test_what_is_wrong_in_it_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read_overrides(text)
    assert "\n" not in str(error.value)


def test_no_file_changes_nothing() -> None:
    assert read_overrides("") == Overrides()


# --- festivals and the feed ----------------------------------------------------------------------


def test_festivals_by_the_moon_and_by_the_sun() -> None:
    found = {f.name: f.day for f in festivals.of_year(2026)}
    assert found["dragon_boat"] == date(2026, 6, 19) and found["mid_autumn"] == date(2026, 9, 25)
    assert found["spring"] == date(2026, 2, 17) and found["lantern"] == date(2026, 3, 3)
    assert found["mother"] == date(2026, 5, 10) and found["father"] == date(2026, 6, 21)
    assert found["double_ninth"] == date(2026, 10, 18)
    assert date(2026, 9, 10) not in found.values()  # 教师节
    assert festivals.after(date(2026, 10, 18)).day == date(2027, 1, 1)


def test_a_calendar_for_phones_has_whole_days_and_no_zone() -> None:
    changed = datetime(2026, 9, 1, 2, 3, 4, 5, tzinfo=UTC)
    entry = Entry(
        "a@homeroom", date(2026, 10, 1), date(2026, 10, 7), "国庆节放假; 7, 天", "返校\n补班", 2, changed
    )
    text = render("三年级2班", [entry])
    assert text == render("三年级2班", [entry]) and "VTIMEZONE" not in text and "\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = Calendar.from_ical(text)
    [event] = read.walk("VEVENT")
    assert event.decoded("DTSTART") == date(2026, 10, 1) and event.decoded("DTEND") == date(2026, 10, 8)
    assert str(event["SUMMARY"]) == "国庆节放假; 7, 天" and str(event["DESCRIPTION"]) == "返校\n补班"
    assert event["SEQUENCE"] == 2 and event.decoded("LAST-MODIFIED") == changed.replace(microsecond=0)
    assert str(read["X-WR-CALNAME"]) == "三年级2班"
