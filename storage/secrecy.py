"""Secret ballots and anonymous answers that are over: what is to leave the database's files."""

from __future__ import annotations

from storage import poll_traces, polls, survey_traces, surveys
from storage.database import Records

KEEPERS = (
    (poll_traces.TABLES, polls.swept, polls.traces_gone),
    (survey_traces.TABLES, surveys.swept, surveys.traces_gone),
)
"""Tables of secrets, how the road is swept after them, and how it is noted that their files are clean."""


def swept(records: Records) -> tuple[str, ...]:
    """Sweep after what is over; gives the tables of which only the files are left to be cleaned."""
    return tuple(table for tables, sweep, _ in KEEPERS if sweep(records) for table in tables)


def gone(records: Records, tables: tuple[str, ...]) -> None:
    """Note that the files hold nothing of these tables any more."""
    for theirs, _, note in KEEPERS:
        if set(theirs) <= set(tables):
            note(records)
