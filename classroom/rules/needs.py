"""What a family would rather not be seen to sign up for: help, remedial lessons, illness, circumstances."""

from __future__ import annotations

import re

from classroom.folding import fold

_NEEDS = re.compile(
    r"补助|资助|助学|困难|贫困|低保|减免|救助|捐助|受助|孤儿|单亲|留守|残疾|特殊(?:教育|儿童|情况|需要|学生)|"
    r"补课|补习|辅导|帮扶|学困|后进|补考|重修|"
    r"心理|咨询|多动|抑郁|焦虑|自闭|过敏|疾病|患病|病假|体重|肥胖|矮小|近视|"
    r"(?<![a-z])(?:grants?|subsid(?:y|ies)|hardship|financial aid|low.income|free (?:lunch|meal)s?|waivers?|"
    r"remedial|tutoring|catch.?up|counsel+ing|therapy|special needs|disabilit(?:y|ies)|allerg(?:y|ies|ic)|"
    r"overweight|single parents?)(?![a-z])"
)


def shows_a_need(text: str) -> bool:
    """True if who signs up for this should not stand in the group by name."""
    return _NEEDS.search(fold(text).text) is not None
