"""The preview of a notice: how it will look, when it goes out, and who decides about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from classroom.addresses import PersonAddress
from classroom.effects import Button, EditTold, Effect, Tell
from classroom.events import Json
from classroom.people import Role
from classroom.text import PrivateText
from handlers import notice_audience, notice_ladder, notice_reading
from handlers.aside import aside, own
from handlers.enclosing import enclosed
from handlers.feature import Press
from handlers.notice_reading import IN_A_CAPTION, LONGEST, Wish
from handlers.room import Room
from storage import guardians, identity, notices
from storage.tables import Draft
from templates.render import Say


def may_write(room: Room) -> bool:
    """True for who may still bring a notice on its way."""
    return room.who.leads or Role.COMMITTEE in room.who.roles


def longest(wish: Wish, room: Room) -> int:
    """How long a text may be; one that corrects what stands under a photo has the room that is there."""
    row = notices.get(room.db, wish.corrects, room.here.id)
    return IN_A_CAPTION if row is not None and len(row.files) == 1 else LONGEST


def show(wish: Wish, room: Room) -> list[Effect]:
    """Show a teacher how it will look; what the committee wrote goes to the teachers."""
    if not room.who.leads:
        return _hand_in(wish, room)
    draft = notice_reading.keep(wish, room)
    person = room.who.person
    text = text_of(wish, person, room)
    told = aside(room, text, *buttons(draft, person, room), handle=handle(draft, person))
    return [with_files(e, wish.files) for e in told]


def with_files(effect: Effect, files: tuple[Json, ...]) -> Effect:
    """Let the photos and files of a notice go along with what one person is told."""
    if not isinstance(effect, Tell) or not isinstance(effect.to, PersonAddress):
        return effect
    return replace(effect, files=enclosed([*files]))


def again(draft: Draft, wish: Wish, press: Press, room: Room, *, late: bool) -> EditTold:
    """The same preview after something about it has changed."""
    person = room.who.person
    return room.edit(press.handle, text_of(wish, person, room, late=late), *buttons(draft, person, room))


def handle(draft: Draft, person: int) -> str:
    """Our name for the preview of a draft, as one person sees it."""
    return f"notice-draft/{draft.id}/{person}"


def text_of(wish: Wish, person: int, room: Room, *, late: bool = False) -> PrivateText:
    """The preview in a person's language: date and weekday, whoever wrote it, what goes along."""
    say, to = room.say_to(person), notice_audience.today(wish.to, room)
    moment = goes_out(wish, room)
    corrected = notices.get(room.db, wish.corrects, room.here.id)
    author = guardians.display_name(room.db, wish.drafted_by) if wish.drafted_by else ""
    return say.private(
        "notice.preview",
        classroom=room.here.name,
        words=wish.text,
        groups=[g.title or room.here.name for g in identity.groups_of(room.db, room.here.id)],
        kind=wish.kind,
        to=to,
        whole=to != wish.to,
        families=[] if to.in_group else notice_audience.names_of(to, room),
        unreached=[] if to.in_group else [s.name for s in notice_audience.unreached(to, room)],
        ladder=notice_ladder.described(wish.ladder),
        at=stamp(say, moment, room) if moment > room.now else None,
        quiet=moment > (wish.at or room.now),
        wished=stamp(say, wish.at, room) if wish.at else None,
        urgent=wish.urgent,
        receipts=wish.receipts,
        files=len(wish.files),
        number=corrected.number if corrected else None,
        author=author,
        late=late,
    )


def goes_out(wish: Wish, room: Room) -> datetime:
    """When a wish reaches the group: nothing but what is urgent does in the quiet hours."""
    moment = wish.at or room.now
    waits = room.quiet is not None and not wish.urgent and wish.corrects is None
    return room.quiet.over(moment) if room.quiet is not None and waits else moment


def stamp(say: Say, moment: datetime, room: Room) -> str:
    """A moment with date and weekday, also where it is near."""
    return say.when(moment, room.zone, moment - timedelta(days=10))


def buttons(draft: Draft, person: int, room: Room) -> list[Button]:
    """What a teacher can do with a draft; one of the committee's is returned rather than dropped."""
    say = room.say_to(person)
    back = "notice.return" if draft.person_id != person else "common.cancel"
    chosen = (("common.send", "send"), ("common.change", "change"), (back, "drop"))
    keys = [
        Button(say.label(label), f"notice.{purpose}", {"draft": draft.id}, person=person, row=1)
        for label, purpose in chosen
    ]
    if isinstance(draft.data.get("form"), int) and draft.person_id == person:
        again = {"draft": draft.id}
        keys.append(Button(say.label("common.back"), "notice_form.reopen", {**again}, person=person, row=2))
    return keys


# --- the committee's -----------------------------------------------------------------------------


def _hand_in(wish: Wish, room: Room) -> list[Effect]:
    wish = replace(wish, drafted_by=room.who.person)
    teachers = room.teachers()
    say = own(room)
    if not teachers:
        return aside(room, say.private("notice.no_teacher"))
    draft = notice_reading.keep(wish, room)
    effects: list[Effect] = []
    for teacher in teachers:
        told = room.tell_person(
            teacher,
            text_of(wish, teacher, room),
            *buttons(draft, teacher, room),
            handle=handle(draft, teacher),
            quiet=room.hours_of(teacher),
            park=True,
        )
        effects += [with_files(t, wish.files) for t in told]
    later = [room.read_at(t) for t in teachers]
    soonest = None if None in later else min(at for at in later if at is not None)
    when = say.when(soonest, room.zone, room.now) if soonest else None
    return [*effects, *aside(room, say.private("notice.handed_in", when=when))]


def settled(draft: Draft, room: Room) -> list[Effect]:
    """The other teachers' previews of one draft say who has taken it in hand."""
    if draft.person_id == room.who.person or not isinstance(draft.data.get("drafted_by"), int):
        return []
    return [
        room.edit(
            handle(draft, teacher),
            room.say_to(teacher).private("notice.taken", name=room.who.name),
            of=teacher,
        )
        for teacher in room.teachers()
        if teacher != room.who.person and identity.private_address(room.db, teacher) is not None
    ]


def tell_author(wish: Wish, block: str, room: Room) -> list[Effect]:
    """The member of the committee who wrote it hears what became of it."""
    author = wish.drafted_by
    if author is None or author == room.who.person:
        return []
    at = goes_out(wish, room)
    say = room.say_to(author)
    text = say.private(
        block,
        name=room.who.name,
        words=wish.text,
        at=stamp(say, at, room) if at > room.now else None,
    )
    return room.tell_person(author, text, quiet=room.hours_of(author), park=True)
