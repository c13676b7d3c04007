"""What WeCom refuses in a message: lengths in bytes, cards with too much or too little in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from classroom.events import Json
from tests.wecomapi.corp import RefusedError

TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
Obj = Mapping[str, Json]


def obj(value: Json) -> Obj:
    """A dictionary, or a refusal."""
    if not isinstance(value, dict):
        raise RefusedError(40058, "an object is missing")
    return value


def text(source: Obj, key: str) -> str:
    """A text; empty where there is none."""
    value = source.get(key)
    if value is not None and not isinstance(value, str):
        raise RefusedError(40058, f"{key} must be a string")
    return value or ""


def words(source: Obj, key: str, most: int) -> str:
    """A text of at most so many bytes, which must not be empty."""
    found = text(source, key)
    if not found.strip():
        raise RefusedError(44004, f"{key} is empty")
    if len(found.encode()) > most:
        raise RefusedError(45002, f"{key} is too long")
    return found


def signs(source: Obj, key: str, most: int) -> str:
    """A text of at most so many characters."""
    found = text(source, key)
    if len(found) > most:
        raise RefusedError(40058, f"{key} is too long")
    return found


def objects(source: Obj, key: str, most: int, least: int = 0) -> list[Obj]:
    """A list of so many dictionaries."""
    value = source.get(key)
    listed = value if isinstance(value, list) else []
    if not least <= len(listed) <= most:
        raise RefusedError(40058, f"{key}: {len(listed)} elements")
    return [obj(one) for one in listed]


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
