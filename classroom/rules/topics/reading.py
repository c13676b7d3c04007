"""A message in the form that the lists know: no blanks, marks or emoji, one spelling for each character."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classroom.folding import fold

_TRADITIONAL = dict(
    zip(
        "購買賣價優惠團課輔導訓營號碼聯繫絡電話微訊賺錢兼職業單結費領獎贈禮紅發給師長學員證詐騙險貸車房權轉帳賬"
        "鏈接點擊擴羣群讚贊幫請這們個對雙內線開關閉應號廣傳類種體驗專屬機構諮詢報名額滿減運動動嘅係郵時兒適僅來須經見過還進連",
        "购买卖价优惠团课辅导训营号码联系络电话微讯赚钱兼职业单结费领奖赠礼红发给师长学员证诈骗险贷车房权转账账"
        "链接点击扩群群赞赞帮请这们个对双内线开关闭应号广传类种体验专属机构咨询报名额满减运动动的是邮时儿适仅来须经见过还进连",
        strict=True,
    )
)
_LOOK_ALIKE = dict(zip("аеорсухкмтвні丫讠", "aeopcyxkmtbhiy言", strict=True))
_MEANT = {
    "➕": "加",
    "＋": "加",
    "+": "加",
    "❤": "♥",
    "♡": "♥",
    "💗": "♥",
    "💚": "♥",
    "💙": "♥",
    "💛": "♥",
    "🛰": "卫星",
}
_URL = re.compile(
    r"(?:https?://|www\.)[\x21-\x7e]+|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+[a-z]{2,6}/[\x21-\x7e]*", re.IGNORECASE
)
_KNOWN = 20_000


class _Tight(dict[int, str]):
    """Each character's comparable form, found once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        meant = _MEANT.get(char) or "".join(
            _TRADITIONAL.get(part, _LOOK_ALIKE.get(part, part)) for part in fold(char).text if part.isalnum()
        )
        if len(self) < _KNOWN:
            self[code] = meant
        return meant


_TIGHT = _Tight()


@dataclass(frozen=True, slots=True)
class Reading:
    """A message's words, and its links apart, since dots and capitals are what links are made of."""

    text: str
    urls: tuple[str, ...]


def tight(text: str) -> str:
    """A text without its links, blanks, marks and emoji, in simplified small characters."""
    return read(text).text


def read(text: str, urls: tuple[str, ...] = ()) -> Reading:
    """Take a message apart into words and links."""
    if "." in text:
        urls = (*urls, *(found[0].lower() for found in _URL.finditer(text)))
        text = _URL.sub(" ", text)
    return Reading(text.translate(_TIGHT), urls)
