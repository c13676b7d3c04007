"""How the class looks on the wire to the page: plain JSON, one function for each thing that is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from bot.demo.cast import Cast
from bot.demo.phones import ACCOUNT, APP, SCHOOL
from bot.platforms.web import BOT, Card, Shown, WebChat, WebPlatform
from bot.ports import Key
from classroom.addresses import ChatKind
from classroom.events import Attachment, Json
from classroom.markup import Span

PHONES = {SCHOOL: "school", ACCOUNT: "account", APP: "app"}
LAST = 300
"""So many messages of a chat are shown."""
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "blockquote": "blockquote",
}

Why = Callable[[WebChat, Shown], str]
"""Why a message was removed, in a sentence."""


class Wire:
    """Turns what the messenger shows into what the page draws, in the class's time zone."""

    def __init__(
        self,
        platform: WebPlatform,
        cast: Cast,
        zone: ZoneInfo,
        why: Why,
        seen: dict[str, int],
        names: dict[str, str],
    ) -> None:
        """`why` explains what was removed, `seen` counts what was looked at in each private chat.

        `names` are those of the class, whatever language it is looked at in.
        """
        self._names = names
        self._platform = platform
        self._cast = cast
        self._zone = zone
        self._why = why
        self.seen = seen

    def time(self, at: datetime) -> str:
        """A moment as ISO 8601 with the class's offset."""
        return at.astimezone(self._zone).isoformat(timespec="seconds")

    def person(self, native: str, group: WebChat) -> dict[str, Json]:
        """Somebody as the others see them, and whether the page offers to be them."""
        sender, part = self._platform.people[native], self._cast.part(native)
        own = self._platform.chats.get(native)
        return {
            "id": native,
            "name": sender.name,
            "about": part.about.format_map(self._names),
            "role": part.role,
            "tag": group.tags.get(native, ""),
            "inside": native in group.members,
            "muted": native in group.muted,
            "opened": own is not None and own.opened,
            "blocked": own is not None and own.blocked,
            "unread": self.unread(native),
            "listed": part.listed,
            "phone": phone_of(own),
        }

    def unread(self, native: str) -> int:
        """How many messages of the bot came for somebody since a window last was them."""
        own = self._platform.chats.get(native)
        seen = self.seen.get(native, 0)
        return sum(m.by == BOT for m in own.messages[seen:] if not m.removed) if own else 0

    def read(self, native: str) -> None:
        """Somebody's private conversation has been looked at."""
        own = self._platform.chats.get(native)
        self.seen[native] = len(own.messages) if own else 0

    def people(self, group: WebChat) -> list[Json]:
        """Everybody, in the order of the cast; who came by later stands last."""
        order = self._cast.order()
        known = sorted(self._platform.people, key=lambda n: order.get(n, len(order)))
        return [self.person(native, group) for native in known if native != BOT]

    def chat(self, chat: WebChat, native: str) -> dict[str, Json]:
        """A whole chat, as somebody sees it."""
        return {
            "type": "chat",
            "chat": which(chat),
            "as": native,
            "messages": [self.message(chat, shown, native) for shown in chat.messages[-LAST:]],
            "pinned": pinned(chat),
        }

    def message(self, chat: WebChat, shown: Shown, viewer: str) -> Json:
        """One message as somebody sees it: what was removed keeps its words for its author alone."""
        by_bot = shown.by == BOT
        hidden = shown.removed and shown.by != viewer
        return {
            "ref": shown.ref,
            "by": "bot" if by_bot else shown.by,
            "name": self._cast.bot if by_bot else shown.name,
            "tag": shown.tag,
            "text": "" if hidden else shown.text,
            "html": html(shown.text, shown.spans) if by_bot and not hidden else "",
            "at": self.time(shown.at) if shown.at else None,
            "keys": [] if shown.removed else [_key(key) for key in shown.keys],
            "files": [] if hidden else [_file(file) for file in shown.attachments],
            "reply_to": shown.reply_to,
            "edited": shown.edited,
            "removed": {"by": "bot", "why": self._why(chat, shown)} if shown.removed else None,
            "pinned": shown.pinned and not shown.removed,
            "protected": shown.protected,
            "reactions": list(shown.reactions),
            "place": shown.place,
            "card": None if shown.removed or shown.card is None else _card(shown.card),
        }


def phone_of(chat: WebChat | None) -> str:
    """The page's word for the channel of a private conversation; empty for the messenger itself."""
    return PHONES.get(chat.channel, "") if chat is not None else ""


def _card(card: Card) -> Json:
    return {
        "kind": card.kind,
        "title": card.title,
        "fields": [list(field) for field in card.fields],
        "label": card.label,
        "url": card.url,
        "over": card.over,
        "submit": card.submit,
    }


def which(chat: WebChat) -> str:
    """The page's word for a chat."""
    return "group" if chat.kind is ChatKind.GROUP else "private"


def pinned(chat: WebChat) -> list[Json]:
    """The pinned messages, the newest first."""
    return [shown.ref for shown in reversed(chat.visible) if shown.pinned]


def _key(key: Key) -> Json:
    return {"label": key.label, "row": key.row, "token": key.token, "payload": key.payload}


def _file(file: Attachment) -> Json:
    return {
        "id": file.ref,
        "name": file.filename or "",
        "kind": file.kind,
        "size": file.size or 0,
        "url": f"/files/{quote(file.ref, safe='')}",
    }


def html(text: str, spans: tuple[Span, ...]) -> str:
    """Set a text with its spans, everything else escaped; a link may lead to the web or to a mail only."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for span in spans:
        begin, end = _around(span)
        opening.setdefault(span.start, []).append(begin)
        closing.setdefault(span.end, []).insert(0, end)
    parts: list[str] = []
    for place, char in enumerate(text):
        parts += closing.get(place, ())
        parts += opening.get(place, ())
        parts.append("<br>" if char == "\n" else escape(char))
    parts += closing.get(len(text), ())
    return "".join(parts)


def _around(span: Span) -> tuple[str, str]:
    if span.kind == "text_link":
        if urlsplit(span.url or "").scheme not in ("http", "https", "mailto"):
            return "", ""
        return f'<a href="{escape(span.url or "")}" rel="noreferrer noopener" target="_blank">', "</a>"
    tag = _TAGS.get(span.kind)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
