"""Saying things: a text with its keys and files becomes Telegram messages, or is changed later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReplyParameters,
)
from telegram.error import TelegramError

from bot.platforms.telegram.compose import CAPTION, MARK, TEXT, batches, content, entities, keyboard, shorten
from bot.platforms.telegram.failures import outcome, says
from bot.platforms.telegram.wire import LineError
from bot.ports import Done, Failure, Key, Outcome, Refused, TryAgain
from classroom.effects import Enclosed
from classroom.events import Json
from classroom.markup import Piece, split

log = structlog.get_logger(__name__)

NO_CAPTION = ("sticker", "video_note")
MEDIA = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}
PATIENCE = (1.0, 3.0, 9.0)
LONGEST_WAIT = 30.0

Sent = Sequence[int]
Call = Callable[..., Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to say in one chat."""

    chat: int
    body: str
    keys: Sequence[Key] = ()
    files: Sequence[Enclosed] = ()
    thread: int | None = None
    reply_to: int | None = None
    protect: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One request of several that a letter takes; `words` where it carries text."""

    send: Callable[[dict[str, Any]], Awaitable[Sent]]
    words: bool


class Outbox:
    """Sends letters and changes them.

    The refs of a letter are those of its files first and of its text last, in whatever order they
    were sent, so that `refs[-1]` is where the keys are and what an edit changes.
    """

    def __init__(self, bot: Bot, call: Call, start_link: Callable[[str], str]) -> None:
        """`call` does what needs no library; `start_link` makes the address behind a key with a payload."""
        self._bot = bot
        self._call = call
        self._start_link = start_link

    async def send(self, letter: Letter) -> Outcome:
        """Send all parts of a letter, or none as far as that is in our hands.

        Once the first part is out, a later one that fails for now is tried again here (and may then
        be said twice), since a letter begun anew would say all of its beginning twice. If it still
        fails, what was sent is deleted; where that fails as well the outcome is uncertain.
        """
        try:
            parts = list(self._parts(letter))
        except ValueError as error:
            return Refused(Failure.REFUSED, str(error))
        if not parts:
            return Refused(Failure.REFUSED, "nothing to say")
        files: list[int] = []
        words: list[int] = []
        for place, part in enumerate(parts):
            common = _common(letter, first=place == 0)
            try:
                sent = await (self._patiently(part, common) if place else part.send(common))
            except TelegramError as error:
                return await self._taken_back(letter.chat, files + words, outcome(error))
            (words if part.words else files).extend(sent)
        return Done(tuple(str(ref) for ref in files + words))

    async def edit(self, chat: int, refs: Sequence[int], body: str, keys: Sequence[Key]) -> Outcome:
        """Write a new text into the messages of a letter.

        A text that needs fewer messages than before goes into the last ones, and a mark replaces
        the text of those left over. One that needs more ends in a mark where it had to be cut:
        new messages would arrive as news, again at every repetition of the edit.
        """
        pieces = list(split(body, TEXT))
        if not pieces or not refs:
            return Refused(Failure.REFUSED, "nothing to say")
        if len(pieces) > len(refs):
            pieces = [*pieces[: len(refs) - 1], shorten(pieces[len(refs) - 1], TEXT, cut=True)]
            log.warning("telegram.edit", trouble="text longer than the messages that hold it")
        begin = len(refs) - len(pieces)
        for place, (ref, piece) in enumerate(zip(refs[begin:], pieces, strict=True), start=1):
            markup = keyboard(keys, self._start_link) if place == len(pieces) else None
            try:
                await self._rewrite(chat, ref, piece, markup)
            except TelegramError as error:
                result = outcome(error)
                if not isinstance(result, Done):
                    return result
        await self._blank(chat, refs[:begin])
        return Done(tuple(str(ref) for ref in refs))

    async def _rewrite(self, chat: int, ref: int, piece: Piece, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self._call(
                "editMessageText",
                chat_id=chat,
                message_id=ref,
                **_words(piece, markup),
            )
        except TelegramError as error:
            if not says(error, "there is no text in the message to edit"):
                raise
        else:
            return
        caption = shorten(piece, CAPTION)
        await self._bot.edit_message_caption(
            chat, ref, caption=caption.text, caption_entities=entities(caption), reply_markup=markup
        )

    async def _blank(self, chat: int, refs: Sequence[int]) -> None:
        """Take the old words out of messages that the new text leaves over; files stay as they are."""
        for ref in reversed(refs):
            try:
                await self._bot.edit_message_text(MARK, chat, ref)
            except TelegramError as error:
                if not isinstance(outcome(error), Done):
                    return

    async def _patiently(self, part: _Part, common: dict[str, Any]) -> Sent:
        for wait in PATIENCE:
            try:
                return await part.send(common)
            except TelegramError as error:
                result = outcome(error)
                if not isinstance(result, TryAgain) or (result.after or 0) > LONGEST_WAIT:
                    raise
            await asyncio.sleep(result.after or wait)
        return await part.send(common)

    async def _taken_back(self, chat: int, refs: Sequence[int], result: Outcome) -> Outcome:
        if not refs:
            return result
        try:
            for start in range(0, len(refs), 100):
                await self._bot.delete_messages(chat, refs[start : start + 100])
        except TelegramError:
            if isinstance(result, TryAgain):
                return TryAgain(result.why, result.after, uncertain=True)
        return result

    def _parts(self, letter: Letter) -> Iterator[_Part]:
        markup = keyboard(letter.keys, self._start_link)
        if len(letter.files) == 1:
            yield from self._with_one_file(letter, letter.files[0], markup)
            return
        for batch in batches(letter.files):
            yield self._album(batch) if len(batch) > 1 else self._file(batch[0], None, None)
        yield from self._words(letter, markup)

    def _with_one_file(
        self, letter: Letter, file: Enclosed, markup: InlineKeyboardMarkup | None
    ) -> Iterator[_Part]:
        pieces = split(letter.body, CAPTION)
        if not pieces or (len(pieces) == 1 and file.kind not in NO_CAPTION):
            yield self._file(file, pieces[0] if pieces else None, markup)
            return
        attached = self._file(file, None, None)  # a broken file is found before anything is said
        yield from self._words(letter, markup)
        yield attached

    def _words(self, letter: Letter, markup: InlineKeyboardMarkup | None) -> Iterator[_Part]:
        pieces = split(letter.body, TEXT)
        for piece in pieces:
            yield _Part(self._text(piece, markup if piece is pieces[-1] else None), words=True)

    def _text(
        self, piece: Piece, markup: InlineKeyboardMarkup | None
    ) -> Callable[[dict[str, Any]], Awaitable[Sent]]:
        async def send(common: dict[str, Any]) -> Sent:
            return (_ref(await self._call("sendMessage", **common, **_words(piece, markup))),)

        return send

    def _file(self, file: Enclosed, caption: Piece | None, markup: InlineKeyboardMarkup | None) -> _Part:
        bot = self._bot
        methods: dict[str, Callable[..., Awaitable[Message]]] = {
            "photo": bot.send_photo,
            "video": bot.send_video,
            "audio": bot.send_audio,
            "voice": bot.send_voice,
            "animation": bot.send_animation,
            "sticker": bot.send_sticker,
            "video_note": bot.send_video_note,
        }
        kind = file.kind if file.kind in methods else "document"
        method = methods.get(kind, bot.send_document)
        more: dict[str, Any] = {kind: content(file), "reply_markup": markup}
        if file.data and not file.ref and kind != "sticker":
            more["filename"] = file.filename
        if caption is not None:
            more |= {"caption": caption.text, "caption_entities": entities(caption)}

        async def send(common: dict[str, Any]) -> Sent:
            return ((await method(**more, **_typed(common))).message_id,)

        return _Part(send, words=caption is not None)

    def _album(self, files: Sequence[Enclosed]) -> _Part:
        media = [MEDIA[file.kind](content(file), filename=file.filename) for file in files]

        async def send(common: dict[str, Any]) -> Sent:
            return [m.message_id for m in await self._bot.send_media_group(media=media, **_typed(common))]

        return _Part(send, words=False)


def _words(piece: Piece, markup: InlineKeyboardMarkup | None) -> dict[str, Json]:
    """A text as the Bot API takes it."""
    return {
        "text": piece.text,
        "entities": [entity.to_dict() for entity in entities(piece)] or None,
        "link_preview_options": {"is_disabled": True},
        "reply_markup": markup.to_dict() if markup else None,
    }


def _typed(common: dict[str, Any]) -> dict[str, Any]:
    """What is common to all parts, as the library takes it."""
    reply = common["reply_parameters"]
    return {**common, "reply_parameters": ReplyParameters(**reply) if reply else None}


def _ref(result: Json) -> int:
    """The id of a message that was sent; what has none may have been carried out all the same."""
    found = result.get("message_id") if isinstance(result, dict) else None
    if not isinstance(found, int):
        raise LineError("an answer without a message", sent=True)
    return found


def _common(letter: Letter, first: bool) -> dict[str, Any]:
    reply = None
    if first and letter.reply_to is not None:
        reply = {"message_id": letter.reply_to, "allow_sending_without_reply": True}
    return {
        "chat_id": letter.chat,
        "message_thread_id": letter.thread,
        "protect_content": letter.protect or None,
        "reply_parameters": reply,
    }
