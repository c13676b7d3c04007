"""Careful reading of JSON of which nothing is promised: a missing or odd field is an empty one."""

from __future__ import annotations

from datetime import UTC, datetime

from classroom.events import Json

Obj = dict[str, Json]
EPOCH = datetime.fromtimestamp(0, UTC)


def obj(source: Json, key: str) -> Obj:
    """Give the object under `key`, or an empty one."""
    value = source.get(key) if isinstance(source, dict) else None
    return value if isinstance(value, dict) else {}


def objs(source: Json, key: str) -> list[Obj]:
    """Give the objects of the list under `key`."""
    value = source.get(key) if isinstance(source, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(source: Obj, key: str) -> str:
    """Give the string under `key` without what a database refuses (NUL, halves of a surrogate pair)."""
    value = source.get(key)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\x00", "")


def number(source: Obj, key: str) -> int | None:
    """Give the whole number under `key`."""
    value = source.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def ident(source: Obj, key: str) -> str:
    """Give the id under `key` as our words carry ids, or an empty string."""
    value = number(source, key)
    return "" if value is None or abs(value) >= 1 << 63 else str(value)


def when(source: Obj, key: str) -> datetime | None:
    """Give the moment under `key` in UTC."""
    value = number(source, key)
    if not value:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
