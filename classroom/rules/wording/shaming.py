"""The guard against public shaming: a child's name next to a failing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classroom.folding import fold
from classroom.name_words import COMMON_WORDS
from classroom.relations import relation_words
from classroom.roster import Mention, Roster, Student
from classroom.rules.wording import failings
from classroom.rules.wording.marks import Mark, about_examinations, marks_in

_NAME = r"[\ue000-\uf8ff]"
_NAMES = rf"{_NAME}(?:\s*(?:和|、|及|与)?\s*{_NAME})*"
_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff]")
_JOINED = re.compile(
    rf"(?<={_NAME})(?:同学|小朋友)?(?:\s*[(\[][^()\[\]\n]{{0,12}}[)\]])?\s*(?:[,、;/&+.。]|和|以及|及|"
    rf"与|and)?\s*(?:\d{{1,2}}[.、):]\s*)?(?={_NAME})"
)
_SPLIT_UP = re.compile(
    rf"(?<=[没未不忘迟旷扣缺])[ \t]+(?=[\u4e00-\u9fff])|(?<={_NAME})(?:小?同学|小朋友)(?!们)"
)
_LIST_LINK = re.compile(
    r"(?:[^,。!?;\n]{0,14}?(?:的?(?:同学|学生|小朋友|孩子|家长|人员|人|名单|情况)?\s*(?:名单)?(?:如下|"
    r"有|是|为|:|-|—)+|\s*[(（][^()]{0,8}[)）]\s*:?|\s+|\d+人)[\s:、\d.)(-]*)?"
    rf"(?P<names>{_NAMES})"
)
_RELATIONS = "|".join(re.escape(word) for word, _ in relation_words())
_PARENT_BEHIND = re.compile(rf"\s*(?:同学)?\s*(?:的)?\s*(?:{_RELATIONS})")
_PARENTS_MEANT = re.compile(
    r"督促|管教|约谈|来(?:一趟)?(?:学校|办公室)|到(?:学校|办公室)|配合教育|加强教育|重视|请注意"
)
_ASKED_TO_HELP = re.compile(
    r"(?:交给|发给|交到|送到|报给|发到|联系|找到?|告诉|请教|感谢|谢谢|跟着|向|由(?!于)|(?<![老课])问|"
    r"组长|give (?:it|them) to|ask|tell|thank|thanks)\s*$"
)
_SECOND_SIGN_BEHIND = re.compile(
    r"\s*(?:同学|小朋友|家长|又|今天又|昨天又|总是|老是|再次|今天(?:上课|没)|昨天没|本周|被(?:批评|扣|"
    r"罚|点名))"
)
_ONLY_NAMES = re.compile(rf"^(\s*{_NAMES})\s*,")
_OTHER_PERSON = re.compile(r"\s*(?:老师|校长|主任|医生|教练|小组|组|teacher)")
_TITLE = re.compile(r"《[^》\n]*》")
_PUNISHED = re.compile(
    rf"(?:批评(?:一下|了)?|点名|警告|处分|罚|通报)\s*(?:以?下同学|同学)?\s*:?\s*(?P<names>{_NAMES})"
)


@dataclass(frozen=True)
class Shaming:
    """Who is named beside which failing; only what is certain may be removed without asking."""

    students: tuple[Student, ...]
    signs: tuple[str, ...]
    certain: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _Case:
    """One finding: the names as masks, the words of failing, and whether it is beyond doubt."""

    names: str
    sign: str
    certain: bool


def shaming(text: str, roster: Roster) -> Shaming | None:
    """Find a child named next to a failing or a mark in a public text, so that it is held back.

    Not caught: given names and nicknames that are no alias, 他 or 某同学 that everybody understands, irony,
    pictures, a failing that no list knows, a name in one message and the failing in the next, and a name that
    is also a word without a second sign. A parent's remark about the own child looks the same as a teacher's:
    the caller knows who speaks. Absence with a reason, questions and denied failings pass.
    """
    if not roster.mentions(text):
        return None
    masked = _Masked.of(text, roster)
    marks, marked = _marks_beside(text, masked)
    if not masked.mentions:
        return None
    cases = list(_cases(masked.text))
    students = {s.id: s for case in cases for s in masked.students(case.names)}
    students.update({s.id: s for mention in marked for s in mention.students})
    if not students:
        return None
    signs = tuple(dict.fromkeys([case.sign for case in cases] + [mark.text for mark in marks]))
    certain = (bool(marks) and about_examinations(text)) or any(
        case.certain and not masked.doubtful(case.names) for case in cases
    )
    return Shaming(tuple(students.values()), signs, certain, marks)


@dataclass(frozen=True)
class _Masked:
    """A folded text in which each child's name is one character, so that a name's letters are no signs."""

    text: str
    mentions: tuple[Mention, ...]
    common: frozenset[int]

    @classmethod
    def of(cls, text: str, roster: Roster) -> _Masked:
        mentions = tuple(m for m in roster.mentions(text)[:6000] if _is_meant(text, m, roster))
        pieces: list[str] = []
        at = 0
        for index, mention in enumerate(mentions):
            pieces += [_plain(text[at : mention.start]), chr(0xE000 + index)]
            at = mention.end
        pieces.append(_plain(text[at:]))
        common = frozenset(i for i, m in enumerate(mentions) if _is_word(text[m.start : m.end]))
        plain = _TITLE.sub("《》", _SPLIT_UP.sub("", "".join(pieces)))
        return cls(_JOINED.sub("、", plain), mentions, common)

    def students(self, names: str) -> Iterator[Student]:
        for char in _PRIVATE_USE.findall(names):
            yield from self.mentions[ord(char) - 0xE000].students

    def doubtful(self, names: str) -> bool:
        """Whether only a name that is also a word stands there."""
        return all(ord(char) - 0xE000 in self.common for char in _PRIVATE_USE.findall(names))


def _plain(text: str) -> str:
    return _PRIVATE_USE.sub("□", fold(text).text)


def _is_word(name: str) -> bool:
    return fold(name).text.replace(" ", "") in COMMON_WORDS


def _is_meant(text: str, mention: Mention, roster: Roster) -> bool:
    """A teacher's name does not count; one that is also a word counts in a list or before 同学."""
    behind = fold(text[mention.end : mention.end + 24]).text
    if _OTHER_PERSON.match(behind):
        return False
    if not _is_word(text[mention.start : mention.end]):
        return True
    before = fold(text[max(0, mention.start - 24) : mention.start]).text
    listed = re.search(r"[:、,]\s*$|(?:^|\n)\s*(?:\d+[.、])?\s*$", before) and re.match(
        r"\s*(?:[、,。\n]|$)", behind
    )
    names = roster.mentions(text)
    neighbour = any(other != mention and _joined(text, mention, other) for other in names)
    return bool(listed or neighbour or _SECOND_SIGN_BEHIND.match(behind))


def _joined(text: str, one: Mention, other: Mention) -> bool:
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return re.fullmatch(r"\s*[、,和及与&]\s*", fold(text[first.end : second.start]).text) is not None


def _marks_beside(text: str, masked: _Masked) -> tuple[tuple[Mark, ...], tuple[Mention, ...]]:
    """Find marks that stand on the line or in the sentence of a child's name."""
    found: dict[tuple[int, int], Mark] = {}
    named: list[Mention] = []
    for mark in marks_in(text) if masked.mentions else ():
        for mention in masked.mentions:
            first, last = min(mark.span[0], mention.start), max(mark.span[1], mention.end)
            if not re.search(r"[。!！?？;；]|\n", text[first:last]) and not _of_a_parent(text, mention):
                found[mark.span] = mark
                named.append(mention)
    return tuple(found.values()), tuple(named)


def _of_a_parent(text: str, mention: Mention) -> bool:
    return _PARENT_BEHIND.match(fold(text[mention.end : mention.end + 12]).text) is not None


def _cases(text: str) -> Iterator[_Case]:
    yield from _listed(text)
    for hit in _PUNISHED.finditer(text):
        if not failings.DENIED_BEFORE.search(text[max(0, hit.start() - 12) : hit.start()]):
            yield _Case(hit["names"], hit[0][:2], certain=True)
    for hit in failings.EXCEPTED.finditer(text):
        yield _Case(hit["names"], hit[0][:2].strip() + hit["sign"], certain=False)
    for sentence in re.findall(r"[^。!?;\n]+[?]?", text):
        yield from _in_sentence(sentence)


def _listed(text: str) -> Iterator[_Case]:
    """Names in a list behind words of failing: 未交作业：李雷、韩梅梅."""
    for pattern, strong in ((failings.STRONG, True), (failings.WEAK, False)):
        for sign in pattern.finditer(text):
            link = _LIST_LINK.match(text, sign.end())
            if link is None or not _holds(text, sign, listed=True):
                continue
            if _PARENT_BEHIND.match(text, link.end()) and not _PARENTS_MEANT.search(text):
                continue
            between = text[sign.end() : link.start("names")]
            if not _leads_to(text, sign, between, link.end()):
                continue
            if _ASKED_TO_HELP.search(between.rstrip()) or failings.EXCUSED.search(_line(text, sign.start())):
                continue
            plain = re.search(r"(?::|有|是|名单|如下)[\s\d.)(、-]*$|^\s*$", between) is not None
            headed = strong or re.search(r"督促|加强|补|重视", sign[0]) is not None
            certain = headed and plain and not failings.PRAISE.search(_line(text, sign.start()))
            yield _Case(link["names"], sign[0], certain)


def _leads_to(text: str, sign: re.Match[str], between: str, end: int) -> bool:
    """Only a colon or 有 leads to names for sure; behind a mere blank the names must stand for themselves."""
    line = text[text.rfind("\n", 0, sign.start()) + 1 : sign.start()]
    if not between or ("\n" in between and _PRIVATE_USE.search(line)):
        return not between and len(line) <= 6 and not _PRIVATE_USE.search(line)
    if between.strip():
        return "\n" not in between or re.search(r":|名单|如下|-", between) is not None
    return re.match(r"\s*(?:$|[\n,、。;!(\[]|\s)", text[end:]) is not None


def _line(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0]


def _in_sentence(sentence: str) -> Iterator[_Case]:
    """A name as the subject of a failing, in its own clause or, less surely, in a later one."""
    subject = ""
    asks = failings.QUESTION.search(sentence) is not None
    if asks and not failings.REPROACH.search(sentence):
        return
    for clause in _ONLY_NAMES.sub(r"\1", sentence).split(","):
        own = _subjects(clause)
        names = own or subject
        subject = own or ("" if re.search(r"大家|同学们|各位|请(?:家长|没|未)", clause) else subject)
        if not names:
            continue
        for sign, strong in _signs(clause):
            if _is_about(clause, sign, own, sentence):
                direct = strong and bool(own) and _is_direct(clause, sign)
                yield _Case(names, sign[0], direct and not asks and not _is_soft(sentence))


def _subjects(clause: str) -> str:
    """The names in a clause that are not its helpers and not a parent's."""
    return "".join(
        hit[0]
        for hit in _PRIVATE_USE.finditer(clause)
        if not _ASKED_TO_HELP.search(clause[: hit.start()])
        and (not _PARENT_BEHIND.match(clause, hit.end()) or _PARENTS_MEANT.search(clause))
    )


def _signs(clause: str) -> Iterator[tuple[re.Match[str], bool]]:
    strong = [sign for sign in failings.STRONG.finditer(clause) if _holds(clause, sign)]
    yield from ((sign, True) for sign in strong)
    if not strong:
        yield from ((sign, False) for sign in failings.WEAK.finditer(clause) if _holds(clause, sign))


def _holds(text: str, sign: re.Match[str], *, listed: bool = False) -> bool:
    """Whether a failing is stated rather than denied, forbidden, over, or somebody else's."""
    start = max(text.rfind(mark, 0, sign.start()) for mark in ",。!?;:\n") + 1
    before = text[start : sign.start()]
    names = list(_PRIVATE_USE.finditer(before))
    near = before[names[-1].end() :] if names else before
    if failings.DENIED_BEFORE.search(near[-24:]):
        return False
    behind = text[sign.end() : sign.end() + 24]
    owned = not listed and failings.OWNED_BY_OTHERS.match(behind)
    return not owned and not failings.RESOLVED_BEHIND.match(behind)


def _is_about(clause: str, sign: re.Match[str], own: str, sentence: str) -> bool:
    """Whether the named child is the one who fails."""
    if failings.EXCUSED.search(sentence) and failings.ABSENT.search(sign[0]):
        return False
    if failings.PAST.search(sentence) and failings.PRAISE.search(sentence):
        return False
    before = clause[: sign.start()]
    names = list(_PRIVATE_USE.finditer(before))
    if not names:
        another = (
            _new_subject(before)
            or re.search(r"的$|[交带写做成业到]的", before)
            or failings.OTHERS_BETWEEN.search(before)
        )
        return not own and not another
    return not failings.OTHERS_BETWEEN.search(before[names[-1].end() :])


def _new_subject(before: str) -> bool:
    return re.search(r"同学|大家|有人|有的|孩子|我们|各位|家长|其他|个别|班", before) is not None


def _is_direct(clause: str, sign: re.Match[str]) -> bool:
    """A subject close in front of its failing."""
    before = clause[: sign.start()]
    names = list(_PRIVATE_USE.finditer(before))
    return bool(names) and len(before) - names[-1].end() <= 10 and not _new_subject(before[names[-1].end() :])


def _is_soft(sentence: str) -> bool:
    return any(p.search(sentence) for p in (failings.PRAISE, failings.SOFTENED, failings.EXCUSED))
