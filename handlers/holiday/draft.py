"""The draft of a holiday's notice: made, shown to the teachers, made anew when something is put right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers import notice_preview, notice_reading
from handlers.aside import aside, own
from handlers.holiday import school
from handlers.holiday.words import (
    Facts,
    back_text,
    facts_of_row,
    weekday_text,
    with_return,
    words_of,
)
from handlers.notice_reading import Wish
from handlers.room import Room
from storage import calendar, drafts, identity, notices, schedules
from storage.places import places_of
from storage.tables import CalendarDay, Draft, HolidayRow, Notice
from templates.render import Say

KIND = "holiday"
STANDS = frozenset({notices.OPEN, notices.OVER, notices.SCHEDULED})
CALL_GRACE = timedelta(hours=3)
"""After that it is night, and nothing is sent."""


def make(
    facts: Facts, room: Room, person: int, *, files: Sequence[Json] = (), early: bool = False
) -> tuple[Draft, list[Effect]]:
    """Write the draft, in the name of `person`; gives what becomes of one that was there before.

    `early`: the last day may be meant as the day of the return.
    """
    wish = Wish(words_of(facts, room), files=tuple(files), kind="holiday")
    before = calendar.holiday(room.db, room.here.id, facts.key)
    gone = withdraw(before, "holiday.newer_below", room) if before is not None else []
    span = (facts.first, facts.last)
    at = f"{facts.returns_at:%H:%M}" if facts.returns_at else None
    row = calendar.note_holiday(
        room.db, room.here.id, facts.key, calendar.ASKED, span, (facts.returns_on, at), room.now
    )
    data = notice_reading.as_kept(wish) | {"row": row.id, "own_words": False, "readers": [], "early": early}
    draft = drafts.keep(room.db, room.here.id, person, KIND, PrivateStr(wish.text), room.now, data)
    row.draft_id = draft.id
    _plan_call(row, person, room)
    return draft, gone


def withdraw(row: HolidayRow, block: str, room: Room) -> list[Effect]:
    """Let an open draft go: whoever was shown it reads why."""
    schedules.cancel(room.db, f"holiday-auto/{row.id}")
    draft = open_draft(row.draft_id, room)
    if draft is None:
        return []
    told = [
        room.edit(handle(draft, person), room.say_to(person).private(block, words=draft.words), of=person)
        for person in readers(draft)
        if identity.private_address(room.db, person) is not None
    ]
    drafts.decide(draft, "dropped")
    return [*told]


def _plan_call(row: HolidayRow, person: int, room: Room) -> None:
    """On the evening before, what nobody has decided is decided or asked about once more."""
    at = school.evening_before(row.first, room.zone)
    if at > room.now:
        schedules.plan(
            room.db,
            f"holiday-auto/{row.id}",
            "holiday.auto",
            at,
            room.now,
            grace=CALL_GRACE,
            args={"row": row.id},
            classroom=room.here.id,
            by=person,
        )


def open_draft(draft: Json, room: Room) -> Draft | None:
    """An undecided draft of a holiday's notice in this class, whoever was asked first."""
    row = room.db.get(Draft, draft) if isinstance(draft, int) else None
    if row is None or row.kind != KIND or row.state != "open" or row.classroom_id != room.here.id:
        return None
    return row


def row_of(draft: Draft, room: Room) -> HolidayRow | None:
    """Which holiday a draft is about."""
    return calendar.get_holiday(room.db, draft.data.get("row"), room.here.id)


def own_day_of(row: HolidayRow, room: Room) -> CalendarDay | None:
    """The class's own row behind a holiday, if it is one of its own."""
    if not row.key.startswith("own/"):
        return None
    return calendar.get_day(room.db, int(row.key.removeprefix("own/")), room.here.id)


# --- shown ---------------------------------------------------------------------------------------


def handle(draft: Draft, person: int) -> str:
    """Our name for a draft as one person sees it."""
    return f"holiday-draft/{draft.id}/{person}"


def readers(draft: Draft) -> list[int]:
    """Who was shown a draft."""
    kept = draft.data.get("readers")
    return [p for p in kept if isinstance(p, int)] if isinstance(kept, list) else []


def show(draft: Draft, room: Room) -> list[Effect]:
    """Show it to whoever acts, at once."""
    person = room.who.person
    _read_by(draft, [person], room)
    told = aside(
        room, text_of(draft, person, room), *buttons(draft, person, room), handle=handle(draft, person)
    )
    files = notice_reading.of_draft(draft).files
    return [notice_preview.with_files(effect, files) for effect in told]


def show_all(draft: Draft, room: Room) -> list[Effect]:
    """Show it to all who lead the class, in their hours."""
    teachers = room.teachers()
    _read_by(draft, teachers, room)
    return [
        effect
        for person in teachers
        for effect in room.tell_person(
            person,
            text_of(draft, person, room),
            *buttons(draft, person, room),
            handle=handle(draft, person),
            quiet=room.hours_of(person),
            park=True,
        )
    ]


def _read_by(draft: Draft, people: Iterable[int], room: Room) -> None:
    known: list[Json] = [*dict.fromkeys([*readers(draft), *people])]
    drafts.rewrite(room.db, draft, data={"readers": known})


def text_of(draft: Draft, person: int, room: Room) -> PrivateText:
    """The draft in a person's language: the words, where they go, and what happens if nothing is said."""
    say, wish = room.say_to(person), notice_reading.of_draft(draft)
    row = row_of(draft, room)
    facts = facts_of_row(row, room) if row is not None else None
    out = notice_preview.goes_out(wish, room)
    by_itself = row is not None and goes_by_itself(draft, row, room)
    call = schedules.waiting(room.db, f"holiday-auto/{row.id}") if row is not None and by_itself else None
    unknown = [m for m in facts.makeups if m.follows is None] if facts is not None else []
    sent = announced_beside(row, room) if row is not None else []
    return say.private(
        "holiday.draft",
        classroom=room.here.name,
        words=wish.text,
        groups=[g.title or room.here.name for g in places_of(room.db, room.here.id, room.now)],
        out=notice_preview.stamp(say, out, room) if out > room.now else None,
        auto=notice_preview.stamp(say, call.due_at, room) if call else None,
        files=len(wish.files),
        unknown=school.day_text(unknown[0].day, say, room) if unknown else None,
        example=f"{unknown[0].day:%Y-%m-%d} {weekday_text(4, say)}" if unknown else None,
        beside=[_in_a_word(r, say, room) for r in waiting_beside(row, room)] if row is not None else [],
        sent=sent[0].number if sent else None,
    )


def buttons(draft: Draft, person: int, room: Room) -> list[Button]:
    """What a teacher can do with it."""
    say, args = room.say_to(person), {"draft": draft.id}
    keys = [
        Button(say.label(label), f"holiday.{name}", {**args}, person=person, row=1)
        for label, name in (("common.send", "send"), ("common.change", "change"), ("holiday.skip", "skip"))
    ]
    row = row_of(draft, room)
    if row is not None and may_be_back_early(draft, row):
        label = say.label("holiday.back_on_last", day=school.day_text(row.last, say, room))
        keys.append(Button(label, "holiday.early", {**args}, person=person, row=2))
    return keys


def goes_by_itself(draft: Draft, row: HolidayRow, room: Room) -> bool:
    """True where it may be sent without a press: switched on, nobody has typed anything into it, and
    no other notice has announced these days."""
    day = own_day_of(row, room)
    typed = draft.data.get("own_words") is True or (day is not None and day.state == calendar.DRAFT)
    return school.auto(room) and not typed and not announced_beside(row, room)


def may_be_back_early(draft: Draft, row: HolidayRow) -> bool:
    """True where the last of two dates that were typed may as well be the day of the return."""
    return draft.data.get("early") is True and row.last > row.first


def renew(draft: Draft, wish: Wish, room: Room, *, own_words: bool) -> tuple[Draft, list[Effect]]:
    """The same draft in other words, for whoever acts; the old ones are of no use any more."""
    row, me = row_of(draft, room), room.who.person
    gone = shown_elsewhere(draft, room)
    if me in readers(draft):
        gone.append(room.edit(handle(draft, me), own(room).private("notice.changed_below")))
    data = {**draft.data, **notice_reading.as_kept(replace(wish, kind="holiday"))}
    drafts.decide(draft, "used")
    data |= {"own_words": own_words, "readers": []}
    made = drafts.keep(room.db, room.here.id, me, KIND, PrivateStr(wish.text), room.now, data)
    if row is not None:
        row.draft_id, row.changed_at = made.id, room.now
    return made, gone


def put_right(draft: Draft, facts: Facts, room: Room) -> Wish:
    """Keep other facts; gives the draft's wish with the words that say so."""
    row, wish = row_of(draft, room), notice_reading.of_draft(draft)
    said = words_of(facts, room)
    if row is not None:
        old = back_text(row.returns_on, school.clock(row.returns_at), room.say_class, room)
        if draft.data.get("own_words") is True and old in wish.text:
            new = back_text(facts.returns_on, facts.returns_at, room.say_class, room)
            said = wish.text.replace(old, new)
        row.first, row.last, row.returns_on = facts.first, facts.last, facts.returns_on
        row.returns_at = f"{facts.returns_at:%H:%M}" if facts.returns_at else None
    return replace(wish, text=said)


def refresh(row: HolidayRow, room: Room) -> list[Effect]:
    """Let an open draft say what is known now, where it stands; a teacher's own words are left alone."""
    draft, facts = open_draft(row.draft_id, room), facts_of_row(row, room)
    if draft is None or facts is None or draft.data.get("own_words") is True:
        return []
    wish = put_right(draft, with_return(facts, None, school.back_at(room)), room)
    drafts.rewrite(room.db, draft, words=PrivateStr(wish.text))
    return shown_anew(draft, room)


def shown_anew(draft: Draft, room: Room) -> list[Effect]:
    """The same draft as it should look now, before everybody who was shown it."""
    return [
        room.edit(
            handle(draft, person),
            text_of(draft, person, room),
            *buttons(draft, person, room),
            of=person,
        )
        for person in readers(draft)
        if identity.private_address(room.db, person) is not None
    ]


def shown_elsewhere(draft: Draft, room: Room) -> list[Effect]:
    """The other teachers' drafts say who has taken it in hand."""
    me = room.who.person
    return [
        room.edit(
            handle(draft, person), room.say_to(person).private("holiday.taken", name=room.who.name), of=person
        )
        for person in readers(draft)
        if person != me and identity.private_address(room.db, person) is not None
    ]


# --- other notices about the same days -----------------------------------------------------------


def waiting_beside(row: HolidayRow, room: Room) -> list[HolidayRow]:
    """Other holidays of these days whose drafts wait too."""
    others = calendar.beside(room.db, row, calendar.ASKED)
    return [other for other in others if open_draft(other.draft_id, room) is not None]


def announced_beside(row: HolidayRow, room: Room) -> list[Notice]:
    """Notices that stand and have announced other holidays of these days."""
    others = calendar.beside(room.db, row, calendar.SENT)
    found = [notices.get(room.db, other.notice_id, room.here.id) for other in others]
    return [n for n in found if n is not None and n.state in STANDS]


def settle_beside(row: HolidayRow, room: Room) -> list[Effect]:
    """What waits about the same days says how things are now; what is in no calendar any more goes."""
    effects: list[Effect] = []
    for other in waiting_beside(row, room):
        draft = open_draft(other.draft_id, room)
        if facts_of_row(other, room) is None:
            effects += withdraw(other, "holiday.other_sent", room)
            other.state = calendar.SKIPPED
        elif draft is not None:
            effects += shown_anew(draft, room)
    return effects


def _in_a_word(row: HolidayRow, say: Say, room: Room) -> str:
    facts = facts_of_row(row, room)
    span = school.span_text(row.first, row.last, say, room)
    return say.label("holiday.in_a_word", name=facts.name if facts else "", span=span).text


def sent_before(row: HolidayRow, room: Room) -> int | None:
    """The number of the notice by which this holiday was announced already."""
    notice = notices.get(room.db, row.notice_id, room.here.id)
    return notice.number if notice is not None and row.state == calendar.SENT else None
