"""Quiet hours: how people write them, when they hold and when they are over."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduler.hours import QuietHours, chosen_hours, read_hours, valid_hours

SHANGHAI, BERLIN, APIA = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")


def hours(text: str, zone: ZoneInfo = SHANGHAI) -> QuietHours:
    found = read_hours(text, zone)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("21:00-07:00", time(21), time(7)),
        (" 7:00 – 20:00 ", time(7), time(20)),
        ("２１：００－７：００".replace("－", "-"), time(21), time(7)),
        ("21:00~6:30", time(21), time(6, 30)),
        ("21:00到06:30", time(21), time(6, 30)),
        ("21点到7点", time(21), time(7)),
        ("21点半至7点15分", time(21, 30), time(7, 15)),
        ("22:00-24:00", time(22), time(0)),
        ("00:00-23:59", time(0), time(23, 59)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, start: time, end: time) -> None:
    assert valid_hours(text)
    assert (hours(text).start, hours(text).end) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21",
        "21:00",
        "21:00-",
        "21:00-21:00",
        "25:00-07:00",
        "21:60-07:00",
        "24:30-07:00",
        "a-b",
        "21:00-07:00 x",
    ],
)
def test_what_is_no_pair_of_different_times_is_refused(text: str) -> None:
    assert not valid_hours(text)
    assert read_hours(text, SHANGHAI) is None


@pytest.mark.parametrize("text", ["off", " OFF ", "关", "关闭", "關", "none"])
def test_hours_can_be_off(text: str) -> None:
    assert valid_hours(text)
    assert read_hours(text, SHANGHAI) is None


@pytest.mark.parametrize(
    ("window", "clock", "inside"),
    [
        ("21:00-07:00", "20:59", False),
        ("21:00-07:00", "21:00", True),
        ("21:00-07:00", "00:00", True),
        ("21:00-07:00", "06:59", True),
        ("21:00-07:00", "07:00", False),
        ("12:00-14:00", "11:59", False),
        ("12:00-14:00", "12:00", True),
        ("12:00-14:00", "14:00", False),
        ("00:00-07:00", "00:00", True),
        ("21:00-00:00", "23:59", True),
        ("21:00-00:00", "00:00", False),
    ],
)
def test_the_start_belongs_to_it_and_the_end_does_not(window: str, clock: str, inside: bool) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")
    assert hours(window).holds(moment.astimezone(UTC)) is inside


def test_over_is_the_next_morning_after_midnight_the_same() -> None:
    quiet = hours("21:00-07:00")
    late = datetime(2026, 11, 23, 23, 30, 12, 5, SHANGHAI)
    assert quiet.over(late) == datetime(2026, 11, 24, 7, 0, tzinfo=SHANGHAI)
    assert quiet.over(datetime(2026, 11, 24, 1, 0, tzinfo=SHANGHAI)) == quiet.over(late)
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
    assert quiet.over(noon) == noon


def test_over_answers_in_the_zone_it_was_asked_in() -> None:
    asked = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    over = hours("21:00-07:00").over(asked)
    assert over.tzinfo is UTC and over == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def test_the_night_in_which_the_clocks_go_forward() -> None:
    quiet = hours("21:00-07:00", BERLIN)
    assert quiet.over(datetime(2026, 3, 28, 22, 0, tzinfo=UTC)) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    skipped = hours("23:00-02:30", BERLIN).over(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 by the new clocks


def test_the_night_in_which_the_clocks_go_back() -> None:
    quiet = hours("21:00-07:00", BERLIN)
    assert quiet.over(datetime(2026, 10, 24, 20, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    twice = hours("23:00-02:30", BERLIN)
    assert twice.over(datetime(2026, 10, 24, 23, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert twice.holds(datetime(2026, 10, 25, 1, 10, tzinfo=UTC))  # 02:10 for the second time
    assert twice.over(datetime(2026, 10, 25, 1, 10, tzinfo=UTC)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, APIA, ZoneInfo("America/St_Johns")])
def test_at_every_hour_of_a_year_over_is_outside_and_within_a_day(zone: ZoneInfo) -> None:
    quiet = hours("20:30-06:45", zone)
    for hour in range(0, 365 * 24, 5):
        moment = datetime.fromtimestamp(1_767_225_600 + hour * 3600, UTC)
        over = quiet.over(moment)
        assert not quiet.holds(over)
        assert 0 <= (over - moment).total_seconds() <= 12 * 3600


def test_waking_hours_turn_into_quiet_ones_and_back() -> None:
    awake = hours("07:00-20:00")
    assert (awake.outside().start_text, awake.outside().end_text) == ("20:00", "07:00")
    assert awake.outside().outside() == awake


def test_the_first_wish_that_can_be_read_is_chosen() -> None:
    assert chosen_hours(SHANGHAI, None, "21:00-07:00") == hours("21:00-07:00")
    assert chosen_hours(SHANGHAI, "off", "21:00-07:00") is None
    assert chosen_hours(SHANGHAI, "nonsense", "21:00-07:00") == hours("21:00-07:00")
    assert chosen_hours(SHANGHAI, "22:00-06:00", "21:00-07:00") == hours("22:00-06:00")
    assert chosen_hours(SHANGHAI) is None
