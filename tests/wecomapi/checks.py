"""What WeCom refuses in a message: lengths in bytes, cards with too much or too little in them."""

from __future__ import annotations

import re

from tests.tencentapi.checks import Obj, obj, objects, signs, text, words
from tests.tencentapi.refusal import RefusedError

__all__ = ["Obj", "card_buttons", "card_text", "obj", "objects", "signs", "text", "words"]

TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")


def card_text(card: Obj) -> str:
    """What is to be read on a card."""
    title = obj(card["main_title"]) if "main_title" in card else {}
    head, beside = signs(title, "title", 26), signs(title, "desc", 30)
    below = signs(card, "sub_title_text", 112)
    if not (head or below):
        raise RefusedError(40058, "main_title or sub_title_text is needed")
    return "\n".join(part for part in (head, beside, below) if part)


def card_buttons(card: Obj, *, update: bool = False) -> dict[str, str]:
    """What can be pressed or chosen on a card: label to key."""
    kind = text(card, "card_type")
    if kind not in (*INTERACTIVE, "text_notice", "news_notice"):
        raise RefusedError(40058, "card_type")
    if kind in INTERACTIVE and not update and not TASK.fullmatch(text(card, "task_id")):
        raise RefusedError(40058, "task_id")
    if kind == "button_interaction":
        buttons = objects(card, "button_list", 6, 1)
        found = {signs(one, "text", 10): words(one, "key", 1024) for one in buttons}
        if any(one.get("style") not in (None, 1, 2, 3, 4) for one in buttons) or "" in found:
            raise RefusedError(40058, "button_list")
    elif kind == "vote_interaction":
        box = obj(card.get("checkbox"))
        words(box, "question_key", 1024)
        options = objects(box, "option_list", 20, 1)
        found = {signs(one, "text", 11): words(one, "id", 128) for one in options}
        button = obj(card.get("submit_button"))
        if box.get("mode") not in (0, 1) or not signs(button, "text", 10) or not words(button, "key", 1024):
            raise RefusedError(40058, "checkbox or submit_button")
        buttons = options
    else:
        return {}
    if len(set(found.values())) < len(buttons):
        raise RefusedError(40058, "keys are not different")
    return {} if text(card, "replace_text") else found
