from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.relations import Relation
from classroom.roster import Roster, Student
from classroom.rules.names import conforms, expected_name, fits_member_tag, member_tag

ROSTER = Roster(
    (Student(1, "张小明"), Student(2, "李雷", None, ("雷雷",)), Student(3, "Tom Smith"), Student(4, "张小"))
)


@pytest.mark.parametrize(
    ("name", "ids", "relation"),
    [
        ("张小明妈妈", [1], Relation.MOTHER),
        ("张小明·家长", [1], Relation.PARENT),
        ("🌸张小明（妈妈）🌸", [1], Relation.MOTHER),
        ("张 小 明 的 爸爸", [1], Relation.FATHER),
        ("雷雷奶奶", [2], Relation.PATERNAL_GRANDMOTHER),
        ("Tom Smith's Mum", [3], Relation.MOTHER),
        ("ＴＯＭ ＳＭＩＴＨ dad", [3], Relation.FATHER),
        ("李雷、张小明妈妈", [2, 1], Relation.MOTHER),
    ],
)
def test_a_name_conforms(name: str, ids: list[int], relation: Relation) -> None:
    found = conforms(name, ROSTER)
    assert found is not None
    assert ([student.id for student in found.students], found.relation) == (ids, relation)


@pytest.mark.parametrize("name", ["张小明", "妈妈", "王芳妈妈", "张小明老师", "我是张小明妈妈", "", "🌸"])
def test_a_name_does_not_conform(name: str) -> None:
    assert conforms(name, ROSTER) is None


@pytest.mark.parametrize(
    "pattern",
    ["{class}{student}{relation}", "{class}-{student}-{relation}", "家长·{class}{student}{relation}"],
)
def test_the_expected_name_conforms(pattern: str) -> None:
    for student in ROSTER.students:
        for relation in Relation:
            name = expected_name(student, relation, pattern, "三年级2班")
            found = conforms(name, ROSTER, pattern, "三年级2班")
            assert found is not None
            assert student in found.students


def test_another_class_does_not_conform() -> None:
    assert conforms("三2班张小明妈妈", ROSTER, "{class}{student}{relation}", "三2班") is not None
    assert conforms("三1班张小明妈妈", ROSTER, "{class}{student}{relation}", "三2班") is None


@given(st.text(max_size=40))
def test_a_tag_fits(text: str) -> None:
    tag = fits_member_tag(text)
    assert len(tag) <= 16
    assert fits_member_tag(tag) == tag


def test_a_tag_has_no_emoji() -> None:
    assert fits_member_tag("🌸张小明妈妈❤️👨‍👩‍👧") == "张小明妈妈"


@pytest.mark.parametrize(
    ("name", "relation", "tag"),
    [
        ("Tom Smith", Relation.MOTHER, "Tom Smith mother"),
        ("Olivia Hayes", Relation.MOTHER, "Olivia Hayes mum"),
        ("Mia Lopez", Relation.GRANDMOTHER, "Mia Lopez granny"),
        ("Alexander Brown", Relation.FATHER, "Alexander Brown"),
        ("Maximilian Featherstone", Relation.FATHER, "Maximilian Feath"),
    ],
)
def test_no_word_of_a_tag_is_cut_as_long_as_there_is_a_shorter_one(
    name: str, relation: Relation, tag: str
) -> None:
    assert member_tag(Student(9, name), relation, language="en") == tag


def test_a_tag_in_chinese_says_whose_family_it_is() -> None:
    assert member_tag(Student(1, "张小明"), Relation.MOTHER) == "张小明妈妈"


def test_in_traditional_characters_the_relation_is_written_in_them() -> None:
    ming = Student(1, "張小明")
    assert member_tag(ming, Relation.MOTHER, language="zh_TW") == "張小明媽媽"
    assert expected_name(ming, Relation.PATERNAL_GRANDFATHER, language="zh_TW") == "張小明爺爺"
