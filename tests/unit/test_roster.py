from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.roster import Roster, Student

ROSTER = Roster(
    (
        Student(1, "张小明", "20230101", ("明明", "Tommy")),
        Student(2, "李雷", "20230102"),
        Student(3, "韩梅梅"),
        Student(4, "张小明", "20230107"),
        Student(5, "高兴"),
        Student(6, "Tom Smith"),
        Student(7, "王芳"),
        Student(8, "王芳菲"),
    )
)


@pytest.mark.parametrize(
    ("text", "ids", "rest"),
    [
        ("李雷韩梅梅在运动会上", [2, 3], "在运动会上"),
        ("李雷、韩梅梅，王芳 和 高兴：获得第一", [2, 3, 7, 5], "获得第一"),
        ("李雷 以及 韩梅梅 & Tom Smith 很好", [2, 3, 6], "很好"),
        ("张小明(20230107) 好", [4], "好"),
        ("张小明 20230107 好", [4], "好"),
        ("20230101 张小明 好", [1], "好"),
        ("李雷和妈妈一起来", [2], "和妈妈一起来"),
        ("李 雷，韩·梅梅：x", [2, 3], "x"),
        ("高兴地宣布", [5], "地宣布"),
        ("李雷 高兴地宣布", [2], "高兴地宣布"),
        ("TOM smith and 李雷 did well", [6, 2], "did well"),
        ("ＴＯＭ　ＳＭＩＴＨ 好", [6], "好"),
        ("李雷 认真 负责", [2], "认真 负责"),
        ("王芳菲很好", [8], "很好"),
        ("王芳同学、李雷同学 很好", [7, 2], "很好"),
        ("李\u200b雷没带", [2], "没带"),
        ("王芳 马上帮助同学", [7], "马上帮助同学"),
        ("明明(20230101)好", [1], "好"),
        ("李雷 很棒👍\n第二行", [2], "很棒👍\n第二行"),
        ("3 次没带", [], "3 次没带"),
        ("今天表现很好", [], "今天表现很好"),
        ("", [], ""),
    ],
)
def test_names_at_the_head_are_read(text: str, ids: list[int], rest: str) -> None:
    head = ROSTER.names_at_head(text)
    assert ([student.id for student in head.students], head.rest) == (ids, rest)
    assert head.ambiguous == ()
    assert head.unknown is None


@pytest.mark.parametrize(
    ("text", "ids", "unknown"),
    [
        ("李雷、李累、韩梅梅 获得接力第一名", [2, 3], "李累"),
        ("李雷 李累 在运动会", [2], "李累"),
        ("李雷韩梅美在运动会", [2], "韩梅美"),
        ("Tomm did well", [], "Tomm"),
        ("李累没带作业", [], "李累"),
        ("花花 表现很好", [], "花花"),
        ("Tm Smith won the relay", [], "Tm Smith"),
        ("Tom Smyth Relay Day", [], "Tom Smyth"),
        ("Tom won the relay", [], "Tom"),
        ("Peter Pan did well", [], "Peter"),
    ],
)
def test_a_stranger_in_the_list_is_reported(text: str, ids: list[int], unknown: str) -> None:
    head = ROSTER.names_at_head(text)
    assert ([student.id for student in head.students], head.unknown) == (ids, unknown)


def test_a_shared_name_is_asked_about() -> None:
    head = ROSTER.names_at_head("张小明李雷 很好")
    assert [student.id for student in head.students] == [2]
    assert [[student.id for student in same] for same in head.ambiguous] == [[1, 4]]


def test_names_aliases_and_numbers_are_found() -> None:
    assert [s.id for s in ROSTER.find("张 小 明")] == [1, 4]
    assert [s.id for s in ROSTER.find("tommy")] == [1]
    assert [s.id for s in ROSTER.find("20230107")] == [4]
    assert ROSTER.find("李累") == ()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("李蕾", 2),
        ("小明", 1),
        ("tom smth", 6),
        ("Smith", 6),
        ("Sm", None),
        ("won", None),
        ("韩美梅", 3),
        ("张晓明", 1),
        ("赵六", None),
        ("", None),
    ],
)
def test_the_closest_names_are_offered(typed: str, first: int | None) -> None:
    offered = ROSTER.closest(typed)
    assert (offered[0].id if offered else None) == first


def test_names_in_a_text_are_found_however_they_are_split() -> None:
    text = "今天韩 梅 梅和李\u200b雷、ＴＯＭ　ｓｍｉｔｈ 都来了，王芳菲没来 tomorrow"
    assert [s.id for s in ROSTER.mentioned_in(text)] == [3, 2, 6, 8]


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    head = ROSTER.names_at_head(text)
    assert head.rest in text
    for mention in ROSTER.mentions(text):
        assert ROSTER.carriers(text[mention.start : mention.end]) == mention.students


@given(
    st.lists(st.sampled_from(["李雷", "韩梅梅", "高兴", "王芳"]), min_size=1, unique=True),
    st.sampled_from(["", " ", "、", "，", "和"]),
)
def test_any_list_of_names_is_read_whole(names: list[str], separator: str) -> None:
    head = ROSTER.names_at_head(separator.join(names) + " 很棒")
    assert ([s.name for s in head.students], head.rest) == (names, "很棒")
