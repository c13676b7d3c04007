"""Every command line that the guides show is understood, by a class that speaks the guide's language."""

import re
from pathlib import Path

import pytest

from storage.tables import Classroom
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("teachers.md", "teachers-one-page.md", "parents.md")
SHOWN = re.compile(r"`(/[^`…]+)`")
OF_A_FAMILY = ("/leave", "/message", "/bind", "/请假", "/留言", "/认领")
AS_A_REPLY = ("/role ", "/设为 ")
IN_THE_GROUP = ("/setup", "/开通")
NOT_UNDERSTOOD = re.compile(
    "没看懂|不认识|认不出|没有对上|名册[上里]没有|没有这个名字"
    "|not understand|not read|do(?:es)? not know|not match|not on the roster|no roster"
)


def shown(chinese: bool) -> list[str]:
    """The command lines of the guides: Chinese stands first in each, English behind the second title."""
    found: list[str] = []
    for guide in GUIDES:
        _, *halves = re.split(r"^# ", (DOCS / guide).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert len(halves) == 2, guide
        found += SHOWN.findall(halves[0 if chinese else 1])
    return [line.replace(r"\|", "|") for line in dict.fromkeys(found)]


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
    for line in shown(language == "zh_CN"):
        who = c.mothers["张小明"] if line.startswith(OF_A_FAMILY) else c.teacher
        before = len(who.inbox)
        await type_it(line, c, who)
        answers = who.inbox[before:]
        assert answers, line
        assert not any(NOT_UNDERSTOOD.search(m.text) for m in answers), (line, who.last.text)
