"""Saying things by the AI bot: into a group, or to one person; a card is changed only right after a press."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.cards import HEAD, Part, card
from bot.platforms.tencent.errors import ApiError, LineError
from bot.platforms.tencent.fields import inner, text
from bot.platforms.tencent.keeping import Memory
from bot.platforms.wecom_bot.failures import Place, outcome
from bot.platforms.wecom_bot.hearing import Press
from bot.platforms.wecom_bot.line import Line
from bot.platforms.wecom_bot.settings import BotPhrases
from bot.ports import Done, Key, Outcome, TryAgain
from classroom.errors import DatabaseError
from classroom.events import Json

log = structlog.get_logger(__name__)

MOST_CARDS = 5000
BESIDE = 30
"""Characters of the line that stands beside a card's title."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card, for a change that adds a word to it."""

    text: str
    keys: tuple[Key, ...]


class Outbox:
    """Sends messages, one after the other, and keeps what WeCom permits in one conversation."""

    def __init__(self, line: Line, memory: Memory, phrases: BotPhrases, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only go forward."""
        self._line, self._memory, self._phrases = line, memory, phrases
        self._allowance = Allowance(clock)
        self._cards: OrderedDict[str, Card] = OrderedDict()

    def wait(self, place: Place, messages: int) -> Outcome | None:
        """Whether there was so much there lately that WeCom would refuse more."""
        seconds = self._allowance.wait(place.chatid, messages)
        return TryAgain("own limit", after=seconds) if seconds > 0 else None

    async def send(
        self, place: Place, native: str, letter: Sequence[Part], files: Sequence[dict[str, Json]] = ()
    ) -> Outcome:
        """Send all of it; what stands there already cannot be taken back, and the outcome says so."""
        refs: list[str] = []
        messages: list[Part | dict[str, Json]] = [*files, *letter]
        for message in messages:
            result = await self._say(place, message_of(message) if isinstance(message, Part) else message)
            if isinstance(result, TryAgain) and refs:
                return replace(result, uncertain=True)
            if not isinstance(result, str):
                return result
            refs.append(await self._noted(native, message, result) if isinstance(message, Part) else result)
        return Done(tuple(refs))

    async def greet(self, req_id: str, words: str) -> None:
        """Say a word to somebody who has just come in, by the only door that is open then."""
        said: dict[str, Json] = {"msgtype": "text", "text": {"content": words}}
        with contextlib.suppress(ApiError, LineError):  # they will be greeted when they come in again
            await self._line.ask("aibot_respond_welcome_msg", said, req_id)

    async def change(self, press: Press, words: str, keys: Sequence[Key]) -> Outcome | None:
        """Put a new card in the place of the one that was just pressed; None where that is not possible."""
        made = card(words.strip(), keys, self._phrases, press.task) if words.strip() else None
        if made is None:
            return None
        result = await self._update(press, made, everybody=True)
        if isinstance(result, Done):
            self._keep(press.task, Card(words.strip(), tuple(keys)))
        return result

    async def whisper(self, press: Press, words: str) -> Outcome | None:
        """Say a word on the card to the one who pressed, and to nobody else; None where that cannot be."""
        shown = self._cards.get(press.task)
        made = card(shown.text, shown.keys, self._phrases, press.task) if shown is not None else None
        if made is None:
            return None
        title = made.get("main_title")
        beside: dict[str, Json] = {"title": words[:HEAD]}
        if isinstance(title, dict):
            beside = {**title, "desc": words[:BESIDE]}
        return await self._update(press, {**made, "main_title": beside}, everybody=False)

    async def _update(self, press: Press, made: dict[str, Json], *, everybody: bool) -> Outcome | None:
        press.told = True
        body: dict[str, Json] = {"response_type": "update_template_card", "template_card": made}
        if not everybody:
            body["userids"] = [press.who]
        try:
            await self._line.ask("aibot_respond_update_msg", body, press.req_id)
        except ApiError:
            return None
        except LineError as error:
            return TryAgain(error.why) if error.sent else None
        return Done()

    async def _say(self, place: Place, said: dict[str, Json]) -> str | Outcome:
        """One message; gives the id of the frame that it went by, since WeCom gives it none."""
        self._allowance.sent(place.chatid)
        body: dict[str, Json] = {"chatid": place.chatid, "chat_type": place.kind, **said}
        try:
            taken = await self._line.ask("aibot_send_msg", body)
        except (ApiError, LineError) as error:
            return outcome(error, place)
        return text(inner(taken, "headers"), "req_id")

    async def _noted(self, native: str, part: Part, sent: str) -> str:
        ref = part.task or sent
        if part.card is not None:
            self._keep(part.task, Card(part.text, part.keys))
        if part.numbers:
            await tried(self._memory.offer(native, ref, part.numbers, part.keys))
        return ref

    def _keep(self, task: str, shown: Card) -> None:
        self._cards[task] = shown
        self._cards.move_to_end(task)
        if len(self._cards) > MOST_CARDS:
            self._cards.popitem(last=False)


def message_of(part: Part) -> dict[str, Json]:
    """A part of a letter as the bot may send it by itself: never as plain text."""
    if part.card is not None:
        return {"msgtype": "template_card", "template_card": part.card}
    return {"msgtype": "markdown", "markdown": {"content": part.text}}


async def tried(work: Awaitable[None]) -> None:
    """Remember something about a message that is out already: it does not become unsaid by that failing."""
    try:
        await work
    except DatabaseError:
        log.warning("wecom.bot", trouble="the database is away: a number may not be understood")
