"""A parent's words become a request: about which child, to which teachers, and what the parent is told."""

from __future__ import annotations

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers import requests_letters as letters
from handlers import requests_people as people
from handlers.concern_people import TEXT_LIMIT
from handlers.requests_reminder import plan_reminder
from handlers.room import Room
from storage import classrooms, drafts, guardians, requests
from storage.tables import Draft, Guardian, Request, RequestLine
from templates.render import Say

KIND = "to_teacher"
"""The kind of a draft that waits for a parent's word; it ends with the term like a concern's."""


def begin(room: Room, words: PrivateStr, files: list[Json], *, shown: str = "") -> list[Effect]:
    """Pass a parent's words on; ask about which child where that is not plain."""
    if not words and not files:
        room.expect("requests.words")
        return [room.tell(room.say.private("requests.write_to_teacher"))]
    if (refusal := too_long(words, room.say)) is not None:
        return [room.tell(refusal)]
    own = people.children(room)
    if not own:
        return [room.tell(room.say.private("requests.not_your_child"))]
    chosen = meant(room, words, own)
    if chosen is not None:
        return send(room, chosen, words, files, shown=shown)
    draft = keep(room, own[0], words, files)
    return [_shown(room, shown, room.say.private("requests.about_whom"), *child_buttons(room, draft, own))]


def too_long(words: PrivateStr, say: Say) -> PrivateText | None:
    """The refusal of a text that is too long."""
    size = len(words.reveal())
    return say.private("requests.too_long", size=size, limit=TEXT_LIMIT) if size > TEXT_LIMIT else None


def meant(room: Room, words: PrivateStr, own: list[Guardian]) -> Guardian | None:
    """The one child that a text can be about: the only one, or the only one that is named."""
    if len(own) == 1:
        return own[0]
    named = {s.id for s in room.roster.mentioned_in(words.reveal())} if room.classroom else set()
    found = [g for g in own if g.student_id in named]
    return found[0] if len(found) == 1 else None


def keep(room: Room, link: Guardian, words: PrivateStr, files: list[Json]) -> Draft:
    """Keep a parent's words until a button is pressed; nothing is sent yet."""
    data: dict[str, Json] = {"enclosed": files}
    return drafts.keep(room.db, link.classroom_id, room.who.person, KIND, words, room.now, data)


def kept_files(draft: Draft) -> list[Json]:
    """The files that wait with a draft."""
    found = draft.data.get("enclosed")
    return found if isinstance(found, list) else []


def child_buttons(room: Room, draft: Draft, own: list[Guardian]) -> list[Button]:
    """One button for each child, with its class where there are several."""
    several = len({g.classroom_id for g in own}) > 1
    return [
        Button(
            room.say.label("requests.child", name=_child(room, g, several=several)),
            "requests.child",
            {"draft": draft.id, "guardian": g.id},
            person=room.who.person,
        )
        for g in own
    ]


def _child(room: Room, link: Guardian, *, several: bool) -> str:
    name = guardians.student_name(room.db, link.student_id)
    found = classrooms.get(room.db, link.classroom_id) if several else None
    return f"{name}（{found.name}）" if found else name


def _shown(room: Room, shown: str, text: PrivateText, *buttons: Button) -> Effect:
    """Change what was pressed, or say something new."""
    return room.edit(shown, text, *buttons) if shown else room.tell(text, *buttons)


def send(
    room: Room, link: Guardian, words: PrivateStr, files: list[Json], *, shown: str = ""
) -> list[Effect]:
    """Make a message of a parent's words, for the teachers, and say that it has arrived."""
    if not people.hearing(room):
        return [room.tell(room.say.private("requests.no_teacher"))]
    request = requests.create(
        room.db, room.here.id, requests.MESSAGE, link.student_id, room.who.person, words, room.now
    )
    line = requests.add_line(room.db, request, room.who.person, words, files, room.now)
    return _on_its_way(room, request, line, shown)


def arrived(room: Room, request: Request, say: Say) -> PrivateText:
    """What a parent reads of what is on its way: when it will be read, and what to do if it cannot wait."""
    return say.private(
        "requests.arrived",
        number=request.number,
        later=people.when_read(room, people.hearing(room, request), say),
        phone=people.phone(room),
    )


def _on_its_way(room: Room, request: Request, line: RequestLine, shown: str) -> list[Effect]:
    plan_reminder(room)
    say = room.say_to(room.who.person)
    return [
        _shown(
            room,
            shown,
            arrived(room, request, say),
            letters.family_button(say, "add", request, room.who.person),
        ),
        *letters.to_teachers(room, request, line),
    ]


def go_on(
    room: Room, request: Request, words: PrivateStr, files: list[Json], *, shown: str = ""
) -> list[Effect]:
    """A further line of a parent's in a thread: it waits for its teacher anew."""
    if not people.hearing(room, request):
        return [room.tell(room.say.private("requests.no_teacher"))]
    line = requests.add_line(room.db, request, room.who.person, words, files, room.now)
    requests.reopen(request)
    room.db.flush()
    return _on_its_way(room, request, line, shown)
