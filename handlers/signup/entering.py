"""Signing up and withdrawing: one entry a household and line; who waits moves up and is told in private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Button, Effect
from classroom.people import TEACHERS, Role
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.poll_post import stamp
from handlers.room import Room
from handlers.signup import mine, post
from storage import guardians, identity, signups
from storage.signups import CANCELLED, CLOSED, OPEN, Standing
from storage.tables import Signup, SignupEntry

feature = Feature("signup_entering")


@feature.button("signup.join")
def join(press: Press, room: Room) -> Iterable[Effect]:
    """Put a child of the one who presses down for a line; of several it is asked which, in private."""
    signup, line = pressed(press, room), press.args.get("line")
    if signup is None or not isinstance(line, int) or line >= len(signup.lines):
        return [_toast(press, room, "gone", alert=True)]
    if signup.state != OPEN or signup.closes_at <= room.now:
        return [_toast(press, room, "closed", alert=True)]
    standing = post.standing_of(signup, room)
    home = standing.homes.of_person(room.who.person)
    if home is None:
        return _no_family(press, room)
    what, own_children = signup.lines[line], mine.children(standing, room)
    known = [e for e in standing.of_home(home) if e.line == line and e.student_id in own_children]
    left = [child for child in own_children if child not in {e.student_id for e in known}]
    wanted = press.args.get("child")
    if not left or (wanted is not None and wanted not in left):
        waiting = any(e.waiting for e in known)
        return [_toast(press, room, "waits_already" if waiting else "in_already", what=what)]
    if len(own_children) > 1 and wanted is None:
        return _ask_for_whom(left, line, standing, press, room)
    child = next(c for c in left if wanted in (None, c))
    entry = standing.enter(line, child, room.who.person, room.now)
    place = standing.waiting(line).index(entry) + 1 if entry.waiting else 0
    told = _toast(press, room, "waits" if place else "joined", what=what, place=place, alert=bool(place))
    shown = _on_card(press, standing, room) if wanted is None else _for_whom(press, entry, standing, room)
    return [told, *post.refreshed(signup, room, standing), *shown]


def _ask_for_whom(
    left: Sequence[int], line: int, standing: Standing, press: Press, room: Room
) -> list[Effect]:
    """A guardian of several children here says for which, with a button each."""
    signup = standing.signup
    text = own(room).private(
        "signup.which_child", title=signup.title, what=signup.lines[line], done="", waiting=False
    )
    keys = _child_buttons(left, line, signup, room)
    return [_toast(press, room, "which_child", alert=True), room.tell(text, *keys, park=True)]


def _child_buttons(left: Sequence[int], line: int, signup: Signup, room: Room) -> list[Button]:
    say, hours = own(room), post.life(signup, room)
    return [
        Button(
            say.label("signup.for_child", name=guardians.student_name(room.db, child)),
            "signup.join",
            {"signup": signup.id, "line": line, "child": child},
            person=room.who.person,
            hours=hours,
        )
        for child in left
    ]


def _for_whom(press: Press, entry: SignupEntry, standing: Standing, room: Room) -> list[Effect]:
    """The question says who is down now, and keeps the buttons of the other children."""
    if room.group is not None:
        return []
    signup, down = standing.signup, {e.student_id for e in standing.entries if e.line == entry.line}
    left = [child for child in mine.children(standing, room) if child not in down]
    text = own(room).private(
        "signup.which_child",
        title=signup.title,
        what=signup.lines[entry.line],
        done=guardians.student_name(room.db, entry.student_id),
        waiting=entry.waiting,
    )
    keys = [
        *_child_buttons(left, entry.line, signup, room),
        *leave_buttons([entry], signup, room.who.person, room),
    ]
    return [room.edit(press.handle, text, *keys)]


def _on_card(press: Press, standing: Standing, room: Room) -> list[Effect]:
    """The family's own card says what it is down for now."""
    if room.group is not None or press.args.get("card") is not True:
        return []
    text, keys = mine.card(standing, room)
    return [room.edit(press.handle, text, *keys)]


@feature.button("signup.leave")
def leave(press: Press, room: Room) -> Iterable[Effect]:
    """Withdraw: what the button names, else the household's only entry; of several buttons ask which."""
    signup = pressed(press, room)
    if signup is None or not _may_still(signup, room):
        return [_toast(press, room, "closed", alert=True)]
    standing = post.standing_of(signup, room)
    home = standing.homes.of_person(room.who.person)
    theirs = standing.of_home(home) if home is not None else []
    wanted = press.args.get("entry")
    chosen = [e for e in theirs if e.id == wanted] if wanted is not None else theirs
    if not chosen:
        return [_toast(press, room, "not_in", alert=True)]
    if len(chosen) > 1:
        return _ask_which(chosen, signup, press, room)
    return _withdraw(chosen[0], standing, press, room)


def pressed(press: Press, room: Room) -> Signup | None:
    """The sign-up a button belongs to, for writing into it."""
    wanted = press.args.get("signup")
    signup = signups.locked(room.db, wanted) if isinstance(wanted, int) else None
    return signup if signup is not None and signup.classroom_id == room.here.id else None


def _may_still(signup: Signup, room: Room) -> bool:
    """After the close too, as long as it has not taken place: somebody else may come then."""
    return signup.state == OPEN or (signup.state == CLOSED and _is_ahead(signup, room))


def _is_ahead(signup: Signup, room: Room) -> bool:
    return signup.held_at is not None and signup.held_at > room.now


def _ask_which(entries: Sequence[SignupEntry], signup: Signup, press: Press, room: Room) -> list[Effect]:
    text = own(room).private("signup.which_leave", title=signup.title)
    told = room.tell(text, *leave_buttons(entries, signup, room.who.person, room), park=True)
    return [_toast(press, room, "which_leave", alert=True), told]


def leave_buttons(
    entries: Iterable[SignupEntry], signup: Signup, person: int, room: Room
) -> tuple[Button, ...]:
    """A button for each entry, for one person in private."""
    say, hours, listed = room.say_to(person), post.life(signup, room), [*entries]
    several = len({e.student_id for e in listed}) > 1
    return tuple(
        Button(
            say.label(
                "signup.leave_line",
                what=signup.lines[e.line][: post.ON_A_BUTTON],
                name=guardians.student_name(room.db, e.student_id) if several else "",
            ),
            "signup.leave",
            {"signup": signup.id, "entry": e.id},
            person=person,
            hours=hours,
        )
        for e in listed
    )


def _withdraw(entry: SignupEntry, standing: Standing, press: Press, room: Room) -> list[Effect]:
    signup, what, by, had_place = standing.signup, entry.line, entry.person_id, not entry.waiting
    child = entry.student_id
    standing.withdraw(entry)
    toast = _toast(press, room, "left", what=signup.lines[what])
    effects: list[Effect] = [toast, *filled(standing, room)]
    if room.group is None:
        text = own(room).private("signup.left", title=signup.title, what=signup.lines[what])
        effects.append(room.edit(press.handle, text))
    if by is not None and by != room.who.person:
        effects += _tell_partner(by, signup, what, room)
    if had_place and signup.state == CLOSED:
        effects += _tell_author(child, signup, what, standing, room)
    return effects


def filled(standing: Standing, room: Room) -> list[Effect]:
    """Free places go to who waits; the post is as it is then."""
    signup, effects = standing.signup, list[Effect]()
    over = signup.state == CANCELLED or (signup.held_at is not None and signup.held_at <= room.now)
    for entry in [] if over else standing.fill():
        effects += _tell_moved_up(entry, standing, room)
    return [*effects, *post.refreshed(signup, room, standing)]


def _tell_moved_up(entry: SignupEntry, standing: Standing, room: Room) -> list[Effect]:
    signup, effects = standing.signup, list[Effect]()
    for person in post.people_of([entry], standing):
        say = room.say_to(person)
        text = say.private(
            "signup.moved_up",
            title=signup.title,
            what=signup.lines[entry.line],
            held=stamp(say, signup.held_at, room) if signup.held_at else None,
        )
        keys = leave_buttons([entry], signup, person, room)
        effects += room.tell_person(
            person, text, *keys, handle=f"signup-in/{entry.id}", quiet=room.hours_of(person), park=True
        )
    return effects


def _tell_partner(person: int, signup: Signup, line: int, room: Room) -> list[Effect]:
    """Who has signed the family up hears that the other guardian has withdrawn it."""
    text = room.say_to(person).private("signup.left_by_other", title=signup.title, what=signup.lines[line])
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


def _tell_author(child: int, signup: Signup, line: int, standing: Standing, room: Room) -> list[Effect]:
    """After the close whoever organises it must know who will not come."""
    effects: list[Effect] = []
    for person in organisers(signup, room):
        text = room.say_to(person).private(
            "signup.lost",
            title=signup.title,
            what=signup.lines[line],
            child=guardians.student_name(room.db, child),
            left=standing.left(line),
        )
        effects += room.tell_person(person, text, quiet=room.hours_of(person), park=True)
    return effects


def organisers(signup: Signup, room: Room) -> list[int]:
    """Who began it, if they still may; else the teachers."""
    by = signup.by_person
    return [by] if by is not None and may_begin(by, room) else room.teachers()


def may_begin(person: int, room: Room) -> bool:
    """True for teachers and the committee."""
    roles = identity.roles_of(room.db, person, room.here.id, room.today.date())
    return any(Role(r.role) in TEACHERS | {Role.COMMITTEE} for r in roles)


def _no_family(press: Press, room: Room) -> list[Effect]:
    """Who has no child here is told how to sign up, or why not."""
    waits = any(
        link.classroom_id == room.here.id for link in guardians.links_of_person(room.db, room.who.person)
    )
    name = "claim_waits" if waits else "only_families" if room.who.teaches else "claim_first"
    told: list[Effect] = [_toast(press, room, name, alert=True)]
    if name == "claim_first" and room.door_open:
        told.append(room.tell(own(room).private("signup.claim_first", classroom=room.here.name)))
    return told


def _toast(
    press: Press, room: Room, name: str, *, what: str = "", place: int = 0, alert: bool = False
) -> Effect:
    cut = what if len(what) <= post.ON_A_BUTTON else what[: post.ON_A_BUTTON - 1] + "…"
    label = own(room).label(f"signup.{name}", what=cut, place=place)
    return room.toast(press.callback, label, alert=alert)
