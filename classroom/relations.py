"""Who an adult is to a child, in the words that families use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from classroom.folding import fold, squeeze


class Relation(Enum):
    """One kind of guardian, because who may read a concern depends on it."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    PARENT = "parent"
    PATERNAL_GRANDFATHER = "paternal_grandfather"
    PATERNAL_GRANDMOTHER = "paternal_grandmother"
    MATERNAL_GRANDFATHER = "maternal_grandfather"
    MATERNAL_GRANDMOTHER = "maternal_grandmother"
    GRANDFATHER = "grandfather"
    GRANDMOTHER = "grandmother"
    STEPMOTHER = "stepmother"
    STEPFATHER = "stepfather"
    UNCLE = "uncle"
    ELDER_UNCLE = "elder_uncle"
    MATERNAL_UNCLE = "maternal_uncle"
    UNCLE_BY_MARRIAGE = "uncle_by_marriage"
    MATERNAL_UNCLE_BY_MARRIAGE = "maternal_uncle_by_marriage"
    AUNT = "aunt"
    PATERNAL_AUNT = "paternal_aunt"
    MATERNAL_AUNT = "maternal_aunt"
    AUNT_BY_MARRIAGE = "aunt_by_marriage"
    ELDER_AUNT_BY_MARRIAGE = "elder_aunt_by_marriage"
    MATERNAL_AUNT_BY_MARRIAGE = "maternal_aunt_by_marriage"
    BROTHER = "brother"
    SISTER = "sister"
    OTHER = "other"

    @property
    def zh(self) -> str:
        """The Chinese word that is shown and put into a name."""
        return _WORDS[self][0][0]

    @property
    def zh_tw(self) -> str:
        """The same in traditional characters."""
        return self.zh.translate(_TRADITIONAL)

    @property
    def en(self) -> str:
        """The English word that is shown and put into a name."""
        return _WORDS[self][1][0]

    def words(self, language: str) -> tuple[str, ...]:
        """All the words of a language for it, since some are shorter; the one that is shown first."""
        chinese, english = _WORDS[self]
        if language.startswith("en"):
            return english
        return tuple(word.translate(_TRADITIONAL) for word in chinese) if language == "zh_TW" else chinese

    @property
    def stands_in_only(self) -> bool:
        """Whether this one may stand in for notices but never reads a concern: a brother or sister."""
        return self in (Relation.BROTHER, Relation.SISTER)

    @property
    def legal_by_default(self) -> bool:
        """Whether this one receives concerns unless a teacher says otherwise: parents, legal guardians."""
        return self in (Relation.MOTHER, Relation.FATHER, Relation.GUARDIAN, Relation.PARENT)


_TRADITIONAL = str.maketrans("妈监护长爷继婶亲属", "媽監護長爺繼嬸親屬")

_WORDS: dict[Relation, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Relation.MOTHER: (
        ("妈妈", "母亲", "妈咪", "老妈", "麻麻", "媽媽", "母親", "妈", "媽"),
        ("mother", "mum", "mom", "mommy", "mummy", "mama", "mam", "ma"),
    ),
    Relation.FATHER: (
        ("爸爸", "父亲", "爸比", "老爸", "爹爹", "父親", "粑粑", "爸", "爹"),
        ("father", "dad", "daddy", "papa", "baba", "pa"),
    ),
    Relation.GUARDIAN: (("监护人", "法定监护人", "監護人"), ("guardian", "legal guardian")),
    Relation.PARENT: (("家长", "父母", "爸妈", "家長"), ("parent", "parents")),
    Relation.PATERNAL_GRANDFATHER: (("爷爷", "祖父", "爺爺"), ("paternal grandfather",)),
    Relation.PATERNAL_GRANDMOTHER: (("奶奶", "祖母"), ("paternal grandmother",)),
    Relation.MATERNAL_GRANDFATHER: (
        ("外公", "姥爷", "外祖父", "公公", "姥爺"),
        ("maternal grandfather",),
    ),
    Relation.MATERNAL_GRANDMOTHER: (
        ("外婆", "姥姥", "外祖母", "婆婆", "姥娘"),
        ("maternal grandmother",),
    ),
    Relation.GRANDFATHER: (
        ("爷爷或外公",),
        ("grandfather", "grandpa", "granddad", "grandad", "gramps"),
    ),
    Relation.GRANDMOTHER: (
        ("奶奶或外婆",),
        ("grandmother", "grandma", "granny", "gran", "nana"),
    ),
    Relation.STEPMOTHER: (("继母", "后妈"), ("stepmother", "stepmum", "stepmom")),
    Relation.STEPFATHER: (("继父", "后爸"), ("stepfather", "stepdad")),
    Relation.UNCLE: (("叔叔",), ("uncle",)),
    Relation.ELDER_UNCLE: (("伯伯", "伯父", "大伯"), ("elder uncle",)),
    Relation.MATERNAL_UNCLE: (("舅舅",), ("maternal uncle",)),
    Relation.UNCLE_BY_MARRIAGE: (("姑父", "姑丈"), ("uncle by marriage",)),
    Relation.MATERNAL_UNCLE_BY_MARRIAGE: (("姨父", "姨丈"), ("maternal uncle by marriage",)),
    Relation.AUNT: (("阿姨",), ("aunt", "auntie", "aunty")),
    Relation.PATERNAL_AUNT: (("姑姑", "姑妈"), ("paternal aunt",)),
    Relation.MATERNAL_AUNT: (("姨妈", "小姨", "大姨"), ("maternal aunt",)),
    Relation.AUNT_BY_MARRIAGE: (("婶婶",), ("aunt by marriage",)),
    Relation.ELDER_AUNT_BY_MARRIAGE: (("伯母",), ("elder aunt by marriage",)),
    Relation.MATERNAL_AUNT_BY_MARRIAGE: (("舅妈",), ("maternal aunt by marriage",)),
    Relation.BROTHER: (("哥哥", "弟弟", "兄弟", "哥"), ("brother", "elder brother", "big brother")),
    Relation.SISTER: (("姐姐", "妹妹", "姐妹", "姊姊", "姐"), ("sister", "elder sister", "big sister")),
    Relation.OTHER: (("其他亲属", "亲属", "亲戚", "其他"), ("relative", "other relative", "other")),
}

_BY_WORD: dict[str, Relation] = {
    squeeze(word): relation for relation, both in _WORDS.items() for words in both for word in words
}
_LONGEST_FIRST = sorted(_BY_WORD, key=len, reverse=True)
_TAIL = re.compile(
    r"^(?P<head>.*?\w.*?)[\W_]*(?:的|'s\b|’s\b)?[\W_]*(?P<word>"
    + "|".join(
        (rf"(?<![a-z]){word}" if word.isascii() else word).replace(" ", r"\s+")
        for word in sorted((w for both in _WORDS.values() for words in both for w in words), key=len)[::-1]
    )
    + r")[\W_]*$",
    re.DOTALL,
)


def relation_words() -> Iterator[tuple[str, Relation]]:
    """Every spelling in comparable form, longest first, for patterns of names."""
    return ((word, _BY_WORD[word]) for word in _LONGEST_FIRST)


def read_relation(text: str) -> Relation | None:
    """Read one relation however it is written, because families choose their own word."""
    return _BY_WORD.get(squeeze(text))


def relation_at_tail(text: str) -> tuple[str, Relation] | None:
    """Split 张小明妈妈 into the child and the relation, for binding by one line."""
    folded = fold(text)
    found = _TAIL.match(folded.text)
    if found is None or read_relation(text):
        return None
    return folded.typed(*found.span("head")).strip(), _BY_WORD[squeeze(found["word"])]
