"""The database: reachable, at the right step, opened by its key, and nothing waiting in it for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config import Settings
from bot.ports import Finding, Level
from bot.watching.health import DELIVERY_SECONDS, EVENT_SECONDS, age
from classroom.addresses import GroupAddress
from classroom.errors import DatabaseError
from storage import checking, queue, reading, webhooks
from storage.backlog import backlog, deliveries_by_state
from storage.database import Records
from storage.migrations import RESTORING, head, known_steps
from storage.sealing import read_key

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
FIRST_START = "`homeroom run` makes it at its first start"
OTHERS = 0o077
PLATFORM, PARENTS = "telegram", "wecom.group"


class DatabaseCheck:
    """One look at the database of a configuration; afterwards `groups` are those the bot is in."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        """Take where to look."""
        self._storage, self._now = settings.storage, now
        self.groups: list[tuple[str, GroupAddress]] = []
        self.parents_groups: list[tuple[str, GroupAddress]] = []

    def findings(self) -> Iterator[Finding]:
        """Everything in the order in which one thing needs the other."""
        path = reading.sqlite_file(self._storage.url)
        if path is not None and not path.exists():
            yield Finding(OK, "database", f"{path} is not there yet; {FIRST_START}")
            yield self._key(None)
            return
        try:
            with reading.snapshot(self._storage.url) as connection:
                step, damage = reading.revision(connection), checking.damage(connection)
        except DatabaseError as error:
            yield Finding(FAILURE, "database", str(error))
            return
        yield _damaged(damage) if damage else _step(step)
        key = self._key(step)
        yield key
        if key.level is not FAILURE and step == head():
            yield from self._inside()

    def _key(self, step: str | None) -> Finding:
        path = reading.key_file_of(self._storage.url, self._storage.key_file)
        if not path.exists():
            return _no_key(path, step)
        try:
            secret = read_key(path)
            if step is not None and not self._opens(secret):
                cure = "set [storage] key_file to the one that this database was made with"
                return Finding(FAILURE, "key", f"{path} does not belong to this database", cure)
        except DatabaseError as error:
            return Finding(FAILURE, "key", str(error))
        if path.stat().st_mode & OTHERS:
            return Finding(
                WARNING, "key", f"other users of this machine can read {path}", f"chmod 600 {path}"
            )
        opens = "opens the database" if step else "is there"
        return Finding(OK, "key", f"{path} {opens}; keep a copy of it apart from your backups")

    def _opens(self, secret: bytes) -> bool:
        with reading.snapshot(self._storage.url) as connection:
            return checking.key_opens(connection, secret)

    def _inside(self) -> Iterator[Finding]:
        database = reading.open_to_read(self._storage.url, self._storage.key_file)
        try:
            with database.transaction() as records:
                self.groups = checking.groups(records, PLATFORM)
                self.parents_groups = checking.groups(records, PARENTS)
                yield from road(records, self._now)
                yield from _given_up(records)
                yield from _classes(records, self._now)
                yield from _group_robots(records)
        finally:
            database.close()


def _no_key(path: Path, step: str | None) -> Finding:
    if step is None:
        return Finding(OK, "key", f"{path} is not there yet; {FIRST_START}")
    cure = "put the copy that you kept there, or set [storage] key_file; without it nothing can be read"
    return Finding(FAILURE, "key", f"{path} is missing", cure)


def _damaged(damage: str) -> Finding:
    cure = "stop Homeroom, keep the file, and restore the newest backup with `homeroom restore`"
    return Finding(FAILURE, "database", f"SQLite finds its file damaged: {damage}", cure)


def _step(step: str | None) -> Finding:
    newest = head()
    if step is None:
        return Finding(OK, "database", f"it answers, and is empty; {FIRST_START}")
    if step.startswith(RESTORING):
        return Finding(FAILURE, "database", "a restore into it was interrupted", "run it again to its end")
    if step not in known_steps():
        what = f"it is at step {step}, which this version does not know"
        return Finding(FAILURE, "database", what, "install a newer Homeroom")
    if step != newest:
        cure = "make a backup; `homeroom run` then brings it up to date"
        return Finding(WARNING, "database", f"it is at step {step}, this version works with {newest}", cure)
    return Finding(OK, "database", f"it answers and is up to date (step {step})")


def road(records: Records, now: datetime) -> Iterator[Finding]:
    """What waits longer than it should, as it does where no bot runs."""
    waits = backlog(records, now, [PLATFORM])
    event, delivery = age(waits.oldest_event, now), age(waits.oldest_delivery, now)
    cure = "is `homeroom run` running? if it is, its log says what stands in the way"
    if event > EVENT_SECONDS:
        what = f"events that wait: {waits.events}, the oldest for {_long(event)}"
        yield Finding(WARNING, "backlog", what, cure)
    if delivery > DELIVERY_SECONDS:
        what = f"messages that are late: {waits.deliveries}, the oldest by {_long(delivery)}"
        yield Finding(WARNING, "backlog", what, cure)
    if event <= EVENT_SECONDS and delivery <= DELIVERY_SECONDS:
        yield Finding(OK, "backlog", "nothing waits longer than it should")


def _long(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _given_up(records: Records) -> Iterator[Finding]:
    states, failed = deliveries_by_state(records), checking.failed_events(records)
    if dead := states.get("dead", 0):
        cure = "look for `delivery failed` in the log; the teachers were told of what concerned them"
        yield Finding(WARNING, "deliveries", f"given up after a day of trying: {dead}", cure)
    if failed:
        cure = "look for `event failed` in the log and report it; what was said is kept, sealed, for 30 days"
        yield Finding(WARNING, "events", f"could not be handled: {failed}", cure)
    if twice := queue.possible_duplicates(records):
        yield Finding(OK, "deliveries", f"may have arrived twice, after a break in the line: {twice}")


def _classes(records: Records, now: datetime) -> Iterator[Finding]:
    found = checking.classes(records, now.date())
    for one in found:
        if not one.has_teacher:
            cure = f"homeroom teacher set --classroom {one.number} --telegram ID (/me shows a person's id)"
            yield Finding(WARNING, "classes", f"{one.called} has no teacher", cure)
        if not _is_zone(one.timezone):
            cure = "install the time zone data (the package tzdata)"
            yield Finding(FAILURE, "time zone", f"{one.called} is in {one.timezone}, unknown here", cure)
    yield Finding(OK, "classes", f"served: {len(found)}" if found else "none yet: /setup NAME in a group")


def _group_robots(records: Records) -> Iterator[Finding]:
    used, refused = webhooks.numbers(records)
    if used:
        yield Finding(OK, "wecom.webhook", f"group robots in use: {used}")
    if refused:
        cure = "their teachers were told; a new address goes to the bot in private: /channel webhook ADDRESS"
        yield Finding(WARNING, "wecom.webhook", f"group robots that WeCom refuses: {refused}", cure)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
