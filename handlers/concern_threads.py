"""Answers: one thread per guardian with the teacher who wrote and the head teacher, all of it private."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.addresses import GuardianAddress
from classroom.effects import Button, Effect, Report, Tell
from classroom.events import Json, Undelivered
from classroom.people import ALL_TEACHERS
from classroom.text import PrivateStr, PrivateText
from handlers import concern_people as people
from handlers.concern_sending import thread_buttons
from handlers.feature import Feature, Press, Said
from handlers.room import Room
from storage import concerns, guardians
from storage.tables import Concern, Guardian

feature = Feature("concern_threads")


# --- the guardian's side --------------------------------------------------------------------------


@feature.button("concern.i_know")
def i_know(press: Press, room: Room) -> Iterable[Effect]:
    """The guardian has read it; the writer hears so quietly."""
    guardian, concern = _of_guardian(press.args, room)
    if guardian is None or concern is None:
        return _not_any_more(press, room)
    _has_read(room, concern, guardian)
    return [
        room.toast(press.callback, room.say.label("concern.teacher_knows")),
        *_tell_teachers(room, people.writer(room, concern), "concern.was_read", guardian, concern),
    ]


@feature.button("concern.meet")
def meet(press: Press, room: Room) -> Iterable[Effect]:
    """The guardian would like to talk; the teacher proposes a time."""
    guardian, concern = _of_guardian(press.args, room)
    if guardian is None or concern is None:
        return _not_any_more(press, room)
    _has_read(room, concern, guardian)
    hearing = people.hearing(room, concern)
    return [
        room.tell(room.say.private("concern.will_propose", later=_when_read(room, hearing))),
        *_tell_teachers(room, hearing, "concern.wants_to_meet", guardian, concern, answer=True),
    ]


def _has_read(room: Room, concern: Concern, guardian: Guardian) -> None:
    row = concerns.recipient(room.db, concern.id, guardian.id)
    if row is not None and row.read_at is None:
        row.read_at = room.now


@feature.button("concern.reply")
def reply(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the guardian's words."""
    guardian, concern = _of_guardian(press.args, room)
    if guardian is None or concern is None:
        return _not_any_more(press, room)
    room.expect("concern.reply", {"concern": concern.id, "guardian": guardian.id})
    return [room.tell(room.say.private("concern.write_reply"))]


@feature.dialogue("concern.reply")
def replied(said: Said, room: Room) -> Iterable[Effect]:
    """Pass the guardian's words on to the teachers."""
    guardian, concern = _of_guardian(said.data, room)
    if guardian is None or concern is None:
        return [room.tell(room.say.private("concern.not_your_child"))]
    return _checked(said, room, "concern.reply") or to_teachers(
        room, guardian, concern, people.cleaned(said.text), files=bool(said.message.attachments)
    )


def to_teachers(
    room: Room, guardian: Guardian, concern: Concern, words: PrivateStr, *, files: bool = False
) -> list[Effect]:
    """A guardian's words to the teachers concerned, and to the guardian that they are on their way."""
    hearing = people.hearing(room, concern)
    if not hearing:
        return [room.tell(room.say.private("concern.no_teacher"))]
    concerns.add_line(room.db, concern.id, guardian.id, room.who.person, words, room.now)
    _has_read(room, concern, guardian)
    told = room.say.private("concern.passed_on", later=_when_read(room, hearing), files=files)
    return [
        room.tell(told),
        *_tell_teachers(room, hearing, "concern.guardian_says", guardian, concern, words=words, answer=True),
    ]


def _when_read(room: Room, hearing: list[int]) -> list[people.Later]:
    """When the first of the teachers will read it; empty: now."""
    found = people.later(room, ((p, guardians.display_name(room.db, p)) for p in hearing), room.say)
    return found[:1] if len(found) == len(hearing) else []


def _of_guardian(data: dict[str, Json], room: Room) -> tuple[Guardian | None, Concern | None]:
    """The actor's own link to the child, if it still holds, and the concern that the thread is about."""
    guardian = _active(room, people.number(data, "guardian"))
    if guardian is None or guardian.person_id != room.who.person:
        return None, None
    concern = concerns.get(room.db, people.number(data, "concern"), room.here.id)
    return guardian, concern


def _active(room: Room, guardian: int) -> Guardian | None:
    row = guardians.get(room.db, guardian)
    if row is None or row.classroom_id != room.here.id:
        return None
    return next((g for g in guardians.active_of(room.db, row.student_id) if g.id == row.id), None)


def _not_any_more(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, room.say.label("concern.not_any_more"), alert=True)]


def _checked(said: Said, room: Room, purpose: str) -> list[Effect]:
    """What is wrong with an answer, if anything; the dialogue goes on."""
    words = people.cleaned(said.text)
    if words and len(words.reveal()) <= people.TEXT_LIMIT:
        return []
    room.expect(purpose, dict(said.data))
    if not words:
        return [room.tell(room.say.private("concern.only_text"))]
    too_long = room.say.private("concern.too_long", size=len(words.reveal()), limit=people.TEXT_LIMIT)
    return [room.tell(too_long)]


def _tell_teachers(
    room: Room,
    hearing: Iterable[int],
    name: str,
    guardian: Guardian,
    concern: Concern,
    *,
    words: PrivateStr | None = None,
    answer: bool = False,
) -> list[Effect]:
    told: list[Effect] = []
    for person in hearing:
        say = room.say_to(person)
        text = say.private(
            name,
            guardian=people.called(room, guardian, say),
            classroom=room.here.name,
            number=concern.number,
            words=words,
        )
        args: dict[str, Json] = {"concern": concern.id, "guardian": guardian.id}
        button = Button(
            say.label("concern.reply"),
            "concern.answer",
            args,
            person=person,
            roles=frozenset(ALL_TEACHERS),
            hours=people.TERM_HOURS,
        )
        told += room.tell_person(
            person,
            text,
            *([button] if answer else []),
            handle=f"concern/{concern.id}/line",
            quiet=room.hours_of(person),
            report=Report(failed="concern.teacher_not_reached", data={**args, "teacher": person})
            if words
            else None,
        )
    return told


@feature.undelivered("concern.teacher_not_reached")
def teacher_not_reached(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Tell the guardian to telephone, unless a colleague could be reached."""
    guardian = _active(room, people.number(event.data, "guardian"))
    concern = concerns.get(room.db, people.number(event.data, "concern"), room.here.id)
    others = [p for p in people.hearing(room, concern) if p != people.number(event.data, "teacher")]
    if guardian is None or any(guardians.reachable(room.db, p) for p in others):
        return []
    text = room.say_to(guardian.person_id).private("concern.please_telephone")
    return [Tell(GuardianAddress(guardian.id), text, quiet=room.hours_of(guardian.person_id))]


# --- the teacher's side ---------------------------------------------------------------------------


@feature.button("concern.answer")
def answer(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the teacher's words to this one guardian."""
    guardian = _active(room, people.number(press.args, "guardian"))
    if guardian is None:
        return [room.tell(_unbound(press.args, room))]
    room.expect("concern.answer", dict(press.args))
    told = room.say.private("concern.write_answer", guardian=people.called(room, guardian, room.say))
    return [room.tell(told)]


def _unbound(data: dict[str, Json], room: Room) -> PrivateText:
    row = guardians.get(room.db, people.number(data, "guardian"))
    calls = people.phones(room, row.student_id, room.say) if row is not None else []
    return room.say.private("concern.unbound", phones=calls)


@feature.dialogue("concern.answer")
def answered(said: Said, room: Room) -> Iterable[Effect]:
    """Send the teacher's words to this one guardian, to nobody else of the family."""
    guardian = _active(room, people.number(said.data, "guardian"))
    if not room.who.teaches:
        return [room.tell(room.say.private("concern.visitor"))]
    concern = concerns.get(room.db, people.number(said.data, "concern"), room.here.id)
    if guardian is None or concern is None:
        return [room.tell(_unbound(said.data, room))]
    return _checked(said, room, "concern.answer") or _to_guardian(room, guardian, concern, said)


def _to_guardian(room: Room, guardian: Guardian, concern: Concern, said: Said) -> list[Effect]:
    words = people.cleaned(said.text)
    concerns.add_line(room.db, concern.id, guardian.id, room.who.person, words, room.now)
    say = room.say_to(guardian.person_id)
    args: dict[str, Json] = {"concern": concern.id, "guardian": guardian.id}
    text = say.private(
        "concern.teacher_answers",
        student=guardians.student_name(room.db, guardian.student_id),
        classroom=room.here.name,
        teacher=room.who.name,
        words=words,
    )
    name = people.called(room, guardian, room.say)
    told = room.say.private(
        "concern.answer_sent",
        guardian=name,
        later=people.later(room, [(guardian.person_id, name)], room.say),
        files=bool(said.message.attachments),
    )
    return [
        room.tell(told),
        Tell(
            GuardianAddress(guardian.id),
            text,
            thread_buttons(say, guardian, args, ("reply",)),
            handle=f"concern/{concern.id}/answer/{guardian.id}",
            quiet=room.hours_of(guardian.person_id),
            protect=True,
            report=Report(failed="concern.answer_failed", data={**args, "teacher": room.who.person}),
        ),
    ]


@feature.undelivered("concern.answer_failed")
def answer_failed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Tell the teacher that the answer did not arrive, with the phone numbers."""
    guardian = guardians.get(room.db, people.number(event.data, "guardian"))
    wrote = people.number(event.data, "teacher")
    if guardian is None:
        return []
    told: list[Effect] = []
    for person in [wrote] if room.teaches(wrote) else room.teachers():
        say = room.say_to(person)
        text = say.private(
            "concern.answer_not_delivered",
            guardian=people.called(room, guardian, say),
            reason=event.reason,
            phones=people.phones(room, guardian.student_id, say),
        )
        told += room.tell_person(person, text)
    return told
