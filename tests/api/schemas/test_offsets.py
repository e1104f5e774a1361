"""Offsets in code points and in UTF-16 units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.offsets import all_to_utf16, from_utf16, to_utf16
from api.store.errors import BadValueError

TEXTS = st.text(st.sampled_from("aé語😀𝄞\ud83d\ude00"), max_size=30)


@given(TEXTS, st.data())
def test_a_place_comes_back_from_a_browser_as_it_went(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert from_utf16(text, to_utf16(text, place)) == place


@given(st.text(max_size=30), st.data())
def test_units_are_those_of_the_utf_16_encoding(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert to_utf16(text, place) == len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
    assert all_to_utf16(text, [place, 0, len(text)]) == [to_utf16(text, p) for p in (place, 0, len(text))]


@pytest.mark.parametrize("offset", [2, 5, -1])
def test_a_place_within_a_character_or_beyond_the_text_is_refused(offset: int) -> None:
    with pytest.raises(BadValueError):
        from_utf16("a😀b", offset)
    with pytest.raises(ValueError, match="no place 9"):
        to_utf16("a😀b", 9)
