"""The judge's lists: which words are which kind of sign. Data only; all in the form `reading.tight` gives.

A list is words parted by blanks; {a|b|} stands for a, b or nothing, and may hold another {c|d}. No kind of
sign proves anything alone: 优惠, 扫码 and 微信 stand in many a teacher's own notice. What matters is which kinds
stand together.
"""

from classroom.rules.topics.lexicon.collecting import MONEY
from classroom.rules.topics.lexicon.forms import FORMS, TRADES
from classroom.rules.topics.lexicon.games import CHEAT
from classroom.rules.topics.lexicon.guards import GUARDS, NEUTRAL
from classroom.rules.topics.lexicon.markets import CLAIM, OFFER, SERVICE, TERMS
from classroom.rules.topics.lexicon.offers import COMMERCE, GOODS, OFFERING, PERSONAL
from classroom.rules.topics.lexicon.others import OTHER
from classroom.rules.topics.lexicon.privacy import LEAKING
from classroom.rules.topics.lexicon.shapes import (
    AMOUNT,
    DIGIT,
    GROUP_LINKS,
    HANDLES,
    IDENTITY,
    MARKS,
    MARKS_WORDS,
    OWN,
    PHONE,
    PLACE,
    SHOP_LINKS,
    TEACHING,
    WECHAT,
)
from classroom.rules.topics.lexicon.votes import VOTING
from classroom.rules.topics.lexicon.wares import BARGAINS, WARES

__all__ = [
    "AMOUNT",
    "BARGAINS",
    "CHEAT",
    "CLAIM",
    "COMMERCE",
    "DIGIT",
    "FORMS",
    "GOODS",
    "GROUP_LINKS",
    "GUARDS",
    "HANDLES",
    "IDENTITY",
    "LEAKING",
    "MARKS",
    "MARKS_WORDS",
    "MONEY",
    "NEUTRAL",
    "OFFER",
    "OFFERING",
    "OTHER",
    "OWN",
    "PERSONAL",
    "PHONE",
    "PLACE",
    "SERVICE",
    "SHOP_LINKS",
    "TEACHING",
    "TERMS",
    "TRADES",
    "VOTING",
    "WARES",
    "WECHAT",
    "together",
]


def together() -> dict[str, str]:
    """Every list by its kind; where a word stands in several, the first kind has it."""
    lists = {"neutral": NEUTRAL} | GUARDS | MONEY | VOTING | OFFERING | PERSONAL | LEAKING | OTHER
    lists |= {"cheat": CHEAT, "service": SERVICE, "claim": CLAIM, "offer": OFFER, "terms": TERMS}
    lists |= {"goods": GOODS + WARES + TRADES, "bargain": BARGAINS, "commerce": COMMERCE}
    return {kind: words + FORMS.get(kind, "") for kind, words in lists.items()}
