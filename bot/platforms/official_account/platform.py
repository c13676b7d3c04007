"""The service account as a platform: the one class that bot/wechat.py makes where it is configured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog
from starlette.routing import BaseRoute

from bot.platforms.official_account.failures import HOPELESS, TABLE, TOKEN_REFUSED, person
from bot.platforms.official_account.hearing import Ear
from bot.platforms.official_account.inviting import Inviting
from bot.platforms.official_account.menus import Menus
from bot.platforms.official_account.notices import Notices
from bot.platforms.official_account.outbox import Outbox, closed, text_message
from bot.platforms.official_account.passive import Passive
from bot.platforms.official_account.read import PLATFORM, read
from bot.platforms.official_account.scenes import Scenes
from bot.platforms.official_account.settings import OfficialAccountSettings, Phrases, check
from bot.platforms.tencent import files
from bot.platforms.tencent.api import Api, TokenRequest
from bot.platforms.tencent.callback import Callback
from bot.platforms.tencent.crypto import Cipher
from bot.platforms.tencent.errors import ApiError, cure
from bot.platforms.tencent.opening import until_answered
from bot.platforms.tencent.wording import ended, link, texts
from bot.ports import Done, Failure, Key, Outcome, Refused, Store, TryAgain, Vault
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import Event, Json
from classroom.text import PrivateText, PublicText

log = structlog.get_logger(__name__)

PATH = "/official-account/callback"
CHINA = ZoneInfo("Asia/Shanghai")


class OfficialAccountPlatform:
    """An account that people follow: it hears and tells them one by one, and knows no groups.

    Within two days of a follower's last word it may say five things; later a template message knocks.
    """

    private_only = True
    links_only = True
    needs_pages = True
    for_everybody = True
    pictures_only = True

    def __init__(
        self,
        settings: OfficialAccountSettings,
        vault: Vault,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the connections; raises ConfigError for settings that cannot work."""
        check(settings)
        self._settings = settings
        app, cipher = f"{PLATFORM}/{settings.app_id}", None
        if settings.aes_key:
            cipher = Cipher(settings.aes_key, settings.app_id)
        self._api = Api(
            f"{app}/token",
            settings.api_root,
            token_of(settings),
            vault,
            clock=clock,
            times=settings.times,
            token_codes=TOKEN_REFUSED,
        )
        scenes = Scenes(vault, app)

        def china() -> datetime:
            return now().astimezone(CHINA)

        passive = Passive(settings.answer_within, lambda: now().timestamp())
        notices = None
        if settings.template_id:
            notices = Notices(self._api, settings.template_id, settings.phrases, china, clock)
        self._outbox = Outbox(self._api, vault, app, passive, notices, china)
        self._menus = Menus(self._api, vault, app, settings.menus)
        self._inviting = Inviting(self._api, scenes, settings.phrases, clock)
        self._ear = Ear(scenes, passive)
        self.callback = Callback(PATH, settings.token, cipher, now, plain_echo=True, replies=True)

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return PLATFORM

    @property
    def mention(self) -> str:
        """Nobody is mentioned where there are no groups."""
        return "homeroom"

    @property
    def trouble(self) -> str:
        """What is wrong with the account now, in our own words."""
        return self._api.trouble or self._outbox.trouble

    def start_link(self, payload: str) -> str:
        """The page with a code to be scanned: an account has no address that begins a conversation."""
        return f"{self._settings.public_url.rstrip('/')}/official-account/start/{quote(payload, safe='')}"

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored call into an event; None for what concerns us not."""
        return read(raw)

    async def open(self) -> None:
        """See that the secret is right, and set the menus; waits for WeChat as long as it takes."""
        await until_answered(PLATFORM, self._api.prove, _enough)
        await self._menus.set_up()

    async def listen(self, store: Store) -> None:
        """Take in what WeChat calls us with, where the routes were given no store of their own."""
        await self._ear.listen(store)

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """The address that the console names, and start links; None: whoever listens takes in what comes."""
        return [self.callback.route(self._ear.accepting(store)), self._inviting.route()]

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()

    # --- saying ---------------------------------------------------------------------------------

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one follower; where the window is shut, knock, and let the page say it."""
        who = person(to.native)
        if who is None or not isinstance(to, PersonAddress):
            return Refused(Failure.NOT_FOUND, "no follower")
        found = texts(text.body)
        if not found and not files:
            return Refused(Failure.REFUSED, "nothing to say")
        page = next((key for key in keys if key.url), None)
        pictures = [await self._outbox.picture(file) for file in files]
        trouble = next((one for one in pictures if isinstance(one, TryAgain)), None)
        if trouble is not None:
            return trouble
        missing = any(isinstance(one, Refused) for one in pictures)
        for tail in tails(page, self._settings.phrases, missing=missing):
            found = ended(found, tail) or [tail]
        messages = [one for one in pictures if isinstance(one, dict)]
        if not messages and len(found) == 1 and (answered := await self._outbox.answer(who, found[0])):
            return answered
        return await self._say_all(who, [*messages, *(text_message(words) for words in found)], page)

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        """Show somebody the menu that fits what they may do."""
        who = person(chat.native) if isinstance(chat, PersonAddress) else None
        if who is None or member is not None:
            return Refused(Failure.UNSUPPORTED)
        return await self._menus.show(who, [name for name, _ in commands])

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes of a picture or a voice that somebody sent, which WeChat keeps for three days."""
        return await files.fetched(self._api, ref, limit, TABLE)

    async def _say_all(self, who: str, messages: Sequence[dict[str, Json]], page: Key | None) -> Outcome:
        """Say one message after the other; what there is no room for is read on the page."""
        refs = await self._outbox.begun(who, messages)
        for message in messages[len(refs) :]:
            found = await self._outbox.say(who, message)
            if closed(found):
                found = await self._outbox.knock(who, page.url or "" if page is not None else "")
                return replace(found, refs=(*refs, *found.refs)) if isinstance(found, Done) else found
            if isinstance(found, TryAgain):
                await self._outbox.interrupted(who, messages, refs)
            if not isinstance(found, Done):
                return found
            refs += found.refs
        return Done(tuple(refs))


def _enough(error: ApiError) -> bool:
    """Nothing goes on without the secret; a wrong one is not cured by waiting."""
    if error.code in HOPELESS or (error.code == 40001 and "secret" in error.said):
        what = cure(error) or "copy AppID and AppSecret anew from the console"
        raise ConfigError(f"official_account.secret: {what} (errcode {error.code})") from None
    return False


def tails(page: Key | None, phrases: Phrases, *, missing: bool) -> list[str]:
    """What stands at the end of a text: where its files are, which cannot be sent, and where its buttons."""
    if page is None or not page.url:
        return [phrases.no_file] if missing else []
    if page.label:
        return [*([phrases.on_page] if missing else []), link(page.label, page.url)]
    return [link(phrases.open_files, page.url)] if missing else []


def token_of(settings: OfficialAccountSettings) -> TokenRequest:
    """How the account asks for its token: in the way that leaves other programs' tokens alone."""
    body: dict[str, Json] = {
        "grant_type": "client_credential",
        "appid": settings.app_id,
        "secret": settings.secret,
    }
    return TokenRequest("stable_token", body=body)
