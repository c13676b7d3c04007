"""Reading what a client sent: what is missing, empty or too long is refused with Tencent's codes."""

from __future__ import annotations

from collections.abc import Mapping

from classroom.events import Json
from tests.tencentapi.refusal import RefusedError

Obj = Mapping[str, Json]


def obj(value: Json, code: int = 40058) -> Obj:
    """A dictionary, or a refusal."""
    if not isinstance(value, dict):
        raise RefusedError(code, "an object is missing")
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
