"""Each thing to try does what its line promises, in both languages, in any order."""

from __future__ import annotations

import pytest

from bot.demo.cast import load_cast
from bot.demo.house import House
from bot.demo.tries import SCHOOL_DAY
from bot.platforms.web import BOT, Shown
from storage import looking

NAMES = [item.name for items in SCHOOL_DAY.parts.values() for item in items]


class Eyes:
    """What the people of the class see."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.looks: list[tuple[str, str]] = []

    @property
    def group(self) -> list[Shown]:
        return self.house.script.group.visible

    def inbox(self, native: str) -> list[Shown]:
        return [m for m in self.house.stage.platform.chats[native].visible if m.by == BOT]

    def word(self, name: str) -> str:
        return self.house.script.cast.words[name]

    def said(self, name: str) -> str:
        """What stands behind the command in a word."""
        return self.word(name).split(maxsplit=1)[1]

    async def attempt(self, name: str) -> None:
        """Click, and wait until it is done."""
        doing = self.house.attempt(name, lambda who, chat: self.looks.append((who, chat)), lambda: None, 0)
        assert doing is not None
        await doing
        assert name in self.house.done


@pytest.fixture
def eyes(house: House) -> Eyes:
    return Eyes(house)


async def test_nothing_is_empty_on_the_first_morning(eyes: Eyes) -> None:
    house = eyes.house
    assert len(eyes.group) > 12 and any(m.pinned for m in eyes.group)
    assert "12" in next(m for m in eyes.group if m.pinned).keys[0].label
    assert all(eyes.inbox(native) for native in ("wang", "han", "zhang", "lei"))
    assert len(house.script.cast.pupils) == 12
    assert len({p.name for p in house.script.cast.pupils}) == 11  # two of one name
    plans = await house.stage.database.write(lambda records: looking.plans(records, 50))
    assert {"poll.close", "poll.nudge"} <= {plan.kind for plan in plans}


async def test_everybody_of_the_cast_has_the_same_part_in_both_languages() -> None:
    chinese, english = load_cast("zh_CN"), load_cast("en")
    assert list(chinese.people) == list(english.people)
    assert [p.role for p in chinese.people.values()] == [p.role for p in english.people.values()]
    assert [p.number for p in chinese.pupils] == [p.number for p in english.pupils]
    assert chinese.words.keys() == english.words.keys()
    assert list(chinese.parts) == list(english.parts) == list(SCHOOL_DAY.parts)
    assert list(chinese.tries) == list(english.tries) == NAMES


async def test_a_notice_is_previewed_and_pinned_and_its_command_leaves_the_group(eyes: Eyes) -> None:
    await eyes.attempt("notice")
    posted = eyes.group[-1]
    assert eyes.said("notice") in posted.text and posted.pinned and "0/12" in posted.keys[0].label
    assert all(m.text != eyes.word("notice") for m in eyes.group)
    await eyes.attempt("got")
    await eyes.house.script.later(seconds=5)
    assert "1/12" in posted.keys[0].label
    await eyes.attempt("ack")
    await eyes.house.script.later(seconds=5)
    assert "2/12" in posted.keys[0].label and eyes.group[-1].reactions


async def test_praise_reaches_group_and_families(eyes: Eyes) -> None:
    await eyes.attempt("praise")
    assert "🌟" in eyes.group[-1].text
    assert "🌟" in eyes.inbox("lei")[-1].text and "🌟" in eyes.inbox("han")[-1].text


async def test_marks_are_held_back(eyes: Eyes) -> None:
    before = len(eyes.group)
    await eyes.attempt("marks")
    assert len(eyes.group) == before and "98" in eyes.inbox("wang")[-1].text
    assert all("98" not in m.text for m in eyes.group)


async def test_criticism_leaves_the_group_and_reaches_one_family(eyes: Eyes) -> None:
    before = {
        native: len(eyes.inbox(native)) for native in eyes.house.script.cast.people if native in known(eyes)
    }
    await eyes.attempt("concern")
    assert all(eyes.said("concern") not in m.text for m in eyes.group)
    await eyes.attempt("send_concern")
    grown = {native for native in before if len(eyes.inbox(native)) > before[native]}
    assert grown == {"wang", "lei"}
    assert any(eyes.said("concern")[-20:] in m.text for m in eyes.inbox("lei"))


def known(eyes: Eyes) -> set[str]:
    return set(eyes.house.stage.platform.chats)


async def test_who_is_not_known_is_asked_in_private_and_links_a_child(eyes: Eyes) -> None:
    group = len(eyes.group)
    await eyes.attempt("wrong_name")
    assert len(eyes.group) == group + 1 and eyes.inbox("zhao")[-1].keys
    assert eyes.looks[-1] == ("zhao", "private")
    await eyes.attempt("bind")
    assert eyes.house.script.group.tags["zhao"]


async def test_an_ad_goes_and_a_worry_stays(eyes: Eyes) -> None:
    await eyes.attempt("ad")
    ad = next(m for m in eyes.house.script.group.messages if m.text == eyes.word("ad"))
    assert ad.removed and eyes.word("ad")[:10] in eyes.inbox("wang")[-1].text
    await eyes.attempt("worry")
    assert eyes.group[-1].text == eyes.word("worry")


async def test_who_poses_as_the_teacher_is_held_back_and_all_are_warned(eyes: Eyes) -> None:
    before = len(eyes.inbox("wang")), len(eyes.inbox("lei"))
    await eyes.attempt("fake")
    said = next(m for m in eyes.house.script.group.messages if m.text == eyes.word("fake"))
    assert said.removed
    assert len(eyes.inbox("wang")) > before[0] and len(eyes.inbox("lei")) == before[1] + 1


async def test_a_quarrel_is_told_to_the_teacher_who_lets_both_cool_down(eyes: Eyes) -> None:
    await eyes.attempt("quarrel")
    assert eyes.house.script.group.muted == {"zhou", "yang"}
    assert all(name not in eyes.group[-1].text for name in eyes.house.script.cast.names().values())


async def test_leave_and_a_plain_word_reach_the_teacher(eyes: Eyes) -> None:
    await eyes.attempt("leave")
    assert "✅" in eyes.inbox("wang")[-1].text and "✅" in eyes.inbox("zhang")[-1].text
    await eyes.attempt("message")
    assert eyes.word("answer") in eyes.inbox("lei")[-1].text


async def test_a_secret_poll_closes_by_itself(eyes: Eyes) -> None:
    await eyes.attempt("poll")
    await eyes.house.script.later(seconds=10)
    assert "5/1" in eyes.group[-1].text
    await eyes.attempt("close")
    assert any("60%" in m.text for m in eyes.group[-3:])


async def test_a_poll_closes_even_if_nobody_opened_another(eyes: Eyes) -> None:
    await eyes.attempt("close")
    assert "50%" in eyes.group[-1].text


async def test_a_spreadsheet_brings_one_pupil_and_explains_the_other_row(eyes: Eyes) -> None:
    await eyes.attempt("roster")
    assert "1" in eyes.inbox("wang")[-1].text and "14" in eyes.inbox("wang")[-1].text


async def test_who_has_not_confirmed_is_asked_in_private_at_ten_past_seven(eyes: Eyes) -> None:
    group = len(eyes.group)
    await eyes.attempt("nudge")
    assert eyes.said("notice") in eyes.inbox("han")[-1].text and eyes.inbox("han")[-1].keys
    assert eyes.house.stage.clock.now().astimezone(eyes.house.stage.zone).strftime("%H:%M") == "19:11"
    assert len(eyes.group) == group + 1  # the notice itself
    await eyes.attempt("receipts")
    assert any("13800001003" in m.text for m in eyes.inbox("wang")[-2:])  # the picture comes behind it


async def test_what_is_said_at_night_waits_for_the_morning(eyes: Eyes) -> None:
    await eyes.attempt("quiet")
    got = next(m for m in reversed(eyes.inbox("wang")) if eyes.said("late") in m.text)
    assert got.at is not None and got.at.astimezone(eyes.house.stage.zone).strftime("%H:%M") == "07:00"


async def test_all_of_them_one_after_the_other_and_backwards(eyes: Eyes) -> None:
    for name in (*NAMES, *reversed(NAMES)):
        await eyes.attempt(name)
    criticism = eyes.said("concern")[-20:]
    posted = [m.text for m in eyes.group if m.by == BOT]
    assert all(criticism not in text for text in posted)
