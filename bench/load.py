"""What people write in the benchmark: ordinary words, questions to the bot, advertisements."""

from __future__ import annotations

import itertools
import time
from typing import Any

from bench.seed import FAMILIES, _name, group_native, mother_native

WORDS = (
    "明天几点到校？",
    "孩子今天的数学作业写完了吗",
    "请问春游需要带午饭吗",
    "老师辛苦啦",
    "我家孩子的水杯落在教室了",
    "周五的家长会在哪个教室开",
    "语文第三课要背诵吗？",
    "校服统一周一穿",
    "有没有人看到一件蓝色外套",
    "明天降温，给孩子多穿点",
    "美术课需要带水彩笔吗",
    "谢谢各位家长帮忙",
)
AD = "加微信 abc12345 领取免费课程，名额有限，低价代购"
COUNT = itertools.count(1)


def message(place: int, family: int, text: str, want: str | None = None) -> dict[str, Any]:
    """An update: a mother writes in her class's group."""
    number = next(COUNT)
    made: dict[str, Any] = {
        "update_id": 100_000 + number,
        "message": {
            "message_id": 500_000 + number,
            "date": int(time.time()),
            "from": {
                "id": mother_native(place, family),
                "is_bot": False,
                "first_name": _name(family + 1),
                "language_code": "zh",
            },
            "chat": {"id": group_native(place), "type": "supergroup", "title": f"三年级{place + 1}班"},
            "text": text,
        },
    }
    if text.startswith("/"):
        made["message"]["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return made | ({"want": want} if want else {})


def private(native: int, text: str, **more: Any) -> dict[str, Any]:
    """An update: somebody writes to the bot, and is answered."""
    number = next(COUNT)
    written = {
        "message_id": 500_000 + number,
        "date": int(time.time()),
        "from": {"id": native, "is_bot": False, "first_name": "王老师", "language_code": "zh"},
        "chat": {"id": native, "type": "private", "first_name": "王老师"},
        **({"text": text} if text else {}),
        **more,
    }
    return {"update_id": 100_000 + number, "message": written, "want": "answer"}


def plain(count: int, classes: int, families: int = FAMILIES) -> list[dict[str, Any]]:
    """Messages that need no answer; one at the end of each class does: then all before it is done."""
    found = [
        message(i % classes, (i // classes * 7) % families, f"{WORDS[i % len(WORDS)]}{'' if i % 3 else '？'}")
        for i in range(count)
    ]
    return [*found, *(message(c, 0, "/rules", "answer") for c in range(min(classes, 50)))]


def acted(count: int, classes: int, families: int = FAMILIES) -> list[dict[str, Any]]:
    """Four of five are answered, one of five is deleted."""
    return [
        message(i % classes, (i // classes * 7) % families, AD, "delete")
        if i % 5 == 4
        else message(i % classes, (i // classes * 7) % families, "/rules", "answer")
        for i in range(count)
    ]
