"""What the school's refusals mean to us, beside those that all of WeChat's servers share."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import Failure, Outcome, Refused
from classroom.events import Json

TABLE: dict[int, Failure | float | None] = {
    60111: Failure.GONE,
    81013: Failure.NOT_SUBSCRIBED,
    82001: Failure.NOT_FOUND,
    82002: Failure.NOT_FOUND,
    82003: Failure.NOT_FOUND,
    84061: Failure.NOT_FOUND,
}


def listed(answer: Mapping[str, Json], key: str) -> list[str]:
    """The ids in an answer, in small letters, since capitals make no difference in them."""
    found = answer.get(key)
    return [str(one).lower() for one in found] if isinstance(found, list) else []


def left_out(answer: Mapping[str, Json], who: str) -> Outcome | None:
    """Whether a notice that was accepted does not reach its one receiver, all the same."""
    if who.lower() in listed(answer, "invalid_parent_userid"):
        return Refused(Failure.NOT_SUBSCRIBED, "invalid_parent_userid")
    return None
