"""What Tencent's refusals mean to us; neither words nor secrets of ours get into an error or an outcome."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ports import Failure, Outcome, Refused, TryAgain
from classroom.events import Json

TOKEN_CODES = frozenset({40014, 42001})
"""The token is wrong or over: fetch a new one, once."""

HARMLESS_WAIT = 60.0
ADMIN_WAIT = 300.0
"""Seconds until what only an administrator can cure is tried again."""

CURES: dict[int, str] = {
    40001: "the secret is wrong: copy it anew from the console",
    40013: "the corp id or app id is wrong: copy it anew from the console",
    40014: "Tencent refuses a token that it has only just given: copy the secret anew from the console",
    40037: "the account has no such template: copy its id anew from the console (模板消息)",
    40091: "the secret is wrong: copy it anew from the console",
    40125: "the secret is wrong: copy it anew from the console",
    40164: "this server's address is not on the list of allowed addresses (IP 白名单): add it in the console",
    41001: "the token is missing: tell Homeroom's makers",
    42001: "Tencent refuses a token that it has only just given: copy the secret anew from the console",
    48001: "the account may not use this interface: see its permissions in the console",
    48002: "the app may not use this interface: switch it on in the console",
    48004: "the interface is banned for this account: see the console's messages",
    50003: "the app is switched off: switch it on in the console",
    60011: "the app's visible range does not reach that far: widen it in the console",
    60020: "this server's address is not among the app's trusted IPs (企业可信IP): add it in the console",
    301002: "app and secret do not belong together, or parents may not use the app: see the console",
}
"""What whoever runs the bot has to do, by errcode."""

COMMON: dict[int, Failure | float | None] = {
    -1: None,
    45009: HARMLESS_WAIT,
    45011: HARMLESS_WAIT,
    45033: 5.0,
    **dict.fromkeys(
        (40001, 40013, 40014, 40091, 40125, 40164, 41001, 42001, 50003, 60020, 301002), ADMIN_WAIT
    ),
    48001: Failure.NOT_ALLOWED,
    48002: Failure.NOT_ALLOWED,
    48004: Failure.NOT_ALLOWED,
    60011: Failure.NOT_ALLOWED,
    40007: Failure.NOT_FOUND,
    40058: Failure.REFUSED,
    45002: Failure.REFUSED,
}
"""By errcode: why it will never happen, or the seconds until it is tried again (None: we choose)."""


class ApiError(Exception):
    """Tencent answered no, with a code; what it said may quote us and is in no text of this."""

    def __init__(self, code: int, said: str = "") -> None:
        """Keep the code; `said` is Tencent's own sentence, for the doctor only."""
        super().__init__(f"errcode {code}")
        self.code = code
        self.said = said

    def __repr__(self) -> str:
        """Show the code alone."""
        return f"ApiError({self.code})"


class LineError(Exception):
    """No answer that can be read came back; `sent` where Tencent may have carried the request out."""

    def __init__(self, why: str, sent: bool) -> None:
        """Name the kind of the trouble only: the library's own texts hold addresses, tokens and all."""
        super().__init__(why)
        self.why = why
        self.sent = sent


def outcome(error: ApiError | LineError, table: Mapping[int, Failure | float | None] = COMMON) -> Outcome:
    """Say what an error means: try again, or never."""
    if isinstance(error, LineError):
        return TryAgain(error.why, uncertain=error.sent)
    reaction = table[error.code] if error.code in table else COMMON.get(error.code, Failure.REFUSED)
    if isinstance(reaction, Failure):
        return Refused(reaction, str(error.code))
    return TryAgain(str(error.code), after=reaction)


def cure(error: ApiError | LineError) -> str:
    """What to do, in one line; empty where waiting is all."""
    return CURES.get(error.code, "") if isinstance(error, ApiError) else ""


def code_of(answer: Mapping[str, Json]) -> int:
    """The errcode of an answer; 0 where all is well."""
    found = answer.get("errcode")
    try:
        return int(found) if isinstance(found, str | int | float) else 0
    except (ValueError, OverflowError):
        return -1


def before(error: ApiError | LineError, table: Mapping[int, Failure | float | None] = COMMON) -> Outcome:
    """As `outcome`, of what comes before the message itself: nothing was said yet in any case."""
    found = outcome(error, table)
    return TryAgain(found.why, found.after) if isinstance(found, TryAgain) else found
