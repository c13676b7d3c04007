"""People of the sample class who act by themselves: in the days before the first, and to be watched."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.types import Message, Scope

from bot import families
from bot.app import App
from bot.demo.cast import Cast
from bot.demo.stage import Stage
from bot.platforms.web import BOT, Shown, WebChat
from classroom.errors import HomeroomError
from classroom.events import Attachment, Sender
from storage import letters, looking
from storage.database import Records

GROUP = "-1001"
PAGE = "/f/"


class LostThreadError(HomeroomError):
    """A person of the script looked for something that is not there."""


@dataclass(slots=True)
class Script:
    """A class to act in; every act waits until the bot has done all it can."""

    stage: Stage
    cast: Cast

    @property
    def group(self) -> WebChat:
        """The class's group."""
        return self.stage.platform.group(GROUP, self.cast.group)

    def who(self, native: str) -> Player:
        """Somebody of the cast."""
        return Player(self, self.stage.platform.people[native])

    def word(self, name: str, **values: object) -> str:
        """What is said there, in the class's language."""
        return self.cast.words[name].format(**values)

    async def until(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Turn the clock to that time of day in the class's zone, `days` later than the next such time."""
        zone = self.stage.zone
        local = self.stage.clock.now().astimezone(zone)
        target = local.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
        if target <= local:
            target += timedelta(days=1)
        await self.stage.turn(target)

    async def later(self, **delta: float) -> None:
        """Turn the clock forward by so much."""
        await self.stage.turn(self.stage.clock.now() + timedelta(**delta))

    async def planned(self, kind: str) -> datetime | None:
        """When the next thing of a kind is due to happen by itself."""
        plans = await self.stage.database.write(lambda records: looking.plans(records, 200))
        return next((plan.at for plan in plans if plan.kind == kind), None)

    async def purposes(self, shown: Shown) -> dict[str, str]:
        """What the buttons under a message are for, by their tokens."""
        tokens = [key.token for key in shown.keys if key.token]
        return await self.stage.database.write(lambda records: looking.purposes(records, tokens))


@dataclass(slots=True)
class Player:
    """One person's hands; `last` messages are looked for among what can still be read."""

    script: Script
    sender: Sender

    @property
    def private(self) -> WebChat:
        """The conversation with the bot."""
        return self.script.stage.platform.private(self.sender)

    async def says(
        self, text: str, *, reply_to: Shown | None = None, files: tuple[Attachment, ...] = ()
    ) -> Shown:
        """Write in the group."""
        return await self._say(self.script.group, text, reply_to, files)

    async def tells(
        self, text: str, *, reply_to: Shown | None = None, files: tuple[Attachment, ...] = ()
    ) -> Shown:
        """Write to the bot."""
        return await self._say(self.private, text, reply_to, files)

    async def _say(
        self, chat: WebChat, text: str, reply_to: Shown | None, files: tuple[Attachment, ...]
    ) -> Shown:
        platform = self.script.stage.platform
        shown = platform.say(self.sender, chat, text, reply_to=reply_to, attachments=files)
        await self.script.stage.settle()
        return shown

    async def answers(self, purpose: str, *, place: int = 0) -> None:
        """Open the newest letter that has a button for this, and press it on the letter's page."""
        for shown in reversed(self.private.visible):
            code = _code(shown)
            tokens = await self._on_page(code, purpose) if code else []
            if code and len(tokens) > place:
                await press_on_page(self.script.stage.app, code, tokens[place])
                await self.script.stage.settle()
                return
        raise LostThreadError(f"{self.sender.native} has no letter with a button for {purpose}")

    async def _on_page(self, code: str, purpose: str) -> list[str]:
        stage = self.script.stage
        return await stage.database.look(lambda records: _tokens(records, stage, code, purpose))

    async def joins(self) -> None:
        """Come into the group."""
        self.script.stage.platform.join(self.sender, self.script.group)
        await self.script.stage.settle()

    async def opens(self) -> None:
        """Follow the newest button in the group that leads to the private conversation."""
        found = [key.payload for m in self.script.group.visible for key in m.keys if key.payload]
        await self.tells(f"/start {found[-1]}" if found else "/start")

    async def presses(self, purpose: str, *, group: bool = False, place: int = 0) -> None:
        """Press the newest button that is for this; `place` counts among the like of it in one message."""
        chat = self.script.group if group else self.private
        for shown in reversed(chat.visible):
            if shown.by != BOT or not shown.keys:
                continue
            purposes = await self.script.purposes(shown)
            tokens = [k.token for k in shown.keys if k.token and purposes.get(k.token) == purpose]
            if len(tokens) > place:
                self.script.stage.platform.press_token(self.sender, chat, tokens[place], shown.ref)
                await self.script.stage.settle()
                return
        raise LostThreadError(f"{self.sender.native} finds no button for {purpose}")


def _code(shown: Shown) -> str | None:
    """The code of the page that a message leads to."""
    urls = (shown.card.url if shown.card else "", *(span.url or "" for span in shown.spans))
    return next((url.rsplit("/", 1)[-1] for url in urls if PAGE in url), None)


def _tokens(records: Records, stage: Stage, code: str, purpose: str) -> list[str]:
    """The buttons for this that are on a page now."""
    letter = letters.find(records, stage.database.keys.digest, code, stage.clock.now())
    found = [key.token for words in letter.words for key in words.keys if key.token] if letter else []
    meant = looking.purposes(records, found)
    return [token for token in found if meant.get(token) == purpose]


async def press_on_page(app: App, code: str, token: str) -> None:
    """Press as a browser does: the form of the page, by the page's own way in."""
    form = urlencode({"once": secrets.token_hex(8), "press": token}).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": form, "more_body": False}

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": f"{PAGE}{code}",
        "query_string": b"",
        "headers": [],
    }
    scope["path_params"] = {"code": code}
    await families.answer(Request(scope, receive), app, families.Knocking())
