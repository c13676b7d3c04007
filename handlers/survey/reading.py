"""Reading a survey out of what is typed: title, settings in brackets, one question a part. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.events import Json
from classroom.folding import fold
from scheduler.when import WhenError, read_when
from storage.survey_answers import CHOICE, SCALE, TEXT, Question

MOST_QUESTIONS = 12
LEAST_OPTIONS, MOST_OPTIONS = 2, 8
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_OPTION = 60, 200, 40
LONGEST = timedelta(days=90)
USUAL_DAYS = 7
USUAL_END = time(20)


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """What is to be asked; `until` is read when it opens, and without it the usual end holds."""

    title: str = ""
    questions: tuple[Question, ...] = ()
    anonymous: bool = False
    satisfaction: bool = False
    until: str = ""

    def to_json(self) -> dict[str, Json]:
        """The plan as a draft or a schedule keeps it."""
        return {
            "title": self.title,
            "questions": [q.to_json() for q in self.questions],
            "anonymous": self.anonymous,
            "satisfaction": self.satisfaction,
            "until": self.until,
        }

    @classmethod
    def from_json(cls, data: dict[str, Json]) -> SurveyPlan:
        """The plan that was kept."""
        questions = data.get("questions")
        return cls(
            str(data.get("title") or ""),
            tuple(Question.from_json(q) for q in questions) if isinstance(questions, list) else (),
            data.get("anonymous") is True,
            data.get("satisfaction") is True,
            str(data.get("until") or ""),
        )

    def to_text(self) -> str:
        """The plan as it could have been typed in one message."""
        flags = [f"[{word}]" for word, on in (("匿名", self.anonymous), ("满意度", self.satisfaction)) if on]
        until = [f"[截止 {self.until}]"] if self.until else []
        return "\n".join((" ".join((self.title, *flags, *until)), *map(_line, self.questions)))

    def end(self, opening: datetime, zone: ZoneInfo) -> datetime:
        """When a survey that opens now closes; an end that does not fit any more is the usual one."""
        found = _end(self.until, opening, zone) if self.until else None
        return found if isinstance(found, datetime) else _usual_end(opening, zone)


@dataclass(frozen=True, slots=True)
class SurveyProblem:
    """Why there is no survey yet: `because` names the words for it, `what` is what it is about."""

    because: str
    what: str = ""


def _line(question: Question) -> str:
    mark = {SCALE: "1-5", TEXT: "?", CHOICE: "单选"}[question.kind]
    return f"{mark} {' / '.join((question.text, *question.options))}"


def _usual_end(opening: datetime, zone: ZoneInfo) -> datetime:
    day = opening.astimezone(zone).date() + timedelta(days=USUAL_DAYS)
    return datetime.combine(day, USUAL_END, zone).astimezone(UTC)


_BRACKET = re.compile(r"[\[［【](?P<inside>[^\]］】]*)[\]］】]")
_PARTS = re.compile(r"[|｜¦│\n]")
_UNTIL = re.compile(
    r"(?:截止(?:时间|到|至|于)?|截至|until|till|closes(?: at| on)?|by)\s*[:：]?\s*(?P<when>.+)", re.DOTALL
)
_FLAGS = {
    **dict.fromkeys(("匿名", "不记名", "无记名", "anonymous", "anon", "secret"), ("anonymous", True)),
    **dict.fromkeys(("记名", "实名", "named"), ("anonymous", False)),
    **dict.fromkeys(("满意度", "满意度调查", "satisfaction"), ("satisfaction", True)),
}
_KINDS = {
    SCALE: re.compile(
        r"(?:1\s*[-~–—到至]\s*5\s*分?|五分制|评分|打分|量表|scale|rate|marks?(?![a-z]))\s*[:：]?\s*"
    ),
    CHOICE: re.compile(r"(?:单选题?|选择题?|选项|choice|choose|one of)\s*[:：]?\s*"),
    TEXT: re.compile(r"(?:[?？]|问答题?|简答题?|自由回答|开放题?|text|open|words)\s*[:：]?\s*"),
}
_MANY = re.compile(r"(?:多选题?|multiple)\s*[:：]?")
_SLASH = re.compile(r"\s*[/／]\s*")
_ASKS = re.compile(r"(?P<question>.*[?？:：])\s*(?P<first>[^?？:：]+)", re.DOTALL)


def read_survey(text: str, now: datetime, zone: ZoneInfo) -> SurveyPlan | SurveyProblem:
    """Read a whole survey; whatever is wrong is named before anything is kept."""
    head, *parts = [part.strip() for part in _PARTS.split(text.strip())]
    plan = read_head(head, now, zone)
    if isinstance(plan, SurveyProblem):
        return plan
    questions: list[Question] = []
    for part in parts:
        if not fold(part).text.strip():
            continue
        found = read_question(part)
        if isinstance(found, SurveyProblem):
            return found
        questions.append(found)
    if not questions:
        return SurveyProblem("no_questions", plan.title)
    if len(questions) > MOST_QUESTIONS:
        return SurveyProblem("too_many", str(len(questions)))
    return replace(plan, questions=tuple(questions))


def read_head(text: str, now: datetime, zone: ZoneInfo) -> SurveyPlan | SurveyProblem:
    """Read the title with the settings in brackets about it."""
    plan = SurveyPlan()
    for bracket in _BRACKET.finditer(text):
        found = _setting(bracket["inside"], plan)
        if isinstance(found, SurveyProblem):
            return found
        plan = found
    title = " ".join(_BRACKET.sub(" ", text).split())
    if not fold(title).text.strip():
        return SurveyProblem("no_title")
    if len(title) > LONGEST_TITLE:
        return SurveyProblem("title_long", str(len(title)))
    end = _end(plan.until, now, zone) if plan.until else None
    return end if isinstance(end, SurveyProblem) else replace(plan, title=title)


def _setting(inside: str, plan: SurveyPlan) -> SurveyPlan | SurveyProblem:
    for part in re.split(r"[,，、;；]", inside):
        folded = fold(part).text.strip()
        if until := _UNTIL.fullmatch(folded):
            plan = replace(plan, until=until["when"].strip())
            continue
        for word in folded.split():
            if word not in _FLAGS:
                return SurveyProblem("bracket", part.strip()[:LONGEST_OPTION])
            name, value = _FLAGS[word]
            plan = replace(
                plan,
                anonymous=value if name == "anonymous" else plan.anonymous,
                satisfaction=value if name == "satisfaction" else plan.satisfaction,
            )
    return plan


def _end(until: str, opening: datetime, zone: ZoneInfo) -> datetime | SurveyProblem:
    found = read_when(until, opening, zone)
    if isinstance(found, WhenError) or found.rest:
        because = "until_past" if found is WhenError.PAST else "until"
        return SurveyProblem(because, until[:LONGEST_OPTION])
    moment = found.at(USUAL_END).astimezone(UTC)
    if moment <= opening:
        return SurveyProblem("until_past", until[:LONGEST_OPTION])
    return moment if moment - opening <= LONGEST else SurveyProblem("until_far")


def read_question(part: str, kind: str | None = None) -> Question | SurveyProblem:
    """Read one question; its kind stands before it, unless it is known already or shows in a slash."""
    folded = fold(part)
    if _MANY.match(folded.text):
        return SurveyProblem("multiple", part[:LONGEST_OPTION])
    for known, mark in _KINDS.items():
        found = mark.match(folded.text)
        if found and kind in (None, known):
            return _checked(known, part[folded.start(found.end()) :].strip())
    if kind is not None:
        return _checked(kind, part.strip())
    if _SLASH.search(part):
        return _checked(CHOICE, part.strip())
    return SurveyProblem("kind", part[:LONGEST_OPTION])


def _checked(kind: str, text: str) -> Question | SurveyProblem:
    question, options = _split(text) if kind == CHOICE else (text, ())
    if not fold(question).text.strip():
        return SurveyProblem("empty")
    if len(question) > LONGEST_QUESTION:
        return SurveyProblem("question_long", str(len(question)))
    if kind == CHOICE and not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        return SurveyProblem("options", question[:LONGEST_OPTION])
    if long := next((o for o in options if len(o) > LONGEST_OPTION), None):
        return SurveyProblem("option_long", long[:20])
    folded = ["".join(fold(option).text.split()) for option in options]
    if len(set(folded)) < len(folded):
        return SurveyProblem("twice", question[:LONGEST_OPTION])
    return Question(kind, question, options)


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    """A question and its options, of which the first may stand right behind the question mark."""
    head, *options = [part for part in re.split(r"[/／\n]", text) if part.strip()] or [""]
    if found := _ASKS.fullmatch(head.strip()):
        head, options = found["question"], [found["first"], *options]
    return head.strip(), tuple(option.strip() for option in options)
