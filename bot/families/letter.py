"""A letter's page: one message with its buttons, and what was answered to the last press."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.app import App
from bot.families import sheet
from bot.ports import Incoming
from classroom.addresses import PAGE
from storage import letters
from storage.database import Records
from storage.letters import Letter
from storage.tables import Classroom
from templates.render import Say, language_of

MOST_WORDS = 2000
ONCE = "once"
LOOKS, BETWEEN_LOOKS = 12, 0.08


@dataclass(frozen=True, slots=True)
class _Opened:
    letter: Letter
    language: str
    classroom: str


async def read(request: Request, app: App, code: str) -> tuple[str, int]:
    """The page as it is now, and its status."""
    done = request.query_params.get("done", "")
    found = await app.database.look(lambda records: _look(records, app, code, done))
    if found is None:
        return sheet.unknown(_stranger(request)), 404
    say = Say(found.language)
    return sheet.letter(say, code, found.classroom, found.letter, secrets.token_hex(8)), 200


async def press(request: Request, app: App, code: str, form: dict[str, str]) -> Response:
    """Hand in what was pressed or written, once for each showing of the page; then show what came of it."""
    found = await app.database.look(lambda records: _look(records, app, code, ""))
    once, words = form.get(ONCE, ""), form.get("words", "").strip()[:MOST_WORDS]
    done = _what(form, words) if found is not None and found.letter.words else None
    if found is None or done is None or not once.isalnum() or len(once) > 32:
        return RedirectResponse("?", 303, headers=sheet.HEADERS)
    letter, at = found.letter, app.now().isoformat()
    where = {"platform": letter.chat.platform, "native": letter.chat.native}
    raw = json.dumps({"letter": letter.delivery, ONCE: once, "at": at, **where, **done})
    key = letters.key_of(letter.delivery, once)
    await app.intake.door_of(PAGE)([Incoming(key, raw.encode())])
    await _until_handled(app, key)
    return RedirectResponse(f"?done={once}", 303, headers=sheet.HEADERS)


async def _until_handled(app: App, key: str) -> None:
    """Give it a moment, so that the next page shows the answer; a busy bot is waited for on the page."""
    for _ in range(LOOKS):
        if await app.database.look(lambda records: letters.answered(records, key)[0]):
            return
        await asyncio.sleep(BETWEEN_LOOKS)


def _what(form: dict[str, str], words: str) -> dict[str, str] | None:
    """A button's token, a start link's code, or an answer: what begins as a command is none."""
    if token := form.get("press"):
        return {"token": token[:64]}
    if payload := form.get("open"):
        return {"words": f"/start {payload[:64]}"}
    return {"words": words} if words and words[0] not in "/／" else None


def _look(records: Records, app: App, code: str, once: str) -> _Opened | None:
    letter = letters.find(records, app.database.keys.digest, code, app.now(), once)
    if letter is None:
        return None
    language = letters.language_of(records, letter.chat.chat, letter.classroom)
    here = records.get(Classroom, letter.classroom) if letter.classroom is not None else None
    spoken = language_of(language, app.instance.defaults.language)
    return _Opened(letter, spoken, here.name if here is not None else "")


def _stranger(request: Request) -> Say:
    return Say(language_of(request.headers.get("accept-language", "").split(",")[0] or None))
