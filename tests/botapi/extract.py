"""Makes spec.json: `python tests/botapi/extract.py botapi-10.0.json` (README.md: source, licence)."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TypedDict

CONSTANT = re.compile(r"(?:always [\"“]|must be )([a-z0-9_]+)[\"”]?$")


class _Field(TypedDict):
    name: str
    types: list[str]
    required: bool
    description: str


class _Entry(TypedDict, total=False):
    fields: list[_Field]
    subtypes: list[str]
    returns: list[str]


class _Source(TypedDict):
    version: str
    methods: dict[str, _Entry]
    types: dict[str, _Entry]


def fields(entry: _Entry) -> dict[str, str]:
    """Writes a field as name (with ! if required) → types; a field that is always one word as =word."""
    compact = {}
    for field in entry.get("fields", []):
        constant = CONSTANT.search(field["description"]) if field["types"] == ["String"] else None
        types = f"={constant[1]}" if constant else "|".join(field["types"])
        compact[field["name"] + "!" * field["required"]] = types.replace("Array of ", "*")
    return compact


def main(source: str) -> None:
    """Writes spec.json beside this file."""
    data: _Source = json.loads(Path(source).read_text())
    methods = {
        name: {"returns": "|".join(entry["returns"]).replace("Array of ", "*"), "fields": fields(entry)}
        for name, entry in data["methods"].items()
    }
    types = {
        name: {"subtypes": entry["subtypes"]} if entry.get("subtypes") else {"fields": fields(entry)}
        for name, entry in data["types"].items()
    }
    rows = [
        f'"_": "Made by extract.py from telegram-bot-api-spec, MIT, Copyright Paul Larsen; {data["version"]}"'
    ]
    for part, table in (("methods", methods), ("types", types)):
        lines = ",\n".join(
            f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in table.items()
        )
        rows.append(f'"{part}": {{\n{lines}\n}}')
    Path(__file__).with_name("spec.json").write_text("{" + ",\n".join(rows) + "}\n")


if __name__ == "__main__":
    main(sys.argv[1])
