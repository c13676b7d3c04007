"""One effect on one platform: what it can do is asked of its protocols, and nothing is pretended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot import ports
from bot.drawing import DrawingError, as_files
from bot.ports import Done, Failure, Key, Outcome, Platform, Refused
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import (
    Ask,
    EditPost,
    EditTold,
    Effect,
    Menu,
    Pin,
    Post,
    Question,
    React,
    Remove,
    RemovePost,
    Restrict,
    Tag,
    Tell,
    Toast,
)
from classroom.events import Json
from classroom.roster_rows import MAX_FILE_BYTES, SheetError
from classroom.sheets.rosters import read_roster
from classroom.text import PrivateText

UNSUPPORTED = Refused(Failure.UNSUPPORTED)
PICTURE_SECONDS = 5.0
HARMLESS = frozenset(
    {
        "edit_post",
        "edit_told",
        "remove",
        "remove_post",
        "pin",
        "react",
        "restrict",
        "tag",
        "toast",
        "ask",
        "menu",
    }
)
"""Kinds that may be done again after a crash without anybody noticing."""

COUNTED = frozenset({"post", "tell", "edit_post", "edit_told"})
"""Kinds that a platform's limits on messages count."""


async def perform(
    platform: Platform,
    effect: Effect,
    to: GroupAddress | PersonAddress,
    keys: Sequence[Key],
    refs: Sequence[str],
) -> Outcome:
    """Carry out one effect. `to` is where it goes today, `refs` what its handle became there."""
    match effect:
        case Post():
            return await _post(platform, effect, to, keys)
        case Tell():
            return await _tell(platform, effect, to, keys)
        case EditPost() | EditTold():
            return await _edit(platform, effect, to, keys, refs)
        case Ask():
            return await _ask(platform, effect, to)
        case Remove() | RemovePost():
            chosen = effect.refs if isinstance(effect, Remove) else refs
            return await _delete(platform, to, chosen)
        case Toast():
            if not isinstance(platform, ports.AnswersPresses):
                return UNSUPPORTED
            return await platform.toast(effect.callback, effect.text, effect.alert)
        case Menu():
            if not isinstance(platform, ports.ShowsMenus):
                return UNSUPPORTED
            return await platform.menu(to, effect.member, effect.commands)
        case React():
            if not isinstance(platform, ports.Reacts):
                return UNSUPPORTED
            return await platform.react(to, effect.ref, effect.emoji)
        case Pin() | Restrict() | Tag():
            return await _in_group(platform, effect, to, refs)


async def _post(
    platform: Platform, effect: Post, to: GroupAddress | PersonAddress, keys: Sequence[Key]
) -> Outcome:
    if not isinstance(to, GroupAddress):
        return Refused(Failure.NOT_FOUND, "not a group")
    if not isinstance(platform, ports.PostsToGroup):
        return UNSUPPORTED
    files = await as_files(effect.files)
    if any(file.private for file in files):
        return Refused(Failure.LEAK)
    return await platform.post(to, effect.text, keys, effect.reply_to, files)


async def _tell(
    platform: Platform, effect: Tell, to: GroupAddress | PersonAddress, keys: Sequence[Key]
) -> Outcome:
    if not isinstance(to, PersonAddress):
        return Refused(Failure.LEAK)
    if not isinstance(platform, ports.TellsPeople):
        return UNSUPPORTED
    try:
        files = await as_files(effect.files)
    except DrawingError:
        return Refused(Failure.REFUSED, "drawing")
    return await platform.tell(to, effect.text, keys, files, effect.protect)


async def _edit(
    platform: Platform,
    effect: EditPost | EditTold,
    to: GroupAddress | PersonAddress,
    keys: Sequence[Key],
    refs: Sequence[str],
) -> Outcome:
    if isinstance(to, GroupAddress) and isinstance(effect.text, PrivateText):
        return Refused(Failure.LEAK)
    if not isinstance(platform, ports.EditsPosts):
        return UNSUPPORTED
    return await platform.edit(to, refs, effect.text, keys) if refs else Refused(Failure.NOT_FOUND)


async def _delete(platform: Platform, to: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
    if isinstance(to, PersonAddress) and isinstance(platform, ports.TakesBack):
        return await platform.recall(to, refs) if refs else Done()
    if not isinstance(platform, ports.DeletesMessages):
        return UNSUPPORTED
    return await platform.delete(to, refs) if refs else Done()


async def _in_group(
    platform: Platform, effect: Pin | Restrict | Tag, to: GroupAddress | PersonAddress, refs: Sequence[str]
) -> Outcome:
    if not isinstance(to, GroupAddress):
        return Refused(Failure.NOT_FOUND, "not a group")
    if isinstance(effect, Pin):
        if not isinstance(platform, ports.PinsPosts):
            return UNSUPPORTED
        return await platform.pin(to, refs[-1], effect.on) if refs else Refused(Failure.NOT_FOUND)
    if isinstance(effect, Restrict):
        if not isinstance(platform, ports.RestrictsMembers):
            return UNSUPPORTED
        return await platform.restrict(to, effect.member, effect.muted, effect.until)
    return (
        await platform.tag(to, effect.member, effect.tag)
        if isinstance(platform, ports.SetsTags)
        else UNSUPPORTED
    )


async def _ask(platform: Platform, effect: Ask, to: GroupAddress | PersonAddress) -> Outcome:
    if effect.question is Question.ROSTER_FILE:
        return await _roster_file(platform, effect)
    if effect.question is Question.PICTURE:
        return await _picture(platform, effect)
    if not isinstance(platform, ports.KnowsMembers) or not isinstance(to, GroupAddress):
        return UNSUPPORTED
    if effect.question is Question.MEMBER:
        return await platform.member(to, effect.about)
    return await platform.rights(to)


async def _roster_file(platform: Platform, effect: Ask) -> Outcome:
    """Read a spreadsheet in a thread of its own: the writer and the others go on."""
    if not isinstance(platform, ports.FetchesFiles):
        return UNSUPPORTED
    data = await platform.fetch(effect.about, MAX_FILE_BYTES)
    if not isinstance(data, bytes):
        return data
    try:
        sheet = await asyncio.to_thread(read_roster, data, effect.filename)
    except SheetError as error:
        return Refused(Failure.REFUSED, error.code.value)
    return Done(answer=sheet.to_json())


async def _picture(platform: Platform, effect: Ask) -> Outcome:
    """Read the codes in a picture in a thread of its own, which is not waited for long."""
    if not isinstance(platform, ports.FetchesFiles):
        return UNSUPPORTED
    from classroom import pictures  # noqa: PLC0415 - what reads pictures is large and seldom needed

    data = await platform.fetch(effect.about, pictures.MAX_PICTURE_BYTES)
    if not isinstance(data, bytes):
        return data
    try:
        found = await asyncio.wait_for(asyncio.to_thread(pictures.codes_in, data), PICTURE_SECONDS)
    except (pictures.PictureError, TimeoutError):
        return Refused(Failure.REFUSED)
    codes: list[Json] = [*found]
    return Done(answer={"codes": codes})
