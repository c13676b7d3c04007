"""Marks and ranks of examinations, tests and homework, which schools may not publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from classroom.folding import Folded, fold
from classroom.name_words import SURNAMES

MarkKind = Literal["mark", "rank", "grade", "statistic"]


@dataclass(frozen=True)
class Mark:
    """One mark or rank, as it was typed and where."""

    text: str
    span: tuple[int, int]
    kind: MarkKind


SUBJECT = (
    r"(?:语文|数学|英语|外语|科学|物理|化学|生物|历史|地理|道法|道德与法治|政治|思品|语数英|总分|总成绩|"
    r"\b(?:chinese|maths?|mathematics|english|science|physics|chemistry|biology|history|geography)\b)"
)
_EXAM = re.compile(
    r"考试|考了|考得|考出|考取|考完|考评|大考|中考|高考|小考|周考|联考|抽考|会考|期中|期末|月考|模考|"
    r"单元[测考检卷]|测试|测验|测评|小测|"
    r"检测|试卷|卷面|卷子|成绩|分数|得分|听写|默写|口算|背书|作业|练习|家庭作业|订正|过关|"
    r"\b(?:exams?|tests?|quiz(?:zes)?|midterms?|finals?|scores?d?|marks?|grades?|homework|dictation|"
    r"report card)\b"
)
_STRONG_EXAM = re.compile(
    r"考试|考了|考得|期中|期末|月考|单元[测考检卷]|测试|测验|测评|小测|检测|试卷|卷面|成绩|分数|听写|默写|"
    r"\b(?:exams?|tests?|quiz(?:zes)?|midterms?|scores?)\b"
)
_CONTEST = re.compile(
    r"比赛|竞赛|大赛|决赛|初赛|预赛|赛|运动会|体育节|艺术节|科技节|接力|跑步|长跑|短跑|[\d百千]米|"
    r"跳[绳远高]|拔河|足球|篮球|排球|乒乓|羽毛球|投篮|"
    r"游泳|田径|朗诵|演讲|合唱|唱歌|舞蹈|书法|绘画|画展|征文|象棋|围棋|棋|武术|广播操|黑板报|评比|"
    r"流动红旗|奖杯|锦标|冠军|"
    r"\b(?:match|games?|race|relay|contest|competition|sports|tournament|cup|choir|debate|final score)\b"
)
_NUMBER = r"\d{1,3}(?:\.\d+)?"
_HAN = r"[一二三四五六七八九十百零两]"
_NOT_MARK_BEHIND = (
    r"(?!\s*[钟之享为成开组别工批发配班队类布散析钱米母子店公校院期贝球]|"
    r"\s*的?\s*(?:努力|热情|用心|态度|认真|爱|满意|路程|时间))"
)
_POINTS = re.compile(
    rf"(?<![\d:.点时扣加减第])(?P<n>{_NUMBER})\s*分{_NOT_MARK_BEHIND}(?!\s*\d+\s*秒)"
    rf"|(?<![点时百分{_HAN[1:-1]}])(?P<zh>[一两]百(?:{_HAN}{{1,3}})?|"
    rf"[二三四五六七八九]十{_HAN}?)分{_NOT_MARK_BEHIND}"
)
_FULL = re.compile(r"(?:考|得|拿|获)(?:了|到|得)?(?:个)?满分|满分(?!\s*(?:是|为|:)?\s*\d)(?=[,。!;\s]|$)")
_OUT_OF = re.compile(r"满分\s*(?:是|为|:)?\s*\d{2,3}\s*分?")
_SUBJECT_NUMBER = re.compile(
    rf"(?P<s>{SUBJECT})(?:单元)?(?:考试|成绩|测试|测验)?\s*(?:[:=]|考了|得了|考|得|是|"
    rf"为)?\s*(?P<n>\d{{2,3}}(?:\.\d)?)"
    r"(?![\d.]|\s*[页题道课单册:点号楼室班年月日元人本个次条套遍张种名词句段章节篇届组%min~\-—/至到、]|"
    r"\s*教室|\s*分钟)"
)
_LISTED = re.compile(
    r"(?:^|(?<=[\s,、;:]))(?P<who>[\u4e00-\u9fff·]{2,4}|"
    r"[a-z]{2,}(?: [a-z]{2,})?)\s*[: \t]\s*(?P<n>\d{2,3}(?:\.\d)?)"
    r"(?=\s*(?:$|[\n,、;。]|[\u4e00-\u9fff]{2,4}[: \t]*\d{2,3}))",
    re.MULTILINE,
)
_NOT_WHO = re.compile(
    r"考场|教室|时间|日期|地点|楼|座位|上午|下午|晚上|^周|星期|月|共|约|人数|班|年级|页|手机|电话|尾号|"
    r"满分|号|题|room|page|grade|class|bus|"
    r"unit|chapter|year|question|lesson|at|on|for|to|of|by"
)
_PLACE = rf"第\s*(?:{_HAN}{{1,3}}|\d{{1,3}})"
_RANK = re.compile(
    rf"(?:全班|班级|班里|班上|年级|全校|全年级|总分|单科)?(?:排名?|列|居|并列)?{_PLACE}\s*(?:名|位)"
    rf"|(?:全班|班级|班里|班上|年级|全校|全年级)(?:排名?|考|"
    rf"并列)?\s*{_PLACE}(?![个次天周课单节章组期届轮批排])"
    rf"|(?:{SUBJECT})(?:考试|成绩|单科)?(?:考了|得了|拿了|又是|是)?(?:全班|班级|"
    rf"年级)?{_PLACE}(?![课单元节章页题次天周个册组期轮讲部遍步句段篇回学])"
    rf"|(?:前|后)(?:{_HAN}{{1,3}}|\d{{1,2}})名|倒数(?:第?\s*(?:{_HAN}|\d{{1,2}}))(?:名)?|名次(?:上升|"
    rf"下降|进步|退步|前进|后退)"
    rf"|(?:进步|退步|上升|下降|前进|后退)了?\s*(?:{_HAN}{{1,3}}|\d{{1,3}})\s*(?:个)?(?:名|位)"
    r"|\brank(?:ed|s)?\s*(?:no\.?\s*)?(?:#?\d+|first|second|third|1st|2nd|3rd|\d+th|last)|\b(?:top|"
    r"bottom) (?:of the class|\d+)"
)
_STATISTIC = re.compile(
    r"(?:班级|年级|全班|全校|成绩|考试|总分)排(?:名|行)|排名(?:表|榜)|平均分|最[高低]分|及格率|优秀率|"
    r"优良率|合格率|分数段|成绩(?:单|表|册|汇总)|"
    r"\b(?:class average|average (?:score|mark)|highest (?:score|mark)|pass rate|ranking list)\b"
)
_GRADE = re.compile(
    r"不及格|没(?:有)?及格|未及格|(?:得|获|评|考|成绩|等级|:|是|为)(?:了|到)?(?:个)?\s*(?P<g>优\+?|"
    r"良\+?|中|差|及格|a\+{0,2}|b\+?|c|d)"
    r"(?![a-z\u4e00-\u9fff])|(?<![a-z0-9])[a-d][+\-](?![a-z0-9])|\bgot an? [a-f][+-]?(?= (?:in|on|for)\b)"
)
_ENGLISH = re.compile(
    r"\b(?:scored|got|received|achieved)\s+(?:an? )?\d{1,3}(?:\.\d)?(?:\s*%|\s*points?|"
    r"\s*marks?)?(?=\s+(?:in|on|for)\b|\s*[.,;!]|\s*$)"
    r"|(?<![\d/.])\d{1,3}(?:\.\d)?\s*/\s*(?:100|110|120|150|50)(?!\d|/)|"
    r"\b\d{1,3}(?:\.\d)?\s*%(?=\s+(?:in|on|for)\b)|\bfull marks?\b|"
    r"\bfailed (?:the|his|her|their|in) "
)
_HOMEWORK_PAGES = re.compile(r"页|练习册|抄写|预习|背诵|课本|第\d+课|习题|\bp\.? ?\d|pages?\b")


def marks_in(text: str) -> tuple[Mark, ...]:
    """Find marks and ranks of examinations, tests and homework, so that a public text with them is held back.

    Places in sports, arts and competitions pass, and so does a place without any context. Not caught: marks
    in pictures, in words (差一点满分), or spread over a table whose heading stands in another message.
    """
    folded = fold(text)
    found: dict[tuple[int, int], Mark] = {}
    for start, end, kind in _hits(folded):
        span = folded.span(start, end)
        if not any(span[0] < old[1] and old[0] < span[1] for old in found):
            found[span] = Mark(folded.typed(start, end), span, kind)
    return tuple(found[span] for span in sorted(found))


def about_examinations(text: str) -> bool:
    """Whether a text speaks of an examination or a subject, so that a bare number is a mark beyond doubt."""
    folded = fold(text).text
    return _EXAM.search(folded) is not None or re.search(SUBJECT, folded) is not None


def _hits(folded: Folded) -> Iterator[tuple[int, int, MarkKind]]:
    text = folded.text
    whole_is_exam = _STRONG_EXAM.search(text) is not None
    at = 0
    for sentence in re.split(r"(?<=[。!?;\n])", text):
        around = _Around(text, at, sentence, whole_is_exam)
        for start, end, kind in around.hits():
            yield at + start, at + end, kind
        at += len(sentence)


@dataclass(frozen=True)
class _Around:
    """One sentence with what its neighbours say about examinations and contests."""

    text: str
    at: int
    sentence: str
    whole_is_exam: bool

    def hits(self) -> Iterator[tuple[int, int, MarkKind]]:
        yield from self._of(_STATISTIC, "statistic", lambda hit: not self._contest(hit))
        yield from self._of(_GRADE, "grade", self._grade_counts)
        yield from self._of(_RANK, "rank", lambda hit: self._exam(hit) and not self._contest(hit))
        yield from self._of(_FULL, "mark", lambda hit: self._exam(hit) and not self._contest(hit))
        yield from self._of(_POINTS, "mark", self._points_count)
        yield from self._of(_SUBJECT_NUMBER, "mark", self._subject_counts)
        yield from self._of(_ENGLISH, "mark", lambda hit: not self._contest(hit))
        if self.whole_is_exam or self._is_table():
            yield from self._of(_LISTED, "mark", self._listed_counts)

    def _of(
        self, pattern: re.Pattern[str], kind: MarkKind, counts: Callable[[re.Match[str]], bool]
    ) -> Iterator[tuple[int, int, MarkKind]]:
        return ((*hit.span(), kind) for hit in pattern.finditer(self.sentence) if counts(hit))

    def _clause(self, hit: re.Match[str]) -> str:
        start = max(self.sentence.rfind(",", 0, hit.start()), -1) + 1
        end = self.sentence.find(",", hit.end())
        return self.sentence[start : end if end >= 0 else None]

    def _exam(self, hit: re.Match[str]) -> bool:
        own = re.search(f"{SUBJECT}|考", hit[0]) is not None
        near = _EXAM.search(self.sentence) or re.search(SUBJECT, self._clause(hit))
        return own or bool(near)

    def _contest(self, hit: re.Match[str]) -> bool:
        """A contest in the clause, or in the sentence where the clause itself speaks of no examination."""
        clause = self._clause(hit)
        if _STRONG_EXAM.search(clause):
            return False
        return _CONTEST.search(clause) is not None or (
            _CONTEST.search(self.sentence) is not None and not _EXAM.search(clause)
        )

    def _grade_counts(self, hit: re.Match[str]) -> bool:
        if "及格" in hit[0] and not hit.groupdict()["g"]:
            return True
        return self._exam(hit) and not self._contest(hit)

    def _points_count(self, hit: re.Match[str]) -> bool:
        """Points are a mark beside an examination; alone only where no clock or contest shows them."""
        before = self.sentence[: hit.start()]
        if self._contest(hit) or any(
            o.start() <= hit.start() < o.end() for o in _OUT_OF.finditer(self.sentence)
        ):
            return False
        if re.search(r"(?:扣|加|减|积|奖励|打|文明)\s*了?\s*$|[:点时]\s*$|每(?:题|空|个)?\s*$", before):
            return False
        if re.search(r"提前|还有|过了?$|用时|耗时|晚到|迟到", before[-6:]) and not _STRONG_EXAM.search(
            self.sentence
        ):
            return False
        number = float(hit["n"]) if hit["n"] else 100.0
        return number <= 200 and (self._exam(hit) or number >= 50 or self.whole_is_exam)

    def _subject_counts(self, hit: re.Match[str]) -> bool:
        if self._contest(hit) or not 20 <= float(hit["n"]) <= 150:
            return False
        return _STRONG_EXAM.search(self.sentence) is not None or not _HOMEWORK_PAGES.search(self.sentence)

    def _is_table(self) -> bool:
        """语文：李雷 95，韩梅梅 62: a subject's heading before several surnames with numbers."""
        headed = re.match(rf"\s*{SUBJECT}\s*:", self.sentence)
        people = [hit for hit in _LISTED.finditer(self.sentence) if hit["who"][0] in SURNAMES]
        return bool(headed) and len(people) > 1 and not _HOMEWORK_PAGES.search(self.sentence)

    def _listed_counts(self, hit: re.Match[str]) -> bool:
        heading = self.text[: self.at + hit.start()]
        examined = _STRONG_EXAM.search(heading) is not None or self._is_table()
        listed = examined and not self._contest(hit)
        return listed and float(hit["n"]) <= 150 and not _NOT_WHO.search(hit["who"])
