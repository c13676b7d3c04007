"""The AI bot's people: they call it by @ in groups, and talk with it alone."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot import ports
from bot.platforms.wecom_bot import BotPlatform, BotSettings
from bot.platforms.wecom_bot.settings import BotTimes
from bot.ports import Platform
from bot.vault import DatabaseVault
from classroom.events import Right
from storage.database import open_database
from tests.aibotapi import AiBotServer, Shown
from tests.contract.driver import ALL_RIGHTS, Parcel, Saying, Seen, Stage, Trouble

FIXED = "what the bot said it can change only as a card, in the seconds after a press"
CANNOT = {
    "test_a_message_in_the_group": "WeCom does not tell what a group is called",
    "test_who_is_no_person": "nobody can call the bot in another's name",
    "test_coming_and_going": "WeCom tells of nobody who comes or goes",
    "test_reading_is_total_on_almost_updates": "a picture in a group is not heard",
    "test_an_edit_is_told_apart": "nobody can change what they wrote",
    "test_a_caption_is_text_and_its_edit_too": "a picture in a group is not heard",
    "test_an_album_can_be_gathered": "there are no albums",
    "test_an_answer_brings_what_it_answers": "an answer does not say whose words it answers",
    "test_an_answer_to_the_bot": "an answer does not say which message it answers",
    "test_the_bots_own_place": "WeCom tells the bot nothing of its place in a group",
    "test_the_bot_as_an_ordinary_member": "WeCom tells the bot nothing of its place in a group",
    "test_the_private_door": "nobody can shut the bot out",
    "test_closed_doors_are_told_apart": "nobody can shut the bot out",
    "test_a_migration": "a group never changes its id",
    "test_a_group_that_moved_says_where_and_works_there": "a group never changes its id",
    "test_a_person_who_turns_out_to_be_a_group_gets_no_private_text": "no id can be both",
    "test_pinning": "the bot cannot pin",
    "test_text_in_a_group_is_shown_as_typed": FIXED,
    "test_an_edit_leaves_nothing_of_a_longer_text": FIXED,
    "test_an_edit_that_changes_nothing_is_done": FIXED,
    "test_an_edit_of_what_is_gone_or_is_not_ours": FIXED,
    "test_what_was_told_is_changed": FIXED,
    "test_only_what_asks_for_it_is_protected": "the bot cannot forbid to pass a message on",
    "test_nothing_of_a_long_text_is_lost": "the bot cannot forbid to pass a message on",
    "test_an_answer_stands_under_what_it_answers": "an answer stands by itself",
    "test_a_file_goes_along": "a file is a message of its own, and a card has no room for one",
    "test_deleting_what_was_told": "the bot cannot take back what it said",
    "test_files_are_fetched_up_to_a_limit": "what people send is fetched by an address that WeCom gives",
    "test_a_file_has_its_name_and_size": "WeCom does not say how large a file is",
}
"""What is left is in tests/platforms/test_wecom_bot*.py."""

INVISIBLE = "\u2060"
CHOICE = re.compile(r"\n\n(?:回复数字选择：|在群里 @我，加一个数字：)\n(.*)\Z", re.DOTALL)
OFFERED = re.compile(r"^(\d+)  ", re.MULTILINE)
QUICK = BotTimes(connect=5.0, answer=5.0, ping=30.0, first_wait=0.01, longest_wait=0.1, step_back=0.05)


class WeComBotDriver:
    """People of the stand-in's corp; the server is shared, people and groups are this driver's own."""

    able = frozenset(
        {
            ports.PostsToGroup,
            ports.TellsPeople,
            ports.EditsPosts,
            ports.AnswersPresses,
            ports.FetchesFiles,
        }
    )
    cannot: Mapping[str, str] = CANNOT
    busy_for = 60.0

    def __init__(self, server: AiBotServer, platform: BotPlatform) -> None:
        self._server, self._phones = server, server.phones
        self.platform: Platform = platform
        self._toasts: dict[str, tuple[str, int]] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._phones.secret, "RC-SECRET")

    # --- people and groups ----------------------------------------------------------------------

    def person(self, name: str) -> str:
        return self._phones.person(name)

    def other_bot(self, name: str) -> str:
        raise AssertionError("no other bot is heard")

    def channel(self, title: str, owner: str) -> str:
        raise AssertionError("there are no channels")

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        chatid = self._phones.group(owner, *members)
        self._phones.chats[chatid].talked = True
        return f"chat:{chatid}"

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        """The bot has no rights in a group, whatever anybody wishes."""

    def remove_bot(self, group: str, owner: str) -> None:
        self._phones.chats[_chat(group)].present = False

    def join(self, group: str, who: str) -> None:
        self._phones.chats[_chat(group)].members.append(who)

    def leave(self, group: str, who: str) -> None:
        self._phones.chats[_chat(group)].members.remove(who)

    def migrate(self, group: str) -> str:
        raise AssertionError("a group never changes its id")

    def open_door(self, who: str) -> None:
        self._phones.chats[who].talked = True

    def block(self, who: str) -> None:
        """Nobody can shut the bot out."""

    def unblock(self, who: str) -> None:
        """Nobody can shut the bot out."""

    def becomes_group(self, who: str) -> None:
        raise AssertionError("no id can be both")

    # --- messages -------------------------------------------------------------------------------

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        assert reply_to is None and not quote, "an answer does not say which message it answers"
        return self._server.says(who, _chat(where), text)

    def say_as_group(self, who: str, group: str, text: str) -> str:
        raise AssertionError("nobody is anonymous")

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        raise AssertionError("there are no channels")

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        raise AssertionError("see tests/platforms/test_wecom_bot.py")

    def edit(self, where: str, ref: str, text: str) -> None:
        raise AssertionError("nobody can change what they wrote")

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        shown = next(one for one in self._screen(where) if ref in (one.task, one.msgid))
        callback = f"{who}|{self._server.presses(who, _chat(where), shown, label)}"
        self._toasts[callback] = (who, len(self._screen(who)))
        return callback

    def days_pass(self, days: float) -> None:
        self._phones.later += days * 86400

    # --- what is seen ---------------------------------------------------------------------------

    def seen(self, where: str) -> list[Seen]:
        return [_seen(one) for one in self._screen(where)]

    def toast_of(self, callback: str) -> str | None:
        who, before = self._toasts[callback]
        told = [one for one in self._screen(who)[before:] if not one.by]
        return told[0].text.replace(INVISIBLE, "") if told else ""

    def muted(self, group: str, who: str) -> bool:
        return False

    def tag_of(self, group: str, who: str) -> str:
        return ""

    def menu_of(self, who: str, where: str) -> list[str]:
        return []

    # --- trouble --------------------------------------------------------------------------------

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        self._server.fault("aibot_send_msg", 45009 if kind is Trouble.BUSY else "reset_after")

    def check(self) -> None:
        self._phones.later = 0.0
        self._server.clear()
        assert self._server.violations == []

    def _screen(self, where: str) -> list[Shown]:
        return self._phones.chats[_chat(where)].screen


def _chat(native: str) -> str:
    return native.removeprefix("chat:")


def _seen(one: Shown) -> Seen:
    text, buttons = one.text.replace(INVISIBLE, ""), tuple(one.buttons)
    if (choice := CHOICE.search(text)) is not None:
        buttons = tuple(label.rstrip("\n") for label in OFFERED.split(choice[1])[2::2])
        text = text[: choice.start()]
    files = (one.filename,) if one.filename else ()
    return Seen(one.task or one.msgid, not one.by, text, buttons, files, edited=one.edited)


def settings_of(server: AiBotServer) -> BotSettings:
    """The bot's settings for the stand-in."""
    public = "https://class.example"
    return BotSettings(server.phones.bot_id, server.phones.secret, server.url, public, times=QUICK)


@contextlib.asynccontextmanager
async def wecom_bot() -> AsyncIterator[Stage]:
    """One server, and for each test a bot of its own: what one has heard waits in it to be stored."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'class.db'}", Path(folder) / "key", durable=False
        )
        async with AiBotServer() as server:
            server.keeps = True
            loop = asyncio.get_running_loop()
            made: list[BotPlatform] = []
            closing: set[asyncio.Task[None]] = set()

            async def names(who: str) -> str:
                return server.phones.people.get(who, "")

            def stage() -> WeComBotDriver:
                closing.update(loop.create_task(one.close()) for one in made)
                vault = DatabaseVault(database, now)
                made[:] = [BotPlatform(settings_of(server), vault, now=now, names=names)]
                return WeComBotDriver(server, made[0])

            yield stage
            await asyncio.gather(*closing, *(one.close() for one in made))
        database.close()


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)
