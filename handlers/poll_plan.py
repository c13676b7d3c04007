"""What is to be asked, as a draft or a schedule keeps it, and how its times are read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.events import Json
from scheduler.when import When, WhenError, read_when
from storage.polls import FAMILIES

LONGEST_OPTION = 60
LONGEST_POLL = timedelta(days=90)
USUAL_END = time(20)
USUAL_DAYS = 2
"""The third day, the one of the opening being the first."""


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What is to be asked. `closes_at` is fixed, `until` read anew at each opening; neither: the usual end.

    `every` is a repeat as it is stored, `opens_at` when it opens once. `voters` are families or committee,
    `quorum` as handlers/poll_quorum.py reads it; `hidden`: no figure before the close; `grows`: families may
    add options.
    """

    question: str
    options: tuple[str, ...]
    anonymous: bool = False
    multiple: bool = False
    live: bool = False
    closes_at: datetime | None = None
    until: str = ""
    every: str = ""
    opens_at: datetime | None = None
    voters: str = FAMILIES
    quorum: str = ""
    hidden: bool = False
    grows: bool = False

    def to_json(self) -> dict[str, Json]:
        """The plan as a draft or a schedule keeps it."""
        return {
            "question": self.question,
            "options": [*self.options],
            "anonymous": self.anonymous,
            "multiple": self.multiple,
            "live": self.live,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "until": self.until,
            "every": self.every,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
            "voters": self.voters,
            "quorum": self.quorum,
            "hidden": self.hidden,
            "grows": self.grows,
        }

    @classmethod
    def from_json(cls, data: dict[str, Json]) -> PollPlan:
        """The plan that was kept."""
        options = data.get("options")
        return cls(
            str(data.get("question")),
            tuple(str(o) for o in options) if isinstance(options, list) else (),
            data.get("anonymous") is True,
            data.get("multiple") is True,
            data.get("live") is True,
            _time(data.get("closes_at")),
            str(data.get("until") or ""),
            str(data.get("every") or ""),
            _time(data.get("opens_at")),
            str(data.get("voters") or FAMILIES),
            str(data.get("quorum") or ""),
            data.get("hidden") is True,
            data.get("grows") is True,
        )

    def end(self, opening: datetime, zone: ZoneInfo) -> datetime:
        """When a poll that opens now closes; an end that cannot be read any more is the usual one."""
        if self.closes_at is not None:
            return self.closes_at
        found = moment(self.until, opening, zone) if self.until else None
        return found if isinstance(found, datetime) else usual_end(opening, zone)


@dataclass(frozen=True, slots=True)
class PollProblem:
    """Why there is no poll yet: `because` names the words for it, `what` is what it is about."""

    because: str
    what: str = ""


def usual_end(opening: datetime, zone: ZoneInfo) -> datetime:
    """20:00 on the third day."""
    local = opening.astimezone(zone)
    day = local.date() + timedelta(days=USUAL_DAYS)
    return datetime.combine(day, USUAL_END, zone)


def moment(text: str, opening: datetime, zone: ZoneInfo) -> datetime | PollProblem:
    """The end that was typed, for a poll that opens then."""
    found = read_when(text, opening, zone)
    if isinstance(found, WhenError):
        return PollProblem("until_past" if found is WhenError.PAST else "until", text[:LONGEST_OPTION])
    return _in_time(found, text, opening)


def _in_time(found: When, text: str, opening: datetime) -> datetime | PollProblem:
    end = found.at(USUAL_END)
    if found.rest:
        return PollProblem("until", text[:LONGEST_OPTION])
    if end <= opening:
        return PollProblem("until_past", text[:LONGEST_OPTION])
    return end if end - opening <= LONGEST_POLL else PollProblem("until_far")


def _time(kept: Json) -> datetime | None:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else None
