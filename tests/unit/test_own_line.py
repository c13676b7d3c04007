"""One child's own line of a text about several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.roster import Roster, Student
from classroom.rules.own_line import own_line
from classroom.rules.wording import other_children

STUDENTS = (Student(1, "张小明"), Student(2, "李雷"), Student(3, "韩梅梅"), Student(4, "王芳"))
ROSTER = Roster(STUDENTS)
LI, HAN, WANG = STUDENTS[1:]


@pytest.mark.parametrize(
    ("text", "student", "own"),
    [
        ("未交作业：李雷、韩梅梅", HAN, "未交作业：韩梅梅"),
        ("未交作业：\n李雷\n韩梅梅\n请今晚补交", LI, "未交作业：\n李雷\n请今晚补交"),
        ("期中考试成绩：\n李雷 98\n韩梅梅 95", HAN, "期中考试成绩：\n韩梅梅 95"),
        ("语文：李雷 95，韩梅梅 62", LI, "语文：李雷 95"),
        ("语文：李雷 95，韩梅梅 62。数学：李雷 90，韩梅梅 70", LI, "语文：李雷 95，数学：李雷 90"),
        ("李雷 98 韩梅梅 95", LI, "李雷 98"),
        ("红榜：李雷；黑榜：王芳（讲话）", WANG, "黑榜：王芳（讲话）"),
        ("今天李雷、王芳没有完成数学作业", WANG, "今天王芳没有完成数学作业"),
        ("李雷：迟到，王芳：没交作业", WANG, "王芳：没交作业"),
        ("李雷、王芳，作业没交", LI, "李雷，作业没交"),
        ("今日表扬\n李雷 王芳\n\n今日批评\n韩梅梅 张小明", HAN, "今日批评\n韩梅梅"),
        ("李雷今天迟到了", LI, "李雷今天迟到了"),
    ],
)
def test_a_line_of_its_own(text: str, student: Student, own: str) -> None:
    found = own_line(text, student, ROSTER)
    assert (found.text, found.separate) == (own, True)


@pytest.mark.parametrize(
    ("text", "student", "own"),
    [
        ("李雷和韩梅梅打架了", LI, "李雷和一位同学打架了"),
        ("李雷打了韩梅梅", HAN, "一位同学打了韩梅梅"),
        ("李雷没带书，梅梅迟到", LI, "李雷没带书，一位同学迟到"),
    ],
)
def test_what_cannot_be_cut_names_nobody_else(text: str, student: Student, own: str) -> None:
    found = own_line(text, student, ROSTER)
    assert (found.text, found.separate) == (own, False)


@given(st.text(alphabet="李雷韩梅王芳没交作业：、，。\n 98和的", max_size=50))
def test_no_other_child_is_ever_named(text: str) -> None:
    assert other_children(own_line(text, LI, ROSTER).text, LI, ROSTER) == ()
