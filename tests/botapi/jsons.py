"""Readers for JSON values, so that nothing here needs Any."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = dict[str, object]


def obj(value: object) -> Json:
    """Reads an object; anything else is an empty one."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Reads an array; anything else is an empty one."""
    return list(value) if isinstance(value, list) else []


def objs(value: object) -> list[Json]:
    """Reads an array of objects."""
    return [obj(item) for item in items(value)]


def text(source: Json, key: str, default: str = "") -> str:
    """Reads a string."""
    value = source.get(key)
    return value if isinstance(value, str) else default


def number(source: Json, key: str, default: int = 0) -> int:
    """Reads an integer."""
    value = source.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(source: Json, key: str, default: bool = False) -> bool:
    """Reads a boolean."""
    value = source.get(key)
    return value if isinstance(value, bool) else default


def clean(**values: object) -> Json:
    """Builds an object without the fields that are None, False, empty text or an empty list."""
    return {
        key.rstrip("_"): value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", [], {})
    }
