"""Saying things by the app: to one member, or into a group that the app has made and cannot read."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.platforms.tencent import files
from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.cards import Part
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import text
from bot.platforms.wecom.failures import TABLE, left_out
from bot.ports import Done, Fate, Outcome, TryAgain
from classroom.effects import Enclosed
from classroom.events import Json

REPEATED_WITHIN = 1800
"""Seconds in which WeCom itself drops what it has had already, where it is asked to."""

MOST_REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that WeCom took, and the code by which it can be changed."""

    msgid: str
    code: str = ""


class Outbox:
    """Sends messages, one after the other."""

    def __init__(self, api: Api, agent: int, allowance: Allowance, clock: Callable[[], float]) -> None:
        """`allowance` counts what a member got: WeCom drops what is too much without a word."""
        self._api, self._agent = api, agent
        self._allowance, self._clock = allowance, clock
        self._done: OrderedDict[str, float] = OrderedDict()

    def wait(self, who: str, messages: int) -> Outcome | None:
        """Whether somebody has had so much lately that more would be dropped."""
        seconds = self._allowance.wait(who, messages)
        return TryAgain("own limit", after=seconds) if seconds > 0 else None

    def fate(self, who: str) -> Fate:
        """What may have become of what somebody was just told."""
        return Fate.POSSIBLY_DROPPED if self._allowance.is_beyond(who) else Fate.ACCEPTED

    async def tell(self, who: str, message: dict[str, Json], *, safe: bool = False) -> Sent | Outcome:
        """Send one message to one member."""
        answer = await self._send(who, message, safe=safe, people=[who])
        if not isinstance(answer, dict):
            return answer
        return left_out(answer, who) or Sent(text(answer, "msgid"), text(answer, "response_code"))

    async def _send(
        self, to: str, message: dict[str, Json], *, safe: bool, people: Sequence[str]
    ) -> dict[str, Json] | Outcome:
        body: dict[str, Json] = {"touser": to, "agentid": self._agent, **message, "safe": int(safe)}
        mark = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        if not self._is_meant_again(mark):  # else WeCom would take a second, equal answer for a repetition
            body |= {"enable_duplicate_check": 1, "duplicate_check_interval": REPEATED_WITHIN}
        for who in people:
            self._allowance.sent(who)
        try:
            answer = await self._api.post("message/send", body)
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        self._remember(mark)
        return answer

    async def tell_many(
        self, people: Sequence[str], message: dict[str, Json], *, safe: bool = False
    ) -> list[Sent | Outcome]:
        """Send one message to up to 1,000 members, each for themselves; one result for each of them."""
        several = "|".join(sorted(people))
        result = await self._send(several, message, safe=safe, people=people)
        if not isinstance(result, dict):
            return [result] * len(people)
        sent = Sent(text(result, "msgid"))
        return [left_out(result, one) or sent for one in people]

    async def post(self, chat: str, message: dict[str, Json], *, safe: bool = False) -> Outcome:
        """Send one message into a group; WeCom gives it no id."""
        try:
            await self._api.post("appchat/send", {"chatid": chat, **message, "safe": int(safe)})
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return Done()

    async def change(self, who: str, card: dict[str, Json], code: str) -> Outcome:
        """Put a new card in the place of one; a code does that once."""
        shown = {key: value for key, value in card.items() if key != "task_id"}
        body: dict[str, Json] = {"userids": [who], "agentid": self._agent, "response_code": code}
        try:
            await self._api.post("message/update_template_card", {**body, "template_card": shown})
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return Done()

    async def take_back(self, msgid: str) -> Outcome:
        """Recall what was sent within a day."""
        try:
            await self._api.post("message/recall", {"msgid": msgid})
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return Done()

    async def file(self, file: Enclosed) -> dict[str, Json] | Outcome:
        """A file as a message; what we made is handed over first."""
        return files.kept(file) if file.ref else await files.handed_over(self._api, file, TABLE)

    def _is_meant_again(self, mark: str) -> bool:
        """Whether the same was sent for certain not long ago: then it is wanted twice."""
        at = self._done.get(mark)
        return at is not None and self._clock() - at < REPEATED_WITHIN

    def _remember(self, mark: str) -> None:
        self._done[mark] = self._clock()
        self._done.move_to_end(mark)
        if len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)


def message_of(part: Part) -> dict[str, Json]:
    """A part of a letter as WeCom takes it. Text only: markdown is not shown in personal WeChat."""
    if part.card is not None:
        return {"msgtype": "template_card", "template_card": part.card}
    return text_message(part.text)


def text_message(words: str) -> dict[str, Json]:
    """A text as WeCom takes it."""
    return {"msgtype": "text", "text": {"content": words}}
