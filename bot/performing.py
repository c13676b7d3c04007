"""One effect on one platform: what it can do is asked of its protocols, and nothing is pretended."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot import ports
from bot.carrying import Carrier, Source
from bot.drawing import DrawingError, as_files
from bot.ports import Done, Failure, Fate, Key, Outcome, Platform, Refused
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import (
    Ask,
    EditPost,
    EditTold,
    Effect,
    Enclosed,
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


class Hands:
    """What a platform can do, asked of its protocols once: Python looks through all of them each time."""

    def __init__(self, platform: Platform) -> None:
        """Ask."""
        self.posts = platform if isinstance(platform, ports.PostsToGroup) else None
        self.tells = platform if isinstance(platform, ports.TellsPeople) else None
        self.tells_many = platform if isinstance(platform, ports.TellsMany) else None
        self.edits = platform if isinstance(platform, ports.EditsPosts) else None
        self.deletes = platform if isinstance(platform, ports.DeletesMessages) else None
        self.recalls = platform if isinstance(platform, ports.TakesBack) else None
        self.pins = platform if isinstance(platform, ports.PinsPosts) else None
        self.reacts = platform if isinstance(platform, ports.Reacts) else None
        self.restricts = platform if isinstance(platform, ports.RestrictsMembers) else None
        self.tags = platform if isinstance(platform, ports.SetsTags) else None
        self.toasts = platform if isinstance(platform, ports.AnswersPresses) else None
        self.menus = platform if isinstance(platform, ports.ShowsMenus) else None
        self.knows = platform if isinstance(platform, ports.KnowsMembers) else None
        self.makes_groups = platform if isinstance(platform, ports.MakesGroups) else None
        self.school = platform if isinstance(platform, ports.KnowsSchool) else None
        self.withdraws = platform if isinstance(platform, ports.WithdrawsPosts) else None
        self.lists_groups = platform if isinstance(platform, ports.ListsGroups) else None
        self.fetches = platform if isinstance(platform, ports.FetchesFiles) else None
        self.links_only = isinstance(platform, ports.LinksOnly) and platform.links_only
        self.needs_pages = isinstance(platform, ports.NeedsPages) and platform.needs_pages
        self.name = platform.name
        self.all: dict[str, Source] = {}
        self.carrier = Carrier()


def hands_of(platforms: Mapping[str, Platform]) -> dict[str, Hands]:
    """The hands of all platforms, each of which can reach for a file that another one has."""
    made = {name: Hands(platform) for name, platform in platforms.items()}
    carrier = Carrier()
    for hands in made.values():
        hands.all, hands.carrier = {**made}, carrier
    return made


async def perform(
    hands: Hands,
    effect: Effect,
    to: GroupAddress | PersonAddress,
    keys: Sequence[Key],
    refs: Sequence[str],
) -> Outcome:
    """Carry out one effect. `to` is where it goes today, `refs` what its handle became there."""
    match effect:
        case Post():
            return await _post(hands, effect, to, keys)
        case Tell():
            return await _tell(hands, effect, to, keys)
        case EditPost() | EditTold():
            return await _edit(hands, effect, to, keys, refs)
        case Ask():
            return await _ask(hands, effect, to)
        case Remove() | RemovePost():
            chosen = effect.refs if isinstance(effect, Remove) else refs
            return await _delete(hands, to, chosen, own=isinstance(effect, RemovePost))
        case Toast():
            if hands.toasts is None:
                return UNSUPPORTED
            return await hands.toasts.toast(effect.callback, effect.text, effect.alert)
        case Menu():
            if hands.menus is None:
                return UNSUPPORTED
            return await hands.menus.menu(to, effect.member, effect.commands)
        case React():
            if hands.reacts is None:
                return UNSUPPORTED
            return await hands.reacts.react(to, effect.ref, effect.emoji)
        case Pin() | Restrict() | Tag():
            return await _in_group(hands, effect, to, refs)


def shown_on_page(effect: Effect) -> Outcome:
    """What becomes of an effect whose place is our own page: it is read there, where it is stored."""
    return UNSUPPORTED if isinstance(effect, Ask) else Done(fate=Fate.DELIVERED)


async def _post(hands: Hands, effect: Post, to: GroupAddress | PersonAddress, keys: Sequence[Key]) -> Outcome:
    if not isinstance(to, GroupAddress):
        return Refused(Failure.NOT_FOUND, "not a group")
    if hands.posts is None:
        return UNSUPPORTED
    files = await _files(hands, effect)
    if any(file.private for file in files):
        return Refused(Failure.LEAK)
    return await hands.posts.post(to, effect.text, keys, effect.reply_to, files)


async def _files(hands: Hands, effect: Post | Tell) -> tuple[Enclosed, ...]:
    return await hands.carrier.bring(await as_files(effect.files), hands.name, hands.all)


async def _tell(hands: Hands, effect: Tell, to: GroupAddress | PersonAddress, keys: Sequence[Key]) -> Outcome:
    if not isinstance(to, PersonAddress):
        return Refused(Failure.LEAK)
    if hands.tells is None:
        return UNSUPPORTED
    try:
        files = await _files(hands, effect)
    except DrawingError:
        return Refused(Failure.REFUSED, "drawing")
    return await hands.tells.tell(to, effect.text, keys, files, effect.protect)


async def tell_together(
    hands: Hands, effect: Effect, to: Sequence[GroupAddress | PersonAddress]
) -> Sequence[Outcome]:
    """Carry out one `Tell` to several people at once; one outcome for each."""
    people = [one for one in to if isinstance(one, PersonAddress)]
    if not isinstance(effect, Tell) or len(people) < len(to):
        return [Refused(Failure.LEAK)] * len(to)
    if hands.tells_many is None:
        return [UNSUPPORTED] * len(to)
    return await hands.tells_many.tell_many(people, effect.text, effect.protect)


async def _edit(
    hands: Hands,
    effect: EditPost | EditTold,
    to: GroupAddress | PersonAddress,
    keys: Sequence[Key],
    refs: Sequence[str],
) -> Outcome:
    if isinstance(to, GroupAddress) and isinstance(effect.text, PrivateText):
        return Refused(Failure.LEAK)
    if hands.edits is None:
        return UNSUPPORTED
    return await hands.edits.edit(to, refs, effect.text, keys) if refs else Refused(Failure.NOT_FOUND)


async def _delete(
    hands: Hands, to: GroupAddress | PersonAddress, refs: Sequence[str], *, own: bool
) -> Outcome:
    if isinstance(to, PersonAddress) and hands.recalls is not None:
        return await hands.recalls.recall(to, refs) if refs else Done()
    if own and isinstance(to, GroupAddress) and hands.withdraws is not None:
        return await hands.withdraws.withdraw(to, refs) if refs else Done()
    if hands.deletes is None:
        return UNSUPPORTED
    return await hands.deletes.delete(to, refs) if refs else Done()


async def _in_group(
    hands: Hands, effect: Pin | Restrict | Tag, to: GroupAddress | PersonAddress, refs: Sequence[str]
) -> Outcome:
    if not isinstance(to, GroupAddress):
        return Refused(Failure.NOT_FOUND, "not a group")
    if isinstance(effect, Pin):
        if hands.pins is None:
            return UNSUPPORTED
        return await hands.pins.pin(to, refs[-1], effect.on) if refs else Refused(Failure.NOT_FOUND)
    if isinstance(effect, Restrict):
        if hands.restricts is None:
            return UNSUPPORTED
        return await hands.restricts.restrict(to, effect.member, effect.muted, effect.until)
    return await hands.tags.tag(to, effect.member, effect.tag) if hands.tags is not None else UNSUPPORTED


async def _ask(hands: Hands, effect: Ask, to: GroupAddress | PersonAddress) -> Outcome:
    if effect.question is Question.ROSTER_FILE:
        return await _roster_file(hands, effect)
    if effect.question is Question.PICTURE:
        return await _picture(hands, effect)
    if effect.question is Question.GROUP:
        return await _make_group(hands, effect, to)
    if effect.question is Question.SCHOOL:
        return await hands.school.school(effect.about) if hands.school is not None else UNSUPPORTED
    if effect.question is Question.GROUPS:
        if hands.lists_groups is None or not isinstance(to, PersonAddress):
            return UNSUPPORTED
        return await hands.lists_groups.groups_of(to)
    if hands.knows is None or not isinstance(to, GroupAddress):
        return UNSUPPORTED
    if effect.question is Question.MEMBER:
        return await hands.knows.member(to, effect.about)
    return await hands.knows.rights(to)


async def _make_group(hands: Hands, effect: Ask, to: GroupAddress | PersonAddress) -> Outcome:
    if hands.makes_groups is None or not isinstance(to, PersonAddress):
        return UNSUPPORTED
    listed, key = effect.data.get("members"), effect.data.get("key")
    members = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    return await hands.makes_groups.make_group(to, effect.about, members, str(key))


async def _roster_file(hands: Hands, effect: Ask) -> Outcome:
    """Read a spreadsheet in a thread of its own: the writer and the others go on."""
    if hands.fetches is None:
        return UNSUPPORTED
    from classroom.sheets.rosters import read_roster  # noqa: PLC0415 - what reads tables is seldom needed

    data = await hands.fetches.fetch(effect.about, MAX_FILE_BYTES)
    if not isinstance(data, bytes):
        return data
    try:
        sheet = await asyncio.to_thread(read_roster, data, effect.filename)
    except SheetError as error:
        return Refused(Failure.REFUSED, error.code.value)
    return Done(answer=sheet.to_json())


async def _picture(hands: Hands, effect: Ask) -> Outcome:
    """Read the codes in a picture in a thread of its own, which is not waited for long."""
    if hands.fetches is None:
        return UNSUPPORTED
    from classroom import pictures  # noqa: PLC0415 - what reads pictures is large and seldom needed

    data = await hands.fetches.fetch(effect.about, pictures.MAX_PICTURE_BYTES)
    if not isinstance(data, bytes):
        return data
    try:
        found = await asyncio.wait_for(asyncio.to_thread(pictures.codes_in, data), PICTURE_SECONDS)
    except (pictures.PictureError, TimeoutError):
        return Refused(Failure.REFUSED)
    codes: list[Json] = [*found]
    return Done(answer={"codes": codes})
