"""How numbers, weekdays and months are written, in comparable form."""

from __future__ import annotations

from classroom.folding import Folded, fold

_TRADITIONAL = str.maketrans("點週後號時兩鐘個禮過裡裏內與從", "点周后号时两钟个礼过里里内与从")
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ZH_NUMBER = (
    "[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九]|[零〇一二两三四五六七八九]"
)

NUMBER = rf"(?:\d{{1,2}}|{_ZH_NUMBER})(?!\d)"
"""A number up to 99, in digits or Chinese."""

WEEK = "(?:周|星期|礼拜)"
WEEKDAYS_EN = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|"
    r"sat(?:urday)?|sun(?:day)?)(?![a-z'’])\.?"
)
MONTHS_EN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z'’])\.?"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS_EN = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}


def comparable(text: str) -> Folded:
    """Undo full-width forms, capitals and traditional characters; positions still lead to the typed text."""
    folded = fold(text)
    return Folded(folded.source, folded.text.translate(_TRADITIONAL), folded.origin, folded.ends)


def number(word: str) -> int:
    """Read 7, 07, 七, 十二, 二十一, 零五, 两, one; what is written otherwise is a mistake of the caller's."""
    if word.isdecimal():
        return int(word)
    if word in _NUMBERS_EN:
        return _NUMBERS_EN[word]
    tens, ten, ones = word.rpartition("十")
    if ten:
        return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
    return _DIGITS[word[-1]]


def weekday(word: str) -> int:
    """Say which day of the week 一, 日, 天, 3, fri or Friday is; Monday is 0."""
    if word in "日天7":
        return 6
    return _WEEKDAYS.index(word[:3]) if word[0].isascii() and word[0].isalpha() else number(word) - 1


def month(word: str) -> int:
    """Say which month dec or December is."""
    return _MONTHS.index(word[:3]) + 1
