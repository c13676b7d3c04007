"""What holds for every message: the judge reads through disguises, and no friendly word saves a fraud."""

from __future__ import annotations

import json
import subprocess
import sys
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.judge.messages import FOLDERS, labelled, messages
from classroom.rules.topics import (
    Category,
    Context,
    Memory,
    Mode,
    Said,
    Speaker,
    Sureness,
    Talk,
    Turn,
    claims_to_teach,
    consequence,
    is_chat,
    judge,
    lexicon,
    looks_like,
    quarrellers,
    sketch,
    talk_of,
    tight,
)
from classroom.rules.topics.leaning import BUCKETS, Head, Weights
from templates.render import Say

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PLAIN = Context(NOW)
OURS = [(label, text) for which in ("tuned", "measured") for label, text in messages(which)]
LEGITIMATE = [text for label, text in OURS if label in ("ok", "chitchat")]
CAUGHT = [
    text
    for label, text in OURS
    if label in ("ad", "contact", "vote", "scam")
    and "://" not in text
    and ".me/" not in text
    and not judge(Said(text, Speaker.GUARDIAN), PLAIN).ok
]
SURE = [t for t in CAUGHT if judge(Said(t, Speaker.GUARDIAN), PLAIN).sureness is Sureness.SURE]
FRAUDS = [t for t in CAUGHT if judge(Said(t, Speaker.GUARDIAN), PLAIN).category is Category.SCAM]
GUARDS = (
    "老师好，",
    "谢谢老师，",
    "各位家长好，",
    "家委会通知：",
    "孩子的作业写完了。",
    "班费的事：",
    "辛苦各位爸爸妈妈了🌹",
)


def deleted(text: str, speaker: Speaker = Speaker.GUARDIAN) -> bool:
    """Whether a message would go."""
    verdict = judge(Said(text, speaker), PLAIN)
    return consequence(verdict, (), speaker=speaker, mode=Mode.DELETE, now=NOW).delete


def test_there_is_enough_to_try() -> None:
    assert len(LEGITIMATE) > 500 and len(CAUGHT) > 350 and len(SURE) > 200 and len(FRAUDS) > 40


@pytest.mark.parametrize("speaker", [Speaker.GUARDIAN, Speaker.COMMITTEE, Speaker.VISITOR])
def test_no_legitimate_message_of_ours_is_deleted(speaker: Speaker) -> None:
    assert [text for text in LEGITIMATE if deleted(text, speaker)] == []


@given(st.text(max_size=400), st.sampled_from(Speaker), st.booleans())
def test_no_message_raises(text: str, speaker: Speaker, poses: bool) -> None:
    judge(Said(text, speaker, poses=poses), PLAIN)
    talk_of(text)


@given(st.one_of(st.text(max_size=80), st.sampled_from([t for _, t in OURS])))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert tight(tight(text)) == tight(text)


@settings(max_examples=300)
@given(st.sampled_from(CAUGHT), st.data())
def test_blanks_and_emoji_make_nothing_legitimate(text: str, data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, len(text)), min_size=1, max_size=12))
    sign = st.sampled_from([" ", "　", "\u200b", "🌹", "😀", "~", "*", ".", "\u2060"])
    for place in sorted(at, reverse=True):
        text = text[:place] + data.draw(sign) + text[place:]
    assert not judge(Said(text, Speaker.GUARDIAN), PLAIN).ok


def wide(text: str) -> str:
    """Full-width letters, digits and marks."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def bold(text: str) -> str:
    """Mathematical letters."""
    return "".join(chr(0x1D400 + ord(c) - 97 + 26) if "a" <= c <= "z" else c for c in text.lower())


@settings(max_examples=200)
@given(st.sampled_from(CAUGHT), st.sampled_from([wide, bold, " ".join, ".".join, "\u200b".join]))
def test_disguises_are_seen_through(text: str, disguise: object) -> None:
    assert callable(disguise)
    assert not judge(Said(str(disguise(text)), Speaker.GUARDIAN), PLAIN).ok


@given(st.sampled_from(FRAUDS), st.sampled_from(GUARDS), st.booleans())
def test_a_friendly_word_alone_saves_no_fraud(text: str, guard: str, before: bool) -> None:
    verdict = judge(Said(guard + text if before else text + guard, Speaker.GUARDIAN), PLAIN)
    assert verdict.report or not verdict.ok


@given(st.sampled_from(SURE))
def test_what_is_deleted_has_several_phrases_against_it(text: str) -> None:
    reasons = judge(Said(text, Speaker.GUARDIAN), PLAIN).reasons
    assert len({(r.code, r.phrase) for r in reasons}) >= 2


# --- the models ----------------------------------------------------------------------------------------


def leaning_all(far: float) -> Context:
    """What the judge knows if its models say the same of every message."""
    return Context(NOW, weights=dict.fromkeys(Head, Weights(far, 0.0, array("b", bytes(BUCKETS)))))


@pytest.mark.parametrize("text", ["今天的晚霞真好看", "孩子吃了两碗饭", "好无聊啊", "What a lovely evening"])
def test_the_models_decide_nothing_where_no_sign_stands(text: str) -> None:
    assert judge(Said(text, Speaker.VISITOR), leaning_all(99)).ok


@pytest.mark.parametrize(
    "text",
    [
        "有骗子让大家刷单返利日结，千万别信",
        "请勿在群里发代购包邮的广告",
        "13800138000",
        "面包",
    ],
)
def test_a_warning_or_a_single_sign_is_never_deleted_however_it_leans(text: str) -> None:
    verdict = judge(Said(text, Speaker.VISITOR), leaning_all(99))
    assert verdict.ok or verdict.sureness is not Sureness.SURE


@given(st.sampled_from(SURE))
def test_signs_alone_delete_no_advert_that_leans_away(text: str) -> None:
    verdict = judge(Said(text, Speaker.GUARDIAN), leaning_all(-99))
    assert (
        verdict.category not in (Category.AD, Category.CONTACT_DROP) or verdict.sureness is not Sureness.SURE
    )


def test_what_was_written_afterwards_teaches_nothing() -> None:
    known = {one.text for one in labelled(*FOLDERS)}
    fresh = [one.text for one in labelled("fresh")]
    assert "fresh" not in FOLDERS and len(fresh) > 300
    assert sum(text in known for text in fresh) < 10  # a 收到 is a 收到


def test_no_honest_message_written_afterwards_is_deleted_and_hardly_any_reminded_of() -> None:
    honest = [one.text for one in labelled("fresh") if one.label == "ok"]
    assert [text for text in honest if deleted(text)] == []
    verdicts = [judge(Said(text, Speaker.GUARDIAN), PLAIN) for text in honest]
    assert sum(not verdict.ok for verdict in verdicts) <= 0.01 * len(honest)


# --- memory ---------------------------------------------------------------------------------------


@given(st.sampled_from(CAUGHT))
def test_what_was_restored_stays(text: str) -> None:
    key = b"one class"
    memory = Memory(key, restored=(sketch(tight(text), key),))
    assert judge(Said(text, Speaker.VISITOR), Context(NOW, memory=memory)).ok


@given(st.sampled_from(LEGITIMATE), st.sampled_from(CAUGHT))
def test_another_classs_memory_says_nothing(legitimate: str, caught: str) -> None:
    theirs = b"another class"
    memory = Memory(
        b"one class",
        confirmed=(("ad", sketch(tight(legitimate), theirs)),),
        restored=(sketch(tight(caught), theirs),),
    )
    assert not deleted(legitimate)
    assert judge(Said(legitimate, Speaker.GUARDIAN), Context(NOW, memory=memory)) == judge(
        Said(legitimate, Speaker.GUARDIAN), PLAIN
    )
    assert not judge(Said(caught, Speaker.GUARDIAN), Context(NOW, memory=memory)).ok


def test_near_duplicates_of_what_was_confirmed_go() -> None:
    key, words = b"k", "这家面馆好吃，大家都去尝尝，报群名送小菜"
    memory = Memory(key, confirmed=(("ad", sketch(tight(words), key)),))
    near = judge(
        Said("这家面馆真好吃，大家去尝尝呀，报群名送小菜", Speaker.GUARDIAN), Context(NOW, memory=memory)
    )
    assert (near.category, near.sureness) == (Category.AD, Sureness.SURE) and near.certain
    assert judge(Said("请问哪家面馆好吃", Speaker.GUARDIAN), Context(NOW, memory=memory)).ok


# --- runs of talk -----------------------------------------------------------------------------------


def turns(*talks: Talk, apart: timedelta = timedelta(seconds=30)) -> list[Turn]:
    """A talk of two people that ends now."""
    first = NOW - apart * (len(talks) - 1)
    return [Turn(first + apart * n, f"{n % 2}", talk) for n, talk in enumerate(talks)]


def test_five_of_six_beside_the_point_are_chit_chat() -> None:
    small, school = Talk.SMALL, Talk.SCHOOL
    assert is_chat(turns(small, small, small, school, small, small), NOW)
    assert not is_chat(turns(small, small, small, small), NOW)
    assert not is_chat(turns(small, school, small, school, small, small), NOW)
    assert not is_chat(turns(*[small] * 6, apart=timedelta(minutes=3)), NOW)


def test_a_quarrel_is_between_few_who_answer_each_other() -> None:
    heated = Talk.HEATED
    assert quarrellers(turns(heated, heated, heated, heated), NOW) == ("0", "1")
    assert quarrellers([Turn(NOW, "0", heated)] * 5, NOW) == ()
    assert quarrellers(turns(heated, Talk.SCHOOL, heated), NOW) == ()


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("昨晚的球看了吗", Talk.SMALL),
        ("收到", Talk.NOTHING),
        ("👍", Talk.NOTHING),
        ("青春期的娃怎么沟通", Talk.SCHOOL),
        ("大家怎么管孩子玩手机", Talk.SCHOOL),
        ("你算什么东西", Talk.HEATED),
    ],
)
def test_what_a_message_adds_to_the_talk(text: str, talk: Talk) -> None:
    assert talk_of(text) is talk


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["王老師", "王 老师", "Ｗang老师", "班主任", "李老师（数学）", "Principal Li"]
)
def test_who_claims_to_teach(name: str) -> None:
    assert claims_to_teach(name)


@pytest.mark.parametrize("name", ["李雷妈妈", "李雷妈妈（老师）", "张小明家长", "小王", ""])
def test_who_does_not(name: str) -> None:
    assert not claims_to_teach(name)


def test_a_name_one_slip_from_a_teachers_looks_like_it() -> None:
    assert looks_like("王小红老帅", ["王小红老师"]) and looks_like("王 小 红 老師", ["王小红老师"])
    assert not looks_like("李老师", ["王老师"]) and not looks_like("王芳", ["王方"])


# --- judging a file --------------------------------------------------------------------------------


def run(tmp_path: Path, content: str) -> subprocess.CompletedProcess[str]:
    """Judge a file in a process of its own."""
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "classroom.rules.topics", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_file_of_messages_is_judged(tmp_path: Path) -> None:
    rows = [
        {"text": "请问明天几点放学？"},
        {"text": "刷单返利日结，加微信 abc12345"},
        {"text": "各位家长，资料费268元，请扫我的收款码", "sender_name": "王老师", "sender_role": "visitor"},
        {"text": "各位家长，资料费268元，请扫我的收款码", "sender_role": "teacher"},
    ]
    rows += [
        {"text": t, "sender_name": f"{n % 3}", "at": f"2026-11-22T10:0{n}:00"} for n, t in enumerate(LATE)
    ]
    done = run(tmp_path, "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    judged = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in judged] == [row["text"] for row in rows]
    assert [row["action"] for row in judged[:4]] == ["none", "delete", "report", "none"]
    assert judged[-1]["category"] == "chitchat" and judged[-1]["action"] == "remind"
    assert all(set(row) == {"text", "category", "action", "reasons"} for row in judged)


LATE = (
    "昨晚的球看了吗，绝杀",
    "我押的那个队又输了",
    "股票又绿了，心碎",
    "火锅走起",
    "今天油价又涨了",
    "晚上三缺一",
)


@pytest.mark.parametrize("content", ["{", "[1]", '{"text": 1}', '{"words": "x"}'])
def test_a_row_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    done = run(tmp_path, '{"text": "a"}\n' + content)
    assert done.returncode and "line 2" in done.stderr and "Traceback" not in done.stderr


# --- the lists --------------------------------------------------------------------------------------


def _words() -> list[tuple[str, str]]:
    lists = (
        lexicon.PERSONAL,
        lexicon.OFFERING,
        lexicon.VOTING,
        lexicon.MONEY,
        lexicon.LEAKING,
        lexicon.OTHER,
        lexicon.GUARDS,
        {"goods": lexicon.GOODS, "commerce": lexicon.COMMERCE, "neutral": lexicon.NEUTRAL},
    )
    return [(kind, word) for one in lists for kind, words in one.items() for word in words.split()]


def test_every_word_of_the_lists_is_whole() -> None:
    assert [word for _, word in _words() if word.count("{") != word.count("}")] == []
    assert [word for _, word in _words() if set(word) & set("➕❤，。！？")] == []


def test_every_kind_of_sign_has_a_plain_name() -> None:
    shown = {kind for kind, _ in _words()} - set(lexicon.GUARDS) - {"neutral"}
    for language in ("zh_CN", "en"):
        assert all(Say(language).label("topics.reason", code=kind).text for kind in shown)
