"""What the road remembers of answers: which button meant which. After the close nobody can tell."""

from __future__ import annotations

from sqlalchemy import and_, update
from sqlmodel import col, select

from storage import queue
from storage.database import Records
from storage.tables import Account, ButtonRow, EventRow, Guardian, Survey

MARK = "survey.mark"
"""The purpose of a button that answers a question."""

TABLES = ("secret_answers", "secret_words", "survey_turnouts")
"""What is to leave the database's files as well."""


def forget_marks(records: Records, survey: Survey) -> bool:
    """Let the buttons of a survey say only which one they belonged to, and erase where they were shown.

    As `poll_traces.forget_marks`; False if something with buttons is being sent at this moment.
    """
    own = f"{survey.handle}/"
    rows = records.exec(
        select(ButtonRow).where(
            ButtonRow.classroom_id == survey.classroom_id, col(ButtonRow.handle).startswith(own)
        )
    ).all()
    for row in rows:
        row.args = {"survey": survey.id}
    records.flush()
    _erase_failed(records, {row.token for row in rows}, survey)
    table = queue.DELIVERIES
    run, shown = records.connection().execute, table.c.handle.startswith(own)
    unsent = and_(shown, table.c.kind == "tell", table.c.state.in_(("pending", "parked")))
    run(update(table).where(unsent).values(state="merged", finished_at=survey.closed_at))
    run(update(table).where(shown, table.c.state.not_in(("pending", "sending"))).values(payload=None))
    return run(select(table.c.id).where(shown, table.c.state == "sending").limit(1)).first() is None


def _erase_failed(records: Records, tokens: set[str], survey: Survey) -> None:
    """An event that failed is kept until it is repaired, with what was typed or pressed: these go.

    Free words cannot be told from others there: whatever a family's message that failed has said goes.
    """
    failed = records.exec(
        select(EventRow).where(EventRow.state == "failed", col(EventRow.raw).is_not(None))
    ).all()
    theirs = _natives(records, survey) if failed else set()
    for event in failed:
        said = event.kind == "Message" and event.received_at >= survey.opened_at
        marks = theirs | tokens if said else tokens
        if event.raw is not None and any(mark in event.raw for mark in marks):
            event.raw = None


def _natives(records: Records, survey: Survey) -> set[str]:
    """The platforms' ids of the class's guardians."""
    wanted = select(Account.native).join(Guardian, col(Guardian.person_id) == col(Account.person_id))
    return set(records.exec(wanted.where(Guardian.classroom_id == survey.classroom_id)).all())
