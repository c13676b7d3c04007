"""What a family would rather not be seen to sign up for."""

import pytest

from classroom.rules.needs import shows_a_need


@pytest.mark.parametrize(
    "text",
    [
        "申请助学补助",
        "家庭经济困难登记",
        "周五课后辅导",
        "数学补课",
        "心理老师咨询时间",
        "过敏情况登记",
        "单亲家庭座谈",
        "Free lunch",
        "Hardship grants",
        "Remedial maths",
        "Counselling hours",
        "Children with allergies",
    ],
)
def test_a_need_shows(text: str) -> None:
    assert shows_a_need(text)


@pytest.mark.parametrize(
    "text",
    [
        "春游志愿者",
        "运动会 100 米",
        "班级图书角捐书",
        "周六打扫教室",
        "Helpers for the trip",
        "Bake sale",
        "合唱队",
    ],
)
def test_most_things_show_none(text: str) -> None:
    assert not shows_a_need(text)
