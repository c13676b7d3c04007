from __future__ import annotations

import pytest

from classroom.relations import Relation, read_relation, relation_at_tail


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("妈妈", Relation.MOTHER),
        (" 爸 ", Relation.FATHER),
        ("Mum", Relation.MOTHER),
        ("ＤＡＤ", Relation.FATHER),
        ("姥姥", Relation.MATERNAL_GRANDMOTHER),
        ("Elder Brother", Relation.BROTHER),
        ("监护人", Relation.GUARDIAN),
        ("老师", None),
        ("", None),
    ],
)
def test_a_relation_is_read(text: str, relation: Relation | None) -> None:
    assert read_relation(text) is relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张小明妈妈", ("张小明", Relation.MOTHER)),
        ("张小明 的 爸爸🌸", ("张小明", Relation.FATHER)),
        ("Tom Smith's Mom", ("Tom Smith", Relation.MOTHER)),
        ("Tom elder brother", ("Tom", Relation.BROTHER)),
        ("张小明（奶奶）", ("张小明", Relation.PATERNAL_GRANDMOTHER)),
        ("Emma", None),
        ("妈妈", None),
        ("张小明", None),
    ],
)
def test_a_relation_is_split_from_a_name(text: str, expected: tuple[str, Relation] | None) -> None:
    assert relation_at_tail(text) == expected


@pytest.mark.parametrize(
    "word", ["叔叔", "伯伯", "舅舅", "姑父", "阿姨", "姑姑", "姨妈", "舅妈", "婶婶", "伯母"]
)
def test_an_uncle_or_aunt_is_called_what_the_family_says(word: str) -> None:
    relation = read_relation(word)
    assert relation is not None and relation.zh == word
    assert not relation.legal_by_default and not relation.stands_in_only


@pytest.mark.parametrize("relation", list(Relation))
def test_every_relation_reads_its_own_labels(relation: Relation) -> None:
    assert read_relation(relation.zh) is relation
    assert read_relation(relation.en) is relation


def test_brothers_and_sisters_never_get_concerns() -> None:
    assert Relation.SISTER.stands_in_only
    assert not any(relation.stands_in_only and relation.legal_by_default for relation in Relation)
