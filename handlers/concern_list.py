"""A teacher's own concerns: what went where, and which are kept beyond the term."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from handlers import concern_draft as drafting
from handlers import concern_people as people
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import concerns, drafts, guardians
from storage.tables import Concern

feature = Feature("concern_list")
SHOWN = 20
WITH_BUTTON = 8


def show(room: Room) -> list[Effect]:
    """List the actor's own concerns in this class, newest first, and drafts that wait."""
    say = room.say
    found = concerns.of_teacher(room.db, room.here.id, room.who.person, SHOWN)
    waiting = [d for d in drafts.open_of(room.db, room.who.person, drafting.KIND) if _is_ready(room, d.id)]
    lines = [_line(room, concern) for concern in found]
    buttons = [keep_button(room, c, numbered=True) for c in found[:WITH_BUTTON] if c.words is not None]
    resume = [
        drafting.button(
            room,
            say.label(
                "concern.resume", name=guardians.student_name(room.db, people.number(d.data, "student"))
            ),
            "concern.resume",
            {"draft": d.id},
        )
        for d in waiting[-WITH_BUTTON:]
    ]
    text = say.private("concern.list", lines=lines, waiting=len(waiting), classroom=room.here.name)
    return [room.tell(text, *buttons, *resume)]


def _is_ready(room: Room, draft: int) -> bool:
    row = drafts.get(room.db, draft, room.who.person)
    return (
        row is not None
        and row.classroom_id == room.here.id
        and bool(row.words)
        and drafting.student_of(room, row) is not None
    )


def _line(room: Room, concern: Concern) -> dict[str, object]:
    rows = concerns.recipients(room.db, concern.id)
    return {
        "number": concern.number,
        "student": guardians.student_name(room.db, concern.student_id),
        "day": room.say.day(concern.sent_at, room.zone, room.now),
        "to": len(rows),
        "arrived": sum(r.state == concerns.SENT for r in rows),
        "failed": sum(r.state == concerns.FAILED for r in rows),
        "read": sum(r.read_at is not None for r in rows),
        "kept": concern.kept,
        "erased": concern.words is None,
    }


def keep_button(room: Room, concern: Concern, *, numbered: bool = False) -> Button:
    """保留, or the way back."""
    name = "concern.let_go" if concern.kept else "concern.keep"
    label = room.say.label(name, number=concern.number if numbered else "")
    return drafting.button(room, label, "concern.keep", {"concern": concern.id, "keep": not concern.kept})


@feature.button("concern.keep")
def keep(press: Press, room: Room) -> Iterable[Effect]:
    """Keep a concern beyond the end of the term, or let it be erased then."""
    concern = concerns.get(room.db, people.number(press.args, "concern"), room.here.id)
    if concern is None or concern.by_person != room.who.person or concern.words is None:
        return [room.toast(press.callback, room.say.label("concern.erased_already"), alert=True)]
    concern.kept = press.args.get("keep") is True
    label = "concern.is_kept" if concern.kept else "concern.is_let_go"
    told = room.say.private("concern.keeping", number=concern.number, kept=concern.kept)
    return [
        room.toast(press.callback, room.say.label(label)),
        room.tell(told, keep_button(room, concern)),
    ]


@feature.button("concern.resume")
def resume(press: Press, room: Room) -> Iterable[Effect]:
    """Show a draft that was left lying."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is None or draft.classroom_id != room.here.id:
        return drafting.gone(press, room)
    return drafting.ask_or_show(room, draft)
