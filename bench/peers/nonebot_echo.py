"""NoneBot 2 with its Telegram adapter on aiohttp: an echo as its documentation shows it."""

import os

import nonebot
from nonebot.adapters.telegram import Adapter, Bot
from nonebot.adapters.telegram.event import MessageEvent

nonebot.init(
    driver="~aiohttp",
    telegram_bots=[{"token": os.environ["BENCH_TOKEN"], "api_server": os.environ["BENCH_API"] + "/"}],
    log_level="ERROR",
)
nonebot.get_driver().register_adapter(Adapter)
listener = nonebot.on_message()


@listener.handle()
async def echo(bot: Bot, event: MessageEvent) -> None:
    """Repeat a message, or delete an advertisement."""
    if "加微信" in event.get_plaintext():
        await bot.delete_message(chat_id=event.chat.id, message_id=event.message_id)
    else:
        await bot.send(event, event.get_plaintext(), reply_to_message_id=event.message_id)


nonebot.run()
