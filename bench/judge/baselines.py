"""Three other ways to tell ads, to see what the judge is worth: words, naive Bayes, and tg-spam's method."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from math import exp, log, sqrt

Flags = Callable[[str], bool]
Labelled = list[tuple[str, bool]]

WORDS = (
    "加微信",
    "微信号",
    "vx",
    "代购",
    "包邮",
    "特价",
    "优惠",
    "限时",
    "秒杀",
    "兼职",
    "日结",
    "刷单",
    "返利",
    "赚钱",
    "副业",
    "贷款",
    "信用卡",
    "办证",
    "发票",
    "彩金",
    "招代理",
    "加盟",
    "减肥",
    "面膜",
    "扫码进群",
    "进群",
    "私聊",
    "私我",
    "联系我",
    "名额有限",
    "免费领",
    "砍一刀",
    "助力",
    "拉票",
    "投票",
    "集赞",
    "点赞",
    "团购",
    "招生",
    "试听",
    "一对一",
    "提分",
    "保过",
    "二手房",
    "房源",
    "下单",
    "促销",
    "折扣",
    "discount",
    "promo",
    "dm",
)


def keywords() -> Flags:
    """Any of fifty words that such messages are known by."""
    return lambda text: any(word in text.lower() for word in WORDS)


def _bayes(data: Labelled, tokens: Callable[[str], Iterable[str]]) -> Callable[[str], float]:
    """Naive Bayes with add-one smoothing; gives the probability of being unwanted."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    messages = Counter(unwanted for _, unwanted in data)
    for text, unwanted in data:
        counts[unwanted].update(tokens(text))
    words = len(counts[True] | counts[False]) or 1
    totals = {which: sum(counts[which].values()) + words for which in counts}

    def probability(text: str) -> float:
        odds = log(messages[True] / messages[False])
        for token in tokens(text):
            odds += log((counts[True][token] + 1) / totals[True])
            odds -= log((counts[False][token] + 1) / totals[False])
        return 1 / (1 + exp(-max(-700.0, min(700.0, odds))))

    return probability


def bigrams(data: Labelled) -> Flags:
    """Naive Bayes over pairs of characters."""
    probability = _bayes(data, lambda text: [text[i : i + 2] for i in range(len(text) - 1)])
    return lambda text: probability(text) > 0.5


def _fields(text: str) -> list[str]:
    """tg-spam's tokens: what blanks part, without marks, three characters and more."""
    parts = (re.sub(r"[.,!?\-:;()#]", "", part) for part in text.lower().split())
    return [part for part in parts if len(part) >= 3]


def tg_spam(data: Labelled, shortest: int) -> Flags:
    """tg-spam as it describes itself: naive Bayes over tokens, likeness to known spam, too many emoji.

    Messages below `shortest` characters are not looked at by the first two (its default is 50).
    """
    probability = _bayes(data, _fields)
    known = [Counter(_fields(text)) for text, unwanted in data if unwanted]

    def flags(text: str) -> bool:
        if sum(unicodedata.category(c) == "So" for c in text) > 2:
            return True
        if len(text) < shortest:
            return False
        mine = Counter(_fields(text))
        return bool(mine) and (probability(text) > 0.5 or any(_cosine(mine, one) >= 0.5 for one in known))

    return flags


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    dot = sum(count * other[token] for token, count in one.items())
    size = sqrt(sum(c * c for c in one.values())) * sqrt(sum(c * c for c in other.values()))
    return dot / size if size else 0.0
