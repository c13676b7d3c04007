"""The texts in traditional characters are made from the simplified ones, and are current."""

import re
from functools import cache
from pathlib import Path

import pytest

from classroom.folding import fold
from classroom.traditional import SIMPLIFIED
from templates import traditional
from templates.render import LANGUAGES, Say, language_of

HOW = "run: make format (or: python -m templates.traditional)"


@cache
def made() -> dict[Path, str]:
    return dict(traditional.texts())


def test_every_text_is_as_the_converter_makes_it() -> None:
    wanted = made()
    there = {path: path.read_text(encoding="utf-8") for path in traditional.TO.rglob("*.j2")}
    assert {str(path) for path in there.keys() ^ wanted.keys()} == set(), HOW
    assert [str(path) for path, text in wanted.items() if there[path] != text] == [], HOW


def test_the_table_of_characters_is_as_the_converter_has_it() -> None:
    assert traditional.TABLE.read_text(encoding="utf-8") == traditional.table(), HOW


def test_what_people_are_to_type_is_understood_in_both_ways_of_writing() -> None:
    lost = []
    for path, text in made().items():
        source = (traditional.FROM / path.relative_to(traditional.TO)).read_text(encoding="utf-8")
        pairs = zip(traditional.TYPED.findall(source), traditional.TYPED.findall(text), strict=True)
        lost += [(old, new) for old, new in pairs if fold(old).text != fold(new).text]
    assert lost == []


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("賬號", "帳號"),
        ("二維碼", "QR Code"),
        ("消息", "訊息"),
        ("設置", "設定"),
        ("默認", "預設"),
        ("服務器", "伺服器"),
        ("鏈接", "連結"),
        ("打印", "列印"),
        ("視頻", "影片"),
        ("屏幕", "螢幕"),
    ],
)
def test_it_speaks_as_people_in_taiwan_do(word: str, instead: str) -> None:
    said = [re.sub(traditional.TYPED, "", text) for _, text in made().items()]
    assert [text for text in said if word in text] == [] and instead


def test_no_simplified_character_is_left() -> None:
    convert = traditional.converter()
    only = {c for c in map(chr, SIMPLIFIED.values()) if convert(c) != c}
    lines = [
        (path.name, line)
        for path, text in made().items()
        for line in text.splitlines()
        if "{# as it is #}" not in line
    ]
    left = [(name, c) for name, line in lines for c in re.sub(r"\{[%#].*?[%#]\}", "", line) if c in only]
    # 准假 and 游泳 are written so in both; 準 and 遊 are other words
    assert {c for _, c in left} <= set("准游")


@pytest.mark.parametrize(
    ("code", "language"),
    [("zh-hans", "zh_CN"), ("zh-hant", "zh_TW"), ("zh-TW", "zh_TW"), ("zh_HK", "zh_TW"), ("zh", "zh_CN")],
)
def test_the_platform_s_word_for_a_language(code: str, language: str) -> None:
    assert language_of(code) == language and language in LANGUAGES


def test_names_and_the_teacher_s_words_stay_as_they_are() -> None:
    text = Say("zh_TW").private("notice.dropped", returned=False)
    assert "不發了" in text.body
    words = Say("zh_TW").private("notice.new_words", words="请发给张发财")
    assert "请发给张发财" in words.body
