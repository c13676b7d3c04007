"""Who chose what in a named poll, as a table for its teacher; of a secret one there is none."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from handlers import poll_list, poll_post
from handlers.aside import aside, own
from handlers.csv_file import csv_file
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import polls
from storage.polls import CANCELLED
from storage.tables import Poll

feature = Feature("poll_table")


@feature.button("poll.table")
def table(press: Press, room: Room) -> Iterable[Effect]:
    """Send it, in private."""
    wanted, say = press.args.get("poll"), own(room)
    poll = polls.get(room.db, wanted) if isinstance(wanted, int) else None
    if poll is None or poll.classroom_id != room.here.id or poll.state == CANCELLED:
        return [room.toast(press.callback, say.label("poll.gone"), alert=True)]
    if not poll_list.may_see_choices(poll, room):
        return [room.toast(press.callback, say.label("poll.not_yours"), alert=True)]
    header = [say.label(f"poll.column_{name}").text for name in ("family", "choice")]
    name = say.label("poll.file_name", number=poll.number).text
    text = say.private("poll.table", number=poll.number, question=poll.question)
    return aside(room, text, files=(csv_file(name, [header, *_lines(poll, room)]),))


def _lines(poll: Poll, room: Room) -> Iterable[list[str]]:
    """Each household by its children; who has not voted has an empty choice."""
    ballots = poll_post.ballots_of(poll, room)
    choices = ballots.choices()
    for home in sorted(ballots.homes.students):
        chosen = "、".join(poll.options[i] for i in choices.get(home, ()))
        yield [poll_list.family(home, ballots.homes, room), chosen]
