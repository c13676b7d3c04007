"""WeChat's XML as a plain dictionary, and careful reading of it: a missing or odd field is an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from xml.parsers.expat import ExpatError

from classroom.events import Json

Fields = dict[str, Json]
DEEPEST = 12
EPOCH = datetime.fromtimestamp(0, UTC)


class MalformedError(Exception):
    """What came is not what Tencent sends; the text says which part, and holds nothing of it."""


def parse(text: str) -> Fields:
    """The children of the one <xml> element; MalformedError for anything else, entities included."""
    import xmltodict  # noqa: PLC0415 - comes with wechatpy, and who has no WeChat needs neither

    lowered = text.lower()
    if "<!doctype" in lowered or "<!entity" in lowered:
        raise MalformedError("doctype")
    try:
        found = xmltodict.parse(text, strip_whitespace=False, xml_attribs=False)
    except (ExpatError, ValueError, TypeError, RecursionError):
        found = None
    fields = _plain(found.get("xml") if isinstance(found, dict) else None, 0)
    if not isinstance(fields, dict):
        raise MalformedError("xml")
    return fields


def _plain(value: object, depth: int) -> Json:
    """A dictionary of dictionaries, lists and texts; an empty element is an empty text."""
    if depth > DEEPEST:
        raise MalformedError("depth")
    if isinstance(value, dict):
        inner = {str(k): v for k, v in value.items() if not str(k).startswith("#")}
        return {key: _plain(one, depth + 1) for key, one in inner.items()}
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    return value if isinstance(value, str) else ""


def text(source: Mapping[str, Json], key: str) -> str:
    """The text under `key`, without what a database refuses."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).encode("utf-8", "replace").decode().replace("\x00", "")


def number(source: Mapping[str, Json], key: str) -> int | None:
    """The whole number under `key`, however it is written."""
    value = source.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return None


def when(source: Mapping[str, Json], key: str) -> datetime:
    """The moment under `key`, which is in seconds; the beginning of time where there is none."""
    try:
        return datetime.fromtimestamp(number(source, key) or 0, UTC)
    except (ValueError, OverflowError, OSError):
        return EPOCH


def inner(source: Mapping[str, Json], key: str) -> Fields:
    """The dictionary under `key`, or an empty one."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def several(source: Mapping[str, Json], *path: str) -> list[Fields]:
    """The elements at the end of a path, though one alone comes as itself and several as a list."""
    *outer, last = path
    for key in outer:
        source = inner(source, key)
    value = source.get(last)
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def words(source: Mapping[str, Json], *path: str) -> list[str]:
    """As `several`, for elements that hold a text each; empty ones left out."""
    *outer, last = path
    for key in outer:
        source = inner(source, key)
    value = source.get(last)
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and one]
