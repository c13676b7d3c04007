"""How a parent becomes the guardian of a child here: by a link or by name, with consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.claims import MOST_TYPED
from classroom.effects import Effect, LinkButton
from classroom.relations import read_relation, relation_at_tail
from handlers import bind_news, bind_requests, tags
from handlers.aside import aside, own
from handlers.bind_claim import BY_LINK, BY_TEACHER, Claim, children, entitled
from handlers.bind_steps import (
    Screen,
    ask_name,
    ask_other_relation,
    begin,
    go_on,
    named,
    plain,
    tried,
    word,
)
from handlers.feature import Command, Feature, Opened, Press, Said, Who
from handlers.links import class_token
from handlers.room import Room
from storage import codes, guardians
from storage.tables import Code, StudentRow

feature = Feature("bind")
bind_requests.attach(feature)
bind_news.attach(feature)
tags.attach(feature)


@feature.command("bind", "认领", "我是", "绑定", who=Who.ANYONE)
def bind(command: Command, room: Room) -> Iterable[Effect]:
    """Begin a binding in private; typed in the group, a button leads there."""
    if room.group is not None and not command.text:
        say = room.say_class
        button = LinkButton(say.label("bind.begin"), class_token(room))
        return [room.post(say.group("bind.in_private"), button, reply_to=command.message.ref)]
    claim = Claim(code=Claim.from_json(command.ended).code)  # who came by the link may type it as a command
    screen = named(command.text, claim, room) if command.text else begin(claim, room)
    if room.group is None:
        return _told(screen, room)
    return [*aside(room, screen.text, *screen.buttons), *([room.pointer()] if room.door_open else [])]


def _told(screen: Screen, room: Room) -> list[Effect]:
    return [room.tell(screen.text, *screen.buttons)]


def _shown(press: Press, screen: Screen, room: Room) -> list[Effect]:
    return [room.edit(press.handle, screen.text, *screen.buttons)]


# --- by link -------------------------------------------------------------------------------------


@feature.code("classroom")
def by_class_link(opened: Opened, room: Room) -> Iterable[Effect]:
    """Somebody came in by the class's link: the child's name is asked, never shown."""
    return _told(begin(Claim(code=opened.code.id), room), room)


@feature.code("student")
def by_student_link(opened: Opened, room: Room) -> Iterable[Effect]:
    """Somebody came in by a child's own link: only who they are is asked."""
    student = opened.code.student_id
    claim = Claim((student,) if student else (), how=BY_LINK, code=opened.code.id)
    rows = children(claim, room)
    called = rows[0].name if rows else ""
    return _told(go_on(replace(claim, called=called), room), room)


# --- step by step --------------------------------------------------------------------------------


@feature.dialogue("bind.name")
def said_name(said: Said, room: Room) -> Iterable[Effect]:
    """The child's name was written."""
    return _told(named(said.text, Claim.from_json(said.data), room), room)


@feature.dialogue("bind.relation")
def said_relation(said: Said, room: Room) -> Iterable[Effect]:
    """The relation was written in words."""
    claim, text = Claim.from_json(said.data), said.text[:MOST_TYPED]
    tail = relation_at_tail(text)
    relation = read_relation(text) or (tail[1] if tail else None)
    if relation is None:
        return _told(ask_other_relation(claim, room, "relation_unknown"), room)
    return _told(go_on(replace(claim, relation=relation), room), room)


@feature.dialogue("bind.proof")
def said_proof(said: Said, room: Room) -> Iterable[Effect]:
    """A number was written as proof."""
    return _told(tried(said.text[:MOST_TYPED], Claim.from_json(said.data), room), room)


@feature.button("bind.yes")
@feature.button("bind.relation")
def press_known(press: Press, room: Room) -> Iterable[Effect]:
    """The proposal is right, or a relation was chosen: the next step."""
    room.expect_nothing()
    return _shown(press, go_on(Claim.from_json(press.args), room), room)


@feature.button("bind.another")
def press_another(press: Press, room: Room) -> Iterable[Effect]:
    """The proposal is wrong: ask for the name."""
    return _shown(press, ask_name(Claim.from_json(press.args), room), room)


@feature.button("bind.other")
def press_other(press: Press, room: Room) -> Iterable[Effect]:
    """None of the usual relations: it is written."""
    return _shown(press, ask_other_relation(Claim.from_json(press.args), room), room)


@feature.button("bind.ask_teacher")
def press_ask_teacher(press: Press, room: Room) -> Iterable[Effect]:
    """No number at hand: the teacher will decide."""
    room.expect_nothing()
    return _shown(press, go_on(replace(Claim.from_json(press.args), how=BY_TEACHER), room), room)


@feature.button("bind.disagree")
def press_disagree(press: Press, room: Room) -> Iterable[Effect]:
    """No consent: nothing is kept."""
    room.expect_nothing()
    return _shown(press, plain(room, "nothing_kept"), room)


@feature.button("bind.agree")
def press_agree(press: Press, room: Room) -> Iterable[Effect]:
    """Consent: bound at once where that was proven, else the teacher is asked."""
    claim = Claim.from_json(press.args)
    room.expect_nothing()
    screen = go_on(claim, room)
    rows = children(claim, room)
    if not screen.buttons or not rows or claim.relation is None or not entitled(claim, room):
        return _shown(press, screen, room)  # it has become impossible, or is done already
    if claim.how == BY_TEACHER:
        return _ask_teacher(press, claim, rows[0], room)
    return _bind(press, claim, rows[0], room)


def _ask_teacher(press: Press, claim: Claim, student: StudentRow, room: Room) -> list[Effect]:
    assert claim.relation is not None
    guardians.link(
        room.db,
        room.here.id,
        student.id,
        room.who.person,
        claim.relation,
        room.now,
        state=guardians.PENDING,
        how=BY_TEACHER,
    )
    screen = plain(room, "waiting", name=claim.called, relation=word(claim.relation, own(room)))
    return [*_shown(press, screen, room), *bind_requests.lists(room, news=True)]


def _bind(press: Press, claim: Claim, student: StudentRow, room: Room) -> list[Effect]:
    assert claim.relation is not None
    code = room.db.get(Code, claim.code) if claim.code is not None else None
    if code is not None:
        codes.use(code)
    waited = guardians.of_person(room.db, room.who.person, student.id, (guardians.PENDING,))
    linked = guardians.link(
        room.db,
        room.here.id,
        student.id,
        room.who.person,
        claim.relation,
        room.now,
        state=guardians.ACTIVE,
        how=claim.how,
    )
    text = bind_news.bound_text(room, linked)
    return [
        room.edit(press.handle, text),
        *bind_news.begun(room, linked),
        *(bind_requests.lists(room, news=False) if waited else []),
    ]
