"""Whether a message in the group is a 收到, and whether it says more than that."""

from __future__ import annotations

import re
from enum import StrEnum

from classroom.folding import fold, squeeze
from classroom.relations import relation_words
from classroom.roster import Roster


class Ack(StrEnum):
    """What a message confirms: nothing, a notice and nothing else, or a notice beside what else it says."""

    NONE = "none"
    BARE = "bare"
    MORE = "more"


LONGEST_BARE = 40
_SIGNS = re.compile(r"^[\s👌👍✅🆗🫡💯🏻-🏿\ufe0f]*[👌👍✅🆗🫡][\s👌👍✅🆗🫡💯🏻-🏿\ufe0f]*$")
_NAMED = re.compile(r"\[(?:ok|好的|收到|强|赞)\]", re.IGNORECASE)
_CORE = (
    r"(?:(?:已|均已|都|全部)?收到(?:通知|消息|信息)?|收道|(?:已|都)?知道|(?:已)?知悉|(?:已)?了解|明白|清楚|已?阅|已读"
    r"|roger(?:that)?|received|receive|gotit|noted|copythat|copy|understood|ok(?:ay|ie)?|okk+)"
)
_SOFT = r"(?:好的?|好滴|好嘞|嗯+|哦|行|可以|老师好?|您好|是的?|ok(?:ay)?|well|yes|teacher|dear|hi|hello)"
_TAIL = r"(?:了+|啦|哈+|哦|喔|噢|呢|的|老师|王老师|[一-龥]老师|teacher|miss|sir|ma'?am|1)"
_THANKS = (
    r"(?:非常|太|多|十分)?(?:谢谢+|感谢|多谢|谢|辛苦|劳烦|麻烦)(?:您|你|各位|老师|大家|们|了|啦|提醒|通知|辛苦)*|thanks?(?:you|s)?|thankyou(?:verymuch|somuch)?"
    r"|thx|ty"
)
_BARE = re.compile(rf"(?:{_SOFT}|{_TAIL})*{_CORE}(?:{_SOFT}|{_TAIL}|{_CORE})*", re.IGNORECASE)
_THANKED = re.compile(
    rf"(?:{_SOFT}|{_TAIL}|{_THANKS})*{_CORE}(?:{_SOFT}|{_TAIL}|{_CORE}|{_THANKS})*", re.IGNORECASE
)
_OPENING = re.compile(
    rf"\s*(?:{_SOFT}[\s,，.。!！~～、]*)*(?:已?收到(?:通知|消息)?了?|roger|received|got it|noted)"
    r"(?:老师)?[\s]*[,，.。!！~～;；、\n]+\s*(?P<more>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_ASKED = re.compile(r"[?？]|[吗嘛没么]\s*[。!！]*$")


def read_ack(text: str, roster: Roster | None = None) -> Ack:
    """Tell a 收到 from one that carries a question, a thank-you or anything else; 没收到 is none.

    With a roster, 张小明妈妈收到 and 李雷 收到 are read, too.
    """
    plain = _NAMED.sub("ok", fold(text).text).strip()
    if plain == "1" or _SIGNS.match(plain):
        return Ack.BARE
    words = squeeze(plain)
    if len(words) <= LONGEST_BARE and not _ASKED.search(plain):
        if _BARE.fullmatch(words):
            return Ack.BARE
        if _THANKED.fullmatch(words):
            return Ack.MORE
    if (found := _OPENING.match(plain)) and not re.match(r"了?(?:吗|没|么)", found["more"]):
        return Ack.MORE
    if roster is not None and (rest := _without_names(plain, roster)) is not None:
        return read_ack(rest)
    return Ack.NONE


def _without_names(plain: str, roster: Roster) -> str | None:
    """What is left of 张小明妈妈收到 without the child's name and the relation; None if no name is there."""
    named = roster.mentions(plain)
    if not named or named[0].start > 2 or not re.search(_CORE, plain, re.IGNORECASE):
        return None
    rest = plain[: named[0].start] + plain[named[0].end :].lstrip(" 的:：,，-")
    relation = next((word for word, _ in relation_words() if rest.startswith(word)), "")
    return rest[len(relation) :].lstrip(" :：,，-")
