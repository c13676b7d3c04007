"""Looking at a member's name, and what follows: a private reminder, a mute where that is switched on.

Nobody is asked to change a name that the whole world sees: where the bot sets tags, who is bound conforms
by the tag, and who is not is asked in private to come in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from classroom.effects import Effect, LinkButton, Report, Restrict
from classroom.events import Json, Right
from classroom.people import ALL_TEACHERS, Role
from classroom.rules.names import conforms, expected_name
from classroom.text import PrivateText
from handlers.links import class_token
from handlers.room import Room
from handlers.rule_book import RuleBook, able, example, rules_of
from storage import guardians, identity, member_names, queue, schedules, violations
from storage.member_names import MUTED, Known
from storage.tables import NameState, Violation

RULE = "name"
REMIND_EVERY = timedelta(days=3)
SWEEP_AT = time(18)
SWEEP_GRACE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is in the class, as far as the rule on names cares.

    `tagged`: the bot labels members on this platform, so that the account's own name is nobody's business.
    `mutable`: it can mute somebody there at all.
    """

    person: int
    exempt: bool
    committee: bool
    bound: bool
    tagged: bool
    mutable: bool

    @property
    def conforms_already(self) -> bool:
        """True where the name itself need not be read."""
        return self.exempt or (self.bound and self.tagged)


def standing_of(room: Room, known: Known) -> Standing:
    """What a member is here; of the actor it is known already."""
    tagged = able(room, known.account.platform, Right.TAG)
    person, here = known.account.person_id, room.here.id
    if room.actor is not None and room.actor.person == person:
        roles, bound = room.who.roles, bool(identity.guardian_of(room.db, person, here))
    else:
        held = identity.roles_of(room.db, person, here, room.today.date())
        roles = frozenset(Role(r.role) for r in held)
        bound = bool(identity.guardian_of(room.db, person, here))
    mutable = able(room, known.account.platform, Right.RESTRICT)
    return Standing(person, bool(roles & ALL_TEACHERS), Role.COMMITTEE in roles, bound, tagged, mutable)


def recheck(room: Room, person: int) -> list[Effect]:
    """Look again at a person's names that did not fit: one that fits now is heard again at once."""
    found = member_names.not_fitting(room.db, room.here.id, person=person)
    return [e for known in found for e in look(room, known, speak=False, anew=True)]


def reconsider(room: Room) -> list[Effect]:
    """The rule itself was changed: whoever is muted and need not be any more is heard again."""
    found = [k for k in member_names.not_fitting(room.db, room.here.id) if k.state and k.state.state == MUTED]
    return [e for known in found for e in look(room, known, speak=False, anew=True)]


def look(
    room: Room,
    known: Known,
    *,
    asked_already: bool = False,
    speak: bool = True,
    anew: bool = False,
) -> list[Effect]:
    """Compare a member's name with the rule, and do what follows.

    `asked_already`: the member has just been told. `speak` False: say nothing now. `anew`: read also a
    name that was read before.
    """
    book, standing = rules_of(room), standing_of(room, known)
    checked = room.instance.digest(f"{book.pattern}|{known.account.name}")
    before = known.state
    read_before = before is not None and before.checked == checked and not anew
    if read_before and before is not None and before.state == member_names.FITS:
        return []
    if before is None:
        plan_sweep(room)
    state = member_names.state_of(room.db, known)
    known = replace(known, state=state)
    if standing.conforms_already or (not read_before and _fits(known.account.name, book, room)):
        return _fits_now(room, known, state, None if standing.conforms_already else checked)
    member_names.wrong_now(state, checked, room.now)
    effects = _wrong(room, known, state, standing)
    if asked_already:
        state.reminded_at = state.reminded_at or room.now
    elif not effects and speak and state.state != MUTED and state.reachable:
        return _remind(room, known, state, standing) if may_try(room, state.reminded_at) else []
    return effects


def plan_sweep(room: Room) -> None:
    """See that the class is swept, today or tomorrow at a decent hour; what is planned already stays."""
    name = f"names.sweep/{room.here.id}"
    if schedules.waiting(room.db, name) is None:
        schedules.plan(
            room.db, name, "names.sweep", _next(room), room.now, grace=SWEEP_GRACE, classroom=room.here.id
        )


def _next(room: Room) -> datetime:
    at = room.today.replace(hour=SWEEP_AT.hour, minute=SWEEP_AT.minute, second=0, microsecond=0)
    if at <= room.today:
        at += timedelta(days=1)
    return (room.quiet.over(at) if room.quiet else at).astimezone(UTC)


def _fits(name: str, book: RuleBook, room: Room) -> bool:
    """True if a name conforms, or if none could: without a rule, or without children on the roster."""
    if book.pattern is None or not room.roster.students:
        return True
    return conforms(name, room.roster, book.pattern, room.here.name) is not None


def _fits_now(room: Room, known: Known, state: NameState, checked: str | None) -> list[Effect]:
    if state.state != member_names.FITS:
        queue.cancel(room.db, _handle(state), room.now)
    if not member_names.fits_now(state, checked):
        return []
    person = known.account.person_id
    text = room.say_to(person).private("names.unmuted", name=room.here.name)
    return [*_unmute(known), *room.tell_person(person, text, park=True)]


def _wrong(room: Room, known: Known, state: NameState, standing: Standing) -> list[Effect]:
    """What is done beside words: mute, or give the voice back; and whether words would arrive."""
    if state.state == MUTED:
        return [] if rules_of(room).mute and not standing.committee else _voice_back(known, state)
    if _grace_is_over(room, state, standing) and may_try(room, state.muted_at):
        return _mute(room, known, state)
    door = _door(room, standing.person)
    state.reachable = door == "open" or (door == "unknown" and state.reachable)
    return []


def _door(room: Room, person: int) -> str:
    """What is known of the person's way into private, the best of several."""
    doors = [chat.door for _, chat in identity.accounts_of(room.db, person)]
    return doors[0] if doors else "never_started"


def may_try(room: Room, last: datetime | None) -> bool:
    """True if the last reminder (or mute in vain) is long enough ago."""
    return last is None or room.now - last >= REMIND_EVERY


def _handle(state: NameState) -> str:
    return f"names/{state.id}"


# --- reminding ----------------------------------------------------------------------------------


def _remind(room: Room, known: Known, state: NameState, standing: Standing) -> list[Effect]:
    """Tell the member in private what to do."""
    state.reminded_at = room.now
    queue.cancel(room.db, _handle(state), room.now)
    data: dict[str, Json] = {"state": state.id, "violation": _note(room, known).id}
    report = Report(failed="names.unreached", sent="names.reminded", data=data)
    return _told(room, known, state, standing, "names.reminder", report)


def tell_muted(room: Room, known: Known, state: NameState) -> list[Effect]:
    """Tell a member who has just been muted why, and how to be heard again."""
    return _told(room, known, state, standing_of(room, known), "names.muted", None)


def _told(
    room: Room, known: Known, state: NameState, standing: Standing, block: str, report: Report | None
) -> list[Effect]:
    person = standing.person
    say = room.say_to(person)
    buttons = [] if standing.bound else [LinkButton(say.label("places.claim"), class_token(room))]
    return room.tell_person(
        person,
        _text(room, state, standing, block),
        *buttons,
        handle=_handle(state),
        quiet=room.hours_of(person),
        park=report is None,
        report=report,
    )


def _text(room: Room, state: NameState, standing: Standing, block: str) -> PrivateText:
    book, say = rules_of(room), room.say_to(standing.person)
    until = _deadline(room, state, standing)
    return say.private(
        block,
        name=room.here.name,
        exact=[] if standing.tagged else _exact_names(room, standing.person, book),
        tagged=standing.tagged,
        bound=standing.bound,
        example=example(book.pattern or "", room),
        until=say.when(until, room.zone, room.now) if until and until > room.now else "",
    )


def _exact_names(room: Room, person: int, book: RuleBook) -> list[str]:
    """The names that a bound member may take, one for each child; nothing for who is not bound."""
    links = [g for g in guardians.links_of_person(room.db, person) if g.state == guardians.ACTIVE]
    students = {s.id: s for s in room.roster.students}
    language = room.say_class.language
    return [
        expected_name(
            students[g.student_id], guardians.relation_of(g), book.pattern, room.here.name, language=language
        )
        for g in links
        if g.student_id in students and book.pattern
    ]


def _deadline(room: Room, state: NameState, standing: Standing) -> datetime | None:
    """Until when the member is heard with this name; None where nobody is muted for it."""
    allowed = rules_of(room).mute and standing.mutable and not standing.committee
    if not allowed or state.wrong_since is None:
        return None
    return state.wrong_since + room.instance.defaults.name_grace


def _note(room: Room, known: Known) -> Violation:
    return violations.record(
        room.db,
        room.here.id,
        known.chat.id,
        RULE,
        violations.ASKED,
        room.now,
        account=known.account.id,
    )


def settle(room: Room, data: dict[str, Json], done: str) -> None:
    """Record what was really done."""
    noted = data.get("violation")
    row = violations.get(room.db, noted) if isinstance(noted, int) else None
    if row is not None:
        row.done = done


# --- muting -------------------------------------------------------------------------------------


def _grace_is_over(room: Room, state: NameState, standing: Standing) -> bool:
    until = _deadline(room, state, standing)
    return until is not None and until <= room.now


def _mute(room: Room, known: Known, state: NameState) -> list[Effect]:
    """Mute until the rule is met: noted as meant, and taken back if the platform refuses."""
    state.state, state.muted_at = MUTED, room.now
    data: dict[str, Json] = {"state": state.id, "violation": _note(room, known).id}
    report = Report(failed="names.not_muted", sent="names.muted", data=data)
    group = identity.group_address(known.chat)
    return [Restrict(group, known.account.native, muted=True, report=report)]


def _unmute(known: Known) -> list[Effect]:
    return [Restrict(identity.group_address(known.chat), known.account.native, muted=False)]


def _voice_back(known: Known, state: NameState) -> list[Effect]:
    """Muting was switched off, or is not for this member any more: the name itself is as wrong as before."""
    state.state, state.muted_at = member_names.WRONG, None
    return _unmute(known)
