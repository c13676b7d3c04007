"""Drives the world over HTTP, for a server that runs as its own process.

POST /control {"call": "say", "args": ["$mother", "$group", "您好"], "kwargs": {}, "as": "said"}
calls a public method of world, server or faults (or of a named object) and keeps the result under a name;
text that begins with $ stands for such a name. GET /control shows requests, violations and defects.
"""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.botapi.jsons import Json, items, obj, text
from tests.botapi.state import Chat, File, Member, Message, Press, User
from tests.botapi.world import Shown

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer


def describe(value: object) -> object:
    """What can be shown of a value as JSON."""
    if isinstance(value, User | Chat | File | Message):
        return value.json()
    if isinstance(value, Press):
        return {"id": value.id, "answered": value.answered, "answer": value.answer}
    if isinstance(value, Shown):
        return {k: v for k, v in vars(value).items() if k != "message"}
    if isinstance(value, Member):
        return {"status": value.status, "tag": value.tag, "rights": sorted(value.rights)}
    if isinstance(value, list | tuple | set):
        return [describe(item) for item in value]
    if isinstance(value, dict):
        return {str(k): describe(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return describe(asdict(value))
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


class Control:
    """Names for what a remote test has made."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.names: dict[str, object] = {"server": server, "world": server.world, "faults": server.faults}

    def _named(self, value: object) -> object:
        if isinstance(value, str) and value.startswith("$"):
            return self.names[value[1:]]
        return [self._named(v) for v in value] if isinstance(value, list) else value

    def _call(self, order: Json) -> object:
        name = text(order, "call")
        on = self.names[text(order, "on", "world").removeprefix("$")]
        target: object = None if name.startswith("_") else getattr(on, name, None)
        if not callable(target):
            return target
        kwargs = {k: self._named(v) for k, v in obj(order.get("kwargs")).items()}
        result: object = target(*[self._named(v) for v in items(order.get("args"))], **kwargs)
        self.names[text(order, "as", "last")] = result
        return result

    async def answer(self, request: Request) -> Response:
        """One order, or with GET the state of the server."""
        if request.method == "GET":
            server = self.server
            requests = [[r.at, r.method, r.params, r.response] for r in server.requests]
            return JSONResponse(
                {"requests": requests, "violations": server.violations, "defects": server.defects}
            )
        try:
            result = self._call(obj(json.loads(await request.body())))
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return JSONResponse({"result": describe(result)})
