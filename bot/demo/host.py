"""The playground behind its page: windows come and go, what they ask for is done, what changes is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from bot.demo import actions
from bot.demo.actions import ACTION
from bot.demo.cast import LANGUAGES, load_cast
from bot.demo.house import House, build
from bot.demo.phones import APP, SCHOOL, chosen
from bot.demo.tries import PACE
from bot.demo.window import View, Window, view_of
from bot.platforms.web import NAME, Change, Shown, WebChat
from classroom.events import Attachment, Json
from templates.render import Say

DEBOUNCE = 0.03
REMEMBERED = 5000
LONGEST_NAME = 64


class RefusedError(Exception):
    """What was asked for cannot be done; the words are for the page."""


@dataclass(slots=True)
class Host:
    """The one who serves: the class of the moment, the windows on it, and what was asked already."""

    home: str
    keep: Path | None
    today: date
    pace: float = PACE
    house: House | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    windows: set[Window] = field(default_factory=set)
    views: dict[str, View] = field(default_factory=dict)
    asked: OrderedDict[str, str | None] = field(default_factory=OrderedDict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _typing: list[tuple[str, str]] = field(default_factory=list)

    # --- the class ------------------------------------------------------------------------------

    async def open(self, language: str) -> None:
        """Build the class, or open the kept one."""
        await self.move_in(await build(language, self.home, self.keep, self.today))

    async def move_in(self, house: House) -> None:
        """Serve this class from now on, and let it live by the clock."""
        seen = {native: len(chat.messages) for native, chat in house.stage.platform.chats.items()}
        self.views = {language: view_of(house, load_cast(language), seen) for language in LANGUAGES}
        house.stage.platform.listeners.append(self._heard)
        house.stage.watchers.append(self._works)
        self.house = house
        house.begin()
        for window in self.windows:  # before anything that waited for a class is done in the old one
            window.view = self.views[window.view.cast.language]
            window.greet(version("homeroom-bot"))
        self.ready.set()
        self._changed.set()

    async def close(self) -> None:
        """Let the windows go and the class end."""
        for window in list(self.windows):
            window.close()
        if self.house is not None:
            await self.house.end()

    async def restart(self, language: str) -> None:
        """End this class and begin a new one; every window is shown the new one."""
        async with self._moving:
            old, self.house = self.house, None
            self.ready.clear()
            if old is not None:
                await old.end()
                if old.keep is not None:
                    old.forget()
            await self.open(language)

    # --- showing --------------------------------------------------------------------------------

    def _heard(self, change: Change) -> None:
        for window in self.windows:
            window.change(change)
        self._changed.set()

    def _works(self, working: bool) -> None:
        house = self.house
        if house is None:
            return
        if working:
            self._typing = [
                ("group" if chat is house.script.group else "private", chat.native)
                for chat in _busy_chats(house)
            ]
        for chat, native in self._typing:
            for window in self.windows:
                if chat == "group" or native == window.native:
                    window.send(type="typing", chat=chat, on=working, **{"as": window.native})
        if not working:
            self._typing = []
        self._changed.set()

    async def keep_showing(self) -> None:
        """Draw anew what stands beside the chats, whenever something has changed and once in a while."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await self._changed.wait()
            await asyncio.sleep(DEBOUNCE)
            changed = self._changed.is_set()
            self._changed.clear()
            async with self._moving:
                if self.house is not None:
                    await self._draw(self.house)
                    if changed:
                        self.house.save()

    async def _draw(self, house: House) -> None:
        for window in self.windows:
            window.refresh()
        for view in self.views.values():
            looking = [w for w in self.windows if w.view is view]
            if looking:
                await self._draw_beside(house, view, looking)

    async def _draw_beside(self, house: House, view: View, windows: list[Window]) -> None:
        now, wire, explaining = house.stage.clock.now(), view.wire, view.explaining
        agenda = await house.stage.database.look(lambda r: explaining.agenda(r, now, wire))
        under = [w for w in windows if w.hood]
        rows = await house.stage.database.look(lambda r: explaining.hood(r, wire)) if under else []
        for window in windows:
            window.send_if_new("agenda", items=agenda)
        for window in under:
            window.show_hood(rows)

    # --- asking ---------------------------------------------------------------------------------

    async def enter(self, language: str, native: str) -> Window:
        """A page has connected: show it everything."""
        await self.ready.wait()
        view = self.views.get(language) or self.views[LANGUAGES[0]]
        people = view.house.stage.platform.people
        window = Window(view, native if native in people else next(iter(view.cast.people)))
        window.greet(version("homeroom-bot"))
        self.windows.add(window)
        self._changed.set()
        return window

    async def ask(self, window: Window, frame: str) -> None:
        """Do what a page asks for, once, and say whether it was done."""
        try:
            action = ACTION.validate_json(frame)
        except ValidationError:
            if named := actions.id_of(frame):
                window.send(type="ack", id=named, ok=False, error=_word(window, "not_understood"))
            return
        if action.id not in self.asked:
            await self.ready.wait()
            self.asked[action.id] = await self._answer(window, action)
            if len(self.asked) > REMEMBERED:
                self.asked.popitem(last=False)
        elif isinstance(action, actions.As):  # who a window is was forgotten when it came back
            await self._answer(window, action)
        error = self.asked[action.id]
        ack: dict[str, Json] = {"id": action.id, "ok": error is None}
        window.send(type="ack", **(ack if error is None else {**ack, "error": error}))

    async def _answer(self, window: Window, action: actions.Action) -> str | None:
        try:
            await self._do(window, action)
        except RefusedError as refused:
            return str(refused)
        return None

    async def _do(self, window: Window, action: actions.Action) -> None:
        match action:
            case actions.As(person=person):
                self._be(window, person)
            case actions.SayIt():
                self._say(window, action)
            case actions.Edit():
                self._edit(window, action)
            case actions.PressIt():
                self._press(window, action)
            case actions.Start(payload=payload):
                self._write(window, window.private, f"/start {payload}".strip())
            case actions.Rename(name=name):
                self._rename(window, name)
            case actions.Join() | actions.Leave() | actions.Block():
                self._come_and_go(window, action)
            case actions.Turn(to=to):
                await self._turn(window, to)
            case actions.TryIt(step=step):
                self._try(window, step)
            case actions.Hood(on=on):
                window.look_under(on)
            case actions.Lang(lang=lang):
                self._speak(window, lang)
            case actions.Restart():
                await self.restart(window.view.cast.language)
        self._woken()

    def _woken(self) -> None:
        if self.house is not None:
            self.house.stage.wake()
        self._changed.set()

    # --- what can be done -----------------------------------------------------------------------

    def _be(self, window: Window, person: str) -> None:
        if person not in window.view.house.stage.platform.people:
            raise RefusedError(_word(window, "nobody"))
        window.be(person)

    def _say(self, window: Window, action: actions.SayIt) -> None:
        chat = _chat(window, action.chat)
        platform = window.view.house.stage.platform
        unknown = [file for file in action.files if file not in platform.files]
        if unknown or not (action.text.strip() or action.files):
            raise RefusedError(_word(window, "empty"))
        files = [platform.uploaded[ref] for ref in action.files if ref in platform.uploaded]
        reply = chat.find(action.reply_to) if action.reply_to else None
        album = f"album{action.id}" if len(files) > 1 else None
        for place, group in enumerate([[file] for file in files] or [[]]):
            text = action.text if place == 0 else ""
            self._write(window, chat, text, reply, group, album, action.place if place == 0 else None)

    def _write(
        self,
        window: Window,
        chat: WebChat,
        text: str,
        reply: Shown | None = None,
        files: list[Attachment] | None = None,
        album: str | None = None,
        place: str | None = None,
    ) -> None:
        if len(text) > actions.LONGEST:
            raise RefusedError(_word(window, "too_long", most=actions.LONGEST))
        self._may_write(window, chat)
        platform = window.view.house.stage.platform
        sender = platform.people[window.native]
        if chat.channel == APP and (meant := chosen(chat, text)) is not None:
            platform.say(sender, chat, text, place=place, heard=False)
            platform.press_token(sender, chat, meant[1], meant[0].ref)
            return
        platform.say(sender, chat, text, reply_to=reply, attachments=files or [], album=album, place=place)

    def _may_write(self, window: Window, chat: WebChat) -> None:
        if chat.channel == SCHOOL:
            raise RefusedError(_word(window, "deaf"))
        if chat is not window.view.group:
            return
        if window.native not in chat.members:
            raise RefusedError(_word(window, "not_inside"))
        if window.native in chat.muted:
            raise RefusedError(_word(window, "muted"))

    def _edit(self, window: Window, action: actions.Edit) -> None:
        chat = _chat(window, action.chat)
        shown = chat.find(action.ref)
        if shown is None or shown.removed or shown.by != window.native or not action.text.strip():
            raise RefusedError(_word(window, "cannot_edit"))
        self._may_write(window, chat)
        platform = window.view.house.stage.platform
        platform.edit_own(platform.people[window.native], chat, shown, action.text[: actions.LONGEST])

    def _press(self, window: Window, action: actions.PressIt) -> None:
        chat = _chat(window, action.chat)
        shown = chat.find(action.ref)
        if shown is None or all(key.token != action.token for key in shown.keys):
            raise RefusedError(_word(window, "button_gone"))
        platform = window.view.house.stage.platform
        platform.press_token(platform.people[window.native], chat, action.token, shown.ref)

    def _rename(self, window: Window, name: str) -> None:
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME:
            raise RefusedError(_word(window, "bad_name"))
        platform = window.view.house.stage.platform
        old = platform.people[window.native]
        platform.person(window.native, name, username=old.username, language=old.language or "zh")

    def _come_and_go(self, window: Window, action: actions.Join | actions.Leave | actions.Block) -> None:
        platform, group = window.view.house.stage.platform, window.view.group
        sender = platform.people[window.native]
        if isinstance(action, actions.Block):
            platform.block(sender, action.on)
        elif window.private.channel != NAME:
            raise RefusedError(_word(window, "elsewhere"))
        elif isinstance(action, actions.Join) and window.native not in group.members:
            platform.join(sender, group)
        elif isinstance(action, actions.Leave) and window.native in group.members:
            platform.leave(sender, group)

    async def _turn(self, window: Window, to: str) -> None:
        house = window.view.house
        if to == "next":
            view = window.view
            now = house.stage.clock.now()
            agenda = await house.stage.database.look(lambda r: view.explaining.moments(r, now))
            if not agenda:
                raise RefusedError(_word(window, "nothing_next"))
            house.turn(lambda _: agenda[0])
            return
        by = timedelta(hours=1) if to == "hour" else timedelta(days=1)
        house.turn(lambda now: now + by)

    def _try(self, window: Window, step: str) -> None:
        def look(native: str, chat: str) -> None:
            window.send(type="show", chat=chat, ref=None, **{"as": native})

        if not window.view.house.attempt(step, look, self._changed.set, self.pace):
            raise RefusedError(_word(window, "unknown_try"))

    def _speak(self, window: Window, language: str) -> None:
        view = self.views.get(language)
        if view is not None and view is not window.view:
            window.view = view
            window.be(window.native)


def _busy_chats(house: House) -> list[WebChat]:
    platform = house.stage.platform
    waiting = [*platform.waiting, *(one for found in platform.elsewhere.values() for one in found)]
    events = [platform.heard.get(update.key) for update in waiting]
    natives = {event.origin.native for event in events if event is not None}
    return [platform.chats[native] for native in natives if native in platform.chats]


def _chat(window: Window, word: str) -> WebChat:
    return window.view.group if word == "group" else window.private


def _word(window: Window, name: str, **values: object) -> str:
    return Say(window.view.cast.language).label(f"playground.{name}", **values).text
