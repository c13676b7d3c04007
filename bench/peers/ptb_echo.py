"""python-telegram-bot's echo as its documentation shows it; `concurrent` handles updates side by side."""

import os
import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

ROOT = os.environ["BENCH_API"]


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Repeat a message, or delete an advertisement."""
    message = update.effective_message
    if "加微信" in message.text:
        await message.delete()
    else:
        await message.reply_text(message.text)


builder = ApplicationBuilder().token(os.environ["BENCH_TOKEN"]).base_url(f"{ROOT}/bot")
if "aiohttp" in sys.argv:
    from aiohttp_request import AiohttpRequest

    builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest())
if "concurrent" in sys.argv:
    builder = builder.concurrent_updates(True)
    if "aiohttp" not in sys.argv:
        builder = builder.connection_pool_size(256).pool_timeout(60)
application = builder.build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling()
