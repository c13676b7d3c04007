"""Cards with buttons, and letters that end in one: how our texts and keys look where WeCom shows cards."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.platforms.tencent.wording import ended, plain, texts
from bot.ports import Key
from classroom import markup
from classroom.events import Json

CARD, HEAD = 112, 26
BUTTONS, BUTTON = 6, 10
OPTIONS, OPTION = 20, 11
START = "start "
"""What stands before the payload in the key of a button that begins with /start."""

ENDS = re.compile(r"(?<=[\n。！？；])")


class CardWords(Protocol):
    """The few words of a card's own, in the server's language."""

    @property
    def choose(self) -> str:
        """What stands above choices with numbers."""
        ...

    @property
    def submit(self) -> str:
        """The button under several options."""
        ...

    @property
    def over(self) -> str:
        """What a card without keys shows in their place."""
        ...


@dataclass(frozen=True, slots=True)
class Hand:
    """How a channel writes: our markup as `texts` of its own, and words that are `plain` there."""

    texts: Callable[[str], list[str]]
    plain: Callable[[str], str]


AS_TEXT = Hand(texts, plain)


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a letter: a text, or a card under its own task id; `keys` where it has any."""

    text: str
    card: dict[str, Json] | None = None
    task: str = ""
    keys: tuple[Key, ...] = ()
    numbers: tuple[int, ...] = ()


def parts(
    body: str,
    keys: Sequence[Key],
    phrases: CardWords,
    *,
    protect: bool = False,
    first: int = 1,
    hand: Hand = AS_TEXT,
) -> list[Part]:
    """A letter as messages, the keys with the last: as a card where it can be one, else with numbers.

    A card can be passed on, so that what is protected has none. Numbers begin with `first`.
    """
    if not keys:
        return [Part(text) for text in hand.texts(body)]
    if not protect and (found := _with_card(body, keys, phrases, hand)) is not None:
        return found
    numbers = tuple(range(first, first + len(keys)))
    listed = "\n".join(f"{n}  {hand.plain(key.label)}" for n, key in zip(numbers, keys, strict=True))
    whole = ended(hand.texts(body), f"{phrases.choose}\n{listed}")
    if not whole:
        return []
    return [*(Part(text) for text in whole[:-1]), Part(whole[-1], None, "", tuple(keys), numbers)]


def card(text: str, keys: Sequence[Key], phrases: CardWords, task: str) -> dict[str, Json] | None:
    """A card with this text and these keys; None where they do not fit. Without keys it is over."""
    if len(text) > CARD:
        return None
    made: dict[str, Json] = {"task_id": task, **_words(text)}
    if len(keys) <= BUTTONS and all(len(key.label) <= BUTTON for key in keys):
        listed: list[Json] = [
            {"text": key.label, "style": 1 if place == 0 else 2, "key": key_of(key)}
            for place, key in enumerate(keys)
        ]
        over: list[Json] = [{"text": phrases.over, "style": 2, "key": "over"}]
        made |= {"card_type": "button_interaction", "button_list": listed or over}
        return made if keys else made | {"replace_text": phrases.over}
    if len(keys) <= OPTIONS and all(len(key.label) <= OPTION for key in keys):
        options: list[Json] = [{"id": key_of(key), "text": key.label, "is_checked": False} for key in keys]
        return made | {
            "card_type": "vote_interaction",
            "checkbox": {"question_key": "q", "mode": 0, "option_list": options},
            "submit_button": {"text": phrases.submit, "key": "submit"},
        }
    return None


def new_task() -> str:
    """An id for a card, which no other of the app's cards has."""
    return f"hr-{secrets.token_hex(12)}"


def is_task(ref: str) -> bool:
    """Whether a ref of ours is a card's."""
    return ref.startswith("hr-")


def _with_card(body: str, keys: Sequence[Key], phrases: CardWords, hand: Hand) -> list[Part] | None:
    """The beginning as text where it is long, and a card with its end."""
    text, spans = markup.read(body)
    if any(span.kind == "text_link" for span in spans) or len({key_of(key) for key in keys}) < len(keys):
        return None
    head, tail = _cut(text.strip())
    task = new_task()
    made = card(tail, keys, phrases, task) if tail else None
    if made is None:
        return None
    before = [Part(piece) for piece in _pieces(head, hand)]
    return [*before, Part(tail, made, task, tuple(keys))]


def _cut(text: str) -> tuple[str, str]:
    """What goes before a card, and what stands in it: whole sentences, as many as fit."""
    if len(text) <= CARD:
        return "", text
    for place in ENDS.finditer(text, len(text) - CARD):
        if tail := text[place.end() :].strip():
            return text[: place.end()].rstrip(), tail
    return text, ""


def _pieces(text: str, hand: Hand) -> list[str]:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return hand.texts(escaped) if text else []


def _words(text: str) -> dict[str, Json]:
    head, line, rest = text.partition("\n")
    if len(head) <= HEAD and head.strip() and not line:
        return {"main_title": {"title": text}}
    if line and head.strip() and len(head) <= HEAD and rest.strip():
        return {"main_title": {"title": head}, "sub_title_text": rest}
    return {"sub_title_text": text}


def key_of(key: Key) -> str:
    """What comes back when a button is pressed, or an option chosen."""
    return key.token if key.token is not None else f"{START}{key.payload}"
