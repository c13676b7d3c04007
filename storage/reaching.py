"""What has become of a notice on its way to each family, as the platforms tell it: taken is not arrived."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from storage import guardians, identity, reminding
from storage.database import Records
from storage.queue import DELIVERIES
from storage.tables import Chat, Notice

DELIVERED, ACCEPTED, WAITING, OPEN = "delivered", "accepted", "waiting", ""
AWAITING, DROPPED = "awaiting_teacher_confirm", "possibly_dropped"
CLOSED, NOT_SUBSCRIBED, UNREACHED = "window_closed", "not_subscribed", "unreached"
FATES = (DELIVERED, ACCEPTED, WAITING, AWAITING, DROPPED, OPEN, CLOSED, NOT_SUBSCRIBED, UNREACHED)
"""What became of a private word, the best first. OPEN: nothing was said yet, and it could be."""
AMISS = (AWAITING, DROPPED, UNREACHED)
"""Of a group it is worth a word that it does not have it, or may not."""

STEPS = (reminding.FIRST, reminding.OTHERS, reminding.AGAIN)
AT_ONCE = 500


def families(records: Records, notice: Notice, students: Iterable[int]) -> dict[int, str]:
    """How far a notice got to each of these students' families in private: the best of its guardians."""
    people = guardians.people_of(records, students)
    everybody = {p for found in people.values() for p in found}
    told = _told(records, notice, everybody)
    doors = _doors(records, everybody - told.keys())
    fates: dict[int, str] = {}
    for student, found in people.items():
        each = [told.get(p, doors.get(p, UNREACHED)) for p in found]
        fates[student] = min(each, key=FATES.index, default=UNREACHED)
    return fates


def groups(records: Records, notice: Notice) -> list[tuple[str, str]]:
    """The groups where the notice itself does not stand yet, or may not, as (title, fate)."""
    c = DELIVERIES.c
    rows = records.connection().execute(
        select(c.chat_id, c.state, c.outcome)
        .where(c.handle == (notice.handle or ""), c.kind == "post", c.chat_id.is_not(None))
        .order_by(c.id)
    )
    newest = {chat: _fate(state, outcome) for chat, state, outcome in rows.all()}
    found = [(records.get(Chat, chat), fate) for chat, fate in newest.items() if fate in AMISS]
    return [(chat.title, fate) for chat, fate in found if chat is not None]


def waits_for_a_tap(records: Records, notice: Notice, chat: int) -> bool:
    """True where a notice has not come to a group yet, because a teacher has still to send it there."""
    c = DELIVERIES.c
    newest = (
        select(c.state, c.outcome)
        .where(c.handle == (notice.handle or ""), c.kind == "post", c.chat_id == chat)
        .order_by(c.id.desc())
        .limit(1)
    )
    found = records.connection().execute(newest).first()
    return found is not None and _fate(*found) == AWAITING


def _told(records: Records, notice: Notice, people: Collection[int]) -> dict[int, str]:
    """The newest word to each person about this version of a notice, and what became of it."""
    handles: dict[str, int] = {}
    for person in people:
        handles |= {reminding.nudge_handle(notice, person, step): person for step in STEPS}
        handles[reminding.letter_handle(notice, person)] = person
        handles[f"{notice.handle}/{person}"] = person  # in a class without a group it goes to each
    return dict(_newest(records, handles))


def _newest(records: Records, handles: Mapping[str, int]) -> Iterable[tuple[int, str]]:
    c = DELIVERIES.c
    found: list[tuple[int, int, str]] = []
    names = sorted(handles)
    for some in (names[i : i + AT_ONCE] for i in range(0, len(names), AT_ONCE)):
        rows = records.connection().execute(
            select(c.id, c.handle, c.state, c.outcome).where(
                c.handle.in_(some), c.kind == "tell", c.state != "merged"
            )
        )
        found += [(number, handles[name], _fate(state, why)) for number, name, state, why in rows.all()]
    return ((person, fate) for _, person, fate in sorted(found))


def _fate(state: str, outcome: str | None) -> str:
    """What a delivery's row says, in the words of FATES."""
    if state in ("pending", "sending"):
        return WAITING
    if state == "sent":
        return outcome if outcome in FATES else ACCEPTED
    return outcome if outcome in (CLOSED, NOT_SUBSCRIBED) else UNREACHED


def door(records: Records, person: int) -> str:
    """Whether somebody could be told something in private now: OPEN, or why not."""
    return _doors(records, [person]).get(person, UNREACHED)


def _doors(records: Records, people: Collection[int]) -> dict[int, str]:
    found = identity.doors_of(records, people)
    return {person: _best(doors) for person, doors in found.items()}


def _best(doors: Collection[str]) -> str:
    if "open" in doors:
        return OPEN
    return next((why for why in (CLOSED, NOT_SUBSCRIBED) if why in doors), UNREACHED)
