"""Reading a poll out of what is typed: settings in brackets, a repeat, the question, its options. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.events import Json
from classroom.folding import fold
from scheduler.when import Every, When, WhenError, read_every, read_when

MOST_OPTIONS = 10
LONGEST_QUESTION, LONGEST_OPTION = 300, 60
LONGEST_POLL = timedelta(days=90)
USUAL_END = time(20)
USUAL_DAYS = 2
"""The third day, the one of the opening being the first."""


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What is to be asked. `closes_at` is fixed, `until` read anew at each opening; neither: the usual end.

    `every` is a repeat as it is stored.
    """

    question: str
    options: tuple[str, ...]
    anonymous: bool = False
    multiple: bool = False
    live: bool = False
    closes_at: datetime | None = None
    until: str = ""
    every: str = ""

    def to_json(self) -> dict[str, Json]:
        """The plan as a draft or a schedule keeps it."""
        return {
            "question": self.question,
            "options": [*self.options],
            "anonymous": self.anonymous,
            "multiple": self.multiple,
            "live": self.live,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "until": self.until,
            "every": self.every,
        }

    @classmethod
    def from_json(cls, data: dict[str, Json]) -> PollPlan:
        """The plan that was kept."""
        options, closes_at = data.get("options"), data.get("closes_at")
        return cls(
            str(data.get("question")),
            tuple(str(o) for o in options) if isinstance(options, list) else (),
            data.get("anonymous") is True,
            data.get("multiple") is True,
            data.get("live") is True,
            datetime.fromisoformat(closes_at) if isinstance(closes_at, str) else None,
            str(data.get("until") or ""),
            str(data.get("every") or ""),
        )

    def end(self, opening: datetime, zone: ZoneInfo) -> datetime:
        """When a poll that opens now closes; an end that cannot be read any more is the usual one."""
        if self.closes_at is not None:
            return self.closes_at
        found = _moment(self.until, opening, zone) if self.until else None
        return found if isinstance(found, datetime) else usual_end(opening, zone)


@dataclass(frozen=True, slots=True)
class PollProblem:
    """Why there is no poll yet: `because` names the words for it, `what` is what it is about."""

    because: str
    what: str = ""


def usual_end(opening: datetime, zone: ZoneInfo) -> datetime:
    """20:00 on the third day."""
    local = opening.astimezone(zone)
    day = local.date() + timedelta(days=USUAL_DAYS)
    return datetime.combine(day, USUAL_END, zone)


_BRACKET = re.compile(r"\s*[\[［【](?P<inside>[^\]］】]*)[\]］】]\s*")
_PIPE = re.compile(r"[|｜¦│]")
_SETTINGS = {
    ("anonymous", True): "匿名 匿名投票 不记名 无记名 anonymous anon secret",
    ("anonymous", False): "记名 实名 named",
    ("multiple", True): "多选 可多选 multiple multi",
    ("multiple", False): "单选 single",
    ("live", True): "公开过程 过程公开 公开 live",
}
_FLAGS = {word: setting for setting, words in _SETTINGS.items() for word in words.split()}
_UNTIL = re.compile(
    r"(?:截止(?:时间|到|至|于)?|截至|until|till|closes(?: at| on)?|by)\s*[:：]?\s*(?P<when>.+)", re.DOTALL
)


def read_poll(text: str, now: datetime, zone: ZoneInfo) -> PollPlan | PollProblem:
    """Read a whole poll; whatever is wrong is named before anything is kept."""
    plan = PollPlan("", ())
    left = text.strip()
    while True:
        if bracket := _BRACKET.match(left):
            found = _settings(bracket["inside"], plan)
            if isinstance(found, PollProblem):
                return found
            plan, left = found, left[bracket.end() :]
        elif not plan.every and isinstance(repeat := read_every(left, zone), Every) and repeat.has_time:
            plan, left = replace(plan, every=repeat.to_text()), repeat.rest
        elif not plan.every and repeat is WhenError.NONEXISTENT:
            return PollProblem("every")
        else:
            break
    return _with_end(_with_words(left, plan), now, zone)


def _settings(inside: str, plan: PollPlan) -> PollPlan | PollProblem:
    for part in re.split(r"[,，、;；]", inside):
        folded = fold(part).text.strip()
        if until := _UNTIL.fullmatch(folded):
            plan = replace(plan, until=until["when"].strip())
            continue
        for word in folded.split():
            if word not in _FLAGS:
                return PollProblem("bracket", part.strip()[:LONGEST_OPTION])
            plan = _set(plan, *_FLAGS[word])
    return plan


def _set(plan: PollPlan, name: str, value: bool) -> PollPlan:
    return replace(
        plan,
        anonymous=value if name == "anonymous" else plan.anonymous,
        multiple=value if name == "multiple" else plan.multiple,
        live=value if name == "live" else plan.live,
    )


def _with_words(left: str, plan: PollPlan) -> PollPlan | PollProblem:
    piped = _PIPE.split(left)
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
    if len(plan.options) < 2:
        return PollProblem("too_few", plan.question if len(plan.question) <= LONGEST_OPTION else "")
    if len(plan.options) > MOST_OPTIONS:
        return PollProblem("too_many", str(len(plan.options)))
    seen: set[str] = set()
    for option in plan.options:
        if len(option) > LONGEST_OPTION:
            return PollProblem("option_long", option[:20])
        same = "".join(fold(option).text.split())
        if same in seen:
            return PollProblem("twice", option)
        seen.add(same)
    return plan


def _with_end(plan: PollPlan | PollProblem, now: datetime, zone: ZoneInfo) -> PollPlan | PollProblem:
    if isinstance(plan, PollProblem) or not plan.until:
        return plan
    if not plan.every:
        found = _moment(plan.until, now, zone)
        return found if isinstance(found, PollProblem) else replace(plan, closes_at=found, until="")
    opening = Every.from_text(plan.every, zone).next_after(now)
    for _ in range(2):  # a date fits the first opening only
        found = _moment(plan.until, opening, zone)
        if isinstance(found, PollProblem):
            return PollProblem("until_each") if found.because == "until_past" else found
        opening = Every.from_text(plan.every, zone).next_after(opening + timedelta(days=360))
    return plan


def _moment(text: str, opening: datetime, zone: ZoneInfo) -> datetime | PollProblem:
    found = read_when(text, opening, zone)
    if isinstance(found, WhenError):
        return PollProblem("until_past" if found is WhenError.PAST else "until", text[:LONGEST_OPTION])
    return _in_time(found, text, opening)


def _in_time(found: When, text: str, opening: datetime) -> datetime | PollProblem:
    moment = found.at(USUAL_END)
    if found.rest:
        return PollProblem("until", text[:LONGEST_OPTION])
    if moment <= opening:
        return PollProblem("until_past", text[:LONGEST_OPTION])
    return moment if moment - opening <= LONGEST_POLL else PollProblem("until_far")
