"""Long texts are cut where a reader would cut them, and nothing gets lost."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom import markup

FAMILY = "👨‍👩‍👧‍👦"


@given(st.text(max_size=400), st.integers(min_value=70, max_value=90))
def test_every_sign_arrives_in_order_and_no_piece_is_too_long(text: str, limit: int) -> None:
    pieces = markup.split(html.escape(text), limit)
    assert "".join("".join(p.text.split()) for p in pieces) == "".join(text.split())
    assert all(markup.utf16(p.text) <= limit for p in pieces)


@pytest.mark.parametrize("sign", [FAMILY, "🇨🇳", "👍🏽", "é", "1️⃣"])
def test_a_sign_of_several_code_points_is_not_torn(sign: str) -> None:
    pieces = markup.split(sign * 40, 50)
    assert all(p.text == sign * (len(p.text) // len(sign)) for p in pieces)


def test_a_cut_comes_at_a_paragraph_a_sentence_or_a_blank() -> None:
    text = "第一段说的是早上的事。" * 5 + "\n\n" + "第二段说的是下午的事。" * 5
    assert [p.text[:3] for p in markup.split(text, 80)] == ["第一段", "第二段"]


def test_spans_are_counted_from_the_beginning_of_their_piece() -> None:
    first, second = markup.split("一二三四五 <b>六七八九十</b>", 6)
    assert (first.text, first.spans) == ("一二三四五", ())
    assert (second.text, second.spans) == ("六七八九十", (markup.Span(0, 5, "bold"),))


@pytest.mark.parametrize("typed", ["<b>李雷</b>", "a & b < c", "&lt;", "*x* _y_ `z`", "</b>", "<script>"])
def test_what_people_type_is_shown_as_typed(typed: str) -> None:
    assert markup.read(html.escape(typed)) == (typed, ())
