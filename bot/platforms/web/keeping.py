"""The messenger's memory on disk, for who wants to come back to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import Base64Bytes, TypeAdapter, ValidationError

from bot.platforms.web.chats import WebChat
from bot.platforms.web.room import Room
from bot.ports import Incoming
from classroom.errors import ConfigError
from classroom.events import Attachment, Sender


@dataclass(slots=True)
class Memory:
    """All that a messenger must not forget; `now` is what its clock showed."""

    now: datetime
    next_number: int
    chats: dict[str, WebChat] = field(default_factory=dict)
    people: dict[str, Sender] = field(default_factory=dict)
    files: dict[str, Base64Bytes] = field(default_factory=dict)
    uploaded: dict[str, Attachment] = field(default_factory=dict)
    menus: list[tuple[str, str | None, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    waiting: list[Incoming] = field(default_factory=list)
    elsewhere: dict[str, list[Incoming]] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    language: str = "zh_CN"


_MEMORY = TypeAdapter(Memory)


def save(room: Room, path: Path, *, language: str, done: list[str]) -> None:
    """Write everything to a file, whole or not at all."""
    number = next(room.numbers)
    room.numbers = itertools.count(number)
    memory = Memory(
        now=room.now(),
        next_number=number,
        chats=room.chats,
        people=room.people,
        menus=[(chat, member, lines) for (chat, member), lines in room.menus.items()],
        waiting=room.waiting,
        elsewhere=room.elsewhere,
        callbacks=room.callbacks,
        done=done,
        language=language,
    )
    memory.files, memory.uploaded = dict(room.files), room.uploaded
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(_MEMORY.dump_json(memory))
    fresh.replace(path)


def read(path: Path) -> Memory | None:
    """Read what `save` wrote; None if there is nothing, ConfigError if it is something else."""
    try:
        return _MEMORY.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, OSError):
        raise ConfigError(f"{path} is no playground's memory: give --data another name") from None


def restore(room: Room, memory: Memory) -> None:
    """Let a messenger remember."""
    room.numbers = itertools.count(memory.next_number)
    room.chats, room.people = memory.chats, memory.people
    room.files, room.uploaded = memory.files, memory.uploaded
    room.waiting, room.callbacks = memory.waiting, memory.callbacks
    room.elsewhere = memory.elsewhere
    room.menus = {(chat, member): lines for chat, member, lines in memory.menus}
