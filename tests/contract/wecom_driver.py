"""WeCom's people: members who talk with the app one by one, and groups that it can post to and not read."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot import ports
from bot.platforms.wecom import WeComPlatform, WeComSettings
from bot.ports import Platform
from bot.vault import DatabaseVault
from bot.web_server import serving
from classroom.events import Right
from storage.database import open_database
from tests.contract.driver import ALL_RIGHTS, Parcel, Saying, Seen, Stage, Trouble
from tests.wecomapi import Corp, Shown, WeComServer

DEAF = "the app never hears what is written in a group"
NAMELESS = "WeCom gives a post in a group no name by which it could be found, changed or answered"
NOT_ADDED = "nobody adds the app to a group: it makes its own"
CANNOT = {
    "test_what_is_not_stored_is_offered_again_under_the_same_key": DEAF,
    "test_every_update_has_a_key_of_its_own": DEAF,
    "test_a_message_in_the_group": DEAF,
    "test_who_is_no_person": DEAF,
    "test_coming_and_going": DEAF,
    "test_reading_is_total_on_almost_updates": DEAF,
    "test_an_edit_is_told_apart": "nobody can change what they wrote",
    "test_a_caption_is_text_and_its_edit_too": "a picture has no caption",
    "test_an_album_can_be_gathered": "there are no albums",
    "test_an_answer_brings_what_it_answers": "an answer does not say what it answers",
    "test_an_answer_to_the_bot": "an answer does not say what it answers",
    "test_the_bots_own_place": NOT_ADDED,
    "test_the_bot_as_an_ordinary_member": NOT_ADDED,
    "test_a_migration": "a group never changes its id",
    "test_a_group_that_moved_says_where_and_works_there": "a group never changes its id",
    "test_a_person_who_turns_out_to_be_a_group_gets_no_private_text": "no id can be both",
    "test_pinning": NAMELESS,
    "test_text_in_a_group_is_shown_as_typed": NAMELESS,
    "test_a_long_post_carries_its_keys_under_the_last": NAMELESS,
    "test_an_edit_leaves_nothing_of_a_longer_text": NAMELESS,
    "test_an_edit_that_changes_nothing_is_done": NAMELESS,
    "test_an_edit_of_what_is_gone_or_is_not_ours": NAMELESS,
    "test_an_answer_stands_under_what_it_answers": NAMELESS,
    "test_a_file_goes_along": "a file is a message of its own, and a card has no room for one",
    "test_closed_doors_are_told_apart": "who sees the app can be told things without having opened it",
}
"""What is left is in tests/platforms/test_wecom*.py."""

CHOICE = re.compile(r"\n\n回复数字选择：\n(.*)\Z", re.DOTALL)
OFFERED = re.compile(r"^(\d+)  ", re.MULTILINE)
INVISIBLE = "\u2060"


class WeComDriver:
    """Members of the stand-in's corp; the server is shared, people and groups are this driver's own."""

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

    def __init__(self, server: WeComServer, platform: WeComPlatform) -> None:
        self._server, self._corp, self._postman = server, server.corp, server.postman
        self.platform: Platform = platform
        self._postman.drop()
        self._toasts: dict[str, tuple[str, int]] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        return secrets_of(self._corp)

    # --- people and groups ----------------------------------------------------------------------

    def person(self, name: str) -> str:
        return self._corp.member(f"u{self._corp.number()}", name)

    def other_bot(self, name: str) -> str:
        raise AssertionError(DEAF)

    def channel(self, title: str, owner: str) -> str:
        raise AssertionError(DEAF)

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        return f"appchat:{self._corp.make_chat(title, owner, [owner, *members])}"

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        """The app has no rights in a group, whatever anybody wishes."""

    def remove_bot(self, group: str, owner: str) -> None:
        del self._corp.chats[_chat(group)]

    def join(self, group: str, who: str) -> None:
        self._corp.chats[_chat(group)].members.append(who)

    def leave(self, group: str, who: str) -> None:
        self._corp.chats[_chat(group)].members.remove(who)

    def migrate(self, group: str) -> str:
        raise AssertionError("a group never changes its id")

    def open_door(self, who: str) -> None:
        self._postman.opens(who)

    def block(self, who: str) -> None:
        self._postman.leaves(who)

    def unblock(self, who: str) -> None:
        self._postman.returns(who)

    def becomes_group(self, who: str) -> None:
        raise AssertionError("no id can be both")

    # --- messages -------------------------------------------------------------------------------

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        assert reply_to is None and not quote, "an answer does not say what it answers"
        if where == who:
            return self._postman.writes(who, text)
        shown = Shown(f"m{self._corp.number()}", "text", text, by=who)
        self._corp.chats[_chat(where)].screen.append(shown)
        return shown.msgid

    def say_as_group(self, who: str, group: str, text: str) -> str:
        raise AssertionError(DEAF)

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        raise AssertionError(DEAF)

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        assert where == who, DEAF
        kinds = {"photo": "image", "document": "file"}
        return tuple(self._postman.sends(who, kinds[file.kind], file.filename, file.data) for file in files)

    def edit(self, where: str, ref: str, text: str) -> None:
        raise AssertionError("nobody can change what they wrote")

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        shown = next(one for one in self._corp.screen(who) if ref in (one.task, one.msgid))
        words = self._postman.presses(who, shown, label)
        callback = f"{who}|{hashlib.sha256(words.encode()).hexdigest()[:24]}"
        self._toasts[callback] = (who, len(self._corp.screen(who)))
        return callback

    def days_pass(self, days: float) -> None:
        self._corp.later += days * 86400

    # --- what is seen ---------------------------------------------------------------------------

    def seen(self, where: str) -> list[Seen]:
        return [_seen(one) for one in self._screen(where)]

    def toast_of(self, callback: str) -> str | None:
        who, before = self._toasts[callback]
        told = [one for one in self._corp.screen(who)[before:] if not one.by]
        return told[0].text.replace(INVISIBLE, "") if told else ""

    def muted(self, group: str, who: str) -> bool:
        return False

    def tag_of(self, group: str, who: str) -> str:
        return ""

    def menu_of(self, who: str, where: str) -> list[str]:
        return []

    # --- trouble --------------------------------------------------------------------------------

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        path = "appchat/send" if saying is Saying.POST else "message/send"
        self._server.fault(path, 45009 if kind is Trouble.BUSY else "reset_after")

    def check(self) -> None:
        self._corp.later = 0.0
        self._postman.drop()
        self._server.clear()
        assert self._server.violations == []
        assert self._corp.dropped == []

    def _screen(self, where: str) -> list[Shown]:
        return (
            self._corp.chats[_chat(where)].screen
            if where.startswith("appchat:")
            else self._corp.screen(where)
        )


def secrets_of(corp: Corp) -> tuple[str, ...]:
    """What must be in no log: the app's secret, and every token and code that was given out."""
    return (corp.secret, corp.token, corp.aes_key, *corp.issued)


def _chat(group: str) -> str:
    return group.removeprefix("appchat:")


def _seen(one: Shown) -> Seen:
    text, buttons = one.text.replace(INVISIBLE, ""), tuple(one.buttons)
    if (choice := CHOICE.search(text)) is not None:
        buttons = tuple(label.rstrip("\n") for label in OFFERED.split(choice[1])[2::2])
        text = text[: choice.start()]
    files = (one.filename,) if one.filename else ()
    ref = one.task or one.msgid
    return Seen(ref, not one.by, text, buttons, files, one.removed, one.edited, protected=one.safe)


def settings_of(server: WeComServer) -> WeComSettings:
    """The app's settings for the stand-in."""
    corp = server.corp
    return WeComSettings(
        corp.corp_id,
        corp.agent_id,
        corp.secret,
        corp.token,
        corp.aes_key,
        api_root=server.url,
        public_url="https://class.example",
    )


@contextlib.asynccontextmanager
async def wecom() -> AsyncIterator[Stage]:
    """One server, one open platform, and the address that the server calls."""
    with WeComServer() as server, tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'class.db'}", Path(folder) / "key", durable=False
        )
        platform = WeComPlatform(settings_of(server), DatabaseVault(database, now), now=now)
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
        server.postman.patience, server.postman.attempts = 2.0, 400
        await platform.open()
        async with serving(listening, platform.routes()):
            yield lambda: WeComDriver(server, platform)
            server.postman.close()
        await platform.close()
        database.close()


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)
