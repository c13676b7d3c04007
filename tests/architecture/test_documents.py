"""The documents hold together: links lead somewhere, what is typed exists, both languages say the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from bot.cli import cli
from bot.registry import Registry
from handlers.features import FEATURES
from tests.architecture.source import ROOT, repository

PAGES = {path: text for path, text in repository().items() if path.endswith(".md")}
READMES = ("README.md", "README.zh-CN.md")
GUIDES = ("docs/teachers.md", "docs/teachers-one-page.md", "docs/parents.md")
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
CHAT = re.compile(r"`/([a-z]+|[一-鿿]+)(?=[` ])")
LOGGED = {"homeroom runs"}
"""What a page quotes of the program, and nobody types."""
OF_BOTFATHER = {"newbot", "setprivacy"}


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", text)


def typed(text: str) -> Iterator[str]:
    """Every line of a shell that a page shows, in a block or between backticks."""
    for block in FENCE.findall(text):
        yield from (line.strip() for line in block.splitlines()[1:-1])
    yield from (line for line in INLINE.findall(prose(text)) if line not in LOGGED)


def anchors(text: str) -> set[str]:
    """Where a link into a page may lead."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for _, title in HEADING.findall(prose(text)))
    return {title.strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in LINK.findall(prose(PAGES[page])):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page} leads to {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page} leads to {link}"


# --- what is typed -------------------------------------------------------------------------------


def homeroom_lines(text: str) -> Iterator[list[str]]:
    """What stands behind `homeroom` on a page's command lines, up to a pipe or a comment."""
    for line in typed(text):
        for part in re.split(r"&&|[|;#]", line):
            words = shlex.split(part.replace("'", "")) if "homeroom" in part else []
            at = [i for i, word in enumerate(words) if word == "homeroom" or word.endswith("/bin/homeroom")]
            rest = words[at[-1] + 1 :] if at else []
            if rest and re.match(r"--|\w", rest[0]):  # else it is the name of a user, a folder or an image
                yield rest


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_exists(page: str) -> None:
    for words in homeroom_lines(PAGES[page]):
        command = typer.main.get_command(cli)
        rest = list(words)
        while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
            assert rest[0] in command.commands, f"{page}: homeroom {' '.join(words)}"
            command = command.commands[rest.pop(0)]
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
        options = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert options <= known, f"{page}: homeroom {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", repository()["Makefile"], re.MULTILINE))
    for line in typed(PAGES[page]):
        if found := re.match(r"make ([a-z-]+)", line):
            assert found[1] in targets, f"{page}: {line}"


# --- both languages ------------------------------------------------------------------------------

NAMES = Registry(FEATURES).spellings


def sections(text: str) -> list[tuple[int, str]]:
    """A page cut at its headings: how deep each stands, and what follows."""
    hidden = FENCE.sub(lambda block: block[0].replace("#", " "), text)
    parts = re.split(r"^(#+) .+$", hidden, flags=re.MULTILINE)
    return list(zip(map(len, parts[1::2]), parts[2::2], strict=True))


def lines_of_shell(text: str) -> list[str]:
    """What a block shows, without words that are translated."""
    return [re.sub(r"<.*?>|--language \w+", "", line) for line in typed("\n".join(FENCE.findall(text)))]


def test_both_readmes_say_the_same_in_the_same_order() -> None:
    english, chinese = (sections(PAGES[name]) for name in READMES)
    assert [depth for depth, _ in english] == [depth for depth, _ in chinese]
    for (_, here), (_, there) in zip(english, chinese, strict=True):
        assert lines_of_shell(here) == lines_of_shell(there)
        assert named(here) == named(there)
        assert targets(here) == targets(there)
        assert here.count("\n- ") == there.count("\n- ")
        assert here.count("\n|") == there.count("\n|")


def named(text: str) -> set[str]:
    """The commands of the chat that a text names, by their English names."""
    return {str(NAMES[word]) for word in CHAT.findall(text) if word in NAMES}


def targets(text: str) -> list[str]:
    """Where a text leads; a picture and a README of either language count as the same."""
    return sorted(re.sub(r"-(?:en|zh)\.png|README(?:\.zh-CN)?\.md", "", link) for link in LINK.findall(text))


def test_the_readmes_lead_to_each_other_at_the_top() -> None:
    for here, there in (READMES, READMES[::-1]):
        assert f"]({there})" in PAGES[here].split("\n## ", 1)[0]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_says_the_same_in_chinese_and_in_english(guide: str) -> None:
    _, *halves = re.split(r"^(?=# )", PAGES[guide], flags=re.MULTILINE)
    chinese, english = halves
    assert re.search(r"[一-鿿]", chinese.partition("\n")[0])
    assert [depth for depth, _ in sections(chinese)] == [depth for depth, _ in sections(english)]
    assert named(chinese) == named(english)


@pytest.mark.parametrize("page", [*READMES, *GUIDES])
def test_every_command_that_is_named_exists(page: str) -> None:
    assert set(CHAT.findall(PAGES[page])) - NAMES.keys() <= OF_BOTFATHER


# --- what is where -------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_every_page_is_in_its_folders_index(folder: str) -> None:
    index = PAGES[f"{folder}/README.md"]
    here = [p.rpartition("/")[2] for p in PAGES if p.rpartition("/")[0] == folder]
    assert [page for page in here if page != "README.md" and f"]({page})" not in index] == []
