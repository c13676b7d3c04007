"""The things to try, told as a school day: each is really done by the right person, through the same road."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.demo.cast import Pupil
from bot.demo.sample import send_roster
from bot.demo.script import LostThreadError, Player, Script

A_MOMENT = timedelta(minutes=1)
PACE = 0.7
"""Seconds between two acts, so that eyes can follow."""


@dataclass(slots=True)
class Hand:
    """What a thing to try is done with: people who act, and `look`, which turns the page to somebody."""

    script: Script
    look: Callable[[str, str], None]
    pace: float = PACE

    async def at(self, native: str, chat: str = "group") -> Player:
        """Look over somebody's shoulder, and be them."""
        self.look(native, chat)
        await asyncio.sleep(self.pace)
        return self.script.who(native)

    def word(self, name: str) -> str:
        """What is said there."""
        return self.script.word(name)


Act = Callable[[Hand], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to try: its name in sample.toml, who does it, and how."""

    name: str
    native: str
    act: Act


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """All of them by the part of the day."""

    parts: dict[str, list[Item]] = field(default_factory=dict)

    def find(self, name: str) -> Item | None:
        """The thing to try of this name."""
        return next((i for items in self.parts.values() for i in items if i.name == name), None)


async def _notice(hand: Hand) -> None:
    wang = await hand.at("wang")
    await wang.says(hand.word("notice"))
    await hand.at("wang", "private")
    await wang.presses("notice.send")
    await hand.at("wang")


async def _open_notice(hand: Hand, presser: str) -> None:
    """Somebody must have something to confirm; the days before the first left a notice open."""
    try:
        await hand.script.who(presser).presses("receipts.got", group=True)
    except LostThreadError:
        await _notice(hand)
        await hand.script.who(presser).presses("receipts.got", group=True)


async def _got(hand: Hand) -> None:
    await hand.at("lei")
    await _open_notice(hand, "lei")


async def _ack(hand: Hand) -> None:
    zhang = await hand.at("zhang")
    await zhang.says(hand.word("got"))


async def _praise(hand: Hand) -> None:
    wang = await hand.at("wang")
    await wang.says(hand.word("praise"))
    await hand.at("lei", "private")


async def _marks(hand: Hand) -> None:
    wang = await hand.at("wang")
    await wang.says(hand.word("marks"))
    await hand.at("wang", "private")


async def _concern(hand: Hand) -> None:
    wang = await hand.at("wang")
    await wang.says(hand.word("concern"))
    await hand.at("wang", "private")


async def _send_concern(hand: Hand) -> None:
    wang = await hand.at("wang", "private")
    try:
        await wang.presses("concern.send")
    except LostThreadError:
        await wang.tells(hand.word("concern"))
        await asyncio.sleep(hand.pace)
        await wang.presses("concern.send")
    lei = await hand.at("lei", "private")
    await asyncio.sleep(hand.pace)
    await lei.presses("concern.i_know")


async def _wrong_name(hand: Hand) -> None:
    zhao = await hand.at("zhao")
    await zhao.says(hand.word("wrong_name"))
    await hand.at("zhao", "private" if zhao.private.opened else "group")


async def _bind(hand: Hand) -> None:
    zhao = await hand.at("zhao", "private")
    if not zhao.private.opened:
        await zhao.opens()
        await asyncio.sleep(hand.pace)
    await zhao.tells(hand.word("bind_zhao"))
    await asyncio.sleep(hand.pace)
    await zhao.presses("bind.agree")


async def _stranger_says(hand: Hand, native: str) -> None:
    stranger = await hand.at(native)
    if native not in hand.script.group.members:
        await stranger.joins()
    await stranger.says(hand.word(native))


async def _ad(hand: Hand) -> None:
    await _stranger_says(hand, "ad")
    await asyncio.sleep(hand.pace)
    await hand.at("wang", "private")


async def _worry(hand: Hand) -> None:
    lei = await hand.at("lei")
    await lei.says(hand.word("worry"))


async def _quarrel(hand: Hand) -> None:
    for place, native in enumerate(("zhou", "yang", "zhou", "yang"), start=1):
        await (await hand.at(native)).says(hand.word(f"quarrel_{place}"))
    wang = await hand.at("wang", "private")
    await asyncio.sleep(hand.pace)
    await wang.presses("topics.calm")
    await hand.at("wang")


async def _fake(hand: Hand) -> None:
    await _stranger_says(hand, "fake")
    await hand.at("lei", "private")


async def _leave(hand: Hand) -> None:
    zhang = await hand.at("zhang", "private")
    await zhang.tells(hand.word("leave"))
    wang = await hand.at("wang", "private")
    await asyncio.sleep(hand.pace)
    await wang.presses("requests.approve")
    await hand.at("zhang", "private")


async def _message(hand: Hand) -> None:
    lei = await hand.at("lei", "private")
    await lei.tells(hand.word("message"))
    await asyncio.sleep(hand.pace)
    await lei.presses("requests.to_teacher")
    wang = await hand.at("wang", "private")
    await asyncio.sleep(hand.pace)
    await wang.presses("requests.reply")
    await wang.tells(hand.word("answer"))
    await hand.at("lei", "private")


async def _poll(hand: Hand) -> None:
    han = await hand.at("han")
    await han.says(hand.word("poll"))
    await hand.at("han", "private")
    await han.presses("poll.send")
    await hand.at("han")
    for native, place in (("zhang", 0), ("lei", 2), ("chen", 0), ("fang", 1), ("sun", 0)):
        await hand.script.who(native).presses("poll.vote", group=True, place=place)
        await asyncio.sleep(hand.pace / 2)


async def _roster(hand: Hand) -> None:
    wang = await hand.at("wang", "private")
    word = hand.word
    fresh = Pupil(
        name=word("new_pupil"),
        number=word("new_number"),
        guardian=word("new_guardian"),
        relation=word("new_relation"),
        phone="13800001013",
    )
    spoilt = Pupil(name="", number="14", guardian="", relation="", phone="13800001014")
    await send_roster(wang, [fresh, spoilt], word("new_roster_file"))


async def _nudge(hand: Hand) -> None:
    if await hand.script.planned("notice.nudge") is None:
        await _notice(hand)
    await hand.at("han", "private")
    await _let_happen(hand, "notice.nudge")


async def _let_happen(hand: Hand, kind: str) -> None:
    """Turn the clock to the next thing of a kind, and a moment further."""
    moment = await hand.script.planned(kind)
    if moment is not None:
        await hand.script.stage.turn(moment + A_MOMENT)


async def _receipts(hand: Hand) -> None:
    wang = await hand.at("wang", "private")
    await wang.tells(hand.word("receipts"))


async def _quiet(hand: Hand) -> None:
    zhang = await hand.at("zhang", "private")
    await hand.script.until(21, 30)
    await zhang.tells(hand.word("late"))
    await asyncio.sleep(2 * hand.pace)
    await hand.at("wang", "private")
    await hand.script.until(7, 0)
    await hand.script.later(minutes=1)


async def _close(hand: Hand) -> None:
    if await hand.script.planned("poll.close") is None:
        await _poll(hand)
    await hand.at("han")
    await _let_happen(hand, "poll.close")


async def _phones(hand: Hand) -> None:
    wang = await hand.at("wang", "private")
    await wang.tells(hand.word("phone_notice"))
    await asyncio.sleep(hand.pace)
    await wang.presses("notice.send")
    for native in ("zhouba", "zhaoba", "fangma"):
        await hand.at(native, "private")
        await asyncio.sleep(2 * hand.pace)


async def _school(hand: Hand) -> None:
    mother = await hand.at("fangma", "private")
    try:
        await mother.answers("receipts.letter")
    except LostThreadError:
        await _phones(hand)
        await mother.answers("receipts.letter")
    await asyncio.sleep(hand.pace)
    wang = await hand.at("wang", "private")
    await wang.tells(hand.word("receipts"))


async def _card(hand: Hand) -> None:
    father = await hand.at("zhouba", "private")
    try:
        await father.presses("receipts.letter")
    except LostThreadError:
        await _phones(hand)
        await hand.at("zhouba", "private")
        await father.presses("receipts.letter")


async def _knock(hand: Hand) -> None:
    wang = await hand.at("wang", "private")
    await wang.tells(hand.word("phone_concern"))
    await asyncio.sleep(hand.pace)
    await wang.presses("concern.send")
    await hand.at("zhaoba", "private")


SCHOOL_DAY = SchoolDay(
    {
        "morning": [Item("notice", "wang", _notice), Item("got", "lei", _got), Item("ack", "zhang", _ack)],
        "lessons": [
            Item("praise", "wang", _praise),
            Item("marks", "wang", _marks),
            Item("concern", "wang", _concern),
            Item("send_concern", "wang", _send_concern),
        ],
        "noon": [
            Item("wrong_name", "zhao", _wrong_name),
            Item("bind", "zhao", _bind),
            Item("ad", "ad", _ad),
            Item("fake", "fake", _fake),
            Item("worry", "lei", _worry),
            Item("quarrel", "zhou", _quarrel),
        ],
        "afternoon": [
            Item("leave", "zhang", _leave),
            Item("message", "lei", _message),
            Item("poll", "han", _poll),
            Item("roster", "wang", _roster),
        ],
        "evening": [
            Item("nudge", "han", _nudge),
            Item("receipts", "wang", _receipts),
            Item("quiet", "zhang", _quiet),
            Item("close", "han", _close),
        ],
        "wechat": [
            Item("phones", "wang", _phones),
            Item("school", "fangma", _school),
            Item("card", "zhouba", _card),
            Item("knock", "wang", _knock),
        ],
    }
)
