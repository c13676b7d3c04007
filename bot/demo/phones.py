"""Parents' phones on WeChat's channels: what the real ones would send, as a hand on the messenger shows it.

The words are put together by the same code as the real channels'; here they are drawn and not sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.platforms.tencent import cards
from bot.platforms.tencent.wording import ended, plain, texts
from bot.platforms.web import BOT, Card, Shown, WebChat, WebPlatform, handed_over
from bot.ports import Done, Failure, Key, Outcome, Refused, Store
from classroom import markup
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.events import Event, Json
from classroom.markup import Span
from classroom.text import Label, PrivateText, PublicText
from templates.render import Say

SCHOOL, ACCOUNT, APP = "wecom.school", "official_account", "wecom"
WINDOW, QUOTA = timedelta(hours=48), 5
"""An account may say five things within two days of a follower's last word."""
AT_ONCE = timedelta(seconds=5)
"""What is said so soon after a follower's word is the answer to it, and not counted."""
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
NUMBER = re.compile(r"\s*([0-9]{1,2})\s*[.。、]?\s*")
CHINA = ZoneInfo("Asia/Shanghai")


class Phone:
    """What all of them have: a name, and people whose private conversation is on it."""

    channel = ""

    def __init__(self, room: WebPlatform, say: Say) -> None:
        """`room` keeps what is said, `say` has the channel's own few words."""
        self.room, self._say = room, say

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return self.channel

    @property
    def mention(self) -> str:
        """Nobody is mentioned where there are no groups."""
        return self.room.mention

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def listen(self, store: Store) -> None:
        """Hand over what people have done here."""
        await self.hand_over(store)

    async def hand_over(self, store: Store) -> int:
        """Hand over everything that has happened here; forgotten only after it was stored."""
        return await handed_over(self.room.elsewhere.get(self.channel, []), store)

    def read(self, raw: bytes) -> Event | None:
        """Events travel as themselves here."""
        return self.room.read(raw)

    def start_link(self, payload: str) -> str:
        """An address that begins with `payload`."""
        return self.room.start_link(payload)

    def _chat(self, to: GroupAddress | PersonAddress) -> WebChat | Refused:
        chat = self.room.chats.get(to.native)
        if isinstance(to, GroupAddress) or (chat is not None and chat.kind is not ChatKind.PRIVATE):
            return Refused(Failure.LEAK)
        if chat is None or chat.channel != self.channel:
            return Refused(Failure.NOT_FOUND)
        return Refused(Failure.NOT_SUBSCRIBED) if chat.blocked else chat

    def _show(self, chat: WebChat, words: str, keys: Sequence[Key] = (), card: Card | None = None) -> Shown:
        text, spans = linked(words)
        shown = Shown(str(next(self.room.numbers)), BOT, text, tuple(keys), spans=spans, private=True)
        shown.at, shown.card = self.room.now(), card
        chat.messages.append(shown)
        self.room.changed(chat, shown)
        return shown

    def _attach(self, chat: WebChat, files: Sequence[Enclosed]) -> list[Shown]:
        """Each file is a message of its own there."""
        made = [self._show(chat, "") for _ in files]
        for shown, file in zip(made, files, strict=True):
            shown.attachments = (self.room.enclosed(shown.ref, file),)
            self.room.changed(chat, shown)
        return made

    def _label(self, name: str) -> str:
        return self._say.label(name).text


class SchoolPhone(Phone):
    """Notices of the school: they are read, and answered on the page they lead to; nothing is heard here."""

    channel = SCHOOL
    links_only = True

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Show a notice, with the way to its page at the foot."""
        chat = self._chat(to)
        if not isinstance(chat, WebChat):
            return chat
        found, page = texts(text.body), _page(keys)
        made = self._attach(chat, files)
        for place, words in enumerate(found, start=1):
            made.append(self._show(chat, words, card=_notice(page if place == len(found) else None)))
        return Done(tuple(one.ref for one in made))


class AccountPhone(Phone):
    """A service account: it talks while its window is open, and knocks with a template message later."""

    channel = ACCOUNT
    private_only = True
    links_only = True
    needs_pages = True

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say it, or knock and let the page say it."""
        chat = self._chat(to)
        if not isinstance(chat, WebChat):
            return chat
        page = _page(keys)
        found = texts(text.body)
        pictures = [file for file in files if file.kind == "photo"]
        if len(pictures) < len(files):
            found = ended(found, self._label("playground.no_file"))
        if page is not None and page.label:
            found = ended(found, f'<a href="{page.url}">{plain(page.label)}</a>')
        refs = [one.ref for one in self._attach(chat, pictures)] if self._open(chat) else []
        for words in found:
            if not self._open(chat):
                if page is None:
                    return Refused(Failure.WINDOW_CLOSED)
                return Done((*refs, self._knock(chat, page).ref))
            refs.append(self._show(chat, words).ref)
        return Done(tuple(refs))

    async def menu(
        self, chat: GroupAddress | PersonAddress, member: str | None, commands: Sequence[tuple[str, str]]
    ) -> Outcome:
        """Keep what somebody may do."""
        return await self.room.menu(chat, member, commands)

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """A file that somebody sent."""
        return await self.room.fetch(ref, limit)

    def _open(self, chat: WebChat) -> bool:
        """Whether something may be said now."""
        said = 0
        for shown in reversed(chat.messages):
            if shown.by != BOT:
                heard = shown.at or self.room.now()
                answers = said == 0 and self.room.now() - heard < AT_ONCE
                return answers or (said < QUOTA and self.room.now() - heard < WINDOW)
            said += shown.card is None
        return False

    def _knock(self, chat: WebChat, page: Key) -> Shown:
        now = self.room.now().astimezone(CHINA)
        fields = (
            (self._label("playground.template_thing"), self._label("playground.template_news")),
            (
                self._label("playground.template_time"),
                f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}",
            ),
            (self._label("playground.template_name"), self._label("playground.template_sender")),
        )
        title, label = self._label("playground.template_title"), self._label("playground.template_more")
        return self._show(chat, "", card=Card("template", title, fields, label, page.url or ""))


class AppPhone(Phone):
    """The app in WeCom: a conversation, with cards where something can be pressed."""

    channel = APP
    private_only = True

    @property
    def choose(self) -> str:
        """What stands above choices with numbers."""
        return self._label("wecom.choose")

    @property
    def submit(self) -> str:
        """The button under several options."""
        return self._label("wecom.submit")

    @property
    def over(self) -> str:
        """What a card without keys shows in their place."""
        return self._label("wecom.over")

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Show texts, and a card or numbers where there are keys."""
        chat = self._chat(to)
        if not isinstance(chat, WebChat):
            return chat
        made = self._attach(chat, files)
        made += [self._part(chat, part) for part in cards.parts(text.body, keys, self, protect=protect)]
        for one in made:
            one.protected = protect
        return Done(tuple(one.ref for one in made))

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Put new words and keys in the place of the old ones."""
        where = self._chat(chat)
        if not isinstance(where, WebChat):
            return where
        old = [one for one in map(where.find, refs) if one is not None]
        if not old:
            return Refused(Failure.NOT_FOUND)
        *before, last = old
        for one in before:
            one.removed = True
            self.room.changed(where, one)
        self._change(last, text.body, keys)
        self.room.changed(where, last)
        return Done(tuple(refs))

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Answer a press by a message, since WeCom has no short lines."""
        who = self.room.callbacks.pop(callback, None)
        if who is None:
            return Refused(Failure.EXPIRED)
        if text is not None and text.text.strip():
            self._show(self.room.private(self.room.people[who]), plain(text.text))
        return Done()

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """A file that somebody sent."""
        return await self.room.fetch(ref, limit)

    def _part(self, chat: WebChat, part: cards.Part) -> Shown:
        if part.card is None:
            return self._show(chat, part.text, part.keys, Card("numbers") if part.keys else None)
        return self._show(chat, plain(part.text), part.keys, self._card(part.card))

    def _card(self, card: dict[str, Json]) -> Card:
        kind = "vote" if card.get("card_type") == "vote_interaction" else "buttons"
        head = card.get("main_title")
        title = head.get("title") if isinstance(head, dict) else ""
        return Card(kind, str(title), over=self.over, submit=self.submit)

    def _change(self, shown: Shown, body: str, keys: Sequence[Key]) -> None:
        """A card stays one where the new words fit into it."""
        words, spans = markup.read(body)
        linked_ = any(span.kind == "text_link" for span in spans)
        is_card = shown.card is not None and shown.card.kind != "numbers" and not linked_
        card = cards.card(words.strip(), keys, self, shown.ref) if is_card else None
        if card is not None:
            shown.text, shown.spans, shown.keys = plain(words.strip()), (), tuple(keys)
            shown.card = self._card(card)
            return
        letter = cards.parts(body, keys, self, protect=shown.protected)
        shown.text, shown.spans = linked("\n".join(part.text for part in letter))
        shown.keys = letter[-1].keys if letter else ()
        found = letter[-1].card if letter else None
        shown.card = self._card(found) if found else Card("numbers") if shown.keys else None


def made(room: WebPlatform, language: str) -> list[Phone]:
    """All of them, for a class that speaks this language."""
    return [kind(room, Say(language)) for kind in (SchoolPhone, AccountPhone, AppPhone)]


def chosen(chat: WebChat, words: str) -> tuple[Shown, str] | None:
    """The key that a typed number means, where the last choice was offered with numbers."""
    typed = NUMBER.fullmatch(words)
    last = next((one for one in reversed(chat.visible) if one.card and one.card.kind == "numbers"), None)
    if typed is None or last is None or not 0 < int(typed[1]) <= len(last.keys):
        return None
    return last, last.keys[int(typed[1]) - 1].token or ""


def linked(words: str) -> tuple[str, tuple[Span, ...]]:
    """A text as WeChat shows it: its links, and nothing else of a markup."""
    text, at = "", 0
    spans: list[Span] = []
    for found in LINK.finditer(words):
        text += words[at : found.start()]
        spans.append(Span(len(text), len(text) + len(found[2]), "text_link", found[1]))
        text, at = text + found[2], found.end()
    return text + words[at:], tuple(spans)


def _page(keys: Sequence[Key]) -> Key | None:
    return next((key for key in keys if key.url), None)


def _notice(page: Key | None) -> Card:
    return Card("notice", label=page.label, url=page.url or "") if page is not None else Card("notice")
