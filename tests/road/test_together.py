"""The same words to many people in one call, where a platform can; and each is recorded alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlmodel import col, select

from bot.app import App
from bot.limits import Limits
from bot.platforms.web import WebPlatform
from bot.ports import Done, Failure, Outcome, Refused, TryAgain
from classroom.addresses import PersonAddress
from classroom.effects import Button, Tell
from classroom.text import PrivateText, PublicText
from storage import identity, queue
from storage.database import open_database
from storage.tables import DeliveryRow
from templates.render import Say
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate
from tests.world import User, World

SAY = Say("zh_CN")


class Crowd(WebPlatform):
    """A messenger that takes one text for many."""

    def __init__(self, world: World) -> None:
        super().__init__(world.now)
        self.batches: list[int] = []
        self.broken: list[Outcome] = []

    async def tell_many(
        self, to: Sequence[PersonAddress], text: PrivateText | PublicText, protect: bool
    ) -> Sequence[Outcome]:
        self.batches.append(len(to))
        if self.broken:
            return [self.broken.pop()] * len(to)
        found = [await self.tell(one, text, (), (), protect) for one in to]
        return [Done() if isinstance(one, Done) else one for one in found]


class Hall(World):
    """Forty people, all of whom can be told."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.crowd = Crowd(self)
        self.platform = self.crowd
        limits = {"web": Limits(total_per_second=5, private_per_second=1, group_per_minute=0)}
        self.app = App(self.database, [self.crowd], limits=limits, now=self.now, clock=self.clock)
        self.people = [self.someone(str(n), f"家长{n}") for n in range(40)]
        for one in self.people:
            one.private.opened = True

    async def tells(self, people: Sequence[User], text: PrivateText, *buttons: Button) -> None:
        with self.database.transaction() as records:
            chats = [identity.meet_account(records, "web", p.sender, self.now()).chat_id for p in people]
            tells = [
                Tell(PersonAddress(chat, "web", person.sender.native), text, buttons)
                for chat, person in zip(chats, people, strict=True)
            ]
            queue.store_effects(records, tells, self.now(), event_id=None, classroom_id=None)
        await self.settle()

    def states(self) -> list[tuple[str, int]]:
        with self.database.transaction() as records:
            rows = records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
            return [(row.state, row.possible_duplicates) for row in rows]


@pytest.fixture
def hall(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[Hall]:
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield Hall(database)
    database.close()


async def test_equal_words_are_one_call_and_count_once(hall: Hall) -> None:
    await hall.tells(hall.people, SAY.private("common.not_understood"))
    assert hall.crowd.batches == [40]  # five a second would else take eight seconds
    assert [len(p.inbox) for p in hall.people] == [1] * 40
    assert hall.states() == [("sent", 0)] * 40


async def test_who_is_left_out_is_recorded_alone(hall: Hall) -> None:
    hall.crowd.block(hall.people[3].sender)
    await hall.tells(hall.people, SAY.private("common.not_understood"))
    assert [state for state, _ in hall.states()].count("failed") == 1
    assert hall.states()[3][0] == "failed"


async def test_what_differs_or_has_buttons_goes_alone(hall: Hall) -> None:
    button = Button(SAY.label("toast.gone"), "x")
    await hall.tells(hall.people[:2], SAY.private("common.not_understood"), button)
    for person in hall.people[2:4]:
        words = SAY.private("common.unknown_command", typed=person.sender.name, near=None)
        await hall.tells([person], words)
    for _ in range(4):
        await hall.later(seconds=1)
    assert hall.crowd.batches == [] and [len(p.inbox) for p in hall.people[:4]] == [1] * 4


async def test_an_unknown_end_is_counted_for_each_and_tried_again(hall: Hall) -> None:
    hall.crowd.broken = [TryAgain("reset", uncertain=True)]
    await hall.tells(hall.people, SAY.private("common.not_understood"))
    await hall.later(seconds=2)
    await hall.later(seconds=10)
    assert hall.states() == [("sent", 1)] * 40 and sum(hall.crowd.batches) == 80


async def test_a_refusal_of_all_is_everybodys(hall: Hall) -> None:
    hall.crowd.broken = [Refused(Failure.NOT_ALLOWED)]
    await hall.tells(hall.people, SAY.private("common.not_understood"))
    assert [state for state, _ in hall.states()] == ["failed"] * 40
