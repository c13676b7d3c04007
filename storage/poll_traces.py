"""What the road remembers of votes: which button meant which option. After the close nobody can tell."""

from __future__ import annotations

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from storage import queue
from storage.database import Records
from storage.tables import ButtonRow, EventRow, Poll

VOTE = "poll.vote"
"""The purpose of a button that chooses an option."""

REMINDER = "poll-nudge/"
"""How the handles of reminders begin, which have such buttons too."""

TABLES = ("secret_ballots", "turnouts")
"""What is to leave the database's files as well."""


def forget_marks(records: Records, poll: Poll) -> bool:
    """Let the buttons of a poll say only which poll they belonged to, and erase where they were shown.

    A press that failed is kept with its token until it is repaired: those of this poll go. False if
    something with buttons is being sent at this moment, so that this must be done once more.
    """
    found = records.exec(
        select(ButtonRow).where(
            ButtonRow.classroom_id == poll.classroom_id,
            ButtonRow.purpose == VOTE,
            or_(col(ButtonRow.handle) == poll.handle, col(ButtonRow.handle).startswith(REMINDER)),
        )
    ).all()
    rows = [row for row in found if row.args.get("poll") == poll.id]
    for row in rows:
        row.args = {"poll": poll.id}
    tokens = {row.token for row in rows}
    records.flush()
    _erase_failed_presses(records, tokens)
    return _erase_texts(records, {row.handle for row in rows if row.handle}, poll)


def option_gone(records: Records, poll: Poll, index: int) -> None:
    """Let the buttons that are out there mean the options they name, though one before them is gone."""
    found = records.exec(
        select(ButtonRow).where(ButtonRow.classroom_id == poll.classroom_id, ButtonRow.purpose == VOTE)
    ).all()
    for row in found:
        option = row.args.get("option")
        if row.args.get("poll") == poll.id and isinstance(option, int) and option >= index:
            row.args = {**row.args, "option": option - 1 if option > index else None}
    records.flush()


def _erase_texts(records: Records, handles: set[str], poll: Poll) -> bool:
    """Erase what was sent, and take back reminders that are not sent yet."""
    table = queue.DELIVERIES
    run = records.connection().execute
    shown = table.c.handle.in_(handles)
    unsent = and_(shown, table.c.kind == "tell", table.c.state.in_(("pending", "parked")))
    run(update(table).where(unsent).values(state="merged", finished_at=poll.closed_at))
    run(update(table).where(shown, table.c.state.not_in(("pending", "sending"))).values(payload=None))
    return run(select(table.c.id).where(shown, table.c.state == "sending").limit(1)).first() is None


def _erase_failed_presses(records: Records, tokens: set[str]) -> None:
    failed = records.exec(
        select(EventRow).where(EventRow.state == "failed", col(EventRow.raw).is_not(None))
    ).all()
    for event in failed:
        if event.raw is not None and any(token in event.raw for token in tokens):
            event.raw = None
