"""A person's own hours: when a teacher may be reached, when a parent is left in peace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from classroom.effects import Button, Effect
from handlers.feature import Press, Said
from handlers.me_card import button, hours_line, hours_of, teaches_anywhere
from handlers.room import Room
from scheduler.hours import OFF, read_hours
from storage import personal

CHOICES = {True: ("07:00-20:00", "07:00-21:30", "06:30-18:00"), False: ("21:00-07:00", "20:00-08:00")}
"""What the buttons offer: to teachers when they may be reached, to parents quiet hours."""

DEFAULT = frozenset({"default", "默认", "按班级"})
NOON = time(12)
LONGEST = 20


def typed(words: str, room: Room) -> Iterable[Effect]:
    """`/me hours 22:00-06:30|off`; without hours, what holds and what to choose from."""
    return _set(words, room) if words else _ask(room)


def said(said_: Said, room: Room) -> Iterable[Effect]:
    """The hours, typed after the button."""
    return _set(said_.text.strip(), room)


def pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button of the card, and those with hours."""
    wish = press.args.get("hours")
    if not isinstance(wish, str):
        return _ask(room)
    room.expect_nothing()
    return _set(wish, room)


def _ask(room: Room) -> list[Effect]:
    room.expect("me.hours")
    teacher = teaches_anywhere(room)
    buttons = [_choice(room, wish) for wish in CHOICES[teacher]]
    text = room.say.private("me.which_hours", hours=hours_of(room), hours_line=hours_line(room))
    for name, wish in (("me.hours_default", "default"), ("me.hours_off", "off")):
        buttons.append(button(room, room.say.label(name), "me.hours", {"hours": wish}, row=3))
    return [room.tell(text, *buttons)]


def _choice(room: Room, wish: str) -> Button:
    label = room.say.label("me.hours_choice", window=wish.replace("-", "–"))
    return button(room, label, "me.hours", {"hours": wish})


def _set(words: str, room: Room) -> list[Effect]:
    wishes, teacher = personal.wishes(room.db, room.who.person), teaches_anywhere(room)
    if words.casefold() in DEFAULT:
        wishes.hours = None
    elif words.casefold() in OFF:
        wishes.hours = "off"
    else:
        window = read_hours(words, room.zone)
        if window is None:
            _expect_again(words, room)
            return [room.tell(room.say.private("me.hours_unread", teacher=teacher, typed=words[:40]))]
        quiet = window.outside() if teacher else window
        wishes.hours = f"{quiet.start_text}-{quiet.end_text}"
    return [_confirmed(room)]


def _expect_again(words: str, room: Room) -> None:
    """Wait for better hours, but only after a try at some: a message to the teacher is not eaten twice."""
    if len(words) <= LONGEST and any(c.isdigit() for c in words):
        room.expect("me.hours")


def _confirmed(room: Room) -> Effect:
    """Say which hours hold now; where they look turned around, offer the other way."""
    hours = hours_of(room)
    text = room.say.private("me.hours_set", hours=hours, hours_line=hours_line(room))
    window = hours.window
    if window is None or window.contains(NOON) is hours.teacher:
        return room.tell(text)
    turned = window.outside()
    label = room.say.label("me.hours_turned", window=f"{turned.start_text}–{turned.end_text}")
    wish = f"{turned.start_text}-{turned.end_text}"
    return room.tell(text, button(room, label, "me.hours", {"hours": wish}))
