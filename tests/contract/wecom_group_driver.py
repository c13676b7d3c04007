"""Groups of teachers with parents in WeChat: what is prepared is seen, and nobody is heard or told."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from bot import ports
from bot.platforms.wecom_group import GroupSettings, WeComGroupPlatform
from bot.ports import Platform
from bot.vault import DatabaseVault
from classroom.events import Right
from storage.database import open_database
from tests.contract.driver import ALL_RIGHTS, Parcel, Saying, Seen, Stage, Trouble
from tests.contract.wecom_driver import now
from tests.wecomapi import WeComServer, customers

DEAF = "nobody hears what is written in such a group, nor what anybody writes in private"
DUMB = "nobody can be told anything"
ANSWER = "\n\n要回复的，请点您收到的私信；没有收到的，跟老师说一声就行。"
CANNOT = {
    "test_a_platform_has_a_name_and_a_private_door": "nobody can begin a conversation",
    "test_a_broken_line_in_a_group": "WeCom is asked whether it has the post: nothing is uncertain",
    "test_a_group_that_moved_says_where_and_works_there": "a group never changes its id",
    "test_private_text_never_goes_where_the_platform_has_a_group": DUMB,
    "test_a_person_who_turns_out_to_be_a_group_gets_no_private_text": DUMB,
    "test_private_text_does_not_come_in_by_an_edit": "what is prepared cannot be changed",
    "test_no_word_and_no_secret_gets_into_outcomes_or_logs": DUMB,
    "test_coming_and_going": "at its first look the platform tells of everybody who is there",
    "test_the_bots_own_place": "a bot has no place in such a group",
    "test_the_bot_as_an_ordinary_member": "a bot has no place in such a group",
    "test_the_private_door": DUMB,
    "test_a_migration": "a group never changes its id",
    "test_who_somebody_is": "only that somebody is there is known, as of the last look",
    "test_what_the_bot_may_do": "a bot has no rights there",
    "test_without_the_right_nothing_happens": "a bot has no rights there",
    "test_own_posts_go_without_any_right": "what waits is withdrawn, what was sent stays",
    **dict.fromkeys(
        (
            "test_what_is_not_stored_is_offered_again_under_the_same_key",
            "test_what_was_being_stored_at_a_stop_comes_again",
            "test_every_update_has_a_key_of_its_own",
            "test_a_message_in_the_group",
            "test_a_message_in_private",
            "test_an_edit_is_told_apart",
            "test_a_caption_is_text_and_its_edit_too",
            "test_a_file_has_its_name_and_size",
            "test_an_album_can_be_gathered",
            "test_an_answer_brings_what_it_answers",
            "test_an_answer_to_the_bot",
            "test_who_is_no_person",
            "test_reading_is_total_on_almost_updates",
            "test_an_answer_stands_under_what_it_answers",
            "test_files_are_fetched_up_to_a_limit",
        ),
        DEAF,
    ),
}
"""What is left is in tests/platforms/test_wecom_group.py."""


class GroupDriver:
    """Teachers are members of the corp, everybody else is in WeChat; groups are this driver's own."""

    able = frozenset({ports.PostsToGroup, ports.KnowsMembers})
    cannot: Mapping[str, str] = CANNOT
    busy_for = 60.0

    def __init__(self, server: WeComServer, platform: WeComGroupPlatform) -> None:
        self._server, self._corp = server, server.corp
        self._customers = customers.of(server.corp)
        self.platform: Platform = platform

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._corp.secret, *self._corp.issued)

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
        names = (self._corp.members[one] for one in members)
        return self._customers.group(self._corp, owner, title, *names).chat_id

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        raise AssertionError("a bot has no rights there")

    def remove_bot(self, group: str, owner: str) -> None:
        del self._customers.groups[group]

    def join(self, group: str, who: str) -> None:
        self._customers.enter(self._corp, self._customers.groups[group], self._corp.members[who])

    def leave(self, group: str, who: str) -> None:
        raise AssertionError("the platform was not told who came")

    def migrate(self, group: str) -> str:
        raise AssertionError("a group never changes its id")

    def open_door(self, who: str) -> None:
        """There is no private door, open or shut."""

    def block(self, who: str) -> None:
        """As `open_door`."""

    def unblock(self, who: str) -> None:
        """As `open_door`."""

    def becomes_group(self, who: str) -> None:
        raise AssertionError(DUMB)

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        return ""

    def say_as_group(self, who: str, group: str, text: str) -> str:
        raise AssertionError(DEAF)

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        raise AssertionError(DEAF)

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        raise AssertionError(DEAF)

    def edit(self, where: str, ref: str, text: str) -> None:
        raise AssertionError(DEAF)

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        raise AssertionError("there are no buttons")

    def days_pass(self, days: float) -> None:
        self._corp.later += days * 86400

    def seen(self, where: str) -> list[Seen]:
        """What waits for the owner's tap: nobody else sees anything yet."""
        found = [one for one in self._customers.masses.values() if one.chat == where]
        return [
            Seen(one.msgid, True, one.text.removesuffix(ANSWER), ("收到",) if ANSWER in one.text else ())
            for one in found
        ]

    def toast_of(self, callback: str) -> str | None:
        raise AssertionError("there are no buttons")

    def muted(self, group: str, who: str) -> bool:
        return False

    def tag_of(self, group: str, who: str) -> str:
        return ""

    def menu_of(self, who: str, where: str) -> list[str]:
        return []

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        fault: int | str = 45009 if kind is Trouble.BUSY else "reset_after"
        self._server.fault("externalcontact/add_msg_template", fault)

    def check(self) -> None:
        self._corp.later = 0.0
        self._server.clear()
        assert self._server.violations == []
        assert all(not group.screen for group in self._customers.groups.values())


@contextlib.asynccontextmanager
async def wecom_group() -> AsyncIterator[Stage]:
    """One server and one platform, which looks into no group by itself."""

    async def watched() -> Sequence[str]:
        return ()

    with WeComServer() as server, tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'class.db'}", Path(folder) / "key", durable=False
        )
        corp = server.corp
        settings = GroupSettings(corp.corp_id, corp.agent_id, corp.secret, api_root=server.url)
        platform = WeComGroupPlatform(
            settings, DatabaseVault(database, now), now=now, watched=watched, awake=lambda moment: True
        )
        await platform.open()
        yield lambda: GroupDriver(server, platform)
        await platform.close()
        database.close()
