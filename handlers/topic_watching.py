"""A new class watches for its first days; then its teacher is asked once whether to switch on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Button, Effect
from classroom.events import Due
from classroom.rules.topics import Mode
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.rule_book import TOPICS, WATCH_FOR, WATCHING, rules_of
from storage import classrooms, schedules, violations

GRACE = timedelta(days=30)
CHOICES = (Mode.DELETE, Mode.REMIND, Mode.WATCH)


def attach(feature: Feature) -> None:
    """Declare what this part hears of."""
    feature.due("topics.watched")(ask)
    feature.button("topics.switch")(switch)


def begin(room: Room) -> None:
    """Note with the first message that the class watches, and plan the question."""
    if room.here.settings.get(WATCHING) is not None:
        return
    classrooms.change_setting(room.here, WATCHING, "on")
    name, due_at = f"topics.watched/{room.here.id}", room.here.created_at + WATCH_FOR
    schedules.plan(room.db, name, "topics.watched", due_at, room.now, grace=GRACE, classroom=room.here.id)


def ask(due: Due, room: Room) -> Iterable[Effect]:
    """Ask whoever teaches what shall hold from now on, with what would have been done so far."""
    if rules_of(room).topics is not Mode.WATCH:
        return []
    rows = violations.of_class(room.db, room.here.id, room.now - WATCH_FOR)
    would = [row.data.get("would") for row in rows]
    told: list[Effect] = []
    for person in room.teachers():
        say = room.say_to(person)
        text = say.private(
            "topics.watched",
            name=room.here.name,
            removed=sum(row.done == violations.ENFORCED for row in rows),
            delete=would.count("delete"),
            remind=would.count("remind"),
        )
        buttons = [
            Button(
                say.label(f"topics.switch_{mode.value}"), "topics.switch", {"mode": mode.value}, person=person
            )
            for mode in CHOICES
        ]
        told += room.tell_person(person, text, *buttons, quiet=room.hours_of(person), park=True)
    return told


def switch(press: Press, room: Room) -> Iterable[Effect]:
    """What the teacher has chosen holds at once."""
    chosen = press.args.get("mode")
    if not room.who.leads or chosen not in {mode.value for mode in CHOICES}:
        return [room.toast(press.callback, own(room).label("toast.gone"))]
    classrooms.change_setting(room.here, TOPICS, chosen)
    classrooms.change_setting(room.here, WATCHING, "off")
    return [room.toast(press.callback, own(room).label("topics.switched"))]
