"""One open page: who it is, what it has been shown, and what it is still to be shown."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from bot.demo.cast import Cast
from bot.demo.explaining import Explaining
from bot.demo.house import House
from bot.demo.script import GROUP
from bot.demo.tries import SCHOOL_DAY
from bot.demo.wire import Wire, pinned
from bot.platforms.web import NAME, Change, Shown, WebChat
from classroom.addresses import ChatKind
from classroom.events import Json
from handlers.room import CommandLike
from templates.render import Say

MOST_FRAMES = 5000
"""A page that reads nothing for so long is gone."""


@dataclass(slots=True)
class View:
    """How one language sees a class."""

    house: House
    cast: Cast
    wire: Wire
    explaining: Explaining

    @property
    def group(self) -> WebChat:
        """The class's group."""
        return self.house.script.group


@dataclass(slots=True, eq=False)
class Window:
    """A page that is connected. `native` is who it is; frames wait in `out`."""

    view: View
    native: str
    hood: bool = False
    out: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(MOST_FRAMES))
    _shown: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, str] = field(default_factory=dict)

    def send(self, **frame: Json) -> None:
        """Put a frame behind the others; one who does not read them is let go."""
        self._put(json.dumps(frame, ensure_ascii=False))

    def send_if_new(self, what: str, **frame: Json) -> None:
        """Send a frame if the last of this kind said something else."""
        text = json.dumps({"type": what.split(maxsplit=1)[0], **frame}, ensure_ascii=False)
        if self._shown.get(what) != text:
            self._shown[what] = text
            self._put(text)

    def _put(self, text: str | None) -> None:
        try:
            self.out.put_nowait(text)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """Let the page go; what waits is not sent any more."""
        while not self.out.empty():
            self.out.get_nowait()
        self.out.put_nowait(None)

    # --- what is shown --------------------------------------------------------------------------

    def greet(self, version: str) -> None:
        """Show everything from the beginning."""
        self._shown.clear()
        view, platform = self.view, self.view.house.stage.platform
        self.send(
            type="hello",
            lang=view.cast.language,
            **{"as": self.native},
            bot={"name": view.cast.bot, "username": platform.mention},
            group={"id": GROUP, "title": view.group.title},
            people=view.wire.people(view.group),
            data=view.house.keep.name if view.house.keep else None,
            version=version,
        )
        self.be(self.native)

    def be(self, native: str) -> None:
        """Be somebody, and see what they see."""
        self.native = native
        self.view.wire.read(native)
        self.send(**self.view.wire.chat(self.view.group, native))
        self.send(**self.view.wire.chat(self.private, native))
        self._shown.pop("commands group", None)
        self._shown.pop("commands private", None)
        self.refresh()

    @property
    def private(self) -> WebChat:
        """The conversation of who this is with the bot."""
        platform = self.view.house.stage.platform
        return platform.private(platform.people[self.native])

    def look_under(self, on: bool) -> None:
        """Look under the hood, from the beginning, or stop."""
        self.hood = on
        self._rows.clear()

    def show_hood(self, rows: list[dict[str, Json]]) -> None:
        """Show the rows that are new or have changed."""
        fresh: list[Json] = []
        for row in rows:
            text = json.dumps(row, ensure_ascii=False)
            if self._rows.get(str(row["id"])) != text:
                self._rows[str(row["id"])] = text
                fresh.append(row)
        if fresh:
            self.send(type="hood", rows=fresh)

    def change(self, change: Change) -> None:
        """Show a message that is new or has changed, or a short answer."""
        if change.toast is not None:
            who, text, alert = change.toast
            if who == self.native:
                self.send(type="toast", text=text, alert=alert, **{"as": who})
        elif change.shown is not None and self._sees(change.chat):
            self.show(change.chat, change.shown)

    def _sees(self, chat: WebChat) -> bool:
        return chat is self.view.group or chat.native == self.native

    def show(self, chat: WebChat, shown: Shown) -> None:
        """Draw a message; its pin too."""
        private = chat.kind is ChatKind.PRIVATE
        self.send(
            type="message",
            chat="private" if private else "group",
            message=self.view.wire.message(chat, shown, self.native),
            **{"as": self.native},
        )
        if private:
            self.view.wire.read(self.native)
        else:
            self.send_if_new("pinned", refs=pinned(chat))

    def refresh(self) -> None:
        """Show who is who, what can be typed, what time it is, and what there is to try."""
        view, stage = self.view, self.view.house.stage
        self.send_if_new("people", people=view.wire.people(view.group))
        for word, chat in (("group", view.group), ("private", self.private)):
            self.send_if_new(f"commands {word}", **self._commands(word, chat))
        self.send_if_new("tries", parts=self._tries())
        self.send_if_new(
            "clock",
            now=view.wire.time(stage.clock.now().replace(second=0)),
            zone=str(stage.zone),
            turning=stage.turning,
        )

    def _commands(self, word: str, chat: WebChat) -> dict[str, Json]:
        platform = self.view.house.stage.platform
        member = self.native if word == "group" else None
        lines = platform.menus.get((chat.native, member), ())
        known = {c.name: c for c in self.view.house.stage.app.registry.listed()}
        say = self.view.explaining.say
        found: list[Json] = [
            {
                "name": name,
                "aliases": list(known[name].chinese),
                "about": say.label(f"{known[name].feature}.command_{name}").text,
            }
            for name, _ in lines or _for_everybody(known, word)
            if name in known and chat.channel == NAME  # a phone of WeChat's offers nothing while one types
        ]
        return {"chat": word, "items": found}

    def _tries(self) -> list[Json]:
        house, cast = self.view.house, self.view.cast
        names = house.script.cast.names()
        return [
            {
                "title": cast.parts[part],
                "items": [
                    {
                        "id": item.name,
                        "title": cast.tries[item.name].title.format_map(names),
                        "about": cast.tries[item.name].about.format_map(names),
                        "as": item.native,
                        "done": item.name in house.done,
                        "running": house.running == item.name,
                    }
                    for item in items
                ],
            }
            for part, items in SCHOOL_DAY.parts.items()
        ]


def _for_everybody(known: dict[str, CommandLike], word: str) -> list[tuple[str, str]]:
    """What anybody may type before the bot knows them."""
    open_to_all = ("help", "rules", "bind") if word == "group" else ("help", "rules", "bind", "me")
    return [(name, "") for name in open_to_all if name in known]


def view_of(house: House, cast: Cast, seen: dict[str, int]) -> View:
    """Make the view of one language on a class."""
    stage = house.stage
    explaining = Explaining(stage.database, stage.platform, stage.app.registry.spellings, Say(cast.language))
    names = house.script.cast.names()
    wire = Wire(stage.platform, cast, stage.zone, explaining.why, seen, names)
    return View(house, cast, wire, explaining)
