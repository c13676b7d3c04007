"""A road with a feature that answers, raises, posts and asks on demand."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import pytest

from bot.app import App
from bot.limits import Limits
from classroom.effects import Button, EditPost, Effect, Lane, Post, Remove, Report, Tell
from classroom.events import Delivered, Due, Message, Undelivered
from handlers.feature import Command, Feature, Press, Who
from handlers.room import Room
from storage import schedules
from storage.database import Database, open_database
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate
from tests.world import World

NO_LIMITS = Limits(0, 0, 3, 0)


def make_feature() -> tuple[Feature, list[str]]:
    """Commands whose only use is to be watched on their way."""
    feature = Feature("help")  # borrows the texts of /help
    notes: list[str] = []

    @feature.command("echo", who=Who.ANYONE, classroom=False)
    def echo(command: Command, room: Room) -> Iterable[Effect]:
        for part in command.text.split("|"):
            text = room.say.label("common.classroom", name=part)
            shown = room.say_class.group("help.commands", lines=[(_Name(part), text)])
            yield room.post(shown) if room.group else room.tell(shown)

    @feature.command("raise", who=Who.ANYONE, classroom=False)
    def raise_(command: Command, room: Room) -> Iterable[Effect]:
        schedules.plan(room.db, "never", "help.never", room.now, room.now, grace=timedelta(0))
        raise ZeroDivisionError(command.text)

    @feature.command("stumble", who=Who.ANYONE, classroom=False)
    def stumble(_command: Command, room: Room) -> Iterable[Effect]:
        if "stumble" in notes:
            notes.remove("stumble")
            raise ZeroDivisionError
        yield room.tell(room.say.private("help.commands", lines=[(_Name("steady"), "n")], classroom=None))

    @feature.command("count", who=Who.ANYONE, classroom=False)
    def count(command: Command, room: Room) -> Iterable[Effect]:
        assert room.group is not None
        for number in range(int(command.text)):
            text = room.say_class.group("help.commands", lines=[(_Name(str(number)), "n")])
            if number == 0:
                yield Post(room.group, text, handle="counter")
            else:
                yield EditPost(room.group, "counter", text)

    @feature.command("bulk", who=Who.ANYONE, classroom=False)
    def bulk(command: Command, room: Room) -> Iterable[Effect]:
        assert room.group is not None
        for number in range(int(command.text)):
            text = room.say_class.group("help.commands", lines=[(_Name(f"bulk{number}"), "n")])
            yield Post(room.group, text, lane=Lane.BULK)

    @feature.command("remove", who=Who.ANYONE, classroom=False)
    def remove(command: Command, room: Room) -> Iterable[Effect]:
        assert room.group is not None
        yield Remove(room.group, (command.text,))

    @feature.command("button", who=Who.ANYONE, classroom=False)
    def button(_command: Command, room: Room) -> Iterable[Effect]:
        label = room.say.label("common.yes")
        mine = Button(label, "help.pressed", {"n": 1}, person=room.who.person, once=True)
        text = room.say_class.group("help.commands", lines=[(_Name("press"), "n")])
        yield room.post(text, mine) if room.group else room.tell(text, mine)

    @feature.button("help.pressed")
    def pressed(press: Press, room: Room) -> Iterable[Effect]:
        text = room.say_class.group("help.commands", lines=[(_Name(f"pressed{press.args['n']}"), "n")])
        yield room.post(text) if room.group else room.tell(text)

    @feature.command("report", who=Who.ANYONE, classroom=False)
    def report(command: Command, room: Room) -> Iterable[Effect]:
        text = room.say.private("help.commands", lines=[(_Name("secret"), "n")], classroom=None)
        to = room.private
        assert to is not None
        wanted = Report(failed="help.lost", sent="help.arrived", data={"group": room.group is not None})
        yield Tell(to, text, report=wanted, park=command.text == "park")

    @feature.undelivered("help.lost")
    def lost(event: Undelivered, room: Room) -> Iterable[Effect]:
        notes.append(f"lost {event.reason}")
        return ()

    @feature.delivered("help.arrived")
    def arrived(_event: Delivered, _room: Room) -> Iterable[Effect]:
        notes.append("arrived")
        return ()

    @feature.due("help.alarm")
    def alarm(due: Due, _room: Room) -> Iterable[Effect]:
        notes.append(f"missed {due.schedule}" if due.missed else f"alarm {due.schedule}")
        return ()

    @feature.watch
    def heard(message: Message, _room: Room) -> Iterable[Effect] | None:
        notes.append(f"heard {message.text} x{len(message.refs)}")
        return None

    return feature, notes


class _Name:
    chinese = ()

    def __init__(self, name: str) -> None:
        self.name = name


class RoadWorld(World):
    """A world whose app has the test's feature; it can be restarted on the same database and platform."""

    def __init__(self, database: Database, limits: Limits = NO_LIMITS) -> None:
        super().__init__(database)
        self.feature, self.notes = make_feature()
        self.limits = limits
        self.restart()

    def restart(self) -> None:
        """Forget everything that is only in memory, as a killed process does."""
        self.app = App(
            self.database,
            [self.platform],
            features=[self.feature],
            now=self.now,
            clock=self.clock,
            limits={"web": self.limits},
        )


MakeRoad = Callable[..., RoadWorld]


@pytest.fixture
def road(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[RoadWorld]:
    """A road without limits."""
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield RoadWorld(database)
    database.close()


@pytest.fixture
def sqlite_road(fresh_database: FreshDatabase) -> Iterator[MakeRoad]:
    """A road on SQLite with chosen limits."""
    database = open_database(fresh_database("sqlite", migrate), KEY, durable=False)
    yield lambda limits=NO_LIMITS: RoadWorld(database, limits)
    database.close()
