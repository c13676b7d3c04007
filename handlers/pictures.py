"""Pictures of what a class has decided and of how far a notice has come: what they say, not how they look."""

from __future__ import annotations

from classroom.drawings import Bar, Bars, Coverage, Dots, PrivateDrawing, PublicDrawing
from handlers.poll_post import lines
from handlers.room import Room
from storage import guardians, notices
from storage.polls import COMMITTEE, Count
from storage.tables import Notice, Poll
from templates.render import Say

ON_A_PICTURE = 120


def of_poll(poll: Poll, room: Room) -> tuple[PublicDrawing, ...]:
    """The result as a chart; none where the result says nothing of who was for what."""
    if poll.totals is None or not poll.voted:
        return ()
    say, voted, total = room.say_class, poll.voted, poll.households or 0
    shown = lines(poll.options, Count(voted, tuple(poll.totals)))
    most = max(poll.totals)
    bars = tuple(
        Bar(
            say.group("pictures.words", words=line.text),
            say.group("pictures.poll_figure", votes=line.votes, percent=line.percent),
            line.votes / voted,
            lead=0 < line.votes == most,
        )
        for line in shown
    )
    note = say.group(
        "pictures.poll_note",
        number=poll.number,
        voted=voted,
        total=total,
        percent=round(100 * voted / total) if total else 0,
        multiple=poll.multiple,
        committee=poll.voters == COMMITTEE,
    )
    head = say.group("pictures.poll_head", classroom=room.here.name)
    chart = Bars(head, say.group("pictures.words", words=poll.question), bars, note)
    return (PublicDrawing(chart, f"poll-{poll.number}", say.language),)


def of_receipts(row: Notice, room: Room, say: Say) -> tuple[PrivateDrawing, ...]:
    """How far a notice has come, a dot for each family, for its teacher; nobody is named in it."""
    have, total = notices.count(room.db, row)
    if not row.receipts or not total:
        return ()
    reached = guardians.reached_students(room.db, room.here.id)
    missing = notices.missing(room.db, row)
    unreached = sum(student not in reached for student in missing)
    counts = {"confirmed": have, "waiting": len(missing) - unreached, "unreached": unreached}
    dots = tuple(
        Dots(say.private("pictures.receipts_dots", what=what), count)
        for what, count in counts.items()
        if count or what == "confirmed"
    )
    first = row.text.split("\n")[0]
    cut = first if len(first) <= ON_A_PICTURE else first[: ON_A_PICTURE - 1] + "…"
    picture = Coverage(
        say.private("pictures.receipts_head", classroom=room.here.name, number=row.number),
        say.private("pictures.words", words=cut),
        say.private("pictures.words", words=f"{have}/{total}"),
        have / total,
        dots,
        say.private("pictures.receipts_note"),
    )
    return (PrivateDrawing(picture, f"receipts-{row.number}", say.language),)
