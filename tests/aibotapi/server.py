"""The server: one live connection for the bot, an answer to every frame, and faults on demand."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from classroom.events import Json
from tests.aibotapi import markdown
from tests.aibotapi.phones import Chat, Phones, Shown
from tests.wecomapi.checks import card_buttons, card_text, obj, text, words
from tests.wecomapi.corp import RefusedError

QUIET = logging.getLogger("tests.aibotapi")
QUIET.disabled = True
SOON = 5.0
MOST_MARKDOWN = 20480
Body = Mapping[str, Json]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong once with a command: a number is an errcode, a word is named in `_done`."""

    kind: int | str
    seconds: float = 0.0


@dataclass
class Open:
    """An event that can be answered, once and soon."""

    kind: str
    chat: str
    task: str
    at: float


class AiBotServer:
    """WeCom's side of the connection: drive `phones`, point the bot at `url`."""

    def __init__(self) -> None:
        self.phones = Phones()
        self.violations: list[str] = []
        self.frames: list[tuple[str, Body]] = []
        """Every command that was carried out."""
        self.subscribed = 0
        self.pings = 0
        self.answers_pings = True
        self.keeps = False
        """Whether what is said while nobody is connected waits; whether the real server does is not known."""
        self._live: ServerConnection | None = None
        self._let_in: set[ServerConnection] = set()
        self._waiting: deque[str] = deque()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._open: dict[str, Open] = {}
        self._uploads: dict[str, tuple[dict[str, Json], dict[int, bytes]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """ws://127.0.0.1:port"""
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}"

    @property
    def connected(self) -> bool:
        return self._live is not None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, ping_interval=None, max_size=4 << 20, logger=QUIET
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    # --- trouble --------------------------------------------------------------------------------

    def fault(self, cmd: str, kind: int | str, *, times: int = 1, seconds: float = 0.0) -> None:
        """Let the next frames of a command go wrong."""
        self._faults[cmd].extend([Fault(kind, seconds)] * times)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    async def close(self, code: int) -> None:
        """End the connection: 1006 without a word, else in good order."""
        live = self._live
        if live is None:
            return
        if code == 1006:
            live.transport.abort()
        else:
            await live.close(code)

    def raw(self, words_: str) -> None:
        """Send whatever as a frame."""
        self._send(words_)

    # --- what people do -------------------------------------------------------------------------

    def says(self, who: str, where: str, said: str, *, quote: str = "", msgid: str = "") -> str:
        """Somebody writes: in a group with a call by @, which the bot alone hears."""
        chat = self.phones.chats[where]
        typed = f"@{self.phones.name} {said}" if chat.kind == 2 else said
        shown = self.phones.shown(where, who, "text", typed)
        body: dict[str, Json] = {"msgtype": "text", "text": {"content": typed}}
        if quote:
            body["quote"] = {"msgtype": "text", "text": {"content": quote}}
        chat.talked = True
        self._callback("aibot_msg_callback", chat, who, msgid or shown.msgid, body)
        return shown.msgid

    def sends(self, who: str, kind: str, found: dict[str, Json]) -> str:
        """Somebody sends a file, in private; anywhere else the bot hears nothing of it."""
        chat = self.phones.chats[who]
        shown = self.phones.shown(who, who, kind, "")
        chat.talked = True
        self._callback("aibot_msg_callback", chat, who, shown.msgid, {"msgtype": kind, kind: found})
        return shown.msgid

    def opens(self, who: str) -> str:
        """Somebody opens the bot's conversation for the first time today."""
        msgid = f"CAIQ{self.phones.number()}"
        body: dict[str, Json] = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
        self._callback("aibot_event_callback", self.phones.chats[who], who, msgid, body)
        return msgid

    def presses(self, who: str, where: str, shown: Shown, label: str) -> str:
        """Somebody presses a button, or chooses an option and submits."""
        key = shown.buttons[label]
        event: dict[str, Json] = {"card_type": shown.card_type, "event_key": key, "task_id": shown.task}
        if shown.card_type == "vote_interaction":
            chosen: Json = [{"question_key": "q", "option_ids": {"option_id": [key]}}]
            event |= {"event_key": "submit", "selected_items": {"selected_item": chosen}}
        msgid = f"CAIQ{self.phones.number()}"
        body: dict[str, Json] = {
            "msgtype": "event",
            "event": {"eventtype": "template_card_event", "template_card_event": event},
        }
        self._callback("aibot_event_callback", self.phones.chats[where], who, msgid, body, shown.task)
        return msgid

    def _callback(
        self, cmd: str, chat: Chat, who: str, msgid: str, body: dict[str, Json], task: str = ""
    ) -> None:
        req_id = f"req{self.phones.number()}"
        place: dict[str, Json] = {"chattype": "group", "chatid": chat.chatid} if chat.kind == 2 else {}
        event = body.get("event")
        kind = str(event.get("eventtype")) if isinstance(event, dict) else "message"
        self._open[req_id] = Open(kind, chat.chatid, task, self.phones.now())
        whole: dict[str, Json] = {
            "msgid": msgid,
            "aibotid": self.phones.bot_id,
            "chattype": "single",
            **place,
            "from": {"userid": who},
            "response_url": "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=RC-SECRET",
            **body,
        }
        self._send(json.dumps({"cmd": cmd, "headers": {"req_id": req_id}, "body": whole}))

    def _send(self, frame: str) -> None:
        if self._live is not None:
            self._spawn(self._live, frame)
        elif self.keeps:
            self._waiting.append(frame)

    def _spawn(self, live: ServerConnection, frame: str) -> None:
        async def send() -> None:
            with contextlib.suppress(ConnectionClosed):
                await live.send(frame)

        task = asyncio.get_running_loop().create_task(send())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what the bot does ----------------------------------------------------------------------

    async def _serve(self, connection: ServerConnection) -> None:
        try:
            async for frame in self._frames(connection):
                await self._frame(connection, frame)
        except ConnectionClosed:
            pass
        finally:
            self._let_in.discard(connection)
            if self._live is connection:
                self._live = None

    async def _frames(self, connection: ServerConnection) -> AsyncIterator[dict[str, Json]]:
        async for words_ in connection:
            found = json.loads(words_)
            if not isinstance(found, dict) or "cmd" not in found:
                self.violations.append("a frame without a command")
                continue
            yield found

    async def _frame(self, connection: ServerConnection, frame: dict[str, Json]) -> None:
        cmd, req_id = str(frame["cmd"]), text(obj(frame.get("headers")), "req_id")
        body = obj(frame["body"]) if "body" in frame else {}
        if cmd == "ping" and not self.answers_pings:
            return
        waiting = self._faults[cmd]
        fault = waiting.popleft() if waiting else Fault("")
        code, answer = self._done(connection, cmd, req_id, body, fault)
        if fault.kind == "reset_after":
            connection.transport.abort()
            return
        if fault.kind == "no_ack":
            return
        if fault.kind == "late_ack":
            await asyncio.sleep(fault.seconds)
        told = {"headers": {"req_id": req_id}, "errcode": code, "errmsg": "ok" if not code else "refused"}
        await connection.send(json.dumps({**told, **({"body": answer} if answer else {})}))
        if cmd == "aibot_subscribe" and not code:
            while self._waiting:
                await connection.send(self._waiting.popleft())

    def _done(
        self, connection: ServerConnection, cmd: str, req_id: str, body: Body, fault: Fault
    ) -> tuple[int, dict[str, Json]]:
        if isinstance(fault.kind, int):
            return fault.kind, {}
        commands: dict[str, Callable[[str, Body], dict[str, Json]]] = {
            "ping": self._ping,
            "aibot_send_msg": self._send_msg,
            "aibot_respond_welcome_msg": self._welcome,
            "aibot_respond_update_msg": self._update,
            "aibot_upload_media_init": self._upload_begin,
            "aibot_upload_media_chunk": self._upload_piece,
            "aibot_upload_media_finish": self._upload_end,
        }
        try:
            if cmd == "aibot_subscribe":
                self._subscribe(connection, body)
                return 0, {}
            if self._live is not connection:
                if connection not in self._let_in:  # who was displaced may not have heard of it yet
                    self.violations.append(f"{cmd} before being let in")
                raise RefusedError(846600, "not subscribed")
            if cmd not in commands:
                self.violations.append(cmd)
                raise RefusedError(846601, "unknown command")
            answer = commands[cmd](req_id, body)
        except RefusedError as refusal:
            return refusal.code, {}
        self.frames.append((cmd, body))
        return 0, answer

    def _subscribe(self, connection: ServerConnection, body: Body) -> None:
        if (text(body, "bot_id"), text(body, "secret")) != (self.phones.bot_id, self.phones.secret):
            raise RefusedError(853000, "invalid secret")
        former, self._live = self._live, connection
        self._let_in.add(connection)
        self.subscribed += 1
        if former is not None and former is not connection:
            event: Json = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            frame = {"cmd": "aibot_event_callback", "headers": {"req_id": "gone"}, "body": event}
            self._spawn(former, json.dumps(frame))

    def _ping(self, req_id: str, body: Body) -> dict[str, Json]:
        self.pings += 1
        return {}

    def _send_msg(self, req_id: str, body: Body) -> dict[str, Json]:
        kind = body.get("chat_type", 0)
        if kind not in (0, 1, 2):
            raise RefusedError(40058, "chat_type")
        chat = self.phones.open_chat(text(body, "chatid"), int(str(kind)))
        shown = self._message(req_id, body, ("markdown", "template_card", "image", "file"))
        self.phones.count(chat.chatid)
        chat.screen.append(shown)
        return {}

    def _welcome(self, req_id: str, body: Body) -> dict[str, Json]:
        found = self._take(req_id, "enter_chat")
        shown = self._message(req_id, body, ("text", "template_card"))
        self.phones.count(found.chat)
        self.phones.chats[found.chat].screen.append(shown)
        return {}

    def _update(self, req_id: str, body: Body) -> dict[str, Json]:
        found = self._take(req_id, "template_card_event")
        card = obj(body.get("template_card"))
        if text(body, "response_type") != "update_template_card" or text(card, "task_id") != found.task:
            raise RefusedError(40058, "response_type or task_id")
        new, buttons = card_text(card), card_buttons(card, update=True)
        shown = next(one for one in self.phones.chats[found.chat].screen if one.task == found.task)
        users = body.get("userids")
        if isinstance(users, list):
            shown.whispers |= {str(who): new for who in users}
        else:
            shown.text, shown.buttons, shown.edited = new, buttons, True
        return {}

    def _take(self, req_id: str, kind: str) -> Open:
        found = self._open.pop(req_id, None)
        if found is None or found.kind != kind or self.phones.now() - found.at > SOON:
            raise RefusedError(846605, "invalid req_id")
        return found

    def _message(self, req_id: str, body: Body, kinds: tuple[str, ...]) -> Shown:
        kind = text(body, "msgtype")
        if kind not in kinds:
            raise RefusedError(40008, "invalid message type")
        inner = obj(body.get(kind))
        shown = Shown(req_id, kind)
        if kind == "markdown":
            shown.text, shown.links = markdown.shown(words(inner, "content", MOST_MARKDOWN))
        elif kind == "text":
            shown.text = words(inner, "content", 2048)
        elif kind == "template_card":
            shown.text, shown.buttons = card_text(inner), card_buttons(inner)
            shown.task, shown.card_type = text(inner, "task_id"), text(inner, "card_type")
            if shown.task in self.phones.tasks:
                raise RefusedError(40058, "task_id was used before")
            self.phones.tasks.add(shown.task)
        else:
            media = self.phones.files.get(text(inner, "media_id"))
            if media is None or media[0] != kind:
                raise RefusedError(40007, "invalid media_id")
            shown.filename = media[1]
        return shown

    # --- files ----------------------------------------------------------------------------------

    def _upload_begin(self, req_id: str, body: Body) -> dict[str, Json]:
        pieces, size = body.get("total_chunks"), body.get("total_size")
        if text(body, "type") not in ("image", "file") or not text(body, "filename"):
            raise RefusedError(40058, "type or filename")
        if not isinstance(pieces, int) or not 1 <= pieces <= 100 or not isinstance(size, int):
            raise RefusedError(40058, "total_chunks or total_size")
        upload = f"up{self.phones.number()}"
        self._uploads[upload] = (dict(body), {})
        return {"upload_id": upload}

    def _upload_piece(self, req_id: str, body: Body) -> dict[str, Json]:
        _, pieces = self._uploads[text(body, "upload_id")]
        data, place = base64.b64decode(text(body, "base64_data"), validate=True), body.get("chunk_index")
        if not isinstance(place, int) or not 0 < len(data) <= 512 << 10:
            raise RefusedError(40058, "chunk")
        pieces[place] = data
        return {}

    def _upload_end(self, req_id: str, body: Body) -> dict[str, Json]:
        head, pieces = self._uploads.pop(text(body, "upload_id"))
        data = b"".join(pieces[place] for place in sorted(pieces))
        right = hashlib.md5(data, usedforsecurity=False).hexdigest() == head["md5"]
        if not right or len(data) != head["total_size"] or len(pieces) != head["total_chunks"]:
            raise RefusedError(40058, "the file is not whole")
        media = f"media{self.phones.number()}"
        self.phones.files[media] = (str(head["type"]), str(head["filename"]), data)
        return {"type": head["type"], "media_id": media, "created_at": "1"}
