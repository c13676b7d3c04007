"""Too much at once: one sender who repeats a text or writes many messages. Lists that grow are no flood."""

from __future__ import annotations

import re
from datetime import timedelta

from classroom.rules.topics.verdicts import Category, Context, Reason, Sureness, Verdict

REPEAT_WINDOW = timedelta(minutes=10)
REPEATS = 3
"""A text said the third time within the window is a likely flood, the fifth time a sure one."""

BURST_WINDOW = timedelta(minutes=2)
BURST = 10
"""So many messages within two minutes are a likely flood, never a sure one: each may matter."""

_SHORTEST = 6
_ONE_SIGN = re.compile(r"(.{1,3})\1{39,}", re.DOTALL)
_LIST = re.compile(r"接龙|(?:^|\n)\s*(?:[#＃]|\d{1,3}\s*[.、,，。:：)）])", re.MULTILINE)


def is_list(text: str) -> bool:
    """True for a 接龙 typed as text, which everybody copies with one line more."""
    return _LIST.search(text) is not None


def flood(text: str, said: str, context: Context) -> Verdict | None:
    """Judge how much was said of late; `text` in comparable form, `said` as typed."""
    if len(said) > 120 and (found := _ONE_SIGN.search(said)):
        return Verdict(Category.FLOOD, Sureness.LIKELY, (Reason("one_sign", found[1]),))
    if not context.recent or is_list(said):
        return None
    same = sum(one.text == text and context.now - one.at <= REPEAT_WINDOW for one in context.recent) + 1
    if len(text) >= _SHORTEST and same >= REPEATS:
        sureness = Sureness.SURE if same >= REPEATS + 2 else Sureness.LIKELY
        return Verdict(Category.FLOOD, sureness, (Reason("repeated", text[:20]),))
    close = sum(context.now - one.at <= BURST_WINDOW for one in context.recent) + 1
    return (
        Verdict(Category.FLOOD, Sureness.LIKELY, (Reason("burst", str(close)),)) if close >= BURST else None
    )
