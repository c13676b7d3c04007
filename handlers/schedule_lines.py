"""What /schedule shows: a feature that plans something people should see says how it reads.

Its `LINES` (by kind) are joined in handlers/schedule.py. Whatever has no line is the bot's own business
(erasing, ends of roles) and is not shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from classroom.text import PrivateText
from handlers.room import Room
from storage.tables import ScheduleRow

Line = Callable[[ScheduleRow, Room], PrivateText | None]
Undo = Callable[[ScheduleRow, Room], None]


@dataclass(frozen=True, slots=True)
class Planned:
    """How a kind of plan reads, and what else happens when it is cancelled or taken up again.

    A plan that cannot be `cancellable` here says in its line how it is ended.
    """

    line: Line
    cancellable: bool = True
    cancelled: Undo | None = None
    restored: Undo | None = None
