"""Every command line that the guides show is understood, by a class that speaks the guide's language."""

import re
from pathlib import Path

import pytest

from storage.tables import Classroom
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("docs/teachers.md", "docs/teachers-one-page.md", "docs/parents.md", "docs/rules.md")
READMES = {"zh_CN": "README.zh-CN.md", "en": "README.md"}
OF_BOTFATHER = {"/newbot", "/setprivacy"}
SHOWN = re.compile(r"`(/[^`…]+)`")
OF_A_FAMILY = ("/leave", "/message", "/bind", "/请假", "/留言", "/认领")
AS_A_REPLY = ("/role ", "/设为 ")
IN_THE_GROUP = ("/setup", "/开通")
NOT_UNDERSTOOD = re.compile(
    "没看懂|不认识|认不出|没有对上|名册[上里]没有|没有这个名字"
    "|not understand|not read|do(?:es)? not know|not match|not on the roster|no roster"
)


def shown(language: str) -> list[str]:
    """The command lines of a language: Chinese stands first in a guide, English behind its second title."""
    pages = [(ROOT / READMES[language]).read_text(encoding="utf-8")]
    for guide in GUIDES:
        _, *halves = re.split(r"^# ", (ROOT / guide).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert len(halves) == 2, guide
        pages.append(halves[0 if language == "zh_CN" else 1])
    found = dict.fromkeys(line for page in pages for line in SHOWN.findall(page))
    return [line.replace(r"\|", "|") for line in found if line not in OF_BOTFATHER]


async def class_of(world: World, language: str) -> ReadyClass:
    """A class whose people speak a language, with the children of the guides on its roster."""
    c = await ready_class(world)
    with world.database.transaction() as records:
        room = records.get(Classroom, c.id)
        assert room is not None
        room.language = language
    if language == "en":
        for user in (c.teacher, c.committee, *c.mothers.values()):
            await user.in_private("/me language en")
        await c.teacher.in_private("/roster add Tom Smith, Amy Li")
    return c


async def type_it(line: str, c: ReadyClass, who: User) -> None:
    """Type a line where the guide says it is typed."""
    if line.startswith(AS_A_REPLY):
        await who.in_group(line, reply_to=await c.committee.in_group("!"))
    elif line.startswith(IN_THE_GROUP):
        await who.in_group(line)
    else:
        await who.in_private(line)


@pytest.mark.parametrize("database_kind", ["sqlite"])  # what is understood does not depend on it
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_what_the_guides_show_is_understood(world: World, language: str) -> None:
    c = await class_of(world, language)
    for line in shown(language):
        who = c.mothers["张小明"] if line.startswith(OF_A_FAMILY) else c.teacher
        before = len(who.inbox)
        await type_it(line, c, who)
        answers = who.inbox[before:]
        assert answers, line
        assert not any(NOT_UNDERSTOOD.search(m.text) for m in answers), (line, who.last.text)
