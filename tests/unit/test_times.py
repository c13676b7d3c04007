"""A moment as people say it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from templates.render import Say

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # Monday 22:00 in Shanghai


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "今天 07:00", "today 07:00"),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "明天（周二）07:00", "tomorrow (Tue) 07:00"),
        (datetime(2026, 11, 25, 1, 5, tzinfo=UTC), "后天（周三）09:05", "Wed 25 Nov 09:05"),
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "昨天（周日）09:00", "yesterday (Sun) 09:00"),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), "11月27日（周五）16:00", "Fri 27 Nov 16:00"),
        (datetime(2027, 1, 4, 8, 0, tzinfo=UTC), "2027年1月4日（周一）16:00", "Mon 4 Jan 2027 16:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime, chinese: str, english: str) -> None:
    assert Say("zh_CN").when(moment, SHANGHAI, NOW) == chinese
    assert Say("en").when(moment, SHANGHAI, NOW) == english


def test_a_day_goes_without_its_time() -> None:
    moment = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert Say("zh_CN").day(moment, SHANGHAI, NOW) == "11月27日（周五）"
    assert Say("en").day(moment, SHANGHAI, NOW) == "Fri 27 Nov"
