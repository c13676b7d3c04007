"""Things that go wrong on purpose."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from starlette.types import Send

Kind = Literal[
    "500",
    "502",
    "html200",
    "429",
    "reset_before",
    "reset_after",
    "half_json",
    "cut",
    "silence",
    "silence_before",
]

_CODES: dict[int, Kind] = {500: "500", 502: "502", 429: "429"}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong once."""

    kind: Kind
    seconds: float = 3.0
    retry_after: int = 1


@dataclass
class Hold:
    """A frozen request: nothing is answered until it is released."""

    after: bool
    arrived: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Lets it go on."""
        self.opened.set()

    async def wait_arrived(self, seconds: float = 5.0) -> bool:
        """Waits until a request is frozen."""
        return await asyncio.to_thread(self.arrived.wait, seconds)

    async def freeze(self) -> None:
        """What the server does with such a request."""
        self.arrived.set()
        await asyncio.to_thread(self.opened.wait)


class Faults:
    """What shall go wrong next, by method; * stands for any method but getUpdates."""

    def __init__(self) -> None:
        self.planned: dict[str, deque[Fault]] = {}
        self.holds: dict[str, Hold] = {}

    def next(
        self, method: str, kind: Kind | int, times: int = 1, *, seconds: float = 3.0, retry_after: int = 1
    ) -> None:
        """The next calls of a method fail so.

        500, 502, html200, 429, reset_before: nothing was done; silence_before: it is done late;
        reset_after, half_json, cut (in the middle of the body) and silence (answered late): it was done.
        """
        name = _CODES[kind] if isinstance(kind, int) else kind
        self.planned.setdefault(method, deque()).extend([Fault(name, seconds, retry_after)] * times)

    def hold(self, method: str, *, after: bool = False) -> Hold:
        """Freezes calls of a method before (or after) they are carried out."""
        self.release(method)
        hold = self.holds[method] = Hold(after)
        return hold

    def release(self, method: str) -> None:
        """Ends a hold."""
        hold = self.holds.pop(method, None)
        if hold is not None:
            hold.release()

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.planned.clear()
        for method in list(self.holds):
            self.release(method)

    def take(self, method: str) -> Fault | None:
        """The fault for this call."""
        for key in (method, "*") if method != "getUpdates" else (method,):
            queue = self.planned.get(key)
            if queue:
                return queue.popleft()
        return None

    def held(self, method: str, after: bool) -> Hold | None:
        """The hold for this call."""
        hold = self.holds.get(method)
        return hold if hold is not None and hold.after == after else None


def transport_of(send: Send) -> asyncio.Transport:
    """The connection beneath: uvicorn's send is a method of its request's cycle."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise TypeError("no connection to break")
    return transport
