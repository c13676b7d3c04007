"""aiogram's echo as its documentation shows it; `serial` handles updates one by one."""

import asyncio
import os
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    """Repeat a message, or delete an advertisement."""
    if "加微信" in (message.text or ""):
        await message.delete()
    else:
        await message.reply(message.text or "")


async def main() -> None:
    """Poll until stopped."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BENCH_API"]))
    bot = Bot(os.environ["BENCH_TOKEN"], session=session)
    await dispatcher.start_polling(bot, handle_as_tasks="serial" not in sys.argv)


asyncio.run(main())
