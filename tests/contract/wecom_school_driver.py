"""Parents of the stand-in's school: they can be told, cannot write, and have no groups."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

from bot import ports
from bot.platforms.wecom_school import SchoolPlatform
from bot.ports import Platform
from bot.vault import DatabaseVault
from bot.web_server import serving
from storage.database import open_database
from tests.contract.driver import Parcel, Saying, Seen, Stage, Trouble
from tests.contract.official_account_driver import ALONE, CANNOT, OfficialDriver
from tests.contract.wecom_driver import now
from tests.platforms.school_kit import SECRETS, settings_of
from tests.wecomapi import WeComServer
from tests.wecomapi.school import changed, follows

MUTE = "a parent cannot write here: what comes is about the address book"
NAMELESS = "a notice has no name by which it could be found or changed"
MORE = {
    "test_a_platform_has_a_name_and_a_private_door": "nobody can begin a conversation",
    "test_what_was_being_stored_at_a_stop_comes_again": MUTE,
    "test_a_message_in_private": MUTE,
    "test_files_are_fetched_up_to_a_limit": MUTE,
    "test_control_characters_take_nothing_else_with_them": NAMELESS,
    "test_what_was_told_is_changed": NAMELESS,
    "test_deleting_what_was_told": NAMELESS,
}


class SchoolDriver(OfficialDriver):
    """One child with one parent for each person; the server is shared, families are this driver's own."""

    able = frozenset({ports.TellsPeople})
    cannot: Mapping[str, str] = CANNOT | MORE

    def __init__(self, server: WeComServer, platform: SchoolPlatform) -> None:
        self._wecom, self._corp, self._calls = server, server.corp, server.postman
        self.platform: Platform = platform
        self._calls.drop()

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._corp.school.secret, *SECRETS, *self._corp.issued)

    def person(self, name: str) -> str:
        number, school = self._corp.number(), self._corp.school
        child = school.student(f"s{number}", name, next(iter(school.scope)))
        return school.parent(f"p{number}", "妈妈", child, follows=False)

    def open_door(self, who: str) -> None:
        self._corp.school.parents[who].follows = True

    def block(self, who: str) -> None:
        follows(self._calls, who, on=False)

    def unblock(self, who: str) -> None:
        follows(self._calls, who)

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        assert where == who, ALONE
        changed(self._calls, "update_parent", who)
        return ""

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        raise AssertionError(MUTE)

    def days_pass(self, days: float) -> None:
        self._corp.later += days * 86400

    def seen(self, where: str) -> list[Seen]:
        found = self._corp.school.parents.get(where)
        return [
            Seen(one.msgid, True, one.text.replace("\u2060", "")) for one in (found.inbox if found else ())
        ]

    def menu_of(self, who: str, where: str) -> list[str]:
        return []

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        assert saying is Saying.TELL, ALONE
        fault: int | str = 45009 if kind is Trouble.BUSY else "reset_after"
        self._wecom.fault("externalcontact/message/send", fault)

    def check(self) -> None:
        self._corp.later = 0.0
        self._calls.drop()
        self._wecom.clear()
        assert self._wecom.violations == [] and self._corp.school.on_students_phones == []


@contextlib.asynccontextmanager
async def wecom_school() -> AsyncIterator[Stage]:
    """One server with a school, one open platform, and the address that the address book calls."""
    with WeComServer() as server, tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'class.db'}", Path(folder) / "key", durable=False
        )
        server.corp.school.department("三年级2班")
        server.corp.token, server.corp.aes_key = SECRETS
        settings = replace(settings_of(server), token=SECRETS[0], aes_key=SECRETS[1])
        platform = SchoolPlatform(settings, DatabaseVault(database, now), now=now)
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/school/callback"
        server.postman.patience, server.postman.attempts = 2.0, 400
        await platform.open()
        async with serving(listening, platform.routes()):
            yield lambda: SchoolDriver(server, platform)
            server.postman.close()
        await platform.close()
        database.close()
