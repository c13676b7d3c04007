"""What is done to be quick changes no verdict."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.concern_typed import CONCERN_SPELLINGS, Hint, decide, hint_of, looks_like_concern
from classroom.folding import _fold_one, _fold_unevenly, fold
from classroom.roster import Roster, Student
from classroom.rules.names import conforms
from tests.unit.test_commands import CONCERNS, INNOCENT, NAMES, ONLY_BY_A_TEACHER, ROSTER

_KNOWN = {**NAMES, **CONCERN_SPELLINGS}
_PIECES = st.sampled_from(
    [
        "张小明",
        "李雷",
        "Tom Smith",
        "同学",
        "家长",
        "妈妈",
        "没带作业",
        "微信",
        "通知",
        "一下",
        "@bot ",
        "\n",
        " ",
        "  ",
        *"/、.。!|·~#*-_'\"`;,=+?^&%$<>:…\\⁄／",
        *"私聊沟通信溝訊讯撩下",
        *"concernsilagotux",
        "０",
        "ｃ",
        "ſ",
        "\u200b",
        "concern",
        "concrn",
        "conncern",
        "cocnern",
        "c o n c e r n",
        "c.o.n.c.e.r.n",
        "siliao",
        "si聊",
        "gou通",
        "goutong",
        "私 聊",
        "私撩",
        "司聊",
        "聊私",
        "私聊",
        "私信",
        "沟通",
        "gt",
        "说说",
        "https://a.cn/concern/",
        "「",
        "」",
        "1.",
    ]
)
_TYPED = st.lists(_PIECES, max_size=9).map("".join)


class _Everything(Hint):
    """A hint that rules nothing out: the slow road."""

    def in_text(self, text: str) -> bool:
        return True


@st.composite
def _clumsy(draw: st.DrawFn) -> str:
    """A known text with one character changed, taken out or put in."""
    text = draw(st.sampled_from([*CONCERNS, *ONLY_BY_A_TEACHER, *INNOCENT]))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.one_of(_PIECES, st.just(""))) + text[at + draw(st.integers(0, 2)) :]


@settings(max_examples=400)
@given(st.one_of(_TYPED, _clumsy(), st.text(max_size=40)), st.booleans(), st.booleans())
def test_the_quick_look_for_concerns_changes_no_verdict(text: str, by_teacher: bool, own: bool) -> None:
    known = {**_KNOWN, **({"gt": "concern", "说说": "concern"} if own else {})}
    words = tuple(word for word, name in known.items() if name == "concern")
    slow = decide(text, ROSTER, known, by_teacher, _Everything(frozenset(), ()))
    assert decide(text, ROSTER, known, by_teacher, hint_of(words)) == slow
    assert looks_like_concern(text, ROSTER, by_teacher=by_teacher, names=known) == slow


@given(st.one_of(_TYPED, st.text(max_size=40)))
def test_folding_an_even_text_at_once_is_folding_it(text: str) -> None:
    assert fold(text) == _fold_unevenly(text, [_fold_one(char) for char in text])
    assert fold(unicodedata.normalize("NFD", text)).source == unicodedata.normalize("NFD", text)


def test_a_pattern_kept_for_one_class_is_not_another_ones() -> None:
    one, other = Roster((Student(1, "张小明"),)), Roster((Student(7, "张小明"), Student(8, "李雷")))
    for roster, ids in ((one, [1]), (other, [7]), (one, [1])):
        found = conforms("张小明妈妈", roster)
        assert found is not None
        assert [student.id for student in found.students] == ids
    assert conforms("李雷妈妈", one) is None
    assert conforms("李雷妈妈", other) is not None
    assert conforms("张小明妈妈", Roster(())) is None
    assert conforms("二班张小明妈妈", one, "{class}{student}{relation}", "二班") is not None
    assert conforms("二班张小明妈妈", one, "{class}{student}{relation}", "三班") is None
    assert conforms("张小明妈妈", one, "{student}{student}") is None
