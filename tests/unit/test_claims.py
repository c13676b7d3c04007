"""What parents write to say whose parent they are, and what teachers write to fill the roster."""

from __future__ import annotations

import pytest

from classroom.claims import proves, read_claim
from classroom.relations import Relation
from classroom.roster import Roster, Student
from classroom.roster_typed import MOST_NAMES, read_names

ROSTER = Roster(
    (
        Student(1, "张小明", "20230107"),
        Student(2, "李雷"),
        Student(3, "Li Lei", aliases=("Leo",)),
        Student(4, "张伟", "01"),
        Student(5, "张伟", "02"),
    )
)
MOTHER = Relation.MOTHER


@pytest.mark.parametrize(
    ("typed", "students", "relation", "proof"),
    [
        ("张小明 妈妈", [1], MOTHER, None),
        ("张小明奶奶", [1], Relation.PATERNAL_GRANDMOTHER, None),
        ("我是张小明的妈妈", [1], MOTHER, None),
        ("妈妈 张小明", [1], MOTHER, None),
        ("张小明", [1], None, None),
        ("张小明妈妈0107", [1], MOTHER, "0107"),
        ("张小明（20230107）妈妈", [1], MOTHER, "20230107"),
        ("张小明，妈妈，学号：20230107", [1], MOTHER, "20230107"),
        ("张小明 138 0000 0000 妈妈", [1], MOTHER, "138 0000 0000"),
        ("张伟 妈妈 02", [4, 5], MOTHER, "02"),
        ("mother of Li Lei", [3], MOTHER, None),
        ("Li Lei's mum 1234", [3], MOTHER, "1234"),
        ("I'm Leo's mother", [3], MOTHER, None),
        ("没有 妈妈", [], MOTHER, None),
        ("20230107", [], None, "20230107"),
        ("", [], None, None),
        ("😀", [], None, None),
    ],
)
def test_claims(typed: str, students: list[int], relation: Relation | None, proof: str | None) -> None:
    claim = read_claim(typed, ROSTER)
    assert ([s.id for s in claim.students], claim.relation, claim.proof) == (students, relation, proof)


def test_two_children_are_not_claimed_at_once() -> None:
    assert read_claim("张小明、李雷 妈妈", ROSTER).one_at_a_time


@pytest.mark.parametrize(
    ("typed", "number", "phones", "right"),
    [
        ("20230107", "20230107", (), True),
        ("２０２３０１０７", "20230107", (), True),
        ("0000", None, ("13800000000",), True),
        ("13800000000", None, ("+8613800000000",), True),
        ("000", None, ("13800000000",), False),
        ("0001", None, ("13800000000",), False),
        ("0107", "20230107", (), False),
        ("", None, ("13800000000",), False),
        ("", "", (), False),
    ],
)
def test_proofs(typed: str, number: str | None, phones: tuple[str, ...], right: bool) -> None:
    assert proves(typed, number, phones) is right


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("张小明 李雷", [("张小明", None), ("李雷", None)]),
        ("张小明、李雷，韩梅梅;王芳", [(n, None) for n in ("张小明", "李雷", "韩梅梅", "王芳")]),
        (
            "张小明(20230107) 李雷 20230108 王芳",
            [("张小明", "20230107"), ("李雷", "20230108"), ("王芳", None)],
        ),
        ("1 张小明\n2 李雷", [("张小明", "1"), ("李雷", "2")]),
        ("Li Lei, Han Meimei (12)", [("Li Lei", None), ("Han Meimei", "12")]),
        ("Tom Smith,", [("Tom Smith", None)]),
        ("张小明 张小明", [("张小明", None)]),
        ("", []),
    ],
)
def test_names_for_the_roster(typed: str, read: list[tuple[str, str | None]]) -> None:
    assert [(row.name, row.number) for row in read_names(typed).rows] == read


def test_too_many_names_are_none() -> None:
    assert read_names(" ".join(f"n{chr(0x4E00 + i)}" for i in range(MOST_NAMES + 1))).too_many
