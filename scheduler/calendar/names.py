"""What people call holidays: 国庆, 十一, 五一, 过年, Spring Festival; whatever is short for a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classroom.folding import fold
from classroom.traditional import SIMPLIFIED

_ALSO = {
    "元旦": ("元旦节", "新年", "阳历年", "new year", "new years day"),
    "春节": ("过年", "农历新年", "大年", "年假", "chinese new year", "spring festival", "lunar new year"),
    "清明节": ("清明", "qingming", "tomb sweeping day"),
    "劳动节": ("五一", "五一节", "五一长假", "may day", "labour day", "labor day"),
    "端午节": ("端午", "端阳", "duanwu", "dragon boat", "dragon boat festival"),
    "中秋节": ("中秋", "mid autumn", "mid autumn festival", "moon festival"),
    "国庆节": ("国庆", "十一", "十一长假", "黄金周", "national day", "golden week"),
}
_ENDINGS = re.compile(r"(?:放假|假期|长假|小长假|节假日|节日|节|假|holidays?|festival|day)$")
_NOISE = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
LEAST = 2
"""Fewer letters name nothing."""


def means(typed: str, names: Iterable[str]) -> bool:
    """True if somebody who writes this means one of these names."""
    asked = _bare(typed)
    if len(asked) < LEAST:
        return False
    for name in names:
        for part in _parts(name):
            known = {part, *(_bare(word) for word in _ALSO.get(_full(part), ()))}
            if asked in known or part == _bare(_full(asked)):
                return True
    return False


def _parts(name: str) -> set[str]:
    return {_bare(piece) for piece in re.split(r"[、,，/]| and ", name) if piece.strip()} | {_bare(name)}


def _full(bare: str) -> str:
    """The full name of which this is one of the short ones; else itself."""
    for name, others in _ALSO.items():
        if bare in {_bare(name), *(_bare(other) for other in others)}:
            return name
    return bare


def _bare(name: str) -> str:
    """A name without blanks, marks and what every holiday ends with."""
    simple = fold(name).text.translate(SIMPLIFIED).casefold().replace("'", "")
    folded = _NOISE.sub(" ", re.sub(r"\(.*?\)", "", simple)).strip()
    short = _ENDINGS.sub("", folded).strip()
    return (short if len(short) >= LEAST else folded).replace(" ", "")
