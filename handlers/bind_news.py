"""Who hears of a new binding and may take it back; what follows when one begins or ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.addresses import GuardianAddress
from classroom.effects import Button, Effect, Tell
from classroom.text import PrivateText
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.menus import menus_for
from handlers.name_looking import recheck
from handlers.room import Room
from handlers.tags import ask_where, tags_for
from storage import guardians, rosters
from storage.tables import Guardian

MAY_REVOKE = timedelta(days=7)


def attach(feature: Feature) -> None:
    """Declare the button of this part."""
    feature.button("bind.revoke")(revoke)


def begun(room: Room, linked: Guardian, decided_by: int | None = None) -> list[Effect]:
    """What follows a new binding: tag and menu, and a word to the other guardians and the teachers."""
    person = linked.person_id
    return [
        *tags_for(room, person),
        *ask_where(room, person),
        *recheck(room, person),
        *menus_for(room, person),
        *_to_guardians(room, linked),
        *_to_teachers(room, linked, decided_by),
    ]


def bound_text(room: Room, linked: Guardian) -> PrivateText:
    """What the one who is bound now reads."""
    say = room.say_to(linked.person_id)
    return say.private(
        "bind.bound",
        classroom=room.here.name,
        name=guardians.student_name(room.db, linked.student_id),
        relation=guardians.relation_word(linked.relation, say.language),
        notices_only=linked.notices_only,
    )


def _to_guardians(room: Room, linked: Guardian) -> list[Effect]:
    others = [g for g in guardians.active_of(room.db, linked.student_id) if g.person_id != linked.person_id]
    return [
        Tell(
            GuardianAddress(other.id),
            _news(room, linked, other.person_id),
            (_revoke_button(room, linked, other.person_id),) if _may_revoke(other) else (),
            quiet=room.hours_of(other.person_id),
            park=True,
        )
        for other in others
    ]


def _to_teachers(room: Room, linked: Guardian, decided_by: int | None) -> list[Effect]:
    effects: list[Effect] = []
    for teacher in room.teachers():
        if teacher not in (decided_by, linked.person_id):
            effects += room.tell_person(
                teacher,
                _news(room, linked, teacher),
                _revoke_button(room, linked, teacher),
                quiet=room.hours_of(teacher),
                park=True,
            )
    return effects


def _news(room: Room, linked: Guardian, reader: int) -> PrivateText:
    say = room.say_to(reader)
    return say.private(
        "bind.news",
        who=guardians.label_of(room.db, linked, say.language),
        shown=guardians.display_name(room.db, linked.person_id),
        how=linked.how,
        classroom=room.here.name,
    )


def _revoke_button(room: Room, linked: Guardian, reader: int) -> Button:
    label = room.say_to(reader).label("common.undo")
    hours = int(MAY_REVOKE.total_seconds() // 3600)
    return Button(label, "bind.revoke", {"guardian": linked.id}, person=reader, hours=hours)


def _may_revoke(guardian: Guardian) -> bool:
    return not guardians.relation_of(guardian).stands_in_only


def revoke(press: Press, room: Room) -> Iterable[Effect]:
    """Take a new binding back: the teacher may, and whoever else answers for the child."""
    wanted = press.args.get("guardian")
    linked = guardians.get(room.db, wanted) if isinstance(wanted, int) else None
    say = own(room)
    if linked is None or linked.state != guardians.ACTIVE or linked.classroom_id != room.here.id:
        return [room.edit(press.handle, say.private("bind.revoked_already"))]
    mine = guardians.of_person(room.db, room.who.person, linked.student_id)
    if not room.who.leads and (mine is None or mine.id == linked.id or not _may_revoke(mine)):
        return [room.edit(press.handle, say.private("bind.revoke_not_yours"))]
    who = guardians.label_of(room.db, linked, say.language)
    effects = ended(room, linked, "bind.was_revoked")
    return [
        room.edit(press.handle, say.private("bind.revoked", who=who)),
        *effects,
        *([] if room.who.leads else _teachers_hear(room, linked, mine)),
    ]


def _teachers_hear(room: Room, linked: Guardian, mine: Guardian | None) -> list[Effect]:
    effects: list[Effect] = []
    for teacher in room.teachers():
        say = room.say_to(teacher)
        text = say.private(
            "bind.revoked_by_guardian",
            who=guardians.label_of(room.db, linked, say.language),
            by=guardians.label_of(room.db, mine, say.language) if mine else "",
        )
        effects += room.tell_person(teacher, text, quiet=room.hours_of(teacher), park=True)
    return effects


def ended(room: Room, linked: Guardian, block: str) -> list[Effect]:
    """End a binding at once and say so to whom it was: `block` names the text."""
    person = linked.person_id
    guardians.end(linked, room.now, by=room.who.person)
    room.db.flush()
    say = room.say_to(person)
    by = guardians.of_person(room.db, room.who.person, linked.student_id)
    text = say.private(
        block,
        who=guardians.label_of(room.db, linked, say.language),
        by="" if room.who.leads or by is None else guardians.label_of(room.db, by, say.language),
        classroom=room.here.name,
        on_roster=rosters.find(room.db, room.here.id, linked.student_id) is not None,
    )
    return [
        *room.tell_person(person, text, quiet=room.hours_of(person), park=True),
        *tags_for(room, person),
        *menus_for(room, person),
    ]
