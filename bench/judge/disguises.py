"""The ways in which advertisers hide words, to make disguised copies of messages."""

from __future__ import annotations

import random
from collections.abc import Callable

from classroom.traditional import SIMPLIFIED

_TRADITIONAL = {chr(simple): chr(old) for old, simple in SIMPLIFIED.items()}
_CYRILLIC = str.maketrans("aeopcyxkmtbh", "аеорсухкмтвн")
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_EMOJI = "🌹🔥😀👉✨"


def _between(sign: str) -> Callable[[str], str]:
    return lambda text: text if "://" in text else sign.join(text)


def _emoji(text: str) -> str:
    chance = random.Random(len(text))
    return "".join(c + (chance.choice(_EMOJI) if chance.random() < 0.3 else "") for c in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "full-width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "mathematical": lambda t: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in t),
    "zero-width": _between("\u200b"),
    "traditional": lambda t: "".join(_TRADITIONAL.get(c, c) for c in t),
    "Cyrillic": lambda t: t.translate(_CYRILLIC),
    "blanks": _between(" "),
    "dots": _between("."),
    "Chinese digits": lambda t: t.translate(_DIGITS),
    "微信 by ear": lambda t: t.replace("微信", "薇❤").replace("vx", "V❤").replace("VX", "徽亻言"),
    "emoji": _emoji,
}
"""By name; links are left whole by those that would break them."""
