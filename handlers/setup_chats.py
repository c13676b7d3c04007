"""A class in several chats: the teacher makes a code, an administrator of the next chat uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Button, Effect
from classroom.events import Answered, Json
from classroom.text import PrivateText
from handlers.feature import Command, Feature, Press
from handlers.places import is_set_up
from handlers.room import Room
from handlers.setup_opening import link_group
from handlers.setup_rules import answer, ask_member, is_admin, teaches_in
from handlers.start import enter
from storage import classrooms, codes
from storage.tables import Chat, Code

LINK = "link"
LIFE = timedelta(days=1)
_TYPED = re.compile(r"(?:link|链接|关联|连接)(?:[\s:：]+(\S+))?", re.IGNORECASE)


def read_link(text: str) -> str | None:
    """The code in `link CODE`, empty where it is to be made; None if the text is something else."""
    found = _TYPED.fullmatch(text.strip())
    return (found[1] or "") if found else None


def attach(feature: Feature) -> None:
    """Let the feature hear of administrators and presses that concern further chats."""
    feature.answer("setup.linking")(linking)
    feature.button("setup.let_in")(let_in)
    feature.button("setup.keep_out")(keep_out)


# --- making the code ----------------------------------------------------------------------------


def make_link(room: Room) -> Iterable[Effect]:
    """A code for the teacher, told in private only."""
    if room.group is not None and is_set_up(room):
        if not room.who.leads:
            return [answer(room, "setup.only_teacher")]
        return [room.tell(link_text(room), park=True), *([] if room.door_open else [room.pointer()])]
    classes = teaches_in(room)
    if not classes:
        return [answer(room, "setup.only_teacher")]
    if len(classes) == 1 and enter(room, classes[0].id):
        return [room.tell(link_text(room), park=True), *_pointer(room)]
    say = room.say_to(room.who.person)
    return [
        room.tell(say.private("common.which_classroom"), *choices(room, "link"), park=True),
        *_pointer(room),
    ]


def _pointer(room: Room) -> list[Effect]:
    return [room.pointer()] if room.group is not None and not room.door_open else []


def choices(room: Room, what: str) -> list[Button]:
    """A button for each class whose teacher the actor is."""
    say = room.say_to(room.who.person)
    return [
        Button(
            say.label("common.classroom", name=c.name),
            "setup.which",
            {"classroom": c.id, "what": what},
            person=room.who.person,
        )
        for c in teaches_in(room)
    ]


def link_text(room: Room) -> PrivateText:
    """A fresh code with what to do with it; an older one stops."""
    codes.revoke(room.db, room.here.id, LINK, room.now)
    token = codes.make(
        room.db,
        room.instance.digest,
        LINK,
        room.here.id,
        room.now,
        person=room.who.person,
        uses=1,
        life=LIFE,
    )
    return room.say_to(room.who.person).private("setup.link_code", name=room.here.name, code=token)


# --- using it -----------------------------------------------------------------------------------


def use_link(token: str, command: Command, room: Room) -> Iterable[Effect]:
    """Look at the code and ask the platform who is asking."""
    ref = command.message.ref
    if room.group is None:
        return [room.tell(room.say.private("setup.link_in_the_group"))]
    if is_set_up(room):
        return [answer(room, "setup.already", reply_to=ref, name=room.here.name)]
    if not codes.may_guess(room.db, room.who.account, room.now):
        return [answer(room, "setup.link_too_often", reply_to=ref)]
    if _code(room, token) is None:
        codes.guessed_wrong(room.db, room.who.account, LINK, room.now)
        return [answer(room, "setup.link_wrong", reply_to=ref)]
    return ask_member(room, "setup.linking", {"token": token, "ref": ref})


def _code(room: Room, token: str) -> Code | None:
    code = codes.find(room.db, room.instance.digest, token, room.now)
    return code if code is not None and code.purpose == LINK else None


def linking(answered: Answered, room: Room) -> Iterable[Effect]:
    """Link the group at once for a teacher of the class; for another administrator the teacher decides.

    A code that is typed in a group is read by everybody there, so it alone must not bring strangers in.
    """
    token, ref = str(answered.data.get("token")), answered.data.get("ref")
    reply_to = ref if isinstance(ref, str) else None
    if not is_admin(answered, room):
        block = "setup.could_not_check" if answered.answer is None else "setup.only_admin"
        return [answer(room, block, reply_to=reply_to)]
    code = _code(room, token)
    group = room.db.get(Chat, room.group.chat) if room.group is not None else None
    if code is None or group is None or group.classroom_id is not None or not enter(room, code.classroom_id):
        return [answer(room, "setup.link_wrong", reply_to=reply_to)]
    group.title = group.title or room.here.name  # a platform may not say what a group is called
    if room.who.leads:
        say = room.say_to(room.who.person)
        text = say.private("setup.linked", name=room.here.name, group=group.title)
        return [*_linked(room, code, group), room.tell(text, park=True)]
    return [*_ask_teacher(room, code, group), answer(room, "setup.link_asked", reply_to=reply_to)]


def _linked(room: Room, code: Code, group: Chat) -> list[Effect]:
    """A class that was begun in the group and never got its teacher gives way."""
    codes.use(code)
    if (begun := classrooms.awaiting(room.db, group.id)) is not None:
        begun.state = "ended"
    return link_group(room, group)


def _ask_teacher(room: Room, code: Code, group: Chat) -> list[Effect]:
    teacher = code.person_id
    if teacher is None or teacher not in room.teachers():
        return []
    say = room.say_to(teacher)
    args: dict[str, Json] = {"token": code.token, "chat": group.id}
    text = say.private("setup.link_wish", name=room.here.name, group=group.title, who=room.who.name)
    return room.tell_person(
        teacher,
        text,
        Button(say.label("common.agree"), "setup.let_in", args, person=teacher, hours=24, row=0),
        Button(say.label("common.refuse"), "setup.keep_out", args, person=teacher, hours=24, row=0),
        quiet=room.hours_of(teacher),
        park=True,
    )


def let_in(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher knows the group: it becomes one of the class's."""
    code, chat = _code(room, str(press.args.get("token"))), press.args.get("chat")
    group = room.db.get(Chat, chat) if isinstance(chat, int) else None
    open_still = code is not None and code.classroom_id == room.here.id and room.who.leads
    if code is None or group is None or not open_still or group.classroom_id is not None:
        return [room.edit(press.handle, room.say.private("setup.link_closed"))]
    text = room.say.private("setup.linked", name=room.here.name, group=group.title)
    return [room.edit(press.handle, text), *_linked(room, code, group)]


def keep_out(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher does not know the group: the code stops."""
    code = _code(room, str(press.args.get("token")))
    if code is not None and code.classroom_id == room.here.id:
        code.revoked_at = room.now
    return [room.edit(press.handle, room.say.private("setup.kept_out"))]
