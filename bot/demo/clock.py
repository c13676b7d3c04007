"""A clock that goes like the real one and can be turned forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class TurnedClock:
    """The playground's time of day; while it is held it stands still, as for the days before the first."""

    def __init__(self, at: datetime) -> None:
        """Stand still at a moment, in UTC."""
        self._ahead = timedelta()
        self._held: datetime | None = at

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return self._held if self._held is not None else datetime.now(UTC) + self._ahead

    def seconds(self) -> float:
        """The same for whoever counts seconds."""
        return self.now().timestamp()

    def turn(self, to: datetime) -> None:
        """Go forward to a moment; never back, since nothing in the class would understand that."""
        if to <= self.now():
            return
        if self._held is not None:
            self._held = to
        else:
            self._ahead = to - datetime.now(UTC)

    def go(self) -> None:
        """Begin to go, from where it stands."""
        if self._held is not None:
            self._ahead = self._held - datetime.now(UTC)
            self._held = None
