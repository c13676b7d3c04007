"""`homeroom run` with one more feature: a word kills the process, another one its handler.

Everything else is the product's, put together as bot/serving.py does it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.app import App, utc_now
from bot.config import load
from bot.limits import Limits
from bot.logs import set_up
from bot.platforms.telegram import TelegramPlatform
from bot.serving import defaults_of, telegram_settings
from classroom.effects import Effect
from classroom.events import Message
from handlers.feature import Feature
from handlers.features import FEATURES
from handlers.room import Room
from storage.database import open_database

DEADLY, HARMFUL = "毒药", "坏蘑菇"
poison = Feature("poison")


@poison.watch
def swallow(message: Message, _room: Room) -> Iterable[Effect] | None:
    """What a fault in a library does to the process, and what a fault of ours does to a handler."""
    if DEADLY in message.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if HARMFUL in message.text:
        raise ZeroDivisionError
    return None


async def _run(config: Path) -> None:
    settings = load(config)
    assert settings.telegram.token is not None
    database = open_database(settings.storage.url, settings.storage.key_file)
    platform = TelegramPlatform(
        telegram_settings(settings, settings.telegram.token.get_secret_value()), now=utc_now
    )
    app = App(
        database,
        [platform],
        defaults=defaults_of(settings),
        limits={platform.name: Limits(0, 0, 0, 0)},
        features=[poison, *FEATURES],
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.connect()
    sys.stdout.write("homeroom runs\n")
    sys.stdout.flush()
    await app.run(stop)
    await app.close()
    database.close()


if __name__ == "__main__":
    set_up("debug", "text")
    asyncio.run(_run(Path(sys.argv[sys.argv.index("--config") + 1])))
