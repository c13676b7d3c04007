"""Checks requests, answers and updates against the Bot API's own specification."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.botapi.jsons import Json, items, obj, text

_SPEC = obj(json.loads(Path(__file__).with_name("spec.json").read_text()))
_METHODS = obj(_SPEC["methods"])
_TYPES = obj(_SPEC["types"])
_PLAIN = {"Integer", "String", "Boolean", "Float", "InputFile"}
_NATIVE: dict[str, tuple[type, ...]] = {"String": (str,), "Float": (float, int), "Boolean": (bool,)}


def exists(method: str) -> str | None:
    """The method's own spelling, or None; Telegram compares without case."""
    return next((name for name in _METHODS if name.lower() == method.lower()), None)


def returns(method: str) -> str:
    """The types of a method's result."""
    return text(obj(_METHODS[method]), "returns")


def _fields(entry: object) -> dict[str, tuple[str, bool]]:
    """Name → (types, required)."""
    table = obj(obj(entry).get("fields"))
    return {name.rstrip("!"): (str(types), name.endswith("!")) for name, types in table.items()}


def _plain_ok(kind: str, value: object) -> bool:
    if kind == "Integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "InputFile":
        return isinstance(value, str)
    return isinstance(value, _NATIVE[kind]) and (kind == "Boolean" or not isinstance(value, bool))


def _variants(kind: str, value: object) -> list[str]:
    """The subtypes of a kind that the value's own type field allows."""
    names = [str(name) for name in items(obj(_TYPES[kind]).get("subtypes"))]
    given = obj(value)

    def fits(name: str) -> bool:
        constants = {k: t[1:] for k, (t, _) in _fields(_TYPES[name]).items() if t.startswith("=")}
        return all(given.get(key) == constant for key, constant in constants.items())

    return [name for name in names if fits(name)]


def check(types: str, value: object, path: str = "", allowed: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a value that should be of one of the types; empty if nothing is."""
    best: list[str] | None = None
    for kind in types.split("|"):
        problems = _check_one(kind, value, path, allowed)
        if not problems:
            return []
        if best is None or len(problems) < len(best):
            best = problems
    return best or [f"{path}: no type"]


def _check_one(kind: str, value: object, path: str, allowed: frozenset[str]) -> list[str]:
    if kind.startswith("="):
        return [] if value == kind[1:] else [f"{path} must be {kind[1:]}"]
    if kind.startswith("*"):
        if not isinstance(value, list):
            return [f"{path} must be an Array"]
        return [p for i, item in enumerate(value) for p in check(kind[1:], item, f"{path}[{i}]", allowed)]
    if kind in _PLAIN:
        return [] if _plain_ok(kind, value) else [f"{path} must be of type {kind}"]
    if not isinstance(value, dict):
        return [f"{path} must be an Object ({kind})"]
    if obj(_TYPES[kind]).get("subtypes"):
        variants = _variants(kind, value)
        return check("|".join(variants), value, path, allowed) if variants else [f"{path} is no {kind}"]
    return _check_fields(kind, obj(value), path, allowed)


def _check_fields(kind: str, value: Json, path: str, allowed: frozenset[str]) -> list[str]:
    fields = _fields(_TYPES[kind])
    problems = [
        f"{path}.{key}: {kind} has no such field"
        for key in value
        if key not in fields | dict.fromkeys(allowed)
    ]
    for name, (types, required) in fields.items():
        if name in value:
            problems += check(types, value[name], f"{path}.{name}", allowed)
        elif required and name not in allowed:
            problems.append(f"{path}.{name} is required in {kind}")
    return problems


def _read(types: str, raw: object) -> object:
    """A parameter as it travels (form fields are text) → the value it stands for."""
    kinds = types.split("|")
    if not isinstance(raw, str):
        return raw
    if "Integer" in kinds and re.fullmatch(r"-?\d{1,19}", raw):
        return int(raw)
    if "Float" in kinds and re.fullmatch(r"-?\d+(\.\d+)?", raw):
        return float(raw)
    if kinds == ["Boolean"] and raw.lower() in ("true", "false", "0", "1"):
        return raw.lower() in ("true", "1")
    if not set(kinds) & {"String", "InputFile"} and set(kinds) - _PLAIN:
        try:
            return json.loads(raw)
        except ValueError:
            return raw
    return raw


def read_request(method: str, raw: Json, uploads: set[str]) -> tuple[Json, list[str], list[str]]:
    """The typed parameters, what is wrong with them, and which required ones are missing."""
    fields = _fields(_METHODS[method])
    values: Json = {}
    problems = []
    for name, given in raw.items():
        if name not in fields:
            problems.append(f'unknown parameter "{name}"')
        elif given is not None:
            values[name] = _read(fields[name][0], given)
            problems += check(fields[name][0], values[name], name)
    for name in uploads & set(fields):
        if "InputFile" in fields[name][0].split("|"):
            values[name] = f"attach://{name}"
    missing = [name for name, (_, required) in fields.items() if required and name not in values]
    used = json.dumps(values)
    problems += [f'file "{name}" is not used' for name in sorted(uploads) if f"attach://{name}" not in used]
    return values, problems, missing
