"""A concern typed into a group: it is taken out there before anything else, and goes on in private.

The guard itself only removes and keeps the words; all that may go wrong comes after the platform has
answered, when the removal can no longer be undone by an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from classroom.addresses import GroupAddress
from classroom.concern_typed import ConcernTyped, looks_like_concern
from classroom.effects import Button, Effect, Remove, RemovePost, Report
from classroom.events import Delivered, Json, Message, SenderKind, Undelivered
from classroom.people import ALL_TEACHERS
from classroom.text import PrivateStr
from handlers import concern, concern_parents, requests_sending
from handlers import concern_draft as drafting
from handlers import concern_people as people
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import drafts, guardians, identity, removals, violations
from storage.tables import Chat, Draft

feature = Feature("concern_guard")
Why = Literal["typed", "album", "quotes", "rest"]
KIND = "typed"
RULE, ASKED = "concern", "asked"
_MARKS = "/／＼\\⁄∕╱、.。!|·~#*-_'\"`;,=+?^&%$<>:… \t\n「『“‘(（[【"
LONG = 1500
"""From this length on a phone may have cut the text in two."""
REST_COMES_WITHIN = timedelta(seconds=10)


@feature.before_commands
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Take a concern, its late parts and what quotes it out of the group, whoever wrote it."""
    if room.group is None:
        return None
    why = _why(message, room)
    return None if why is None else [*_remove_quoted(message, room), *_remove(message, room, why)]


# --- recognising ----------------------------------------------------------------------------------


def _why(message: Message, room: Room) -> Why | None:
    teacher = _as_teacher(message, room)
    if typed_in(message.text, room, by_teacher=teacher) or (
        room.platform in room.instance.called_only  # what is said to the bot is meant as a command
        and typed_in(f"/{message.text}", room, by_teacher=teacher)
    ):
        return "typed"
    if message.album and removals.of_album(room.db, _chat(room), message.album):
        return "album"
    if _quotes(message, room):
        return "quotes"
    return "rest" if _rest_of(message, room) else None


def typed_in(text: str, room: Room, *, by_teacher: bool) -> ConcernTyped | None:
    """Find a concern command in a text, however clumsily typed."""
    return looks_like_concern(text, room.roster, by_teacher=by_teacher, names=_names(room)) if text else None


def _names(room: Room) -> dict[str, str]:
    return {spelling: c.name for c in room.instance.commands for spelling in (c.name, *c.chinese)}


def _as_teacher(message: Message, room: Room) -> bool:
    """An anonymous administrator may be a teacher: caught rather than let through."""
    if message.sender.kind is SenderKind.ANONYMOUS_ADMIN:
        return True
    return room.actor is not None and room.actor.teaches


def _quotes(message: Message, room: Room) -> bool:
    answered = message.reply_to
    shown = (message.quote, answered.text if answered else "")
    if any(typed_in(text, room, by_teacher=_answers_teacher(message, room)) for text in shown):
        return answered is None or answered.sender is None or answered.sender.kind is not SenderKind.BOT
    return answered is not None and any(shown) and removals.was_removed(room.db, _chat(room), answered.ref)


def _answers_teacher(message: Message, room: Room) -> bool:
    answered = message.reply_to.sender if message.reply_to else None
    if answered is None or room.classroom is None:
        return False
    account = identity.find_account(room.db, room.platform, answered.native)
    return account is not None and people.teacher_in(room, account.person_id)


def _rest_of(message: Message, room: Room) -> bool:
    """The second half of a text that the phone had to cut, right behind the first."""
    if message.edited or message.reply_to or not message.text:
        return False
    since = message.at - REST_COMES_WITHIN
    return removals.cut_off_before(room.db, _chat(room), _sender(message, room), since) is not None


def _chat(room: Room) -> int:
    return room.group.chat if room.group else 0


def _sender(message: Message, room: Room) -> str:
    return room.instance.digest(f"{room.platform}:{message.sender.native}")


# --- removing -------------------------------------------------------------------------------------


def _remove_quoted(message: Message, room: Room) -> list[Effect]:
    """What is quoted still stands there itself, if nobody was there to take it out."""
    answered = message.reply_to
    if answered is None or room.group is None or removals.was_removed(room.db, room.group.chat, answered.ref):
        return []
    if not typed_in(answered.text, room, by_teacher=_answers_teacher(message, room)):
        return []
    if answered.sender is not None and answered.sender.kind is SenderKind.BOT:
        return []
    removals.remember(
        room.db,
        room.group.chat,
        (answered.ref,),
        "",
        room.now,
        album=answered.album,
        long=False,
        draft=None,
    )
    data: dict[str, Json] = {"chat": room.group.chat}
    return [Remove(room.group, (answered.ref,), report=Report(failed="concern.not_removed", data=data))]


def _remove(message: Message, room: Room, why: Why) -> list[Effect]:
    """Remove first; the words are kept sealed for their author, if there is a class to keep them in."""
    group, who = room.group, room.actor
    if group is None:
        return []
    draft = _keep_words(message, room, why)
    removals.remember(
        room.db,
        group.chat,
        message.refs,
        _sender(message, room),
        message.at,
        album=message.album,
        long=why in ("typed", "rest") and len(message.text) >= LONG,
        draft=draft.id if draft else None,
    )
    data = _noted(message, room, why, draft)
    report = Report(failed="concern.not_removed", sent="concern.removed", data=data)
    removed: list[Effect] = [Remove(group, message.refs, report=report)]
    if room.classroom is None and who is not None and message.text:
        said = room.say_to(who.person).private("concern.no_class_here", words=PrivateStr(message.text))
        removed.append(room.tell(said, park=True))
    if message.sender.kind is SenderKind.ANONYMOUS_ADMIN:
        removed += _who_was_that(message, room, why)
    return removed


def _who_was_that(message: Message, room: Room, why: Why) -> list[Effect]:
    """Which teacher an anonymous administrator is shows in a press; till then the button keeps the words."""
    if not message.text:
        return []
    if room.classroom is None:
        return [room.pointer()]
    args: dict[str, Json] = {
        "text": message.text,
        "ref": message.ref,
        "files": bool(message.attachments),
        "why": why,
    }
    say = room.say_class
    mine = Button(
        say.label("common.it_was_me"), "concern.mine", args, roles=ALL_TEACHERS, hours=24, once=True
    )
    return [room.post(say.group("common.who_was_that"), mine)]


@feature.button("concern.mine")
def mine(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher behind an anonymous concern says so: it goes on as a draft of theirs, in private."""
    if room.group is None:
        return []
    words = people.cleaned(str(press.args.get("text")))
    data: dict[str, Json] = {
        "came_from": f"{room.group.chat}:{press.args.get('ref')}",
        "why": press.args.get("why"),
        "version": 0,
        "files": press.args.get("files") is True,
    }
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, data)
    known = {"chat": room.group.chat, "draft": draft.id, "person": room.who.person, "why": data["why"]}
    return [RemovePost(room.group, press.handle), *_continue(known, room)]


def _noted(message: Message, room: Room, why: Why, draft: Draft | None) -> dict[str, Json]:
    """Record what is being done, and what the platform's answer has to say of it: ids, never a word."""
    data: dict[str, Json] = {"chat": _chat(room), "draft": draft.id if draft else 0, "why": why}
    if room.actor is not None:
        data["person"] = room.who.person
    if room.classroom is not None:
        noted = violations.record(
            room.db,
            room.here.id,
            _chat(room),
            RULE,
            ASKED,
            room.now,
            account=room.who.account if room.actor else None,
            ref=message.ref,
            data={"why": why},
        )
        data["violation"] = noted.id
    return data


def _keep_words(message: Message, room: Room, why: Why) -> Draft | None:
    if room.classroom is None or room.actor is None or not message.text or why == "album":
        return None
    words = people.cleaned(message.text)
    first = _first_half(message, room) if why == "rest" else None
    if first is not None:
        drafts.rewrite(room.db, first, words=PrivateStr(first.words.reveal() + words.reveal()))
        return first
    earlier = _same_message(message, room)
    if earlier is not None:
        earlier.kind = KIND
        drafts.rewrite(room.db, earlier, words=words, data={"student": None})
        return earlier
    data: dict[str, Json] = {
        "came_from": _place(message, room),
        "why": why,
        "version": 0,
        "files": bool(message.attachments),
    }
    return drafts.keep(room.db, room.here.id, room.actor.person, KIND, words, room.now, data)


def _first_half(message: Message, room: Room) -> Draft | None:
    since = message.at - REST_COMES_WITHIN
    row = removals.cut_off_before(room.db, _chat(room), _sender(message, room), since)
    draft = row.draft_id if row else None
    return drafts.get(room.db, draft, room.who.person) if draft is not None else None


def _same_message(message: Message, room: Room) -> Draft | None:
    """The draft that an earlier wording of an edited message has begun, if it still waits."""
    if not message.edited or room.actor is None:
        return None
    place = _place(message, room)
    kinds = (KIND, drafting.KIND, requests_sending.KIND)
    found = (d for kind in kinds for d in drafts.open_of(room.db, room.who.person, kind))
    return next((d for d in found if d.data.get("came_from") == place), None)


def _place(message: Message, room: Room) -> str:
    return f"{_chat(room)}:{message.ref}"


# --- going on, once the platform has answered -------------------------------------------------------


@feature.delivered("concern.removed")
def removed(event: Delivered, room: Room) -> Iterable[Effect]:
    """It is out of the group: record that, and go on with its author in private."""
    _settle(event.data, room, violations.ENFORCED)
    return _continue(event.data, room)


@feature.undelivered("concern.not_removed")
def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The platform refused: the teachers are told at once, whatever the hour, to remove it by hand."""
    if event.reason == "not_found":
        _settle(event.data, room, violations.ENFORCED)
        return _continue(event.data, room)
    _settle(event.data, room, violations.REPORTED)
    return [*_by_hand(event, room), *_continue(event.data, room, out=False)]


def _settle(data: dict[str, Json], room: Room, done: str) -> None:
    """Record what was really done; the words are kept nowhere, a concern is never restorable."""
    row = violations.get(room.db, people.number(data, "violation"))
    if row is not None:
        row.done = done


def _by_hand(event: Undelivered, room: Room) -> list[Effect]:
    author = people.number(event.data, "person")
    chat = room.db.get(Chat, people.number(event.data, "chat"))
    asked = room.teachers() if room.classroom is not None else []
    if author and (room.classroom is None or people.teacher_in(room, author)):
        asked = [*asked, author]
    told: list[Effect] = []
    for person in dict.fromkeys(asked):
        text = room.say_to(person).private(
            "concern.remove_by_hand",
            group=chat.title if chat else "",
            reason=event.reason,
            author=guardians.display_name(room.db, author) if author else "",
        )
        told += room.tell_person(person, text, park=True)
    return told


def _continue(data: dict[str, Json], room: Room, *, out: bool = True) -> list[Effect]:
    inner = people.as_person(room, people.number(data, "person")) if data.get("person") else None
    if inner is None:
        return []
    draft = drafts.get(room.db, people.number(data, "draft"), inner.who.person)
    if draft is None:
        return []
    return [*_in_private(inner, draft, out), *_pointer(data, inner)]


def _in_private(room: Room, draft: Draft, out: bool) -> list[Effect]:
    if draft.kind == drafting.KIND:
        return drafting.ask_or_show(room, draft, park=True)
    if draft.data.get("why") == "quotes" or not (room.who.teaches or room.who.guardian_of):
        return _give_back(room, draft, out)
    before, behind = _around_command(room, draft.words)
    if room.who.guardian_of and not room.who.teaches:
        return concern_parents.offer(room, draft, concern.joined(before, behind), out=out)
    told = room.tell(room.say.private("concern.taken_out", out=out), park=True)
    if not behind:
        drafts.decide(draft, "dropped")
        return [told, room.tell(room.say.private("concern.how_to_in_private"), park=True)]
    return [told, *concern.go_on(room, draft, behind, before=before, park=True)]


def _around_command(room: Room, typed: PrivateStr) -> tuple[PrivateStr, PrivateStr]:
    """What stands before and behind the command; before it only what is more than marks and mentions."""
    whole = typed.reveal()
    found = typed_in(whole, room, by_teacher=True)
    if found is None:
        return PrivateStr(""), typed
    before = whole[: len(whole) - len(found.rest)]
    before = before[: before.rfind(found.typed)].rstrip(_MARKS)
    if not any(c.isalnum() for word in before.split() if not word.startswith("@") for c in word):
        before = ""
    return PrivateStr(before), PrivateStr(found.rest)


def _give_back(room: Room, draft: Draft, out: bool) -> list[Effect]:
    """Say why a message went, with its words, so that nothing is lost to who wrote it."""
    name = "concern.quoted" if draft.data.get("why") == "quotes" else "concern.visitor_in_group"
    told = room.tell(room.say.private(name, words=draft.words, out=out), park=True)
    drafts.decide(draft, "used")
    return [told]


def _pointer(data: dict[str, Json], room: Room) -> list[Effect]:
    """Where the private door is shut, the group gets the neutral button that leads there."""
    chat = room.db.get(Chat, people.number(data, "chat"))
    theirs = room.who.teaches or room.who.guardian_of
    if room.door_open or chat is None or not theirs or data.get("why") != "typed":
        return []
    place: GroupAddress = identity.group_address(chat)
    return [replace(room, group=place).pointer()]
