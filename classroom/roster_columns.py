"""Which column of a roster is which: headers in Chinese and English, one contact or several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column holds."""

    NAME = "name"
    NUMBER = "number"
    ALIAS = "alias"
    GUARDIAN = "guardian"
    RELATION = "relation"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Column:
    """One known column; those of one `group` describe the same contact, whose relation the header may say."""

    index: int
    field: Field
    group: str = ""
    relation: str | None = None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONCE = {
    Field.NAME: "姓名 名字 学生 学生姓名 学生名字 孩子姓名 幼儿姓名 name student studentname fullname",
    Field.NUMBER: "学号 学生学号 studentid studentno number studentnumber",
    Field.ALIAS: "别名 小名 英文名 昵称 曾用名 alias aliases nickname englishname",
}
_PLAIN = {word: field for field, words in _ONCE.items() for word in _words(words)}
_GUARDIANS = _words("学生家长 家长 监护人 联系人 guardian parent contact")
_RELATIONS = _words(
    "父亲 母亲 爸爸 妈妈 爷爷 奶奶 外公 外婆 姥爷 姥姥 祖父 祖母 "
    "father mother dad mum mom grandfather grandmother"
)
_NAME_WORDS = ("", *_words("姓名 名字 名称 name fullname"))
_RELATION_WORDS = _words(
    "关系 与学生关系 与学生的关系 与孩子关系 称谓 relation relationship relationtostudent"
)
_PHONE_WORDS = _words(
    "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 移动电话 "
    "phone phonenumber mobile mobilephone tel telephone cell"
)
_DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4", "①": "1", "②": "2", "③": "3"}
_NOISE = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]|[\s_\-*＊:：.\u200b\ufeff]")


def columns_of(cells: Sequence[str]) -> tuple[Column, ...]:
    """Read a header row; a repeated contact column begins the next contact."""
    seen: set[tuple[Field, str]] = set()
    columns: list[Column] = []
    for index, cell in enumerate(cells):
        for column in _column(index, cell):
            group = column.group
            while (column.field, group) in seen and group:
                group = _next(group)
            if (column.field, group) in seen and column.field is not Field.ALIAS:
                continue
            seen.add((column.field, group))
            columns.append(Column(index, column.field, group, column.relation))
    return tuple(columns)


def is_header_word(cell: str, field: Field) -> bool:
    """Tell a header that is repeated further down from a value."""
    return any(column.field is field for column in _column(0, cell))


def _column(index: int, cell: str) -> Iterator[Column]:
    key = _NOISE.sub("", cell[:60]).casefold()
    if field := _PLAIN.get(key):
        yield Column(index, field)
        return
    digits = [_DIGITS.get(char, char) for char in key if char in _DIGITS or char in "123456789"]
    stem = "".join(char for char in key if char not in _DIGITS and not char.isdecimal()).removeprefix("第")
    group = digits[0] if digits else "1"
    for relation in _RELATIONS:
        if stem.startswith(relation) and (field := _contact_field(stem.removeprefix(relation))):
            yield Column(index, field, relation + group, relation)
            return
    word = next((word for word in _GUARDIANS if stem.startswith(word)), "")
    if stem and (field := _contact_field(stem.removeprefix(word), bare=not word)):
        yield Column(index, field, group)


def _contact_field(word: str, *, bare: bool = False) -> Field | None:
    if word in _PHONE_WORDS:
        return Field.PHONE
    if word in _RELATION_WORDS:
        return Field.RELATION
    return Field.GUARDIAN if word in _NAME_WORDS and not bare else None


def _next(group: str) -> str:
    stem = group.rstrip("0123456789")
    return f"{stem}{int(group.removeprefix(stem)) + 1}"
