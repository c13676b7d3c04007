"""What the page is made of, looked at without a browser: its words, its fonts, its files."""

import json
import re
from pathlib import Path

import bot.demo
import templates

PAGE = Path(next(iter(bot.demo.__path__))) / "page"
TEXTS = Path(next(iter(templates.__path__)))
FACE = re.compile(r"font-family: '([^']+)'.*?url\('/static/([^']+)'\).*?unicode-range: ([^;]+);", re.S)
SIGNS = re.compile("[\u2190-\u2bff\u3297\u3299\U0001f000-\U0001faff]")


def words(language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((TEXTS / language / "page" / "playground.json").read_text("utf-8"))
    return loaded


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def scripts() -> str:
    return "".join(path.read_text("utf-8") for path in sorted((PAGE / "js").glob("*.js")))


def test_both_languages_have_the_same_words_and_blanks() -> None:
    zh, en = words("zh_CN"), words("en")
    assert {key: blanks(text) for key, text in zh.items()} == {key: blanks(text) for key, text in en.items()}


def test_every_word_that_the_page_asks_for_is_there_and_no_other() -> None:
    script, known = scripts(), set(words("en"))
    asked = set(re.findall(r"\bt\('(\w+)'", script))
    prefixes = set(re.findall(r"\bt\(`(\w+)\$\{", script))
    assert asked <= known
    assert {
        key for key in known - asked if not key.startswith(tuple(prefixes)) and f"'{key}'" not in script
    } == set()


def faces() -> list[tuple[str, str, set[int]]]:
    found = FACE.findall((PAGE / "css" / "fonts.css").read_text("utf-8"))
    return [(family, path, _range(text)) for family, path, text in found]


def _range(text: str) -> set[int]:
    covered: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        covered |= set(range(int(first, 16), int(last or first, 16) + 1))
    return covered


def covered() -> set[int]:
    return set().union(*(range_ for _, _, range_ in faces()))


def test_rare_names_show_on_a_machine_without_chinese_fonts() -> None:
    assert {char for char in "喆堃珺玥淼垚犇鑫赟昇晞煊玘翀甯" if ord(char) not in covered()} == set()


def test_every_sign_in_the_bots_texts_shows_on_a_machine_without_emoji() -> None:
    used = {char for path in TEXTS.rglob("*.j2") for char in SIGNS.findall(path.read_text("utf-8"))}
    assert {char for char in used if ord(char) not in covered()} == set()


def test_every_font_is_there_with_its_licence_and_none_is_left_over() -> None:
    named = {path.removeprefix("fonts/") for _, path, _ in faces()}
    there = {str(path.relative_to(PAGE / "fonts")) for path in (PAGE / "fonts").rglob("*.woff2")}
    assert named == there
    licences = {path.parent for path in (PAGE / "fonts").rglob("*.txt")}
    assert {(PAGE / "fonts" / path).parent for path in there} <= licences
    assert sum(path.stat().st_size for path in (PAGE / "fonts").rglob("*.woff2")) < 6_000_000


def test_every_sign_on_a_button_is_in_the_sheet_of_icons() -> None:
    sheet = set(re.findall(r'<symbol id="(\w+)"', (PAGE / "icons.svg").read_text("utf-8")))
    asked = set(re.findall(r"(?:icon|iconButton)\('(\w+)'", scripts())) | set(
        re.findall(r"icon: '(\w+)'", scripts())
    )
    assert asked <= sheet


def test_the_page_asks_nobody_else_for_anything() -> None:
    made = [path for path in PAGE.rglob("*") if path.suffix in (".html", ".css", ".js", ".svg")]
    found = {
        url
        for path in made
        for url in re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s'\"]*", path.read_text("utf-8"))
        if url != "http://www.w3.org/2000/svg"
    }
    assert found == set()
