"""What may stand in one cell of a roster, and how it is tidied: names, numbers, aliases, phones."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from classroom.errors import HomeroomError
from classroom.roster_rows import MAX_TEXT, RefusalReason

# Spreadsheets and phone books paste these around numbers and names; none is ever meant.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
_FULL_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_TIDY = {**_INVISIBLE, **_FULL_WIDTH, 0xFF0B: "+"}
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BLANK_IN_NAME = re.compile(rf"(?<={_HAN})[^\S\n\r]+(?={_HAN})")
_BLANKS = re.compile(r"[^\S\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_NOTHING = frozenset(
    {"", "无", "無", "暂无", "没有", "空", "-", "--", "—", "——", "/", "\\", "n/a", "na", "none", "null"}
)
_ALIAS_SEPARATORS = re.compile("[、,\uff0c;\uff1b/\uff0f|\uff5c]")
_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?[eE]\+?(\d{1,2})")
_PHONE_NOISE = re.compile(r"[\s\-().·\u2010-\u2015\uff08\uff09\uff0d]")
_PHONE = re.compile(r"\+?[0-9]{5,20}")


class CellRefusedError(HomeroomError):
    """One cell cannot be taken; the row it stands in is refused with this reason and value."""

    def __init__(self, reason: RefusalReason, value: str) -> None:
        """Keep of `value` what can be shown on one line."""
        super().__init__(reason.value)
        self.reason = reason
        self.value = printable(value)


def printable(value: str) -> str:
    """Shorten a refused value and replace what cannot be shown or stored."""
    shown = "".join(" " if _is_control(char) else char for char in value[: 4 * MAX_TEXT]).strip()
    return shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 1] + "…"


def tidy(text: str) -> str:
    """Take off what nobody meant: outer and zero-width blanks, full-width digits, Excel's apostrophe."""
    text = text.translate(_TIDY).strip()
    if text[:1] in {"'", "’", "‘"}:
        text = text[1:].lstrip()
    return _BLANKS.sub(" ", text)


def name_of(text: str) -> str:
    """Read a person's name of 1 to 40 characters; blanks between Chinese characters (李　雷) are padding."""
    name = _BLANK_IN_NAME.sub("", tidy(text))
    if not name:
        raise CellRefusedError(RefusalReason.NAME_MISSING, text)
    _check(name)
    if not any(_is_letter(char) for char in name):
        raise CellRefusedError(RefusalReason.NOT_A_NAME, name)
    return name


def words_of(text: str) -> str | None:
    """Read an optional name or relation; 无, - and the like mean nothing."""
    words = _BLANK_IN_NAME.sub("", tidy(text))
    if words.casefold() in _NOTHING:
        return None
    _check(words)
    return words


def aliases_of(text: str) -> tuple[str, ...]:
    """Read several aliases separated by 、 , ; or /, each once and in order."""
    if tidy(text).casefold() in _NOTHING:
        return ()
    found = (words_of(part) for part in _ALIAS_SEPARATORS.split(text))
    return tuple(dict.fromkeys(alias for alias in found if alias))


def number_of(text: str) -> str | None:
    """Read a student number as it was typed, also where Excel made a float of it."""
    number = _typed(tidy(text))
    if number.casefold() in _NOTHING:
        return None
    _check(number)
    return number


def phone_of(text: str) -> str | None:
    """Read a phone number of 5 to 20 digits, with or without +, blanks, hyphens and brackets."""
    phone = _typed(tidy(text))
    if phone.casefold() in _NOTHING:
        return None
    bare = _PHONE_NOISE.sub("", phone)
    if not _PHONE.fullmatch(bare):
        formula = phone[0] in "=@-" or phone.startswith("+=")
        raise CellRefusedError(RefusalReason.FORMULA if formula else RefusalReason.BAD_PHONE, phone)
    return bare


def _typed(text: str) -> str:
    """Undo 20230107.0 and 1.3812345678E+10; refuse 1.38E+10, whose last digits Excel has thrown away."""
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    if match := _SCIENTIFIC.fullmatch(text):
        digits, exponent = len(match[1] or ""), int(match[2])
        if digits != exponent or digits > 15:
            raise CellRefusedError(RefusalReason.ROUNDED_NUMBER, text)
        return str(int(Decimal(text)))
    return text


def _check(text: str) -> None:
    if any(_is_control(char) for char in text):
        raise CellRefusedError(RefusalReason.CONTROL_CHARACTER, text)
    if text[0] in "=+-@":
        raise CellRefusedError(RefusalReason.FORMULA, text)
    if any(_is_emoji(char) for char in text):
        raise CellRefusedError(RefusalReason.EMOJI, text)
    if len(text) > MAX_TEXT:
        raise CellRefusedError(RefusalReason.TOO_LONG, text)


def _is_letter(char: str) -> bool:
    # Rare characters of names are private use in GB18030 files, or newer than Python's tables.
    return unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Co", "Cn"}


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) == "So" or 0x1F000 <= ord(char) <= 0x1FAFF or char in "\ufe0f\u20e3"
