"""The table of the addresses at which a class's groups in WeCom take posts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Table, key, link, sealed, time


class Webhook(Table, table=True):
    """A group's webhook: whoever has its `token` may post there; `chat_id` is our row of that group.

    `apart`: it is another group than the one in which the class talks with the AI bot, so that both get
    every post. `refused_at`: WeCom takes nothing there any more.
    """

    __tablename__ = "webhooks"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    chat_id: int = Field(sa_column=link("chats.id"))
    token: str = Field(sa_column=sealed("webhooks.token"))
    apart: bool = False
    given_by: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    given_at: datetime = Field(sa_column=time())
    refused_at: datetime | None = Field(default=None, sa_column=time(empty=True))
