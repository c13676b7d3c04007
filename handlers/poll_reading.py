"""Reading a poll out of what is typed: settings in brackets, a time, the question, its options. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.folding import fold
from handlers.poll_plan import LONGEST_OPTION, PollPlan, PollProblem, moment
from handlers.poll_quorum import read_quorum
from scheduler.when import Every, When, WhenError, read_every, read_when
from storage.polls import COMMITTEE, FAMILIES

MOST_OPTIONS = 10
LEAST_OPTIONS = 2
LONGEST_QUESTION = 300
USUAL_OPENING = time(8)
"""When a poll opens for which only a day was said."""

BRACKET = re.compile(r"\s*[\[［【](?P<inside>[^\]］】]*)[\]］】]\s*")
PIPE = re.compile(r"[|｜¦│]")
_SETTINGS: dict[tuple[str, bool | str], str] = {
    ("anonymous", True): "匿名 匿名投票 不记名 无记名 不記名 無記名 anonymous anon secret",
    ("anonymous", False): "记名 实名 記名 實名 named",
    ("multiple", True): "多选 可多选 多選 可多選 multiple multi",
    ("multiple", False): "单选 單選 single",
    ("live", True): "公开过程 过程公开 公开 公開過程 過程公開 公開 live",
    ("hidden", True): "保密过程 过程保密 不公开过程 保密過程 過程保密 不公開過程 hidden blind",
    ("grows", True): "可加选项 可添加选项 可增加选项 开放选项 可加選項 開放選項 open",
    ("voters", COMMITTEE): "家委 家委会 仅家委 限家委 家委投票 committee",
    ("voters", FAMILIES): "家庭 全班 families",
}
_FLAGS = {word: setting for setting, words in _SETTINGS.items() for word in words.split()}
UNTIL = re.compile(
    r"(?:截止(?:时间|到|至|于)?|截至|until|till|closes(?: at| on)?|by)\s*[:：]?\s*(?P<when>.+)", re.DOTALL
)
_OPENS = re.compile(
    r"(?:(?:开始|发起)(?:时间|于)?|opens?(?: at| on)|starts?(?: at| on)?|from)\s*[:：]?\s*(?P<when>.+)",
    re.DOTALL,
)
_AT = re.compile(r"\s*(?:(?P<sure>定时|定于|定在)|at\b|[在于])\s*[:：]?\s*", re.IGNORECASE)


def read_poll(text: str, now: datetime, zone: ZoneInfo) -> PollPlan | PollProblem:
    """Read a whole poll; whatever is wrong is named before anything is kept."""
    plan = PollPlan("", ())
    left = text.strip()
    while True:
        if bracket := BRACKET.match(left):
            found = _settings(bracket["inside"], plan, now, zone)
            if isinstance(found, PollProblem):
                return found
            plan, left = found, left[bracket.end() :]
        elif not plan.every and isinstance(repeat := read_every(left, zone), Every) and repeat.has_time:
            plan, left = replace(plan, every=repeat.to_text()), repeat.rest
        elif not plan.every and repeat is WhenError.NONEXISTENT:
            return PollProblem("every")
        elif plan.opens_at is None and (head := _AT.match(left)):
            opening = _opening(left[head.end() :], bool(head["sure"]), now, zone)
            if isinstance(opening, PollProblem):
                return opening
            if opening is None:
                break
            plan, left = replace(plan, opens_at=opening.at(USUAL_OPENING)), opening.rest
        else:
            break
    if plan.every and plan.opens_at is not None:
        return PollProblem("every_and_at")
    return _with_end(_with_words(left, plan), now, zone)


def _opening(text: str, sure: bool, now: datetime, zone: ZoneInfo) -> When | PollProblem | None:
    """The time at which a poll is to open; None where the word begins the question: 在哪里春游？"""
    found = read_when(text, now, zone)
    if isinstance(found, When) and (sure or found.has_time):
        return found if found.at(USUAL_OPENING) > now else PollProblem("at_past", text[:20])
    if found is WhenError.PAST:
        return PollProblem("at_past", text[:20])
    meant = sure or found is WhenError.NONEXISTENT
    return PollProblem("at", text[:20]) if meant else None


def _settings(inside: str, plan: PollPlan, now: datetime, zone: ZoneInfo) -> PollPlan | PollProblem:
    for part in re.split(r"[,，、;；]", inside):
        folded = fold(part).text.strip()
        if until := UNTIL.fullmatch(folded):
            plan = replace(plan, until=until["when"].strip())
            continue
        if opens := _OPENS.fullmatch(folded):
            opening = _opening(opens["when"], True, now, zone)
            if isinstance(opening, When) and not opening.rest:
                plan = replace(plan, opens_at=opening.at(USUAL_OPENING))
                continue
            return opening if isinstance(opening, PollProblem) else PollProblem("at", opens["when"][:20])
        quorum, left = read_quorum(folded)
        plan = replace(plan, quorum=quorum or plan.quorum)
        for word in left.split():
            if word not in _FLAGS:
                return PollProblem("bracket", part.strip()[:LONGEST_OPTION])
            plan = _set(plan, *_FLAGS[word])
    return plan


def _set(plan: PollPlan, name: str, value: bool | str) -> PollPlan:
    on = value is True
    return replace(
        plan,
        anonymous=on if name == "anonymous" else plan.anonymous,
        multiple=on if name == "multiple" else plan.multiple,
        live=on if name == "live" else plan.live and name != "hidden",
        hidden=on if name == "hidden" else plan.hidden and name != "live",
        grows=on if name == "grows" else plan.grows,
        voters=str(value) if name == "voters" else plan.voters,
    )


def _with_words(left: str, plan: PollPlan) -> PollPlan | PollProblem:
    piped = PIPE.split(left)
    parts = [piped[0], *(line for part in piped[1:] for line in part.splitlines())]
    if len(piped) == 1:
        parts = left.splitlines()
    question, *options = [part.strip() for part in parts] or [""]
    options = [option for option in options if fold(option).text.strip()]
    if not fold(question).text.strip():
        return PollProblem("no_question")
    if len(question) > LONGEST_QUESTION:
        return PollProblem("question_long", str(len(question)))
    return _checked(replace(plan, question=question, options=tuple(options)))


def _checked(plan: PollPlan) -> PollPlan | PollProblem:
    least = 1 if plan.grows else LEAST_OPTIONS
    if len(plan.options) < least:
        return PollProblem("too_few", plan.question if len(plan.question) <= LONGEST_OPTION else "")
    if len(plan.options) > MOST_OPTIONS:
        return PollProblem("too_many", str(len(plan.options)))
    seen: set[str] = set()
    for option in plan.options:
        if len(option) > LONGEST_OPTION:
            return PollProblem("option_long", option[:20])
        if comparable(option) in seen:
            return PollProblem("twice", option)
        seen.add(comparable(option))
    return plan


def comparable(option: str) -> str:
    """An option in the form in which two of them are the same."""
    return "".join(fold(option).text.split())


def _with_end(plan: PollPlan | PollProblem, now: datetime, zone: ZoneInfo) -> PollPlan | PollProblem:
    if isinstance(plan, PollProblem) or not plan.until:
        return plan
    if not plan.every:
        found = moment(plan.until, plan.opens_at or now, zone)
        return found if isinstance(found, PollProblem) else replace(plan, closes_at=found, until="")
    opening = Every.from_text(plan.every, zone).next_after(now)
    for _ in range(2):  # a date fits the first opening only
        found = moment(plan.until, opening, zone)
        if isinstance(found, PollProblem):
            return PollProblem("until_each") if found.because == "until_past" else found
        opening = Every.from_text(plan.every, zone).next_after(opening + timedelta(days=360))
    return plan
