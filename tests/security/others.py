"""Buttons that only WeChat's channels show, pressed by those for whom they are not, or not any more."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from sqlmodel import col, select

from bot.app import App
from storage.tables import ButtonRow, RoleGrant
from tests.security.day import rows
from tests.security.intruders import THE_ROAD
from tests.wecomapi import WeComServer

ROAD = {*THE_ROAD, "vault"}


async def pressed_by_others(
    server: WeComServer,
    app: App,
    settled: Callable[[], Coroutine[None, None, None]],
    teacher: str,
    *purposes: str,
) -> None:
    """A stranger of the same corp presses, then the teacher, whose role has ended: nothing comes of it."""
    with app.database.transaction() as records:
        found = records.exec(select(ButtonRow).where(col(ButtonRow.purpose).in_(purposes))).all()
        tokens = {row.token: row.purpose for row in found}
    assert set(tokens.values()) == set(purposes)
    stranger = server.corp.member("u-stranger", "路过的人")
    for who in (stranger, teacher):
        before = _kept(app)
        for token in tokens:
            server.postman.calls_a_button(who, token)
        await settled()
        assert _kept(app) == before
        with app.database.transaction() as records:
            for role in records.exec(select(RoleGrant)).all():
                role.ended_at = app.now()


def _kept(app: App) -> list[str]:
    return [row for row in rows(app.database) if row.partition(".")[0] not in ROAD]
