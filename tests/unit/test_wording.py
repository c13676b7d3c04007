from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.roster import Roster, Student
from classroom.rules.wording import (
    ConcernParts,
    grave_in,
    is_common_word,
    labels_in,
    marks_in,
    other_children,
    parts,
    without_names,
)

LEI = Student(2, "李雷", None, ("雷雷",))
MEIMEI = Student(3, "韩梅梅")
ROSTER = Roster(
    (Student(1, "张小明"), LEI, MEIMEI, Student(4, "高兴"), Student(5, "张小"), Student(6, "Tom Smith"))
)

MARKS = [
    "李雷 98分",
    "数学考了第3名",
    "期中考试全班第一",
    "语文：90",
    "语文：90，数学：95",
    "班级排名出来了",
    "班级平均分 88.5",
    "听写得了优",
    "数学测验 A+",
    "考了满分",
    "李雷考了100分",
    "英语考了九十八分",
    "李雷期末考试进步了5名",
    "年级排名第十",
    "单元测试：李雷 95、韩梅梅 88",
    "Tom scored 95 in the math test",
    "Tom got an A in maths",
    "Tom ranked first in the exam",
    "class average 82",
    "听写 98分",
    "李雷数学不及格",
    "韩梅梅语文95分，英语97分",
    "期末总分全班前十名",
    "Tom Smith 95/100",
    "本次测验最高分100",
    "作业得分：李雷 8分",
    "数学第一",
    "听写全班第二",
    "倒数第三，这次考试要加油",
    "成绩单已发",
    "体育考试得了98分",
    "期末考试李雷获得第一名",
    "口算得了优+",
    "李雷　９８分",
    "英语 98.5 数学 100",
    "数学竞赛后的月考李雷考了第2名",
    "考试得分 八十五分",
    "full marks in the spelling test",
    "期中考试成绩：\n李雷 98\n韩梅梅 95",
]
NO_MARKS = [
    "接力第一名",
    "李雷在运动会上获得接力第一名",
    "朗诵比赛一等奖",
    "运动会第二名",
    "7:30 到校",
    "8点10分集合",
    "请提前30分钟到",
    "10分钟后出发",
    "10分到门口",
    "比赛结果 3:2",
    "三年级2班",
    "电话 13800001111",
    "作业全对",
    "获得第一名",
    "李雷获得第一名",
    "每人交20元",
    "数学 第90页",
    "作业：数学 45页",
    "数学 12、13、14题",
    "英语 20 个单词",
    "演讲比赛得了9.5分",
    "数学竞赛一等奖",
    "篮球赛李雷得了20分",
    "跳绳第一",
    "十分高兴",
    "万分感谢",
    "三分钟热度",
    "付出100分的努力",
    "100米跑第一名",
    "1分20秒",
    "第一个到校",
    "全班第一个举手",
    "百分之九十",
    "语文 下周学第12课",
    "第3单元",
    "卫生评比第一名",
    "给孩子们打100分",
    "期末考试时间：语文 90 分钟",
    "本次考试满分100分",
    "考试安排：第一考场 30人",
    "明天期中考试，请带好文具，7点20分到校",
    "数学竞赛获得年级第二名",
    "Bus 12 leaves at 7:30",
    "Tom came first in the 100m race",
    "chapter 12, page 30",
    "书法比赛获得优秀奖",
    "请完成数学练习册第20页",
    "文明班级流动红旗第一名",
    "50分贝",
    "李雷跳远第三名，真棒",
    "扣2分",
    "语文 30本",
    "满分妈妈",
    "考试加油",
    "12/10 放学早",
    "期末考试7月5日 语文 8:00-9:30",
]


@pytest.mark.parametrize("text", MARKS)
def test_marks_of_examinations_are_found(text: str) -> None:
    assert marks_in(text)


@pytest.mark.parametrize("text", NO_MARKS)
def test_places_times_and_other_numbers_pass(text: str) -> None:
    assert marks_in(text) == ()


@given(st.text(max_size=80))
def test_a_mark_stands_where_it_says(text: str) -> None:
    for mark in marks_in(text):
        assert text[slice(*mark.span)] == mark.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("李雷很调皮，不听话", ["很调皮", "不听话"]),
        ("他太懒了", ["懒"]),
        ("懒羊羊伸懒腰", []),
        ("他不笨", []),
        ("箱子很笨重", []),
        ("笨鸟先飞", []),
        ("没教养的差生", ["没教养", "差生"]),
        ("脑子不好使", ["脑子不好使"]),
        ("好像有多动症", ["多动症"]),
        ("坏孩子", ["坏孩子"]),
        ("他 ｌａｚｙ", ["ｌａｚｙ"]),
        ("Tom is lazy and stupid", ["lazy", "stupid"]),
        ("he is not lazy", []),
        ("what does it mean", []),
        ("李雷今天三次没有带作业本", []),
        ("他不是坏孩子", []),
        ("磨蹭、马虎、拖拉", ["磨蹭", "马虎", "拖拉"]),
    ],
)
def test_labels_are_pointed_at(text: str, words: list[str]) -> None:
    labels = labels_in(text)
    assert [label.word for label in labels] == words
    assert all(text[slice(*label.span)] == label.word for label in labels)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("他说不想活了", {"self_harm"}),
        ("手臂上有割腕的痕迹", {"self_harm"}),
        ("想死你了", set()),
        ("跳楼价", set()),
        ("被打扰了", set()),
        ("被打了，脸上淤青", {"bullying", "injury"}),
        ("爸爸用皮带打他", {"abuse"}),
        ("遭到性侵", {"abuse"}),
        ("骨折", {"injury"}),
        ("总被同学欺负", {"bullying"}),
        ("he wants to die", {"self_harm"}),
        ("he was bullied and bled", {"bullying", "injury"}),
        ("今天没带书", set()),
        ("三次没有完成作业", set()),
    ],
)
def test_words_of_harm_are_found(text: str, kinds: set[str]) -> None:
    assert {sign.kind for sign in grave_in(text)} == kinds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("事实：没带书 影响：跟不上。\n建议：一起看", ConcernParts("没带书", "跟不上。", "一起看", "")),
        ("您好\nSuggestion: a. Fact: b", ConcernParts("b", "", "a.", "您好")),
        ("没有标题", ConcernParts("", "", "", "没有标题")),
        ("【事实】：三次没带", ConcernParts("三次没带", "", "", "")),
        ("", ConcernParts("", "", "", "")),
    ],
)
def test_the_parts_of_a_concern(text: str, expected: ConcernParts) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("李雷和韩梅梅打架", "李雷和一位同学打架"),
        ("李雷推了 韩 梅梅 一下", "李雷推了 一位同学 一下"),
        ("李雷打了梅梅", "李雷打了一位同学"),
        ("韩梅梅同学哭了", "一位同学哭了"),
        ("ＴＯＭ Ｓmith 和张小明、张小", "一位同学 和一位同学、一位同学"),
        ("李雷没带书", "李雷没带书"),
    ],
)
def test_other_children_are_not_named(text: str, without: str) -> None:
    others = other_children(text, LEI, ROSTER)
    assert LEI not in others
    assert without_names(text, others, roster=ROSTER) == without


def test_a_longer_name_stays_whole() -> None:
    assert without_names("张小明和张小", (ROSTER.students[4],), roster=ROSTER) == "张小明和一位同学"


def test_names_that_are_words() -> None:
    assert all(map(is_common_word, ["高兴", "安静", "明白", "向阳", "文静", "小雨", "平安", "Grace"]))
    assert not any(map(is_common_word, ["李雷", "韩梅梅"]))
