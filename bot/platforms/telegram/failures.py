"""What Telegram's refusals mean to us; nothing that we sent gets into an outcome."""

from __future__ import annotations

import re

from telegram.error import TelegramError

from bot.platforms.telegram.wire import AnswerError, LineError, TooBigError
from bot.ports import Done, Failure, Moved, Outcome, Refused, TryAgain

TOO_LARGE = "too_large"
ALREADY = (
    "message is not modified",
    "message to delete not found",
    "message to unpin not found",
    "chat_not_modified",
    "reaction_not_modified",
)
"""Refusals that say that things stand already as they should."""

SENTENCES: tuple[tuple[str, Failure], ...] = (
    ("bot was blocked by the user", Failure.BLOCKED),
    ("user_is_blocked", Failure.BLOCKED),
    ("bot can't initiate conversation", Failure.NEVER_STARTED),
    ("user is deactivated", Failure.GONE),
    ("input_user_deactivated", Failure.GONE),
    ("bot was kicked", Failure.GONE),
    ("bot is not a member", Failure.GONE),
    ("group chat was deleted", Failure.GONE),
    ("group chat was deactivated", Failure.GONE),
    ("channel_private", Failure.GONE),
    ("bots can't send messages to bots", Failure.UNSUPPORTED),
    ("can't send messages to bots", Failure.UNSUPPORTED),
    ("method is available only for supergroups", Failure.UNSUPPORTED),
    ("method is available for supergroup", Failure.UNSUPPORTED),
    ("can't restrict self", Failure.NOT_ALLOWED),
    ("can't remove chat owner", Failure.NOT_ALLOWED),
    ("user is an administrator", Failure.NOT_ALLOWED),
    ("user_admin_invalid", Failure.NOT_ALLOWED),
    ("not enough rights", Failure.NOT_ALLOWED),
    ("have no rights", Failure.NOT_ALLOWED),
    ("need administrator rights", Failure.NOT_ALLOWED),
    ("administrator rights", Failure.NOT_ALLOWED),
    ("chat_admin_required", Failure.NOT_ALLOWED),
    ("right_forbidden", Failure.NOT_ALLOWED),
    ("message_delete_forbidden", Failure.NOT_ALLOWED),
    ("chat_write_forbidden", Failure.NOT_ALLOWED),
    ("chat_restricted", Failure.NOT_ALLOWED),
    ("topic_closed", Failure.NOT_ALLOWED),
    ("message can't be deleted", Failure.TOO_OLD),
    ("message can't be edited", Failure.TOO_OLD),
    ("query is too old", Failure.EXPIRED),
    ("query_id_invalid", Failure.EXPIRED),
    ("chat not found", Failure.NOT_FOUND),
    ("user not found", Failure.NOT_FOUND),
    ("member not found", Failure.NOT_FOUND),
    ("invalid user_id", Failure.NOT_FOUND),
    ("peer_id_invalid", Failure.NOT_FOUND),
    ("user_id_invalid", Failure.NOT_FOUND),
    ("participant_id_invalid", Failure.NOT_FOUND),
    ("user_not_participant", Failure.NOT_FOUND),
    ("message thread not found", Failure.NOT_FOUND),
    ("topic_deleted", Failure.NOT_FOUND),
    ("message to edit not found", Failure.NOT_FOUND),
    ("message to pin not found", Failure.NOT_FOUND),
    ("message to react not found", Failure.NOT_FOUND),
    ("message not found", Failure.NOT_FOUND),
    ("message_id_invalid", Failure.NOT_FOUND),
    ("there is no text in the message to edit", Failure.REFUSED),
    ("there is no caption in the message to edit", Failure.REFUSED),
)
"""Telegram tells its refusals apart by English sentences alone; the first that fits counts."""

OURS_BEGINS = re.compile(r"""["“«<{@#]|\s'|https?:|tg:|:\s""")


def outcome(error: TelegramError) -> Outcome:
    """Say what an error means: done already, try again, moved, or never."""
    if isinstance(error, AnswerError):
        return _answered(error)
    if isinstance(error, LineError):
        return TryAgain(error.why, uncertain=error.sent)
    if isinstance(error, TooBigError):
        return Refused(Failure.REFUSED, TOO_LARGE)
    return TryAgain(type(error).__name__, uncertain=True)


def says(error: TelegramError, sentence: str) -> bool:
    """Tell whether Telegram's description holds `sentence`."""
    return isinstance(error, AnswerError) and sentence in error.description.lower()


def _answered(error: AnswerError) -> Outcome:
    if error.moved_to is not None:
        return Moved(str(error.moved_to))
    if error.code == 429:
        return TryAgain("429", after=error.retry_after)
    if error.code >= 500:
        return TryAgain(str(error.code), uncertain=True)
    if error.code in (401, 409):  # the listener says what to do about a dead token; nothing sent is given up
        return TryAgain(str(error.code))
    return _refused(error)


def _refused(error: AnswerError) -> Outcome:
    words = error.description.lower()
    if any(sentence in words for sentence in ALREADY):
        return Done()
    if error.code == 413 or "too big" in words or "too large" in words:
        return Refused(Failure.REFUSED, TOO_LARGE)
    for sentence, failure in SENTENCES:
        if sentence in words:
            return Refused(failure, sentence)
    return Refused(_by_code(error.code), _safe(error))


def _by_code(code: int) -> Failure:
    # 404 for a token that getMe took is a method that this server does not know
    return {403: Failure.NOT_ALLOWED, 404: Failure.UNSUPPORTED}.get(code, Failure.REFUSED)


def _safe(error: AnswerError) -> str:
    # Telegram quotes the address of a button or a tag of the text: nothing behind the first sign of that
    said = error.description.partition(": ")[2] or error.description
    own = OURS_BEGINS.split(said, maxsplit=1)[0].encode("ascii", "ignore").decode()
    return f"{error.code} {own.strip()[:80]}".strip()
