"""How a command is read out of what phones make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from classroom.folding import Folded, distance, fold, is_chinese, squeeze

SLASHES = "/、⁄∕╱"
_BLANKS = r"[ \t]*"
_OPENING = re.compile(rf"\s*(?P<slash>[{SLASHES}]{_BLANKS})?")
_MENTION = re.compile(r"@([a-z0-9_]+)")
_BEHIND_NAME = re.compile(r"\s*[:,,、;。]?\s*")


@dataclass(frozen=True)
class CommandLine:
    """A command as it was typed: which one, in which spelling, and the free text behind it."""

    name: str
    typed: str
    rest: str
    mention: str | None


def read_command(
    text: str, names: Mapping[str, str], *, bot_name: str | None = None, slash_optional: bool = False
) -> CommandLine | None:
    """Read a command in every way a phone types it; one that is addressed to another bot is not ours."""
    folded = fold(text)
    start, addressed = _skip_own_mention(folded.text, 0, bot_name)
    opening = _OPENING.match(folded.text, start)
    if opening is None or not (opening["slash"] or slash_optional):
        return None
    found = spelling_at(folded.text, opening.end(), names)
    if found is None:
        return None
    spelling, end = found
    after, mention = _mention_behind(folded, end, bot_name)
    if mention is None and after != end:
        return None
    return CommandLine(
        name=names[spelling],
        typed=folded.typed(opening.end(), end),
        rest=_rest(folded, after),
        mention=mention or addressed,
    )


def spelling_at(text: str, at: int, names: Mapping[str, str]) -> tuple[str, int] | None:
    """Find the longest spelling that stands at a place of a folded text, and where it ends."""
    for key, spelling in _longest_first(tuple(names)):
        end = at + len(key)
        if text.startswith(key, at) and not (key.isascii() and re.match("[a-z_]", text[end : end + 1])):
            return spelling, end
    return None


@lru_cache(maxsize=64)
def _longest_first(spellings: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    folded = ((fold(spelling).text, spelling) for spelling in spellings)
    return tuple(sorted(folded, key=lambda pair: len(pair[0]), reverse=True))


def _skip_own_mention(text: str, at: int, bot_name: str | None) -> tuple[int, str | None]:
    """Step over @our_bot in front, which is how platforms without slash commands call it."""
    own = fold(bot_name or "").text.lstrip("@")
    found = re.compile(rf"\s*@{re.escape(own)}(?![a-z0-9_])[\s:,]*").match(text, at) if own else None
    return (found.end(), bot_name) if found else (at, None)


def _mention_behind(folded: Folded, at: int, bot_name: str | None) -> tuple[int, str | None]:
    """Read @botname behind a command; a mention of another bot moves the place but gives no name."""
    end, own = _skip_own_mention(folded.text, at, bot_name)
    if own:
        return end, own
    found = _MENTION.match(folded.text, at)
    if found is None:
        return at, None
    return found.end(), None if bot_name else folded.typed(*found.span(1))


def _rest(folded: Folded, at: int) -> str:
    behind = _BEHIND_NAME.match(folded.text, at)
    return folded.source[folded.start(behind.end() if behind else at) :].strip()


def closest_command(typed: str, names: Mapping[str, str]) -> str | None:
    """Offer the known command that an unknown one was probably meant to be."""
    key = squeeze(typed)
    best: tuple[int, str] | None = None
    for spelling, name in names.items():
        known = squeeze(spelling)
        mistakes = distance(key, known)
        longer = min(len(key), len(known)) >= 3 and (key.startswith(known) or known.startswith(key))
        near = mistakes <= _allowed(known) and bool(set(key) & set(known))
        if (near or longer) and (best is None or mistakes < best[0]):
            best = (mistakes, name)
    return best[1] if best else None


def _allowed(known: str) -> int:
    if is_chinese(known[0]):
        return 1 if len(known) > 1 else 0
    return 1 if len(known) < 5 else 2


_UNKNOWN = re.compile(
    rf"\s*(?:/{_BLANKS}(?P<word>[a-z][a-z0-9_]{{0,31}})(?:@[a-z0-9_]+)?(?=$|[\s:,.!?]|[^\x00-\x7f])"
    rf"|[/⁄∕╱]{_BLANKS}(?P<zh>[\u4e00-\u9fff]{{1,8}})(?![\u4e00-\u9fff/])"
    r"|、(?P<pause>[\u4e00-\u9fff]{1,4})(?=\s|$))"
)


def unknown_command(text: str) -> str | None:
    """Give the word that was typed as a command, if the text looks like a command at all."""
    folded = fold(text)
    found = _UNKNOWN.match(folded.text)
    if found is None or found.lastgroup is None:
        return None
    return folded.typed(*found.span(found.lastgroup))
