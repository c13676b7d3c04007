from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.commands import closest_command, read_command, unknown_command
from classroom.concern_typed import looks_like_concern
from classroom.roster import Roster, Student

ROSTER = Roster(
    (
        Student(1, "张小明", "20230101", ("明明",)),
        Student(2, "李雷", "20230102"),
        Student(3, "韩梅梅"),
        Student(4, "高兴"),
        Student(5, "Tom Smith"),
    )
)
SPELLINGS = {
    "help": "帮助",
    "praise": "表扬 夸",
    "concern": "私聊 沟通 私信",
    "close": "截止",
    "notice": "通知 发",
    "message": "留言",
    "me": "我的",
    "bind": "认领 我是 绑定",
    "role": "设为",
    "roster": "名册 名单",
    "rules": "群规",
}
NAMES = {word: name for name, zh in SPELLINGS.items() for word in (name, *zh.split())}


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/praise 张小明 很棒", "praise", "张小明 很棒"),
        ("/表扬张小明李雷", "praise", "张小明李雷"),
        ("、表扬 x", "praise", "x"),
        ("／表扬：x\ny", "praise", "x\ny"),
        ("/ 表扬 x", "praise", "x"),
        ("/表扬@class_bot x", "praise", "x"),
        ("/表扬 @class_bot x", "praise", "x"),
        ("/praise张小明", "praise", "张小明"),
        ("\n ／ＰＲＡＩＳＥ　x", "praise", "x"),
        ("\u200b/表\u200b扬x", "praise", "x"),
        ("@class_bot /help", "help", ""),
        ("/role @user teacher", "role", "@user teacher"),
        ("/close3", "close", "3"),
        ("/我是 张小明奶奶", "bind", "张小明奶奶"),
        ("/praise，李雷 👍\n**好**  ", "praise", "李雷 👍\n**好**"),
    ],
)
def test_a_command_is_read_in_every_way_a_phone_types_it(text: str, name: str, rest: str) -> None:
    line = read_command(text, NAMES, bot_name="class_bot")
    assert line is not None
    assert (line.name, line.rest) == (name, rest)


@pytest.mark.parametrize(
    "text", ["/help@otherbot", "/helpme", "/role@user x", "表扬 x", "help", "", "/", "@class_bot help"]
)
def test_what_is_no_command_of_ours(text: str) -> None:
    assert read_command(text, NAMES, bot_name="class_bot") is None


def test_the_slash_may_be_missing_where_the_platform_has_none() -> None:
    line = read_command("表扬：李雷", NAMES, slash_optional=True)
    assert line is not None
    assert (line.name, line.typed, line.rest) == ("praise", "表扬", "李雷")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("priase", "praise"),
        ("表杨", "praise"),
        ("helpme", "help"),
        ("rooster", "roster"),
        ("zzz", None),
        ("天气", None),
    ],
)
def test_the_closest_command_is_offered(typed: str, name: str | None) -> None:
    assert closest_command(typed, NAMES) == name


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/foo bar", "foo"),
        ("/usr/bin", None),
        ("/签到 x", "签到"),
        ("/签到", "签到"),
        ("hi", None),
        ("/Foo@x", "Foo"),
        ("1/2", None),
    ],
)
def test_what_looks_like_a_command_at_all(text: str, word: str | None) -> None:
    assert unknown_command(text) == word


@given(st.text(max_size=40))
def test_the_rest_of_a_command_stays_as_typed(words: str) -> None:
    line = read_command(f"/praise x{words}x", NAMES)
    assert line is None or line.rest == f"x{words}x"


CONCERNS = [
    "/concern 李雷 没带",
    "/concen 李雷",
    "/cocnern 李雷 x",
    "/concernn 李雷",
    "/consern 今天李雷没交",
    "/concern",
    "/concen 又没交作业",
    "/私撩李雷没带",
    "/勾通 李雷",
    "／ｃｏｎｃｅｒｎ 李雷",
    "/concern李雷没带",
    "/私聊李雷",
    "\\concern 李雷",
    "//concern 李雷",
    ".concern 李雷",
    "。私聊 李雷",
    "!concern 李雷",
    "！私聊李雷",
    "、私聊 李雷",
    "@class_bot /concern x",
    "/concern@otherbot 李雷",
    "大家好\n/concern 李雷 没",
    "王老师 /私聊 李雷 没",
    "王老师/私聊李雷没",
    "「/concern 李雷 没带」",
    "> /concern 李雷 没带",
    ">/私聊 李雷",
    "`/concern 李雷 没带`",
    "王老师：/私聊 李雷没带作业",
    '"/私聊 李雷"',
    "老师刚才发了「/concern 李雷没带」",
    "/ 私聊 李雷",
    "/私 聊 李雷",
    "/con cern 李雷",
    "/c o n c e r n 李雷",
    "/聊私 李雷",
    "/私聊聊 李雷",
    "/私私聊 李雷",
    "/私李雷",
    "/siliao 李雷",
    "/goutong李雷",
    "/溝通 李雷",
    "/CONCERN: 李雷",
    "/Concern，李雷",
    "\u200b/con\u200bcern 李雷",
    "🙏 /concern 李雷",
    "1. /私聊 李雷",
    "大家好。/concern 李雷 没带",
    "/concernTom Smith late",
    "/concerns 李雷",
    "/conern 李雷",
    "/oncern 李雷",
    "/cncern 李雷",
    "/consrn 李雷",
    "@李雷妈妈 /concern 李雷",
    "/praise 张小明 好\n/concern 李雷 不好",
    "王老师，/concern 李雷 没带",
    "/沟通：今天张小明",
    "/私信 李 雷",
    "/沟边 李雷",
    "**/concern 李雷**",
    "|私聊 李雷",
    "#私聊 李雷",
    "-私聊 李雷",
    "……/私聊李雷",
    "/@class_bot concern 李雷",
]
ONLY_BY_A_TEACHER = [
    "concern 李雷 没带",
    "私聊 李雷 没带",
    "私聊：李雷没带",
    "私聊李雷没带",
    "大家好\n沟通 李雷 上课",
    "Concern: Tom Smith late",
    "concen 李雷 没带",
]
INNOCENT = [
    "- concern for Tom Smith's health",
    "- Concern about Tom Smith",
    "#沟通# 李雷妈妈",
    "我私聊您",
    "已私信老师",
    "我想和老师沟通一下李雷的作业",
    "as a concern of mine",
    "a/b",
    "https://x.com/concern-list",
    "见 https://x.com/concern 李雷",
    "x.com/concern-list",
    "/close 3",
    "/contact",
    "/praise 李雷",
    "电话/私聊均可",
    "电话 / 私信 都可以",
    "微信/私聊李雷妈妈",
    "please raise any question / concern with me",
    "question /concern about homework",
    "请用「/私聊」命令",
    "`/concern` 是什么",
    "。私信我",
    "相信李雷会更好",
    "、相信李雷",
    "私聊李雷妈妈了",
    "有事私聊",
    "私信我",
    "/concert 明天",
    "有问题请沟通，李雷",
    "沟通很重要",
    "and/or",
    "家校沟通 李雷",
    "李雷/韩梅梅",
    "/confirm",
    "/help",
    "/me",
    "我的concern是作业",
    "1、沟通能力 2、表达",
    "通知：私聊勿扰",
    "沟通是桥梁",
    "/留言 李雷",
    "no concern",
    "/信息课 李雷",
    "(私聊)",
    "...沟通无果",
]


@pytest.mark.parametrize("by_teacher", [True, False])
@pytest.mark.parametrize("text", CONCERNS)
def test_a_clumsy_concern_is_caught(text: str, by_teacher: bool) -> None:
    assert looks_like_concern(text, ROSTER, by_teacher=by_teacher, names=NAMES) is not None


@pytest.mark.parametrize("text", ONLY_BY_A_TEACHER)
def test_a_bare_word_is_a_concern_only_from_a_teacher(text: str) -> None:
    assert looks_like_concern(text, ROSTER, by_teacher=True, names=NAMES) is not None
    assert looks_like_concern(text, ROSTER, by_teacher=False, names=NAMES) is None


@pytest.mark.parametrize("by_teacher", [True, False])
@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_is_left_alone(text: str, by_teacher: bool) -> None:
    assert looks_like_concern(text, ROSTER, by_teacher=by_teacher, names=NAMES) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("大家好\n/concern 李雷 没带\n作业", "李雷 没带\n作业"),
        ("/concern@otherbot 李雷", "李雷"),
        ("/私撩李雷没带", "李雷没带"),
        ("王老师 /私聊：李雷 没", "李雷 没"),
    ],
)
def test_the_content_of_a_concern_is_handed_on(text: str, rest: str) -> None:
    found = looks_like_concern(text, ROSTER, by_teacher=True, names=NAMES)
    assert found is not None
    assert found.rest == rest


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_an_exact_command_on_a_line_of_its_own_is_always_caught(before: str, after: str) -> None:
    text = f"{before}\n/concern 李雷 {after}"
    assert looks_like_concern(text, ROSTER, by_teacher=False, names=NAMES) is not None
