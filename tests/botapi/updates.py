"""The queue of updates: what getUpdates hands out and a webhook is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.botapi import spec
from tests.botapi.jsons import Json, items, number, obj

KINDS = set(obj(obj(spec._TYPES["Update"])["fields"])) - {"update_id!"}
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
DAY = 86400.0


@dataclass
class Webhook:
    """Where updates are sent to."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


@dataclass
class Updates:
    """Updates wait until they are confirmed, a day at most."""

    clock: Callable[[], float]
    allowed: set[str] = field(default_factory=lambda: KINDS - NOT_BY_DEFAULT)
    pending: list[tuple[float, Json]] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    next_id: int = 800_000_001
    poller: int = 0
    defects: list[str] = field(default_factory=list)
    wake: list[Callable[[], None]] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)

    def allow(self, value: object) -> None:
        """Takes allowed_updates over; an empty list means the default."""
        if value is not None:
            self.allowed = {str(v) for v in items(value)} or KINDS - NOT_BY_DEFAULT

    def add(self, kind: str, body: Json) -> Json | None:
        """Queues an update unless its kind is not allowed now."""
        if kind not in self.allowed:
            return None
        update: Json = {"update_id": self.next_id, kind: body}
        self.next_id += 1
        self.defects += [f"update{p}" for p in spec.check("Update", update)]
        self.pending.append((self.clock(), update))
        self.history.append(update)
        self.ring()
        return update

    def again(self, update: Json) -> None:
        """Queues an update once more, as Telegram does when it was not confirmed in time."""
        self.pending.append((self.clock(), update))
        self.ring()

    def ring(self) -> None:
        """Wakes whoever waits."""
        for bell in self.wake:
            bell()

    def confirm(self, offset: int) -> None:
        """Forgets what lies before the offset; a negative one keeps only the last ones."""
        if offset > 0:
            self.pending = [p for p in self.pending if number(p[1], "update_id") >= offset]
        elif offset < 0:
            self.pending = self.pending[offset:]

    def take(self, limit: int) -> list[Json]:
        """The oldest unconfirmed updates."""
        self.pending = [p for p in self.pending if self.clock() - p[0] < DAY]
        return [update for _, update in self.pending[: limit if 1 <= limit <= 100 else 100]]

    def forget(self, update: Json) -> None:
        """Drops one that a webhook has taken."""
        self.pending = [p for p in self.pending if p[1] is not update]
