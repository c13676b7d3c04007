"""Posts for a customer group: prepared texts, which the group's owner sends with one tap."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from bot.platforms.tencent import files
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError, outcome
from bot.platforms.tencent.fields import inner, several, text, words
from bot.platforms.wecom_group.failures import TABLE
from bot.ports import Failure, Key, Outcome, Refused
from classroom import markup
from classroom.effects import Enclosed
from classroom.events import Json
from classroom.markup import Piece

LONGEST = 4000
"""Bytes of one prepared text."""

MOST_FILES = 9
MOST_REMEMBERED = 500
LATELY = 600
"""Seconds in which a text may have been taken though no answer came."""


def texts(body: str, keys: Sequence[Key], answer: str) -> list[str]:
    """A text in as few parts as their bytes allow; where it asks something, how to answer stands below."""
    pages = "\n".join(f"{key.label} {key.url}" for key in keys if key.url)
    tail = pages or (answer if keys else "")
    whole = f"{body}\n\n{tail.replace('&', '&amp;').replace('<', '&lt;')}" if tail and body else body
    for limit in (4000, 1330, 1000, 400):
        found = [shown(piece) for piece in markup.split(whole, limit)]
        if all(len(one.encode("utf-8", "replace")) <= LONGEST for one in found):
            return [one for one in found if one.strip()]
    return [one.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore") for one in found]


def shown(piece: Piece) -> str:
    """A piece as plain text: addresses stand behind what they belong to."""
    made, at = "", 0
    for span in piece.spans:
        if span.kind == "text_link" and span.url and span.end > at:
            inside = piece.text[span.start : span.end]
            address = "" if span.url in inside else f" {span.url}"
            made += f"{piece.text[at : span.end]}{address}"
            at = span.end
    return made + piece.text[at:]


class Preparing:
    """Hands posts over to WeCom."""

    def __init__(self, api: Api, seconds: Callable[[], float]) -> None:
        """`seconds` since 1970, by the clock that WeCom goes by."""
        self._api, self._seconds = api, seconds
        self._prepared: OrderedDict[str, None] = OrderedDict()

    async def attached(self, files: Sequence[Enclosed]) -> list[Json] | Outcome:
        """Files as attachments; what we made is handed over first."""
        if len(files) > MOST_FILES:
            return Refused(Failure.REFUSED, "too many files")
        found: list[Json] = []
        for file in files:
            one = await self._file(file)
            if not isinstance(one, dict):
                return one
            found.append(one)
        return found

    async def prepare(self, group: str, owner: str, said: str, attached: list[Json]) -> str | Outcome:
        """Have one text wait for the owner's tap; gives its msgid."""
        body: dict[str, Json] = {
            "chat_type": "group",
            "sender": owner,
            "chat_id_list": [group],
            "allow_select": False,
            **({"text": {"content": said}} if said else {}),
            **({"attachments": attached} if attached else {}),
        }
        try:
            answer = await self._api.post("externalcontact/add_msg_template", body)
        except (ApiError, LineError) as error:
            doubt = isinstance(error, LineError) and error.sent
            taken = await self._taken_all_the_same(owner, said) if doubt else ""
            return self._noted(taken) if taken else outcome(error, TABLE)
        if group in words(answer, "fail_list") or not text(answer, "msgid"):
            return Refused(Failure.NOT_ALLOWED, "fail_list")
        return self._noted(text(answer, "msgid"))

    async def take_back(self, msgid: str) -> None:
        """Let one wait no longer, as far as that can be done."""
        try:
            await self._api.post("externalcontact/cancel_groupmsg_send", {"msgid": msgid})
        except (ApiError, LineError):
            return

    async def _taken_all_the_same(self, owner: str, said: str) -> str:
        """The line broke in the middle: look whether WeCom has it, before it is handed over twice."""
        now = int(self._seconds())
        asked: dict[str, Json] = {
            "chat_type": "group",
            "start_time": now - LATELY,
            "end_time": now + 60,
            "creator": owner,
            "limit": 100,
        }
        try:
            answer = await self._api.post("externalcontact/get_groupmsg_list_v2", asked)
        except (ApiError, LineError):
            return ""
        same = [
            text(one, "msgid")
            for one in several(answer, "group_msg_list")
            if text(inner(one, "text"), "content") == said and text(one, "msgid") not in self._prepared
        ]
        return same[-1] if said and same else ""

    def _noted(self, msgid: str) -> str:
        self._prepared[msgid] = None
        if len(self._prepared) > MOST_REMEMBERED:
            self._prepared.popitem(last=False)
        return msgid

    async def _file(self, file: Enclosed) -> dict[str, Json] | Outcome:
        return files.kept(file) if file.ref else await files.handed_over(self._api, file, TABLE)
