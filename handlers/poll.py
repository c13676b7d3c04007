"""/poll: what a class decides together, one vote a household."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Button, Effect
from classroom.folding import fold
from classroom.people import Role
from classroom.rules.delicate import is_delicate
from classroom.text import PrivateStr, PrivateText
from handlers import poll_later, poll_list, poll_mine, poll_post, poll_words
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Who
from handlers.held_back import SHAMING, Verdict, Way, hold_back, way
from handlers.poll_plan import PollPlan, PollProblem
from handlers.poll_quorum import needed
from handlers.poll_reading import read_poll
from handlers.room import Room
from storage import drafts
from storage.places import places_of
from storage.polls import COMMITTEE
from storage.tables import Draft

feature = Feature("poll")
RUNS_POLLS = Who.TEACHER | Who.COMMITTEE
KIND = "poll"
NUMBER = re.compile(r"[#第]?\s*(\d{1,6})\s*[号#]?")


@feature.command("poll", "投票", who=RUNS_POLLS | Who.GUARDIAN, listed=RUNS_POLLS)
def poll(command: Command, room: Room) -> Iterable[Effect]:
    """Show a poll to its author before the group sees it; bare: the open ones, with a number: that one.

    A parent gets those that wait for the family's vote.
    """
    text, message = command.text.strip(), command.message
    if not RUNS_POLLS.admits(room.who):
        return poll_mine.show(room, begins=bool(text) and not NUMBER.fullmatch(fold(text).text))
    if not text:
        return poll_list.show_open(room)
    if asked := NUMBER.fullmatch(fold(text).text):
        return poll_list.show(int(asked[1]), room)
    if room.group is None:
        return go(text, Way("poll"), False, room)
    came = Way("poll", room.group.chat, message.origin.thread, message.refs)
    return list(go(text, came, False, room))


@feature.command("close", "截止", who=RUNS_POLLS)
def close(command: Command, room: Room) -> Iterable[Effect]:
    """Close a poll before its time; without its number buttons ask which."""
    asked = NUMBER.fullmatch(fold(command.text).text.strip())
    return poll_list.close_numbered(int(asked[1]) if asked else None, room)


@way("poll")
def go(text: str, came: Way, approved: bool, room: Room) -> list[Effect]:
    """Bring a poll to its preview, if nothing speaks against its words."""
    verdict = poll_words.verdict(text, came, room)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        if room.who.teaches:
            return hold_back(PrivateStr(text), verdict, came, room)
        return _refused(verdict, came, room)
    plan = _read(text, room)
    if isinstance(plan, PollProblem):
        return aside(room, own(room).private("poll.problem", because=plan.because, what=plan.what))
    return [*poll_words.cleared(came, room), *_preview(plan, room)]


def _refused(found: Verdict, came: Way, room: Room) -> list[Effect]:
    """A member of the committee is asked to put it otherwise; what surely shames leaves the group."""
    gone = bool(came.refs) and found.certain
    text = own(room).private("poll.shaming", removed=gone, because=found.because)
    return poll_words.refused(found, came, text, room)


def _read(text: str, room: Room) -> PollPlan | PollProblem:
    """What is to be asked; there must be enough who can vote."""
    plan = read_poll(text, room.now, room.zone)
    if isinstance(plan, PollProblem):
        return plan
    total = len(poll_post.homes_of(plan.voters, room).students)
    if plan.voters == COMMITTEE and not total:
        return PollProblem("no_committee")
    return PollProblem("quorum", str(total)) if needed(plan.quorum, total) > max(total, 1) else plan


# --- the preview ----------------------------------------------------------------------------------


def _preview(plan: PollPlan, room: Room) -> list[Effect]:
    words = PrivateStr("\n".join((plan.question, *plan.options)))
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, plan.to_json())
    handle = f"poll-draft/{draft.id}"
    return aside(room, _preview_text(plan, room), *_choices(draft, plan, room), handle=handle)


def _preview_text(plan: PollPlan, room: Room) -> PrivateText:
    say, opens = own(room), poll_later.first_opening(plan, room)
    return say.private(
        "poll.preview",
        classroom=room.here.name,
        post=poll_post.preview_text(plan, opens, room),
        repeat=every_text(plan, room),
        opens=poll_post.stamp(say, opens, room) if opens > room.now else None,
        planned=plan.opens_at is not None,
        closes=poll_post.stamp(say, plan.end(opens, room.zone), room),
        anonymous=plan.anonymous,
        delicate=_delicate(plan),
    )


def every_text(plan: PollPlan, room: Room) -> PrivateText | None:
    """A repeat in the reader's words: 每周五 16:00."""
    if not plan.every:
        return None
    every = poll_later.repeat(plan, room)
    days = sorted(every.weekdays)
    clock = f"{every.clock:%H:%M}"
    return own(room).private("poll.every", days=days, month_day=every.month_day, clock=clock)


def _delicate(plan: PollPlan) -> bool:
    return not plan.anonymous and is_delicate("\n".join((plan.question, *plan.options)))


def _choices(draft: Draft, plan: PollPlan, room: Room) -> list[Button]:
    say, person = own(room), room.who.person
    offered = ["send", *(["anonymous"] if _delicate(plan) else []), "drop"]
    words = {"send": "common.send", "anonymous": "poll.anonymous", "drop": "common.cancel"}
    return [Button(say.label(words[o]), f"poll.{o}", {"draft": draft.id}, person=person) for o in offered]


@feature.button("poll.anonymous")
def anonymous(press: Press, room: Room) -> Iterable[Effect]:
    """One press makes it anonymous, as was proposed."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    plan = replace(PollPlan.from_json(draft.data), anonymous=True)
    drafts.rewrite(room.db, draft, data=plan.to_json())
    return [room.edit(press.handle, _preview_text(plan, room), *_choices(draft, plan, room))]


@feature.button("poll.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is posted."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    drafts.decide(draft, "dropped")
    return [room.edit(press.handle, own(room).private("poll.dropped"))]


@feature.button("poll.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Off to the group: at once, after the quiet hours, or at each time of the repeat."""
    draft = _open(press, room)
    if draft is None:
        return _over(press, room)
    plan, say = PollPlan.from_json(draft.data), own(room)
    opens = poll_later.first_opening(plan, room)
    if plan.closes_at is not None and plan.closes_at <= opens:
        drafts.decide(draft, "dropped")
        return [room.edit(press.handle, say.private("poll.end_is_over"))]
    if not places_of(room.db, room.here.id, room.now):
        return [room.edit(press.handle, say.private("poll.no_group"), *_choices(draft, plan, room))]
    drafts.decide(draft, "used")
    if opens > room.now:
        poll_later.plan_opening(plan, str(draft.id), opens, room, by=room.who.person)
        told = say.private(
            "poll.planned",
            question=plan.question,
            repeat=every_text(plan, room),
            opens=poll_post.stamp(say, opens, room),
        )
        return [room.edit(press.handle, told)]
    return [*_published(plan, press, room)]


def _published(plan: PollPlan, press: Press, room: Room) -> list[Effect]:
    made = poll_post.publish(plan, room.who.person, room)
    if made is None:
        return [room.edit(press.handle, own(room).private("poll.no_group"))]
    row, posts = made
    poll_later.plan_end(row, room)
    say = own(room)
    text = say.private(
        "poll.sent",
        number=row.number,
        question=row.question,
        closes=poll_post.stamp(say, row.closes_at, room),
    )
    return [*posts, room.edit(press.handle, text)]


def _open(press: Press, room: Room) -> Draft | None:
    """The draft, if it is still open, the actor's own, and the actor may still run polls here."""
    wanted = press.args.get("draft")
    draft = drafts.get(room.db, wanted, room.who.person) if isinstance(wanted, int) else None
    if draft is None or draft.kind != KIND or draft.classroom_id != room.here.id:
        return None
    return draft if room.who.leads or Role.COMMITTEE in room.who.roles else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("poll.over"))]
