"""A database as if classes had lived in it: groups, rosters, families who have opened the private door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from storage.database import open_database
from storage.tables import Account, Chat, Classroom, Guardian, Member, Notice, Person, RoleGrant, StudentRow

FAMILIES = 40
SURNAMES = "张王李赵陈杨刘黄周吴"
GIVEN = ("子涵", "欣怡", "浩然", "雨桐", "思远", "佳琪", "明轩", "诗雨", "俊杰", "梓萱")
SLICE = 100


def group_native(place: int) -> int:
    """The Telegram id of the group of the class at `place`."""
    return -1_001_000_000_000 - place


def mother_native(place: int, family: int) -> int:
    """The Telegram id of the mother of a family."""
    return 10_000_000 + place * 100 + family


def teacher_native(place: int) -> int:
    """The Telegram id of the class's teacher."""
    return 10_000_000 + place * 100 + 99


def child(family: int) -> str:
    """The name of a child."""
    return SURNAMES[family // len(GIVEN) % len(SURNAMES)] + GIVEN[family % len(GIVEN)]


def seed(url: str, classes: int, families: int = FAMILIES) -> None:
    """Fill a new database with `classes`."""
    database = open_database(url, durable=False)
    try:
        for first in range(0, classes, SLICE):
            with database.transaction() as records:
                for table, rows in _rows(range(first, min(first + SLICE, classes)), families):
                    records.connection().execute(insert(table), rows)
    finally:
        database.close()


def _rows(places: range, families: int) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Rows by table; ids are counted so that nothing has to be read back."""
    now = datetime.now(UTC)
    people, size = families + 1, families + 2  # a teacher; a group
    yield Person, [{"id": c * people + p + 1, "created_at": now} for c in places for p in range(people)]
    yield (
        Classroom,
        [
            {
                "id": c + 1,
                "name": f"三年级{c + 1}班",
                "language": "zh_CN",
                "timezone": "Asia/Shanghai",
                "country": "CN",
                "state": "active",
                "settings": {},
                "created_by": None,
                "created_at": now,
            }
            for c in places
        ],
    )
    yield Chat, [_chat(c, p, c * size + p + 1, now) for c in places for p in range(size)]
    yield (
        Account,
        [
            {
                "id": c * people + p + 1,
                "person_id": c * people + p + 1,
                "chat_id": c * size + p + 2,
                "platform": "telegram",
                "native": str(_person(c, p)),
                "name": _name(p),
                "username": None,
                "language": "zh",
                "kind": "person",
                "created_at": now,
            }
            for c in places
            for p in range(people)
        ],
    )
    yield (
        Member,
        [
            {
                "chat_id": c * size + 1,
                "account_id": c * people + p + 1,
                "present": True,
                "greeted": True,
                "tag": None,
                "seen_at": now,
            }
            for c in places
            for p in range(people)
        ],
    )
    yield (
        RoleGrant,
        [
            {
                "classroom_id": c + 1,
                "person_id": c * people + 1,
                "role": "teacher",
                "head": True,
                "until": None,
                "given_by": None,
                "given_at": now,
                "ended_at": None,
            }
            for c in places
        ],
    )
    yield (
        StudentRow,
        [
            {
                "id": c * families + f + 1,
                "classroom_id": c + 1,
                "name": child(f),
                "number": f"{f + 1:02}",
                "aliases": [],
                "public_mention": True,
                "added_at": now,
                "removed_at": None,
            }
            for c in places
            for f in range(families)
        ],
    )
    yield (
        Notice,
        [
            {
                "classroom_id": c + 1,
                "number": 1,
                "by_person": c * people + 1,
                "drafted_by": c * people + 1,
                "text": "周五下午三点开家长会，请准时参加。",
                "before": None,
                "files": [],
                "receipts": True,
                "urgent": False,
                "state": "open",
                "version": 1,
                "handle": f"notice/{c + 1}",
                "names_date": None,
                "pinned": False,
                "made_at": now,
                "sent_at": now,
            }
            for c in places
        ],
    )
    yield (
        Guardian,
        [
            {
                "classroom_id": c + 1,
                "student_id": c * families + f + 1,
                "person_id": c * people + f + 2,
                "relation": "mother",
                "state": "active",
                "notices_only": False,
                "position": 0,
                "public_mention": True,
                "how": "seed",
                "consented_at": now,
                "asked_at": now,
                "decided_by": None,
                "ended_at": None,
            }
            for c in places
            for f in range(families)
        ],
    )


def _person(place: int, number: int) -> int:
    return mother_native(place, number - 1) if number else teacher_native(place)


def _name(number: int) -> str:
    return f"{child(number - 1)}妈妈" if number else "王老师"


def _chat(place: int, number: int, row: int, now: datetime) -> dict[str, Any]:
    group = number == 0
    return {
        "id": row,
        "platform": "telegram",
        "native": str(group_native(place) if group else _person(place, number - 1)),
        "kind": "group" if group else "private",
        "classroom_id": place + 1 if group else None,
        "title": f"三年级{place + 1}班" if group else "",
        "door": "unknown" if group else "open",
        "present": True,
        "admin": group,
        "rights": ["delete", "restrict", "pin", "tag"] if group else [],
        "thread": None,
        "introduced": group,
        "pointed_at": None,
        "created_at": now,
    }


NO_LIMITS = """
[telegram.limits]
total_per_second = 0
private_per_second = 0
group_per_minute = 0
"""


def config(folder: Path, url: str, api: str, token: str, limits: bool = False) -> Path:
    """Write the configuration of a bot that nothing slows down but itself, or the platform's `limits`."""
    path = folder / "config.toml"
    path.write_text(
        f"""
[storage]
url = "{url}"
[telegram]
token = "{token}"
api_root = "{api}"
{"" if limits else NO_LIMITS}
[hours]
quiet = "off"
teacher = "off"
[log]
level = "error"
"""
    )
    return path
