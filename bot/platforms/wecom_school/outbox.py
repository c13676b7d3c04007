"""Saying things to one parent: as texts with a link at their end, and files."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.platforms.tencent import files
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.wording import ended, link, texts
from bot.platforms.wecom_school.addressing import Parent, addressed
from bot.platforms.wecom_school.failures import TABLE, left_out, listed
from bot.ports import Done, Key, Outcome, TryAgain
from classroom.effects import Enclosed
from classroom.events import Json

REPEATED_WITHIN = 1800
"""Seconds in which WeCom itself drops what it has had already, where it is asked to."""

MOST_REMEMBERED = 5000
NOBODY = 81013
GLANCE = 4096
"""Bytes of a file that tell that it is there: an answer that says no is shorter."""

Message = dict[str, Json]


class Outbox:
    """Sends notices, one after the other."""

    def __init__(self, api: Api, agent: int, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only go forward."""
        self._api, self._agent, self._clock = api, agent, clock
        self._done: OrderedDict[str, float] = OrderedDict()

    async def tell(self, parent: Parent, messages: Sequence[Message]) -> Outcome:
        """Send a letter to one parent.

        One that could not be sent whole is sent again, and WeCom drops the beginning, which it has had.
        """
        marks: list[str] = []
        for place, message in enumerate(messages):
            body = addressed(parent, self._agent, message)
            mark = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
            if mark not in marks and not self._is_meant_again(mark):  # else it would count as a repetition
                body |= {"enable_duplicate_check": 1, "duplicate_check_interval": REPEATED_WITHIN}
            marks.append(mark)
            result = await self._sent(parent, body)
            if isinstance(result, TryAgain):
                return replace(result, uncertain=result.uncertain or place > 0)
            if not isinstance(result, Done):
                return result
        self._remember(marks)
        return Done()

    async def _sent(self, parent: Parent, body: Message) -> Outcome:
        try:
            answer = await self._api.post("externalcontact/message/send", body)
        except (ApiError, LineError) as error:
            return outcome(error, TABLE)
        return left_out(answer, parent.userid) or Done()

    async def knows_nobody(self, nobody: str) -> bool:
        """Send a word to an id that nobody has: it reaches nobody, and shows how WeCom reads a receiver.

        True where it took that id for a parent's, and knew none; raises ApiError or LineError.
        """
        body = addressed(Parent(nobody), self._agent, text_message("."))
        try:
            answer = await self._api.post("externalcontact/message/send", body)
        except ApiError as error:
            if error.code == NOBODY:
                return True
            raise
        return nobody.lower() in listed(answer, "invalid_parent_userid")

    async def file(self, file: Enclosed) -> Message | Outcome | None:
        """A file as a message; None for one that is kept where WeCom cannot fetch it."""
        if file.ref:
            return files.kept(file) if await self._has(file.ref) else None
        return await files.handed_over(self._api, file, TABLE)

    async def _has(self, ref: str) -> bool:
        """Whether WeCom keeps a file: one that came by another messenger has a name it does not know."""
        try:
            await self._api.download("media/get", GLANCE, media_id=ref)
        except ApiError:
            return False
        except LineError as error:
            return error.why == "too large"  # it is there, and we wanted to know no more
        return True

    def _is_meant_again(self, mark: str) -> bool:
        at = self._done.get(mark)
        return at is not None and self._clock() - at < REPEATED_WITHIN

    def _remember(self, marks: Sequence[str]) -> None:
        for mark in marks:
            self._done[mark] = self._clock()
            self._done.move_to_end(mark)
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)


def letter(body: str, keys: Sequence[Key], more: str = "") -> list[Message]:
    """A text as messages; where there are things to press, a link to the page that has them ends it."""
    found = ended(texts(body), more) if more else texts(body)
    door = next((key for key in keys if key.url), None)
    if door is not None and door.url:
        found = ended(found, link(door.label, door.url))
    return [text_message(words) for words in found]


def text_message(words: str) -> Message:
    """A text as WeCom takes it."""
    return {"msgtype": "text", "text": {"content": words}}
