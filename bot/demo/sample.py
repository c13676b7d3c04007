"""The days before the first: the sample class is set up by its people themselves, through the same road."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.demo.cast import Cast, Pupil
from bot.demo.script import Player, Script
from bot.platforms.web import NAME
from classroom.relations import Relation
from classroom.school_book import SchoolBook, SchoolChild, SchoolParent
from classroom.sheets.rosters import write_table
from storage import classrooms, school
from storage.database import Records

TUESDAY = 1
BEFORE = timedelta(days=5)
EARLY, FIRST_BELL = time(8, 0), time(7, 20)
BOUND = ("zhang", "lei", "han", "fang", "chen", "yang", "yangba", "sun", "zhou")
"""Who answers for a child, by the last digits of the phone on the roster."""
STRANGERS = frozenset({"ad", "fake"})
"""Who comes into the group only to be watched."""


def first_day(today: date) -> date:
    """The playground's today: the next Tuesday, so that there is a weekend behind and a week ahead."""
    return today + timedelta(days=(TUESDAY - today.weekday()) % 7)


def beginning(today: date, zone: ZoneInfo) -> datetime:
    """When the sample class was set up: the Thursday before."""
    return datetime.combine(first_day(today) - BEFORE, EARLY, zone)


async def live_through(script: Script) -> None:
    """Let the days before the first pass, up to that day's first bell."""
    _introduce(script)
    await _set_up(script)
    await _bind(script)
    await _roles(script)
    await _friday(script)
    await _weekend(script)
    await _monday(script)
    await script.until(FIRST_BELL.hour, FIRST_BELL.minute)


def _introduce(script: Script) -> None:
    platform, group = script.stage.platform, script.group
    for native, part in script.cast.people.items():
        if part.channel == NAME:
            platform.person(native, part.name, language=part.language)
            group.members |= {native} - STRANGERS
        else:
            platform.person_on(part.channel, native, part.name, language=part.language)
    group.admins.add("wang")


async def _set_up(script: Script) -> None:
    wang = script.who("wang")
    script.stage.platform.add_bot(wang.sender, script.group)
    await script.stage.settle()
    await wang.tells("/start")
    await wang.says(script.word("setup"))
    await wang.presses("setup.mine")
    await send_roster(wang, script.cast.pupils, script.word("roster_file"))


async def send_roster(teacher: Player, pupils: list[Pupil], filename: str) -> None:
    """Send a spreadsheet of pupils to the bot."""
    cast, platform = teacher.script.cast, teacher.script.stage.platform
    lines = [(p.name, p.number, p.guardian, p.relation, p.phone) for p in pupils]
    if filename.endswith(".csv"):  # the start need not wait for what writes the other kind
        data = "\n".join(",".join(line) for line in [cast.headers, *lines]).encode("utf-8-sig")
    else:
        data = write_table(cast.headers, lines, (12, 8, 16, 10, 16))
    await teacher.tells("", files=(platform.file(data, filename),))


async def _bind(script: Script) -> None:
    await script.until(12, 20)
    await script.who("wang").says(script.word("hello"))
    for native in BOUND:
        await bind(script, native, f"bind_{native}")
        await script.later(minutes=3)
    await bind(script, "chen", "bind_chen2")
    father = script.who("zhangba")
    await father.opens()
    await father.tells(script.word("bind_zhangba"))
    await father.presses("bind.ask_teacher")
    await father.presses("bind.agree")
    await script.later(minutes=20)
    await script.who("wang").presses("bind.approve")
    await _bind_phones(script)


async def _bind_phones(script: Script) -> None:
    """One by the school's word, one who follows the account, one who is in the school's WeCom."""
    now = script.stage.clock.now()
    await script.stage.database.write(lambda records: _vouched(records, script.cast, now))
    father = script.who("zhaoba")
    await father.opens()
    await father.tells(script.word("bind_zhaoba"))
    await father.answers("bind.agree")
    await script.who("zhouba").opens()
    await bind(script, "zhouba", "bind_zhouba")


def _vouched(records: Records, cast: Cast, now: datetime) -> None:
    """The school says who is whose mother, and that she follows its notices."""
    mother = SchoolParent("fangma", Relation.MOTHER.value, "", follows=True)
    child = SchoolChild("fang", cast.words["phone_child"], (mother,))
    here = classrooms.named(records, cast.classroom)[0]
    school.take(records, here.id, SchoolBook("1", cast.classroom, (child,)), now)


async def bind(script: Script, native: str, word: str) -> None:
    """Say whose parent somebody is, and agree."""
    guardian = script.who(native)
    if not guardian.private.opened:
        await guardian.opens()
    await guardian.tells(script.word(word))
    await guardian.presses("bind.agree")


async def _roles(script: Script) -> None:
    await script.until(16, 0)
    wang = script.who("wang")
    for native in ("han", "liu"):
        said = await script.who(native).says(script.word(f"hello_{native}"))
        await wang.says(script.word(f"role_{native}"), reply_to=said)


async def _friday(script: Script) -> None:
    wang = script.who("wang")
    await script.until(7, 40)
    await wang.says(script.word("praise_1"))
    await script.later(minutes=12)
    await script.who("zhang").says(script.word("thanks"))
    await script.until(12, 0)
    await wang.says(script.word("notice_1"))
    await wang.presses("notice.send")
    await script.later(minutes=6)
    for native in ("zhang", "han", "chen"):
        await script.who(native).presses("receipts.got", group=True)
        await script.later(minutes=4)
    await script.who("fang").says(script.word("got"))
    await script.until(16, 30)
    await wang.tells(script.word("concern_1"))
    await wang.presses("concern.send")
    await script.later(minutes=30)
    await script.who("lei").presses("concern.i_know")


async def _weekend(script: Script) -> None:
    await script.until(10, 0)
    talk = (("zhou", "talk_1"), ("yang", "talk_2"), ("sun", "talk_3"))
    for native, word in talk:
        await script.who(native).says(script.word(word))
        await script.later(minutes=7)
    await script.until(19, 30, days=1)
    await script.who("fang").tells(script.word("leave_1"))


async def _monday(script: Script) -> None:
    wang, han = script.who("wang"), script.who("han")
    await script.until(7, 15)
    await wang.presses("requests.approve")
    await script.who("zhao").opens()
    await script.until(12, 10)
    for praise in ("praise_2", "praise_3"):
        await wang.says(script.word(praise))
    await script.until(17, 0)
    await han.says(script.word("poll_1"))
    await han.presses("poll.send")
    for native, place in (("han", 0), ("zhang", 1), ("zhou", 1), ("yang", 2)):
        await script.who(native).presses("poll.vote", group=True, place=place)
        await script.later(minutes=5)
