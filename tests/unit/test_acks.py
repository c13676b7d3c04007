"""What is a 收到, what says more, and what is none."""

import pytest

from classroom.roster import Roster, Student
from classroom.rules.acks import Ack, read_ack

CLASS = Roster((Student(1, "张小明"), Student(2, "李雷", aliases=("雷雷",))))


@pytest.mark.parametrize(
    "text",
    """收到|收到！|收到。|收到了|已收到|好的收到|好的，收到|收到，好的|嗯嗯收到|收到老师|老师收到|收到啦～|收到收到|收到✅|收到👌|已阅|知道了|好的，知道了
    |明白|了解|1|ok|OK|Ok👌|okay|👌|👍|👌👌|✅|[OK]
    |[收到]|收到[强]|roger|Roger that|received|Got it|got it!|noted|收 到|收到+1
    |【收到】|ＯＫ""".replace("\n", "").split("|"),
)
def test_a_bare_one(text: str) -> None:
    assert read_ack(text.strip()) is Ack.BARE


@pytest.mark.parametrize(
    "text",
    [
        "收到谢谢老师",
        "收到，谢谢老师！",
        "好的收到，老师辛苦了",
        "谢谢老师，收到",
        "收到，请问明天几点集合？",
        "收到。孩子明天请假半天",
        "收到\n另外校服什么时候发",
        "好的，收到！明天爷爷来接",
        "Got it, thanks",
        "received, thank you",
        "收到🙏谢谢",
    ],
)
def test_one_that_says_more(text: str) -> None:
    assert read_ack(text) is Ack.MORE


@pytest.mark.parametrize(
    "text",
    [
        "没收到",
        "没有收到通知",
        "收到了吗",
        "收到了吗？",
        "收到？",
        "收到没",
        "大家收到通知了吗",
        "谁没收到",
        "收到通知的家长请回复",
        "我今天收到快递了",
        "还没收到校服",
        "好的",
        "好",
        "谢谢老师",
        "明天几点",
        "11",
        "10月1日",
        "1. 张三 2. 李四",
        "😂",
        "",
        " ",
        "ok吗",
        "收到钱了，转给您",
    ],
)
def test_none(text: str) -> None:
    assert read_ack(text) is Ack.NONE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("张小明收到", Ack.BARE),
        ("张小明妈妈收到", Ack.BARE),
        ("李雷爸爸：收到", Ack.BARE),
        ("雷雷奶奶 收到，谢谢老师", Ack.MORE),
        ("张小明没收到", Ack.NONE),
        ("张小明收到了吗", Ack.NONE),
        ("王五收到", Ack.NONE),
    ],
)
def test_with_the_childs_name(text: str, kind: Ack) -> None:
    assert read_ack(text, CLASS) is kind
