"""getUpdates and the webhook."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from tests.botapi.errors import bad, conflict
from tests.botapi.jsons import Json, clean, flag, items, number, text
from tests.botapi.updates import KINDS, NOT_BY_DEFAULT, Updates, Webhook

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer

_OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"
_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


async def get_updates(server: BotApiServer, params: Json) -> object:
    """Hands updates out; the offset confirms what came before; a newer poller ends this one."""
    queue = server.world.updates
    if queue.webhook.url:
        raise conflict(_ACTIVE)
    _known(server, params)
    with server.world.lock:
        queue.allow(params.get("allowed_updates"))
        queue.confirm(number(params, "offset"))
        queue.poller += 1
        mine = queue.poller
    queue.ring()
    deadline = time.monotonic() + min(number(params, "timeout"), 50)
    while True:
        _still(queue, mine)
        if server.stopping:
            raise ConnectionAbortedError
        with server.world.lock:
            found = queue.take(number(params, "limit", 100))
        left = deadline - time.monotonic()
        if found or left <= 0:
            return json.loads(json.dumps(found))
        await server.news(left)


def _known(server: BotApiServer, params: Json) -> None:
    """The real server silently ignores a misspelt kind of update."""
    unknown = {str(kind) for kind in items(params.get("allowed_updates"))} - KINDS
    server.violations += [f'allowed_updates: no such kind "{kind}"' for kind in sorted(unknown)]


def _still(queue: Updates, mine: int) -> None:
    """Refuses a poll that another request has ended."""
    if queue.poller != mine:
        raise conflict("terminated by setWebhook request" if queue.webhook.url else _OTHER)


async def set_webhook(server: BotApiServer, params: Json) -> object:
    """Switches from polling to delivery."""
    url, secret = text(params, "url"), text(params, "secret_token")
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost")
    if url and parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if url and not local and parts.port not in (None, 443, 80, 88, 8443):
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    queue = server.world.updates
    _known(server, params)
    with server.world.lock:
        queue.allow(params.get("allowed_updates"))
        if flag(params, "drop_pending_updates"):
            queue.pending.clear()
        queue.webhook = Webhook(url, secret, number(params, "max_connections", 40))
        queue.poller += 1
    queue.ring()
    return True


async def delete_webhook(server: BotApiServer, params: Json) -> object:
    """Back to polling; a poll under way goes on."""
    queue = server.world.updates
    with server.world.lock:
        queue.webhook = Webhook()
        if flag(params, "drop_pending_updates"):
            queue.pending.clear()
    return True


async def get_webhook_info(server: BotApiServer, params: Json) -> object:
    """What is set, and the last error."""
    queue = server.world.updates
    hook = queue.webhook
    body: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending),
    }
    if hook.url:
        error = clean(last_error_date=hook.last_error_date or None, last_error_message=hook.last_error)
        body |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"} | error
    if queue.allowed != KINDS - NOT_BY_DEFAULT:
        body["allowed_updates"] = sorted(queue.allowed)
    return body


METHODS: dict[str, Callable[[BotApiServer, Json], Awaitable[object]]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}


async def deliver(server: BotApiServer) -> None:
    """Sends updates to the webhook one by one, again and again until each is taken."""
    queue = server.world.updates
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        while True:
            hook = queue.webhook
            waiting = queue.take(1) if hook.url else []
            if not waiting:
                await server.news(0.5)
                continue
            headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
            try:
                answer = await client.post(hook.url, json=waiting[0], headers=headers)
                problem = (
                    "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
                )
                if not problem:
                    with server.world.lock:
                        queue.forget(waiting[0])
                    await server.webhook_reply(answer)
            except httpx.HTTPError as error:
                problem = f"Connection failed: {type(error).__name__}"
            if problem:
                hook.last_error, hook.last_error_date = problem, int(server.world.now())
                await asyncio.sleep(server.webhook_retry)
