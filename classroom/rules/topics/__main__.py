"""Judge a file of messages: `python -m classroom.rules.topics FILE.jsonl` prints a verdict for each row.

A row has `text` and may have `sender_role`, `sender_name` and `at` (ISO 8601). Rows with a time are taken as
one chat in that order, so that repetitions, chit-chat and quarrels show; rows without one stand alone.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from classroom.rules.topics import (
    Category,
    Context,
    Mode,
    Recent,
    Said,
    Speaker,
    Talk,
    Turn,
    Verdict,
    claims_to_teach,
    consequence,
    is_chat,
    judge,
    looks_like,
    quarrellers,
    talk_of,
    tight,
)

ROLES = {
    "teacher": Speaker.TEACHER,
    "head_teacher": Speaker.TEACHER,
    "subject_teacher": Speaker.TEACHER,
    "substitute": Speaker.TEACHER,
    "committee": Speaker.COMMITTEE,
    "visitor": Speaker.VISITOR,
    "stranger": Speaker.VISITOR,
    "unknown": Speaker.VISITOR,
    "guest": Speaker.VISITOR,
    "newcomer": Speaker.VISITOR,
    "new_member": Speaker.VISITOR,
    "channel": Speaker.CHANNEL,
    "老师": Speaker.TEACHER,
    "班主任": Speaker.TEACHER,
    "任课老师": Speaker.TEACHER,
    "家委": Speaker.COMMITTEE,
    "家委会": Speaker.COMMITTEE,
}
"""What `sender_role` may be; anything else, or nothing, is a family's."""

LOOK_BACK = timedelta(minutes=10)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Chat:
    """What was said before, as the bot would know it."""

    def __init__(self) -> None:
        """Begin with an empty chat."""
        self._turns: deque[Turn] = deque()
        self._said: dict[str, deque[Recent]] = {}
        self._teachers: set[str] = set()

    def judge(self, row: dict[str, object]) -> dict[str, object]:
        """Judge the next row."""
        text, name, at = _text(row.get("text")), _text(row.get("sender_name")), _time(row.get("at"))
        speaker = ROLES.get(_text(row.get("sender_role")).strip().lower(), Speaker.GUARDIAN)
        if speaker is Speaker.TEACHER:
            self._teachers |= {name} - {""}
        poses = speaker is not Speaker.TEACHER and (claims_to_teach(name) or looks_like(name, self._teachers))
        now = at or _LONG_AGO
        recent = self._recent(name, now) if at else ()
        verdict = judge(Said(text, speaker, poses=poses), Context(now, recent))
        if at is None:
            return _answer(text, verdict, speaker, now)
        self._said.setdefault(name, deque()).append(Recent(now, tight(text)))
        return self._among(text, name, verdict, speaker, now)

    def _recent(self, name: str, now: datetime) -> tuple[Recent, ...]:
        said = self._said.get(name, deque())
        while said and now - said[0].at > LOOK_BACK:
            said.popleft()
        return tuple(said)

    def _among(
        self, text: str, name: str, verdict: Verdict, speaker: Speaker, now: datetime
    ) -> dict[str, object]:
        """What a message is beside those before it."""
        talk = Talk.NOTHING if speaker is Speaker.TEACHER or not verdict.ok else talk_of(text)
        self._turns.append(Turn(now, name, talk))
        while now - self._turns[0].at > LOOK_BACK:
            self._turns.popleft()
        if talk is Talk.HEATED and quarrellers(self._turns, now):
            return {"text": text, "category": "quarrel", "action": "report", "reasons": ["back_and_forth"]}
        if talk is Talk.SMALL and is_chat(self._turns, now):
            return {
                "text": text,
                "category": "chitchat",
                "action": "remind",
                "reasons": ["run_of_small_talk"],
            }
        return _answer(text, verdict, speaker, now)


def _answer(text: str, verdict: Verdict, speaker: Speaker, now: datetime) -> dict[str, object]:
    done = consequence(verdict, (), speaker=speaker, mode=Mode.DELETE, now=now)
    action = "delete" if done.delete else "remind" if done.remind else "report" if done.report else "none"
    if verdict.report and (verdict.category is Category.SCAM or action == "remind"):
        action = "report"
    reasons = [f"{reason.code}: {reason.phrase}" for reason in verdict.reasons]
    return {"text": text, "category": verdict.category.value, "action": action, "reasons": reasons}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def rows(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Read rows; SystemExit names the line that is none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise SystemExit(f'line {number} is no message; a row looks like {{"text": "…"}}')
        yield row


def main(arguments: list[str]) -> None:
    """Judge every row of the file."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m classroom.rules.topics FILE.jsonl")
    path, chat = Path(arguments[0]), Chat()
    try:
        with path.open(encoding="utf-8-sig") as file:
            for row in rows(file):
                sys.stdout.write(json.dumps(chat.judge(row), ensure_ascii=False) + "\n")
    except OSError:
        raise SystemExit(f"{path.name} cannot be read; give a file with one message a line") from None
    except UnicodeDecodeError:
        raise SystemExit(f"{path.name} is not UTF-8; save it as UTF-8 and try again") from None


if __name__ == "__main__":
    main(sys.argv[1:])
