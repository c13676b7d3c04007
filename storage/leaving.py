"""What is about to leave: the deliveries of a batch, which are written together at its end."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime

from classroom.effects import Effect


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A button as it will be shown: the label with its random token, or with a start payload."""

    label: str
    token: str | None = None
    payload: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come."""

    id: int
    platform: str | None
    chat_id: int | None
    chat_kind: str | None
    guardian_id: int | None
    classroom_id: int | None
    kind: str
    lane: str
    lane_key: str
    payload: str
    quiet: str | None
    attempts: int
    possible_duplicates: int
    created_at: datetime
    park: bool
    handle: str | None
    event_id: int | None


COLUMNS = tuple(one.name for one in fields(Due))


@dataclass(slots=True)
class Leaving:
    """A delivery that has no number yet, with its buttons and what its payload says."""

    due: Due
    effect: Effect
    keys: list[StoredKey]
    due_at: datetime
    audience: str | None
    buttons: list[dict[str, object]] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """As it is stored, but for the number."""
        known: dict[str, object] = {name: getattr(self.due, name) for name in COLUMNS if name != "id"}
        return {**known, "audience": self.audience, "state": "pending", "due_at": self.due_at}
