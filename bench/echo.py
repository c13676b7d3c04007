"""Homeroom's road with what its peers do on it: an answer, or a removal; stored, delivered, recorded."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Iterable
from pathlib import Path

from bot import loops
from bot.app import App, utc_now
from bot.config import load, require_token
from bot.limits import Limits
from bot.logs import set_up
from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from classroom.effects import Effect, Remove
from classroom.events import Message
from handlers.feature import Feature
from handlers.room import Room
from storage.database import open_database

feature = Feature("help")


@feature.watch
def echo(message: Message, room: Room) -> Iterable[Effect] | None:
    """Answer a message, or remove an advertisement."""
    if room.group is None:
        return None
    if "加微信" in message.text:
        return [Remove(room.group, message.refs)]
    return [room.post(room.say_class.group("common.continue_in_private"), reply_to=message.ref)]


async def main(config: Path) -> None:
    """Run until told to stop, as `homeroom run` does."""
    settings = load(config, None)
    set_up("error", "text")
    database = open_database(settings.storage.url, settings.storage.key_file)
    token = require_token(settings, config)
    platform = TelegramPlatform(
        TelegramSettings(token=token, api_root=settings.telegram.api_root), now=utc_now
    )
    app = App(database, [platform], features=[feature], limits={platform.name: Limits(0, 0, 3, 0)})
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.open()
    try:
        await app.run(stop)
    finally:
        await app.close()
        database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    loops.run(main(parser.parse_args().config))
