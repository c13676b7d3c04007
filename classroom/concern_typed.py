"""Whether something typed into a group is a concern command, however clumsily it was typed.

Criticism must leave a group before any check, so this leans towards catching. What it asks for grows as the
typing becomes less like a command: an exact command at the head of a line needs nothing else, a misspelt one
or one in mid-sentence needs a child's name behind it, a bare word needs a teacher and a name directly behind.

It does not catch: letters of other alphabets that look alike, a command in a picture or a link, a misspelt
Chinese word without mark, and criticism typed without any command (that is what wording.shaming is for).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from classroom.commands import read_command, spelling_at
from classroom.folding import Folded, distance, fold, is_chinese
from classroom.relations import relation_words
from classroom.roster import Roster

How = Literal["exact", "misspelt", "other_mark", "in_passing", "quoted", "unmarked"]

CONCERN_SPELLINGS: Mapping[str, str] = dict.fromkeys(
    ("concern", "私聊", "沟通", "私信", "溝通", "私訊", "私讯"), "concern"
)
_TYPED_BLIND = ("siliao", "goutong", "sixin", "si聊", "gou通", "si信")


@dataclass(frozen=True)
class ConcernTyped:
    """A concern command found in a group: what stands behind it, and by what it was recognised."""

    rest: str
    typed: str
    how: How


_STRONG = "/\\⁄∕╱"
_WEAK = "、.。!|·~#*-_'\"`;,=+?^&%$<>:…"
_QUOTE_MARKS = "「『“‘\"'`《〈«【[(>"
_PLACE = re.compile(
    rf"(?P<mark>[{re.escape(_STRONG)}、.。!|·~#*=+^&%$;:,-][{re.escape(_STRONG + _WEAK)}\s]{{0,6}}?)"
    r"(?P<called>@[\w]+\s*)?(?=[a-z\u4e00-\u9fff])"
)
_URL = re.compile(
    r"(?:https?:/+|www\.)[\x21-\x7e]+|(?<![a-z0-9-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}/[\x21-\x7e]*"
)
_BETWEEN = re.compile(
    r"(?:@[a-z0-9_]+)?[\s:,、;.。!\-—~|/\\'\"“”「」()\[\]<>*`@]*(?:一下|给|跟|和|与)?[\s:,]*"
)
_SPACED = re.compile(r"[ \t_.\-]?".join("concern") + r"(?![a-z_])|私[ \t]?聊|私[ \t]?信|沟[ \t]?通")
_MENTIONS_IN_FRONT = re.compile(r"@\S{1,32}(?:\s|$)")
_SENTENCE_BEFORE = re.compile(r"(?:^|[:。!?;…」』”》】\]>]|^\s*\(?\d{1,2}[.)、])[\s「『“‘\"'`>*_~(\[【《]*$")
_INNOCENT = """
相信 短信 微信 通信 自信 来信 回信 迷信 威信 书信 电信 守信 诚信 坚信 深信 确信 可信 写信 送信 不信
私人 私下 私自 私立 私心 私事 闲聊 群聊 无聊 在聊 多聊 聊天 瞎聊 普通 交通 卡通 流通 变通 接通 打通
通通 精通 开通 畅通 通知 concert
"""
_NOT_MISSPELT = frozenset(_INNOCENT.split())
_LABELS = re.compile(
    r"\s*(?:同学)?的?(?:"
    + "|".join(
        re.escape(word) + ("(?![a-z])" if word.isascii() else "")
        for word, _ in relation_words()
        if len(word) > 1
    )
    + ")"
)


def looks_like_concern(
    text: str, roster: Roster, *, by_teacher: bool, names: Mapping[str, str] | None = None
) -> ConcernTyped | None:
    """Decide whether a text in a group carries a concern command, so that it is removed before any check."""
    known = {**(names or {}), **CONCERN_SPELLINGS}
    hint = hint_of(tuple(word for word, name in known.items() if name == "concern"))
    return decide(text, roster, known, by_teacher, hint) if hint.in_text(fold(text).text) else None


def decide(
    text: str, roster: Roster, known: Mapping[str, str], by_teacher: bool, hint: Hint
) -> ConcernTyped | None:
    """Decide in full; the hint spares looking at places where nothing can be, and changes no verdict."""
    exact = read_command(text, known)
    if exact and exact.name == "concern":
        return ConcernTyped(exact.rest, exact.typed, "exact")
    folded = _without_links(fold(text))
    look = _Look(folded, roster, known, by_teacher, hint)
    return next(look.found(), None)


@dataclass(frozen=True)
class Hint:
    """What must be there before anything can be a concern command: most messages hold none of it.

    A spelling in full; or a character of a Chinese one, of which at most one is wrong; or three of the five
    letters of concern, since two mistakes leave that many; or the head of one typed by sound.
    """

    characters: frozenset[str]
    spellings: tuple[str, ...]
    longest: int = 2 * len("concern")

    def in_text(self, text: str) -> bool:
        """False if a folded text, or what begins at one place of it, can surely be no concern command."""
        signs = set(text)
        return bool(
            signs & self.characters
            or len(signs & _LETTERS) >= _LETTERS_LEFT
            or any(spelling in text for spelling in self.spellings)
        )

    def at(self, text: str, place: int) -> bool:
        """The same for a word at one place, which is never longer than its spelling with blanks between."""
        return self.in_text(text[place : place + self.longest])


_LETTERS = frozenset("concern")
_LETTERS_LEFT = 3


@lru_cache(maxsize=64)
def hint_of(words: tuple[str, ...]) -> Hint:
    """The hint for these spellings of the command."""
    spellings = (*(fold(word).text for word in words), *(blind[:3] for blind in _TYPED_BLIND))
    characters = frozenset(char for word in spellings for char in word if not char.isascii())
    longest = max(Hint.longest, *map(len, spellings))
    return Hint(characters, tuple(word for word in spellings if word.isascii()), longest)


def _without_links(folded: Folded) -> Folded:
    """Blank out addresses, whose slashes are no commands."""
    text = _URL.sub(lambda link: "\x00" * len(link[0]), folded.text)
    return Folded(folded.source, text, folded.origin, folded.ends)


@dataclass(frozen=True)
class _Look:
    folded: Folded
    roster: Roster
    known: Mapping[str, str]
    by_teacher: bool
    hint: Hint

    def found(self) -> Iterator[ConcernTyped]:
        for place in _PLACE.finditer(self.folded.text):
            if hit := self._marked(place):
                yield hit
        for line in re.finditer(r"[^\n]+", self.folded.text):
            if hit := self._unmarked(line):
                yield hit

    def _marked(self, place: re.Match[str]) -> ConcernTyped | None:
        """Judge one mark with a word behind it."""
        text, at = self.folded.text, place.end()
        if not self.hint.at(text, at):
            return None
        before = text[text.rfind("\n", 0, place.start()) + 1 : place.start()]
        weak, mark = re.split(f"(?=[{re.escape(_STRONG)}])|$", place["mark"], maxsplit=1)
        before, strong = (before + weak, True) if mark else (before, False)
        mark = mark or weak
        if re.search(r"[a-z0-9]$", before) and mark[:1] not in "。!":
            return None
        exact = self._exact_end(at)
        end = exact or self._misspelt_end(at)
        if end and self._enough_behind(before, strong, exact is not None, mark, end):
            return self._hit(at, end, self._how(before, strong, exact is not None))
        return None

    def _exact_end(self, at: int) -> int | None:
        found = spelling_at(self.folded.text, at, self.known)
        if found:
            return found[1] if self.known[found[0]] == "concern" else None
        spaced = _SPACED.match(self.folded.text, at)
        if spaced:
            return spaced.end()
        glued = at + len("concern")
        name_follows = self.folded.text.startswith("concern", at) and self._name_at(glued)
        return glued if name_follows else None

    def _misspelt_end(self, at: int) -> int | None:
        text = self.folded.text
        if found := spelling_at(text, at, self.known):
            return found[1] if self.known[found[0]] == "concern" else None
        for blind in _TYPED_BLIND:
            if text.startswith(blind, at) and self._name_behind(at + len(blind)):
                return at + len(blind)
        return self._misspelt_chinese(at) if is_chinese(text[at]) else self._misspelt_english(at)

    def _misspelt_english(self, at: int) -> int | None:
        word = re.compile(r"[a-z0-9]+").match(self.folded.text, at)
        if word is None or word[0] in self.known or not 4 <= len(word[0]) <= 10:
            return None
        mistakes = distance(word[0], "concern")
        close = mistakes <= 1 and word[0] not in _NOT_MISSPELT
        return word.end() if close or (mistakes <= 2 and self._name_behind(word.end())) else None

    def _misspelt_chinese(self, at: int) -> int | None:
        """One character wrong, missing, doubled or swapped, with a child's name directly behind."""
        text = self.folded.text
        for size in (2, 3, 1):
            word = text[at : at + size]
            if len(word) < size or word in _NOT_MISSPELT or (size == 1 and word not in "私聊沟"):
                continue
            near = any(distance(word, right) <= 1 for right in CONCERN_SPELLINGS if is_chinese(right[0]))
            if near and self._name_behind(at + size):
                return at + size
        return None

    def _enough_behind(self, before: str, strong: bool, exact: bool, mark: str, end: int) -> bool:
        """Ask for the more behind a word the less it stands like a command."""
        head = self._at_head_of_line(before)
        if self._is_only_spoken_of(before, mark, end):
            return False
        if self._name_behind(end, not_a_parent=not (head and strong)):
            return True
        if not exact:
            return head and strong and not is_chinese(self.folded.text[end - 1])
        if head:
            return strong or (not mark[-1:].isspace() and self._names_on_line(end))
        glued = strong and not mark[-1:].isspace() and re.search(r"[\s,]$", before) is not None
        english_pair = re.search(r"[a-z]\s*$", before) and not is_chinese(self.folded.text[end - 1])
        return glued and not english_pair and self._names_on_line(end)

    def _at_head_of_line(self, before: str) -> bool:
        spoken = _MENTIONS_IN_FRONT.sub("", before)
        return not re.search(r"[^\W_]", spoken) or _SENTENCE_BEFORE.search(before) is not None

    def _is_only_spoken_of(self, before: str, mark: str, end: int) -> bool:
        """A command's name alone in quotes or ticks is an explanation, not a command."""
        opened = bool(re.search(f"[{re.escape(_QUOTE_MARKS)}]$", before)) or mark[0] in "'\"`"
        closed = re.compile(r"\s*[」』”’\"'`》〉»】\])]").match(self.folded.text, end)
        return opened and bool(closed) and not self._names_on_line(end)

    def _name_at(self, at: int) -> bool:
        pattern = self.roster.at_head
        return bool(pattern and pattern.match(self.folded.text[at : at + 40]))

    def _name_behind(self, end: int, *, not_a_parent: bool = False) -> bool:
        """Whether a child's name stands directly behind a word; a parent's may not count."""
        between = _BETWEEN.match(self.folded.text, end)
        at = between.end() if between else end
        pattern = self.roster.at_head
        found = pattern.match(self.folded.text[at : at + 40]) if pattern else None
        if found is None:
            return False
        return not (not_a_parent and _LABELS.match(self.folded.text, at + found.end()))

    def _names_on_line(self, end: int) -> bool:
        line = self.folded.text[end:].split("\n", 1)[0]
        return any(not _LABELS.match(line, m.end) for m in self.roster.mentions(line))

    def _unmarked(self, line: re.Match[str]) -> ConcernTyped | None:
        """A bare command word at the head of a line, which only a teacher means as one."""
        head = re.compile(r"(?:@\S{1,32}\s|[^\w])*").match(self.folded.text, line.start(), line.end())
        at = head.end() if head else line.start()
        called = head is not None and re.search(r"@\S*(?:bot|助手|机器人)\s", head[0])
        if at >= line.end() or not (self.by_teacher or called) or not self.hint.at(self.folded.text, at):
            return None
        end = self._exact_end(at)
        if not end and not is_chinese(self.folded.text[at]):
            end = self._misspelt_end(at)
        if end and self._name_behind(end, not_a_parent=True):
            return self._hit(at, end, "unmarked")
        return None

    def _hit(self, at: int, end: int, how: How) -> ConcernTyped:
        behind = re.compile(r"(?:@[a-z0-9_]+)?\s*[:,、;。]?\s*").match(self.folded.text, end)
        rest = self.folded.source[self.folded.start(behind.end() if behind else end) :].strip()
        return ConcernTyped(rest, self.folded.typed(at, end), how)

    def _how(self, before: str, strong: bool, exact: bool) -> How:
        if not exact:
            return "misspelt"
        if re.search(f"[{re.escape(_QUOTE_MARKS)}]\\s*$", before):
            return "quoted"
        if not self._at_head_of_line(before):
            return "in_passing"
        return "exact" if strong else "other_mark"
