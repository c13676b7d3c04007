"""Every text exists in both languages, with the same blanks to fill."""

import re

import pytest
from jinja2 import Environment, meta, nodes

from bot.registry import Registry
from handlers.features import FEATURES
from templates.render import AUDIENCES, FOLDER, LANGUAGES, Say

CJK = r"[一-鿿]"
PARSER = Environment(autoescape=True)
PARSER.filters["listed"] = "".join


def blocks(language: str) -> dict[str, set[str]]:
    """Every text as audience/feature.block with the names it uses."""
    found: dict[str, set[str]] = {}
    for audience in AUDIENCES:
        for path in sorted((FOLDER / language / audience).glob("*.j2")):
            tree = PARSER.parse(path.read_text(encoding="utf-8"))
            for block in tree.find_all(nodes.Block):
                inside = nodes.Template(block.body, lineno=1)
                inside.set_environment(PARSER)
                found[f"{audience}/{path.stem}.{block.name}"] = meta.find_undeclared_variables(inside)
    return found


def test_both_languages_have_the_same_texts_and_blanks() -> None:
    zh, en = blocks("zh_CN"), blocks("en")
    assert zh.keys() ^ en.keys() == set()
    assert {name: (zh[name], en[name]) for name in zh if zh[name] != en[name]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_a_line_for_help_and_the_menu(language: str) -> None:
    for command in Registry(FEATURES).listed():
        line = Say(language).label(f"{command.feature}.command_{command.name}")
        assert 2 <= len(line.text) <= 256
        assert re.fullmatch("[a-z]{1,32}", command.name)


LATIN = {"setup", "help"}
"""Commands that Chinese texts name in Latin letters: what is sent before the bot may read the whole group, of
which Telegram then hands over Latin commands alone, and what every bot has."""


def test_chinese_texts_name_commands_in_chinese() -> None:
    chinese = {spec.name for spec in Registry(FEATURES).commands.values() if spec.chinese} - LATIN
    found = []
    for path in sorted((FOLDER / "zh_CN").rglob("*.j2")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            named = re.findall(r"(?<![\w/<.:])/([a-z]+)\b(?![/.])", line)
            found += [f"{path.name}:{number}: /{name}" for name in named if name in chinese]
    assert found == []


def test_chinese_sentences_have_chinese_punctuation() -> None:
    found = []
    for path in sorted((FOLDER / "zh_CN").rglob("*.j2")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            bare = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", "", line)
            if re.search(f"{CJK}[,;!?]|{CJK}\\.(\\s|$)", bare):
                found.append(f"{path.name}:{number}: {bare.strip()}")
    assert found == []


def test_labels_are_short_enough_for_a_button() -> None:
    long = []
    for language in LANGUAGES:
        for path in sorted((FOLDER / language / "label").glob("*.j2")):
            tree = PARSER.parse(path.read_text(encoding="utf-8"))
            for block in tree.find_all(nodes.Block):
                fixed = "".join(n.data for n in block.find_all(nodes.TemplateData)).strip()
                if len(fixed) > 200:
                    long.append(f"{language}/{path.stem}.{block.name}")
    assert long == []
