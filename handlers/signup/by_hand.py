"""The teacher puts a family down, or takes it off: who has telephoned has no button to press."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classroom.effects import Effect
from classroom.folding import fold
from classroom.roster import Student
from handlers import naming
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.poll_post import MARKS
from handlers.poll_reading import comparable
from handlers.room import Room
from handlers.signup import post
from handlers.signup.entering import filled, leave_buttons, pressed
from storage import guardians, signups
from storage.signups import OPEN, Standing
from storage.tables import Signup, SignupEntry

feature = Feature("signup_by_hand")
TYPED = re.compile(
    r"[#第]?\s*(?P<number>\d{1,6})\s*[号#]?\s*"
    r"(?:(?P<put>添加|增加|加|报|add)|(?P<off>去掉|删除|移除|退出|退|remove))\s*[:：]?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


def typed(found: re.Match[str], room: Room) -> list[Effect]:
    """`/signup 3 add 张小明 带队`, `/signup 3 remove 张小明`."""
    say, number = own(room), int(found["number"])
    row = signups.numbered(room.db, room.here.id, number)
    signup = signups.locked(room.db, row.id) if row is not None else None
    if signup is None:
        return aside(room, say.private("signup.unknown", number=number))
    if not room.who.leads:
        return aside(room, say.private("signup.by_hand_teacher"))
    if signup.state != OPEN:
        return aside(room, say.private("signup.closed_already", number=number))
    return _named(found["rest"], bool(found["put"]), signup, room)


def _named(rest: str, put: bool, signup: Signup, room: Room) -> list[Effect]:
    head, say = room.roster.names_at_head(rest), own(room)
    meant = [*head.students, *(s for several in head.ambiguous for s in several)]
    if head.unknown or not meant:
        wrong = head.unknown or rest.split(" ", maxsplit=1)[0]
        near = [s.name for s in room.roster.closest(wrong)] if wrong else []
        return aside(
            room, say.private("signup.by_hand_who", name=wrong[:20], near=near, number=signup.number)
        )
    line = _line(head.rest, signup)
    if line is None and (put or head.rest.strip()):
        text = say.private(
            "signup.by_hand_what", lines=signup.lines, number=signup.number, child=meant[0].name
        )
        return aside(room, text)
    if len(meant) > 1:
        args = {"signup": signup.id, "line": line, "put": put}
        keys = naming.choices(room, meant, "signup.by_hand", {**args})
        return aside(room, say.private("signup.by_hand_which", name=meant[0].name), *keys)
    return _done(meant[0], line, put, signup, room)


def _line(words: str, signup: Signup) -> int | None:
    """Which line the words mean: its number, its mark, or how it begins; the only one, if nothing is said."""
    wanted = comparable(words)
    if not wanted:
        return 0 if len(signup.lines) == 1 else None
    if wanted.isdecimal() or words.strip() in MARKS:
        index = int(fold(words).text.strip()) - 1 if wanted.isdecimal() else MARKS.index(words.strip())
        return index if 0 <= index < len(signup.lines) else None
    found = [i for i, line in enumerate(signup.lines) if comparable(line).startswith(wanted)]
    return found[0] if len(found) == 1 else None


@feature.button("signup.by_hand")
def chosen(press: Press, room: Room) -> Iterable[Effect]:
    """Which of the children of one name was meant."""
    signup, wanted, line = pressed(press, room), press.args.get("student"), press.args.get("line")
    student = next((s for s in room.roster.students if s.id == wanted), None)
    if signup is None or student is None or not room.who.leads or signup.state != OPEN:
        return [room.toast(press.callback, own(room).label("signup.gone"), alert=True)]
    return _done(
        student, line if isinstance(line, int) else None, press.args.get("put") is True, signup, room
    )


def _done(student: Student, line: int | None, put: bool, signup: Signup, room: Room) -> list[Effect]:
    standing = post.standing_of(signup, room)
    home = standing.homes.of.get(student.id)
    known = [e for e in standing.of_home(home) if e.student_id == student.id] if home is not None else []
    if put and line is not None:
        return _put(student, line, [e for e in known if e.line == line], standing, room)
    return _take_off(student, [e for e in known if line in (None, e.line)], standing, room)


def _put(
    student: Student, line: int, known: Sequence[SignupEntry], standing: Standing, room: Room
) -> list[Effect]:
    say, what = own(room), standing.signup.lines[line]
    if known:
        text = say.private("signup.by_hand_in", child=student.name, what=what, waiting=known[0].waiting)
        return aside(room, text)
    entry = standing.enter(line, student.id, None, room.now)
    text = say.private("signup.by_hand_put", child=student.name, what=what, waiting=entry.waiting)
    told = _tell("signup.put_by_teacher", entry, standing, room, withdraw=True)
    return [*aside(room, text), *told, *post.refreshed(standing.signup, room, standing)]


def _take_off(
    student: Student, entries: Sequence[SignupEntry], standing: Standing, room: Room
) -> list[Effect]:
    say, effects = own(room), list[Effect]()
    if not entries:
        return aside(room, say.private("signup.by_hand_not_in", child=student.name))
    what = [standing.signup.lines[e.line] for e in entries]
    for entry in entries:
        effects += _tell("signup.off_by_teacher", entry, standing, room, withdraw=False)
        standing.withdraw(entry)
    text = say.private("signup.by_hand_off", child=student.name, what=what)
    return [*aside(room, text), *effects, *filled(standing, room)]


def _tell(block: str, entry: SignupEntry, standing: Standing, room: Room, *, withdraw: bool) -> list[Effect]:
    """The family hears what was done in its name, and can undo it."""
    signup, effects = standing.signup, list[Effect]()
    for person in post.people_of([entry], standing):
        if person == room.who.person:
            continue
        text = room.say_to(person).private(
            block,
            title=signup.title,
            what=signup.lines[entry.line],
            child=guardians.student_name(room.db, entry.student_id),
            waiting=entry.waiting,
        )
        keys = leave_buttons([entry], signup, person, room) if withdraw else ()
        effects += room.tell_person(person, text, *keys, quiet=room.hours_of(person), park=True)
    return effects
