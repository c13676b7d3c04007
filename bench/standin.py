"""A Bot API server on loopback that does little and does it fast, so that the bot is what is measured.

It hands out updates by long polling with the real rules of the offset, answers every method, and notes
when what it had offered was answered or deleted. It is no check of the requests: tests/botapi is.
`python -m bench.standin` prints its port; what it is to offer and what it saw go over `/control`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Any

BOT = {"id": 4242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
ME = {**BOT, "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}
_NAME = rb'(?:"%b":\s*"?|(?:^|[&?])%b=|name="%b"(?:\r\n[^\r\n]+)*\r\n\r\n)'
_PART = re.compile(rb'name="chat_id"\r\n\r\n(-?\d+)')
_CHAT = re.compile(_NAME.replace(b"%b", b"chat_id") + rb"(-?\d+)")
_MESSAGE = re.compile(
    _NAME.replace(b"%b", b"message_ids?") + rb"((?:\[|%5B)?\s*\d+(?:(?:,|%2C)\s*\d+)*)", re.IGNORECASE
)
_NUMBERS = re.compile(rb"\d+")
_OFFSET = re.compile(_NAME.replace(b"%b", b"offset") + rb"(-?\d+)")
_TIMEOUT = re.compile(_NAME.replace(b"%b", b"timeout") + rb"(\d+)")
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
CHILDREN = 5_000
ROSTER = "\n".join(
    ["姓名,学号", *(f"学生{chr(0x4E00 + n // 64)}{chr(0x5200 + n % 64)},{n:05}" for n in range(CHILDREN))]
).encode()
TRUE = b'{"ok":true,"result":true}'
TOO_MANY = b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}'


class Server:
    """The queue of updates, who waits for them, and what came back."""

    def __init__(self) -> None:
        """Nothing is offered yet."""
        self.queue: deque[tuple[int, bytes]] = deque()
        self.waiting: deque[tuple[Connection, asyncio.TimerHandle]] = deque()
        self.sent_id = 1_000_000
        self.permitted = 0
        self.second: deque[float] = deque()
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; what is queued stays."""
        self.first_poll: float | None = None
        self.calls: Counter[str] = Counter()
        self.offered: dict[int, float] = {}
        self.asked: dict[int, deque[float]] = defaultdict(deque)
        self.latencies: list[float] = []
        self.answered = self.deleted = self.unasked = self.repeated = self.refused = 0
        self.first = self.last = 0.0
        self.last_unasked = 0.0

    # --- what the driver says ---------------------------------------------------------------------

    def control(self, body: bytes) -> bytes:
        """Do what the driver asks and tell what was seen."""
        order: dict[str, Any] = json.loads(body)
        if order.get("reset"):
            self.reset()
        if order.get("reset_poll"):
            self.first_poll = None
        self.permitted = order.get("permitted", self.permitted)
        if rate := order.get("rate"):
            begin = asyncio.get_running_loop().time()
            for place, update in enumerate(order["updates"]):
                asyncio.get_running_loop().call_at(begin + place / rate, self.offer, [update])
        elif updates := order.get("updates"):
            self.offer(updates)
        return json.dumps(
            {
                "first_poll": self.first_poll,
                "queued": len(self.queue),
                "calls": self.calls,
                "answered": self.answered,
                "deleted": self.deleted,
                "unasked": self.unasked,
                "repeated": self.repeated,
                "refused": self.refused,
                "first_unasked": self.first,
                "last_unasked": self.last_unasked,
                "last": self.last,
                "latencies": self.latencies if order.get("latencies") else [],
                "now": time.monotonic(),
            }
        ).encode()

    def offer(self, updates: list[dict[str, Any]]) -> None:
        """Queue updates; one with `want` is expected to be answered or deleted."""
        now = time.monotonic()
        for update in updates:
            want = update.pop("want", None)
            message = update.get("message", {})
            if want == "delete":
                self.offered[message["message_id"]] = now
            elif want == "answer":
                self.asked[message["chat"]["id"]].append(now)
            self.queue.append((update["update_id"], json.dumps(update, ensure_ascii=False).encode()))
        while self.queue and self.waiting:
            connection, timer = self.waiting.popleft()
            timer.cancel()
            connection.answer(self.batch())

    def batch(self) -> bytes:
        """The oldest updates that nobody has confirmed."""
        some = [raw for _, raw in list(self.queue)[:100]] if self.queue else []
        return b'{"ok":true,"result":[' + b",".join(some) + b"]}"

    # --- what the bot asks ------------------------------------------------------------------------

    def get_updates(self, connection: Connection, words: bytes) -> None:
        """Confirm, then hand out at once or when there is something."""
        if self.first_poll is None:
            self.first_poll = time.monotonic()
        if (found := _OFFSET.search(words)) is not None:
            offset = int(found[1])
            while self.queue and self.queue[0][0] < offset:
                self.queue.popleft()
        wait = float(found[1]) if (found := _TIMEOUT.search(words)) else 0.0
        if self.queue or not wait:
            connection.answer(self.batch())
            return
        loop = asyncio.get_running_loop()
        entry: list[tuple[Connection, asyncio.TimerHandle]] = []
        timer = loop.call_later(wait, lambda: self._give_up(entry))
        entry.append((connection, timer))
        self.waiting.append(entry[0])

    def _give_up(self, entry: list[tuple[Connection, asyncio.TimerHandle]]) -> None:
        if entry[0] in self.waiting:
            self.waiting.remove(entry[0])
            entry[0][0].answer(b'{"ok":true,"result":[]}')

    def send(self, words: bytes) -> bytes:
        """A message of the bot's; the oldest question of that group is answered by it."""
        now = time.monotonic()
        if self.permitted and not self._permits(now):
            self.refused += 1
            return TOO_MANY
        found = _CHAT.search(words)
        chat = int(found[1]) if found else 0
        if asked := self.asked.get(chat):
            self.last = time.monotonic()
            self.latencies.append(self.last - asked.popleft())
            self.answered += 1
        elif chat < 0:
            self.repeated += 1
        elif chat:
            self.unasked += 1
            self.first, self.last_unasked = self.first or now, now
        self.sent_id += 1
        kind = '"supergroup","title":"x"' if chat < 0 else '"private","first_name":"x"'
        return (
            f'{{"ok":true,"result":{{"message_id":{self.sent_id},"date":1790000000,'
            f'"from":{json.dumps(BOT)},"chat":{{"id":{chat},"type":{kind}}},"text":"x"}}}}'
        ).encode()

    def _permits(self, now: float) -> bool:
        """As the platform counts: so many in any second, and a little more at the beginning."""
        while self.second and self.second[0] < now - 1:
            self.second.popleft()
        self.second.append(now)
        return len(self.second) <= 2 * self.permitted

    def delete(self, words: bytes) -> bytes:
        """Messages taken away."""
        found = _MESSAGE.search(words)
        for one in _NUMBERS.findall(found[1].replace(b"%5B", b"").replace(b"%2C", b",")) if found else ():
            offered = self.offered.pop(int(one), None)
            if offered is not None:
                self.last = time.monotonic()
                self.latencies.append(self.last - offered)
                self.deleted += 1
        return TRUE

    def file(self, words: bytes) -> bytes:
        """Where a file is; every file is the roster of a whole school."""
        return b'{"ok":true,"result":{"file_id":"r","file_unique_id":"r","file_path":"roster.csv"}}'

    def chat(self, words: bytes) -> bytes:
        """What a chat is."""
        found = _CHAT.search(words)
        chat = int(found[1]) if found else 0
        kind = '"supergroup","title":"x"' if chat < 0 else '"private","first_name":"x"'
        return f'{{"ok":true,"result":{{"id":{chat},"type":{kind}}}}}'.encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests are answered in order."""

    def __init__(self, server: Server) -> None:
        """All connections share the server's state."""
        self.server = server
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.simple: dict[str, Callable[[bytes], bytes]] = {
            "sendmessage": server.send,
            "deletemessage": server.delete,
            "deletemessages": server.delete,
            "getchat": server.chat,
            "getfile": server.file,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take as many whole requests as have arrived."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self._request(head.split(b" ", 2)[1], body)

    def _request(self, target: bytes, body: bytes) -> None:
        path, _, query = target.partition(b"?")
        if path == b"/control":
            self.answer(self.server.control(body))
            return
        if path.startswith(b"/file/"):
            self.answer(ROSTER)
            return
        method = path.rsplit(b"/", 1)[1].decode().lower()
        words = b"?" + query if query else body
        self.server.calls[method] += 1
        if method == "getupdates":
            self.server.get_updates(self, words)
        elif (run := self.simple.get(method)) is not None:
            self.answer(run(words))
        elif method == "getme":
            self.answer(json.dumps({"ok": True, "result": ME}).encode())
        elif method in ("sendphoto", "senddocument"):
            to = _PART.search(body)
            self.answer(self.server.send(b"chat_id=" + to[1] if to else words))
        elif method in ("editmessagetext", "editmessagecaption"):
            self.answer(self.server.send(b""))
        elif method == "getwebhookinfo":
            self.answer(
                b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'
            )
        else:
            self.answer(TRUE)

    def answer(self, body: bytes) -> None:
        """Write a response."""
        if self.transport is not None and not self.transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
                body
            )
            self.transport.write(head + body)


async def serve() -> None:
    """Listen on a free port, say which, and run until the parent closes our input."""
    server = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: ended.set() if not sys.stdin.read(1) else None)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve())
