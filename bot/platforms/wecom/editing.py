"""A letter to a member: sent, changed and taken back as far as WeCom lets.

A card is changed in its place, by a code that counts once and for three days. What cannot be changed so is
taken back and said anew; the bot goes on calling it by the name it had first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace

import structlog

from bot.platforms.tencent.cards import Part, card, is_task, parts
from bot.platforms.tencent.keeping import Memory
from bot.platforms.wecom.outbox import Outbox, Sent, message_of
from bot.platforms.wecom.settings import Phrases
from bot.ports import Done, Key, Outcome, Refused, TryAgain
from classroom import markup
from classroom.errors import DatabaseError

log = structlog.get_logger(__name__)


class Editing:
    """Knows what became of every letter."""

    def __init__(self, outbox: Outbox, memory: Memory, phrases: Phrases) -> None:
        """Stand on what sends and on what remembers."""
        self._outbox, self._memory, self._phrases = outbox, memory, phrases

    async def send(
        self, who: str, letter: Sequence[Part], *, protect: bool, before: Sequence[str] = ()
    ) -> Outcome:
        """Send all parts, or none as far as that is in our hands; the refs are those `before`, then these."""
        refs = [*before]
        for part in letter:
            sent = await self._outbox.tell(who, message_of(part), safe=protect and part.card is None)
            if not isinstance(sent, Sent):
                return await self.undone(refs, sent)
            ref = part.task or sent.msgid  # WeCom has none for what it took for a repetition
            await self._keep(who, part, ref, sent, protect)
            refs += [ref] if ref else []
        return Done(tuple(refs))

    async def undone(self, refs: Sequence[str], result: Outcome) -> Outcome:
        """Take back the beginning of a letter that could not be sent whole."""
        taken = [await self._outbox.take_back(await self._msgid(ref)) for ref in refs]
        if isinstance(result, TryAgain) and not all(isinstance(one, Done) for one in taken):
            return replace(result, uncertain=True)
        return result

    async def edit(self, who: str, refs: Sequence[str], body: str, keys: Sequence[Key]) -> Outcome:
        """Change a letter in its place, or say it anew in the place of the old one."""
        current = await self._memory.current(refs)
        if is_task(current[-1]):
            changed = await self._changed(who, current, body, keys)
            if changed is not None:
                return Done(tuple(refs)) if isinstance(changed, Done) else changed
        return await self._anew(who, refs, current, body, keys)

    async def recall(self, who: str, refs: Sequence[str]) -> Outcome:
        """Take back a letter, all of it if possible."""
        current = await self._memory.current(refs)
        await _tried(self._memory.end_choice(who, current))
        taken = [await self._outbox.take_back(await self._msgid(ref)) for ref in current]
        return next((one for one in taken if not isinstance(one, Done)), Done())

    async def _changed(
        self, who: str, current: Sequence[str], body: str, keys: Sequence[Key]
    ) -> Outcome | None:
        """Change the card; None where that is not possible."""
        text, spans = markup.read(body)
        made = card(text.strip(), keys, self._phrases, current[-1])
        if made is None or not text.strip() or any(span.kind == "text_link" for span in spans):
            return None
        code = await self._memory.code(current[-1])
        result = await self._outbox.change(who, made, code) if code else None
        if isinstance(result, Done):
            for ref in current[:-1]:
                await self._outbox.take_back(await self._msgid(ref))
        return None if isinstance(result, Refused) else result

    async def _anew(
        self, who: str, refs: Sequence[str], current: Sequence[str], body: str, keys: Sequence[Key]
    ) -> Outcome:
        protect = (found := await self._memory.message(current[-1])) is not None and found.safe
        first = await self._memory.first_number(who) if keys else 1
        letter = parts(body, keys, self._phrases, protect=protect, first=first)
        if barred := self._outbox.wait(who, len(letter)):
            return barred
        for ref in current:
            await self._outbox.take_back(await self._msgid(ref))
        await self._memory.end_choice(who, current)
        result = await self.send(who, letter, protect=protect)
        if not isinstance(result, Done):
            return result
        await _tried(self._memory.replaced(refs[-1], result.refs))
        return Done(tuple(refs))

    async def _keep(self, who: str, part: Part, ref: str, sent: Sent, protect: bool) -> None:
        if part.card is not None or protect:
            await _tried(self._memory.sent(ref, sent.msgid, sent.code, safe=protect))
        if part.numbers:
            await _tried(self._memory.offer(who, ref, part.numbers, part.keys))

    async def _msgid(self, ref: str) -> str:
        found = await self._memory.message(ref) if is_task(ref) else None
        return found.msgid if found is not None and found.msgid else ref


async def _tried(work: Awaitable[None]) -> None:
    """Remember something about a message that is out already: it does not become unsaid by that failing."""
    try:
        await work
    except DatabaseError:
        log.warning("wecom.keeping", trouble="the database is away: a card cannot be changed later")
