"""What the bot does to the messenger: every act a platform may know, refused as real ones refuse it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from bot.platforms.web.chats import BOT, LIMIT, MARK, Shown, WebChat
from bot.platforms.web.room import Room
from bot.ports import Done, Failure, Key, Moved, Outcome, Refused, TryAgain
from classroom import markup
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.events import Attachment, Right
from classroom.markup import Piece
from classroom.text import Label, PrivateText, PublicText


class Acts(Room):
    """The bot's hands.

    The rules are of Telegram's kind: a person must have opened the private door, and rights are
    needed to delete, restrict, pin and tag.
    """

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Say something in a group; private text is refused whatever a type checker was told."""
        if _is_private(text) or any(file.private for file in files):
            return Refused(Failure.LEAK)
        chat = self._find("post", to)
        if not isinstance(chat, WebChat):
            return chat
        return self._said("post", self._show(chat, text, keys, files, reply_to=reply_to))

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one person; refused where the door was never opened, or where this is a group."""
        if self._is_group(to):
            return Refused(Failure.LEAK)
        if to.native not in self.chats and to.native not in self.people:
            return Refused(Failure.NEVER_STARTED)
        chat = self._find("tell", to)
        if not isinstance(chat, WebChat):
            return chat
        if chat.blocked:
            return Refused(Failure.BLOCKED)
        if not chat.opened:
            return Refused(Failure.NEVER_STARTED)
        return self._said("tell", self._show(chat, text, keys, files, protect=protect))

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Change what the bot said: a mark stands for what is left over, or for what does not fit."""
        if _is_private(text) and (isinstance(chat, GroupAddress) or self._is_group(chat)):
            return Refused(Failure.LEAK)
        where = self._find("edit", chat)
        if not isinstance(where, WebChat):
            return where
        if where.blocked:
            return Refused(Failure.BLOCKED)
        found = [where.find(ref) for ref in refs]
        mine = [shown for shown in found if shown is not None and not shown.removed and shown.by == BOT]
        if not mine or len(mine) < len(found):
            return Refused(Failure.NOT_FOUND)
        fitted = _fitted(text.body, len(mine))
        if not fitted:
            return Refused(Failure.REFUSED, "nothing to say")
        for shown, piece in zip(mine, fitted, strict=True):
            shown.text, shown.spans, shown.keys, shown.edited = piece.text, piece.spans, (), True
        mine[-1].keys = tuple(keys)
        for shown in mine:
            self.changed(where, shown)
        return Done(tuple(refs))

    async def delete(self, chat: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
        """Take messages away, in a group others' only with the right to; one that stays saves no other."""
        where = self._find("delete", chat)
        if not isinstance(where, WebChat):
            return where
        result: Outcome = Done()
        for shown in [where.find(ref) for ref in refs]:
            if shown is None or shown.removed:
                continue
            if where.kind is ChatKind.GROUP and shown.by != BOT and Right.DELETE not in where.rights:
                result = Refused(Failure.NOT_ALLOWED)
            elif self._is_too_old(shown):
                result = Refused(Failure.TOO_OLD)
            else:
                shown.removed = True
                self.changed(where, shown)
        return result

    async def pin(self, chat: GroupAddress, ref: str, on: bool) -> Outcome:
        """Pin or unpin silently."""
        where = self._find("pin", chat)
        if not isinstance(where, WebChat):
            return where
        shown = where.find(ref)
        if Right.PIN not in where.rights:
            return Refused(Failure.NOT_ALLOWED)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND) if on else Done()
        shown.pinned = on
        self.changed(where, shown)
        return Done()

    async def react(self, chat: GroupAddress | PersonAddress, ref: str, emoji: str) -> Outcome:
        """Put a sign under a message; without any, take it back."""
        where = self._find("react", chat)
        if not isinstance(where, WebChat):
            return where
        shown = where.find(ref)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND)
        shown.reactions = [emoji] if emoji else []
        self.changed(where, shown)
        return Done()

    async def restrict(self, chat: GroupAddress, member: str, muted: bool, until: datetime | None) -> Outcome:
        """Mute or unmute, never an administrator; a mute whose end has passed is over already."""
        where = self._find("restrict", chat)
        if not isinstance(where, WebChat):
            return where
        if Right.RESTRICT not in where.rights or member in where.admins:
            return Refused(Failure.NOT_ALLOWED)
        if muted and until is not None and until <= self.now():
            return Done()
        (where.muted.add if muted else where.muted.discard)(member)
        self.changed(where)
        return Done()

    async def tag(self, chat: GroupAddress, member: str, tag: str) -> Outcome:
        """Label a member; never an administrator."""
        where = self._find("tag", chat)
        if not isinstance(where, WebChat):
            return where
        if Right.TAG not in where.rights or member in where.admins:
            return Refused(Failure.NOT_ALLOWED)
        if len(tag) > 16:
            return Refused(Failure.REFUSED, "tag too long")
        where.tags[member] = tag
        self.changed(where)
        return Done()

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Answer a press, once."""
        who = self.callbacks.pop(callback, None)
        if who is None:
            return Refused(Failure.EXPIRED)
        self.answered[callback] = text.text if text else ""
        self.toasts.append((who, self.answered[callback]))
        if text is not None:
            self.changed(self.private(self.people[who]), toast=(who, text.text, alert))
        return Done()

    async def member(self, chat: GroupAddress, native: str) -> Outcome:
        """Who a member is; somebody known who is not in the group has left it."""
        where = self._find("member", chat)
        if not isinstance(where, WebChat):
            return where
        if native not in where.members and native not in self.people:
            return Refused(Failure.NOT_FOUND)
        inside = native in where.members
        admin = inside and native in where.admins
        return Done(
            answer={
                "status": "administrator" if admin else "member" if inside else "left",
                "admin": admin,
                "creator": False,
                "name": self.people[native].name if native in self.people else "",
                "tag": where.tags.get(native, ""),
            }
        )

    async def rights(self, chat: GroupAddress) -> Outcome:
        """What the bot may do."""
        where = self._find("rights", chat)
        if not isinstance(where, WebChat):
            return where
        return Done(
            answer={
                "admin": bool(where.rights),
                "rights": [r.value for r in sorted(where.rights)],
                "title": where.title,
            }
        )

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """A file that somebody sent."""
        data = self.files.get(ref)
        if data is None:
            return Refused(Failure.NOT_FOUND)
        return data if len(data) <= limit else Refused(Failure.REFUSED, "too_large")

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        """Keep the list of commands for a chat or a member in it."""
        self.menus[chat.native, member] = tuple(commands)
        where = self.chats.get(chat.native)
        if where is not None:
            self.changed(where)
        return Done()

    def _find(self, call: str, to: GroupAddress | PersonAddress) -> WebChat | Outcome:
        self.calls.append(call)
        if self.failing.get(call):
            return self.failing[call].pop(0)
        kind = ChatKind.GROUP if isinstance(to, GroupAddress) else ChatKind.PRIVATE
        chat = self.chats.get(to.native)
        if chat is None and kind is ChatKind.PRIVATE and to.native in self.people:
            return self.private(self.people[to.native])
        if chat is None or chat.kind is not kind:
            return Refused(Failure.NOT_FOUND)
        if chat.moved_to is not None:
            return Moved(chat.moved_to)
        return chat if chat.bot_inside else Refused(Failure.GONE)

    def _show(
        self,
        chat: WebChat,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        reply_to: str | None = None,
        protect: bool = False,
    ) -> tuple[str, ...]:
        pieces = markup.split(text.body, LIMIT) or (Piece("", ()),) * bool(files)
        made = [
            Shown(
                str(next(self.numbers)),
                BOT,
                piece.text,
                spans=piece.spans,
                private=_is_private(text),
                protected=protect,
                at=self.now(),
            )
            for piece in pieces
        ]
        if not made:
            return ()
        made[0].reply_to = reply_to
        made[-1].keys = tuple(keys)
        made[-1].files = tuple(f.filename for f in files)
        made[-1].attachments = tuple(self.enclosed(made[-1].ref, file) for file in files)
        chat.messages.extend(made)
        for shown in made:
            self.changed(chat, shown)
        return tuple(m.ref for m in made)

    def enclosed(self, shown: str, file: Enclosed) -> Attachment:
        """Keep a file that goes with a message, so that people can open it."""
        ref = file.ref or f"sent:{shown}:{file.filename}"
        if file.data is not None:
            self.files[ref] = base64.b64decode(file.data)
        return Attachment(file.kind, ref, file.filename, len(self.files.get(ref, b"")))

    def _said(self, what: str, refs: tuple[str, ...]) -> Outcome:
        if not refs:
            return Refused(Failure.REFUSED, "nothing to say")
        if what in self.breaking:
            self.breaking.remove(what)
            return TryAgain("the line broke", uncertain=True)
        return Done(refs)

    def _is_group(self, to: PersonAddress) -> bool:
        known = self.chats.get(to.native)
        return known is not None and known.kind is ChatKind.GROUP

    def _is_too_old(self, shown: Shown) -> bool:
        return self.oldest is not None and shown.at is not None and self.now() - shown.at > self.oldest


def _is_private(text: PrivateText | PublicText) -> bool:
    return isinstance(text, PrivateText)


def _fitted(body: str, room: int) -> list[Piece]:
    """Fit a text into `room` messages that are there already, its end in the last."""
    pieces = list(markup.split(body, LIMIT))
    if len(pieces) > room:
        last = pieces[room - 1]
        pieces = [*pieces[: room - 1], Piece(last.text[: LIMIT - 1] + MARK, last.spans)]
    return [Piece(MARK, ())] * (room - len(pieces)) + pieces if pieces else []
