"""Sending a concern: to the chosen guardians one by one, and what is said where one is not reached."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.addresses import GuardianAddress
from classroom.effects import Button, Effect, Report, Tell
from classroom.events import Delivered, Json, Undelivered
from classroom.people import ALL_TEACHERS
from classroom.text import PrivateStr
from handlers import concern_draft as drafting
from handlers import concern_list, concern_term
from handlers import concern_people as people
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import concerns, drafts, guardians, presses
from storage.tables import Concern, Draft, Guardian
from templates.render import Say

feature = Feature("concern_sending")


@feature.button("concern.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Send the draft, after looking at everything anew: it may lie there for weeks."""
    draft = drafting.pressed(press, room)
    student = drafting.student_of(room, draft) if draft else None
    if draft is None or student is None or not room.who.teaches:
        return drafting.gone(press, room)
    if not draft.words or not drafting.advice_on(draft.words, student, room.roster, room.say).may_send:
        return drafting.show(room, draft, student)
    found = people.eligible(room, student.id)
    chosen = people.chosen(draft, found)
    if not found:
        return [_nobody(room, student.id, student.name)]
    if not chosen:
        return [room.toast(press.callback, room.say.label("concern.tick_somebody"), alert=True)]
    return _sent(press, room, draft, chosen)


def _nobody(room: Room, student: int, name: str) -> Effect:
    calls = people.phones(room, student, room.say)
    return room.tell(room.say.private("concern.nobody_bound", student=name, phones=calls))


def _sent(press: Press, room: Room, draft: Draft, chosen: list[Guardian]) -> list[Effect]:
    say = room.say
    shown = drafting.handle(draft)
    student = people.number(draft.data, "student")
    concern = concerns.create(room.db, room.here.id, student, room.who.person, draft.words, room.now)
    presses.end_buttons(room.db, shown, room.now)
    drafts.decide(draft, "used")
    concern_term.plan_erasing(room)
    names = [(g.person_id, people.called(room, g, say)) for g in chosen]
    told = say.private(
        "concern.sent",
        number=concern.number,
        student=guardians.student_name(room.db, student),
        recipients=[name for _, name in names],
        later=people.later(room, names, say),
        phones=people.phones(room, student, say),
    )
    return [
        room.toast(press.callback, say.label("concern.on_its_way")),
        room.edit(shown, told, concern_list.keep_button(room, concern)),
        *(letter(room, concern, guardian) for guardian in chosen),
        *_tell_head(room, concern),
    ]


def letter(room: Room, concern: Concern, guardian: Guardian) -> Tell:
    """The concern to one guardian, who is looked up anew at every attempt."""
    concerns.add_recipient(room.db, concern.id, guardian.id)
    say = room.say_to(guardian.person_id)
    words = concern.words or PrivateStr("")
    args: dict[str, Json] = {"concern": concern.id, "guardian": guardian.id}
    text = say.private(
        "concern.received",
        student=guardians.student_name(room.db, guardian.student_id),
        classroom=room.here.name,
        words=words,
        teacher=_signature(room, concern),
    )
    return Tell(
        GuardianAddress(guardian.id),
        text,
        thread_buttons(say, guardian, args, ("i_know", "meet", "reply")),
        handle=f"concern/{concern.id}/{guardian.id}",
        quiet=room.hours_of(guardian.person_id),
        protect=True,
        report=Report(failed="concern.failed", sent="concern.sent", data=args),
    )


def _signature(room: Room, concern: Concern) -> str:
    return guardians.display_name(room.db, concern.by_person) if concern.by_person is not None else ""


def thread_buttons(
    say: Say, guardian: Guardian, args: dict[str, Json], names: Iterable[str]
) -> tuple[Button, ...]:
    """Buttons under what a guardian gets, for this person alone and for the whole term."""
    return tuple(
        Button(
            say.label(f"concern.{name}"),
            f"concern.{name}",
            args,
            person=guardian.person_id,
            hours=people.TERM_HOURS,
            row=2 if name == "reply" else 1,
            once=name != "reply",
        )
        for name in names
    )


def _tell_head(room: Room, concern: Concern) -> list[Effect]:
    """The head teacher hears that a colleague has written to a family, not what."""
    others = [p for p in people.hearing(room, concern) if p != room.who.person]
    return [
        effect
        for person in others
        for effect in room.tell_person(
            person,
            room.say_to(person).private(
                "concern.colleague_wrote",
                teacher=room.who.name,
                number=concern.number,
                student=guardians.student_name(room.db, concern.student_id),
            ),
            quiet=room.hours_of(person),
        )
    ]


# --- how it went ----------------------------------------------------------------------------------


@feature.delivered("concern.sent")
def arrived(event: Delivered, room: Room) -> Iterable[Effect]:
    """Note that a guardian has it."""
    row = concerns.recipient(
        room.db, people.number(event.data, "concern"), people.number(event.data, "guardian")
    )
    if row is not None:
        row.state, row.failure = concerns.SENT, None
    return []


@feature.undelivered("concern.failed")
def not_arrived(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Tell the teacher at once, with the phone numbers: every door of this person's has been tried."""
    concern = concerns.get(room.db, people.number(event.data, "concern"), room.here.id)
    guardian = guardians.get(room.db, people.number(event.data, "guardian"))
    if concern is None or guardian is None:
        return []
    row = concerns.add_recipient(room.db, concern.id, guardian.id)
    row.state, row.failure = concerns.FAILED, event.reason
    room.db.flush()
    return [
        effect
        for person in people.writer(room, concern)
        for effect in _alarm(room, concern, guardian, person)
    ]


def _alarm(room: Room, concern: Concern, guardian: Guardian, person: int) -> list[Effect]:
    say = room.say_to(person)
    rows = concerns.recipients(room.db, concern.id)
    failed = concerns.recipient(room.db, concern.id, guardian.id)
    text = say.private(
        "concern.not_delivered",
        number=concern.number,
        recipient=people.called(room, guardian, say),
        reason=(failed.failure if failed else None) or "refused",
        all_failed=all(r.state == concerns.FAILED for r in rows),
        phones=people.phones(room, concern.student_id, say),
    )
    again = Button(
        say.label("concern.again"),
        "concern.again",
        {"concern": concern.id},
        person=person,
        roles=frozenset(ALL_TEACHERS),
        hours=people.TERM_HOURS,
    )
    return room.tell_person(person, text, *([again] if concern.words else []))


@feature.button("concern.again")
def again(press: Press, room: Room) -> Iterable[Effect]:
    """Put the words before the teacher as a draft once more, for those who did not get them."""
    concern = concerns.get(room.db, people.number(press.args, "concern"), room.here.id)
    if concern is None or concern.words is None:
        return [room.toast(press.callback, room.say.label("concern.erased_already"), alert=True)]
    reached = [r.guardian_id for r in concerns.recipients(room.db, concern.id) if r.state != concerns.FAILED]
    draft = drafting.make(room, concern.words, concern.student_id, off=[*reached])
    return drafting.ask_or_show(room, draft)
