"""The buttons and answers of a thread, the teacher's side and the family's; authority is looked at anew."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.events import Json, Undelivered
from classroom.text import PrivateStr, PrivateText
from handlers import requests_letters as letters
from handlers import requests_people as people
from handlers import requests_sending as sending
from handlers.concern_people import TERM_HOURS, cleaned, number, phones
from handlers.enclosing import own_files
from handlers.feature import Feature, Press, Said
from handlers.requests_reminder import plan_reminder
from handlers.room import Room
from storage import guardians, requests
from storage.tables import Request

feature = Feature("requests_threads")


def _request(data: dict[str, Json], room: Room) -> Request | None:
    return requests.get(room.db, number(data, "request"), room.here.id) if room.classroom else None


def _handled(press: Press, room: Room) -> Request | None:
    """The request of a button, if the presser may handle it now."""
    request = _request(press.args, room)
    return request if request is not None and people.handles(room, request) else None


def _gone(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, room.say.label("requests.not_yours"), alert=True)]


def _done_already(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, room.say.label("requests.done_already"))]


# --- the teacher's side ---------------------------------------------------------------------------


@feature.button("requests.known")
def known(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher has read it; that is an answer too."""
    request = _handled(press, room)
    if request is None:
        return _gone(press, room)
    if request.state not in requests.WAITING:
        return _done_already(press, room)
    return _settle(press, room, request, "known", requests.KNOWN)


@feature.button("requests.approve")
def approve(press: Press, room: Room) -> Iterable[Effect]:
    """The child may stay away."""
    request = _handled(press, room)
    if request is None:
        return _gone(press, room)
    if request.kind != requests.LEAVE or not requests.in_force(request):
        return [room.toast(press.callback, room.say.label("requests.withdrawn"), alert=True)]
    if request.decision == requests.APPROVED:
        return _done_already(press, room)
    return _settle(press, room, request, "approved", requests.APPROVED)


@feature.button("requests.done")
def done(press: Press, room: Room) -> Iterable[Effect]:
    """It has been dealt with in another way."""
    request = _handled(press, room)
    if request is None:
        return _gone(press, room)
    if request.state not in requests.WAITING:
        return _done_already(press, room)
    return _settle(press, room, request, "done", requests.DONE)


def _settle(press: Press, room: Room, request: Request, name: str, decision: str) -> list[Effect]:
    requests.answer(request, requests.ANSWERED, room.now, decision=decision)
    room.db.flush()
    plan_reminder(room)
    if not people.family(room, request):
        return _nobody_there(press, room, request)
    return [
        room.toast(press.callback, room.say.label("requests.family_knows")),
        *letters.mark(room, request, press.handle, f"is_{name}", who=room.who.name),
        *letters.to_family(room, request, name, teacher=room.who.name),
    ]


def _nobody_there(press: Press, room: Room, request: Request) -> list[Effect]:
    """Whoever wrote it is bound no more: the thread is over, the telephone is left."""
    if request.kind == requests.MESSAGE:
        requests.answer(request, requests.CLOSED, room.now)
    room.db.flush()
    return [
        *letters.mark(room, request, press.handle, "is_unbound", who=room.who.name),
        room.tell(_unbound(room, request)),
    ]


def _unbound(room: Room, request: Request) -> PrivateText:
    calls = phones(room, request.student_id or 0, room.say)
    return room.say.private("requests.unbound", phones=calls)


@feature.button("requests.reply")
def reply(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the teacher's words."""
    request = _handled(press, room)
    if request is None:
        return _gone(press, room)
    if not people.family(room, request):
        return _nobody_there(press, room, request)
    room.expect("requests.answer", {"request": request.id})
    who = people.called(room, request, room.say)
    return [room.tell(room.say.private("requests.write_answer", who=who, number=request.number))]


@feature.dialogue("requests.answer")
def answered(said: Said, room: Room) -> Iterable[Effect]:
    """Send the teacher's words to those of the family who wrote, to nobody else."""
    request = _request(said.data, room)
    if request is None or not people.handles(room, request):
        return [room.tell(room.say.private("requests.not_yours_any_more"))]
    words, files = cleaned(said.text), own_files(said.message)
    return _refused(said, room, "requests.answer", words, files) or answer(room, request, words, files)


def answer(room: Room, request: Request, words: PrivateStr, files: list[Json]) -> list[Effect]:
    """A teacher's line in a thread; the request is answered by it."""
    if not people.family(room, request):
        return [room.tell(_unbound(room, request))]
    line = requests.add_line(room.db, request, room.who.person, words, files, room.now)
    requests.answer(request, requests.ANSWERED, room.now)
    room.db.flush()
    plan_reminder(room)
    say = room.say
    later = letters.later_for_family(room, request, say)
    told = say.private(
        "requests.answer_sent", who=people.called(room, request, say), number=request.number, later=later
    )
    return [
        room.tell(told),
        *letters.mark(room, request, "", "is_answered", who=room.who.name),
        *letters.to_family(
            room, request, "answered", line=line, report=True, teacher=room.who.name, words=line.text
        ),
    ]


def _refused(said: Said, room: Room, purpose: str, words: PrivateStr, files: list[Json]) -> list[Effect]:
    """What is wrong with a line, if anything; the dialogue goes on."""
    refusal = sending.too_long(words, room.say)
    if refusal is None and (words or files):
        return []
    room.expect(purpose, dict(said.data))
    return [room.tell(refusal or room.say.private("requests.only_words_and_files"))]


# --- handing over ---------------------------------------------------------------------------------


@feature.button("requests.hand")
def hand(press: Press, room: Room) -> Iterable[Effect]:
    """Ask to whom."""
    request = _handled(press, room)
    if request is None:
        return _gone(press, room)
    if request.state not in requests.WAITING:
        return _done_already(press, room)
    say = room.say
    others = [
        p for p in people.everybody_who_teaches(room) if p not in (room.who.person, request.assigned_to)
    ]
    if not others:
        return [room.toast(press.callback, say.label("requests.nobody_else"), alert=True)]
    buttons = [
        letters.teacher_button(
            say.label("requests.child", name=guardians.display_name(room.db, person)),
            "hand_to",
            request,
            room.who.person,
            more={"to": person, "shown": press.handle},
        )
        for person in others
    ]
    text = say.private("requests.to_whom", number=request.number, kind=request.kind)
    return [room.tell(text, *buttons)]


@feature.button("requests.hand_to")
def hand_to(press: Press, room: Room) -> Iterable[Effect]:
    """From now on it is this colleague's; the family hears so."""
    request, to = _handled(press, room), number(press.args, "to")
    if request is None or not room.teaches(to):
        return _gone(press, room)
    if request.state not in requests.WAITING:
        return _done_already(press, room)
    request.assigned_to = to
    request.state = requests.HANDED_OVER
    room.db.flush()
    name = guardians.display_name(room.db, to)
    family = [line for line in requests.lines(room.db, request.id) if not _by_teacher(room, line.from_person)]
    return [
        room.edit(press.handle, room.say.private("requests.handed_over", who=name, number=request.number)),
        *letters.mark(room, request, str(press.args.get("shown") or ""), "is_handed", who=name),
        *letters.to_teachers(room, request, family[-1], to=[to], handed_by=room.who.name),
        *letters.to_family(room, request, "handed", teacher=name),
    ]


def _by_teacher(room: Room, person: int | None) -> bool:
    return person is not None and room.teaches(person)


# --- the family's side ----------------------------------------------------------------------------


@feature.button("requests.add")
@feature.button("requests.say")
def say_more(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the parent's words."""
    request = _request(press.args, room)
    if request is None or people.own_link(room, request) is None:
        return [room.toast(press.callback, room.say.label("requests.not_bound"), alert=True)]
    room.expect("requests.line", {"request": request.id})
    return [room.tell(room.say.private("requests.write_more", number=request.number))]


@feature.dialogue("requests.line")
def said_more(said: Said, room: Room) -> Iterable[Effect]:
    """Pass the parent's words on to the teachers of this thread."""
    request = _request(said.data, room)
    if request is None or people.own_link(room, request) is None:
        return [room.tell(room.say.private("requests.not_your_child"))]
    words, files = cleaned(said.text), own_files(said.message)
    return _refused(said, room, "requests.line", words, files) or sending.go_on(room, request, words, files)


# --- what did not arrive --------------------------------------------------------------------------


@feature.undelivered("requests.not_reached")
def not_reached(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Tell the family to telephone, unless a colleague could be reached."""
    request = _request(event.data, room)
    if request is None:
        return []
    others = [p for p in people.hearing(room, request) if p != number(event.data, "teacher")]
    if any(guardians.reachable(room.db, p) for p in others):
        return []
    return letters.to_family(room, request, "please_telephone", phone=people.phone(room))


@feature.undelivered("requests.answer_failed")
def answer_failed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """Tell the teacher that an answer did not arrive, with the phone numbers."""
    request = _request(event.data, room)
    link = guardians.get(room.db, number(event.data, "guardian"))
    if request is None or link is None:
        return []
    told: list[Effect] = []
    wrote = number(event.data, "teacher")
    for person in [wrote] if room.teaches(wrote) else people.hearing(room, request):
        say = room.say_to(person)
        text = say.private(
            "requests.answer_not_delivered",
            who=guardians.label_of(room.db, link, say.language),
            number=request.number,
            reason=event.reason,
            phones=phones(room, link.student_id, say),
        )
        again = Button(
            say.label("requests.open", number=request.number, who=""),
            "requests.open",
            {"request": request.id},
            person=person,
            hours=TERM_HOURS,
        )
        told += room.tell_person(person, text, again)
    return told
