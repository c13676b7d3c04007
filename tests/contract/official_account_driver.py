"""A service account's followers: one by one, without groups, without buttons."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot import ports
from bot.platforms.official_account import OfficialAccountPlatform
from bot.ports import Platform
from bot.vault import DatabaseVault
from bot.web_server import serving
from classroom.events import Right
from storage.database import open_database
from tests.contract.driver import ALL_RIGHTS, Parcel, Saying, Seen, Stage, Trouble
from tests.contract.wecom_driver import now
from tests.officialapi import OfficialServer, Shown
from tests.platforms.official_kit import settings_of

ALONE = "an account has no groups"
ON_A_PAGE = "its buttons are on a page of ours"
NO_ANSWER = "an answer does not say what it answers"
CANNOT = {
    "test_what_a_platform_lacks_is_unsupported_and_leaves_no_trace": ALONE,
    "test_private_text_never_goes_where_the_platform_has_a_group": ALONE,
    "test_a_person_who_turns_out_to_be_a_group_gets_no_private_text": ALONE,
    "test_being_too_fast_in_a_group": ALONE,
    "test_a_broken_line_in_a_group": ALONE,
    "test_a_group_that_moved_says_where_and_works_there": ALONE,
    "test_what_is_not_stored_is_offered_again_under_the_same_key": ALONE,
    "test_every_update_has_a_key_of_its_own": ALONE,
    "test_a_message_in_the_group": ALONE,
    "test_who_is_no_person": ALONE,
    "test_coming_and_going": ALONE,
    "test_the_bots_own_place": ALONE,
    "test_the_bot_as_an_ordinary_member": ALONE,
    "test_a_migration": ALONE,
    "test_reading_is_total_on_almost_updates": ALONE,
    "test_deleting_what_stands_and_what_is_gone": ALONE,
    "test_what_is_too_old_stays_and_saves_no_other": ALONE,
    "test_without_the_right_nothing_happens": ALONE,
    "test_reacting": ALONE,
    "test_muting": ALONE,
    "test_an_answer_stands_under_what_it_answers": ALONE,
    "test_an_edit_of_what_is_gone_or_is_not_ours": ALONE,
    "test_menus": ALONE,
    "test_an_edit_is_told_apart": "nobody can change what they wrote",
    "test_a_caption_is_text_and_its_edit_too": "a picture has no caption",
    "test_an_album_can_be_gathered": "there are no albums",
    "test_an_answer_brings_what_it_answers": NO_ANSWER,
    "test_an_answer_to_the_bot": NO_ANSWER,
    "test_a_file_has_its_name_and_size": "nobody can send anything but pictures, voices and videos",
    "test_a_file_goes_along": "nothing can be sent but pictures, voices and videos",
    "test_the_private_door": "who follows again is greeted again",
    "test_closed_doors_are_told_apart": "who never followed and who does no more are the same",
    "test_text_in_private_is_shown_as_typed": ON_A_PAGE,
    "test_nothing_of_a_long_text_is_lost": ON_A_PAGE,
    "test_a_press_is_answered_once_and_a_late_answer_is_no_trouble": ON_A_PAGE,
    "test_a_button_comes_back_with_its_token": ON_A_PAGE,
    "test_only_what_asks_for_it_is_protected": "everything can be passed on",
}
"""What is left is in tests/platforms/test_official_account.py."""


class OfficialDriver:
    """People of the stand-in's WeChat; the server is shared, people are this driver's own."""

    able = frozenset({ports.TellsPeople, ports.FetchesFiles, ports.ShowsMenus})
    cannot: Mapping[str, str] = CANNOT
    busy_for = 60.0

    def __init__(self, server: OfficialServer, platform: OfficialAccountPlatform) -> None:
        self._server, self._account, self._postman = server, server.account, server.postman
        self.platform: Platform = platform
        self._postman.drop()

    @property
    def secrets(self) -> tuple[str, ...]:
        account = self._account
        return (account.secret, account.token, account.aes_key, *account.issued)

    # --- people and groups ----------------------------------------------------------------------

    def person(self, name: str) -> str:
        return self._account.person(following=False)

    def other_bot(self, name: str) -> str:
        raise AssertionError(ALONE)

    def channel(self, title: str, owner: str) -> str:
        raise AssertionError(ALONE)

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        """Whatever is asked for a group finds none."""
        return "no group"

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        """There are none."""

    def remove_bot(self, group: str, owner: str) -> None:
        """It was never there."""

    def join(self, group: str, who: str) -> None:
        raise AssertionError(ALONE)

    def leave(self, group: str, who: str) -> None:
        raise AssertionError(ALONE)

    def migrate(self, group: str) -> str:
        raise AssertionError(ALONE)

    def open_door(self, who: str) -> None:
        self._account.people[who].following = True
        self._postman.writes(who, "您好")

    def block(self, who: str) -> None:
        self._postman.leaves(who)

    def unblock(self, who: str) -> None:
        self._postman.follows(who)

    def becomes_group(self, who: str) -> None:
        raise AssertionError(ALONE)

    # --- messages -------------------------------------------------------------------------------

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        assert where == who and reply_to is None and not quote, ALONE
        return self._postman.writes(who, text)

    def say_as_group(self, who: str, group: str, text: str) -> str:
        raise AssertionError(ALONE)

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        raise AssertionError(ALONE)

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        assert where == who, ALONE
        return tuple(self._postman.sends(who, "image", file.data) for file in files)

    def edit(self, where: str, ref: str, text: str) -> None:
        raise AssertionError("nobody can change what they wrote")

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        raise AssertionError(ON_A_PAGE)

    def days_pass(self, days: float) -> None:
        self._account.later += days * 86400

    # --- what is seen ---------------------------------------------------------------------------

    def seen(self, where: str) -> list[Seen]:
        return [_seen(one) for one in self._account.screen(where)]

    def toast_of(self, callback: str) -> str | None:
        return None

    def muted(self, group: str, who: str) -> bool:
        return False

    def tag_of(self, group: str, who: str) -> str:
        return ""

    def menu_of(self, who: str, where: str) -> list[str]:
        return [key for column in self._account.menu_of(who).values() for key in column.values()]

    # --- trouble --------------------------------------------------------------------------------

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        assert saying is Saying.TELL, ALONE
        self._server.fault("message/custom/send", 45011 if kind is Trouble.BUSY else "reset_after")

    def check(self) -> None:
        self._account.later = 0.0
        self._postman.drop()
        self._server.clear()
        assert self._server.violations == [] and self._postman.violations == []


def _seen(one: Shown) -> Seen:
    return Seen(one.msgid, not one.by, one.text.replace("\u2060", ""))


@contextlib.asynccontextmanager
async def official_account() -> AsyncIterator[Stage]:
    """One server, one open platform, and the address that the server calls."""
    with OfficialServer() as server, tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'class.db'}", Path(folder) / "key", durable=False
        )
        platform = OfficialAccountPlatform(settings_of(server), DatabaseVault(database, now), now=now)
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/official-account/callback"
        server.postman.patience, server.postman.attempts = 2.0, 400
        await platform.open()
        async with serving(listening, platform.routes()):
            yield lambda: OfficialDriver(server, platform)
            server.postman.close()
        await platform.close()
        database.close()
