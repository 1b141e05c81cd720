"""Lines, and the keys phrases are looked up by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.lines import first_word, fold, is_small, key, letters, letters_each, opening, split


def test_lines_have_offsets_and_know_blank_lines_before_them() -> None:
    source = "  One\r\nTwo \n\n\tThree\u2028Four"
    lines = split(source)

    assert [source[line.start : line.end] for line in lines] == ["One", "Two", "Three", "Four"]
    assert [line.gap for line in lines] == [True, False, True, False]


@given(st.text())
def test_lines_hold_all_but_white_space(source: str) -> None:
    lines = split(source)
    kept = "".join(line.text for line in lines)

    assert "".join(kept.split()) == "".join(source.split())
    assert all(source[line.start : line.end] == line.text for line in lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SHARE THIS", "share this"),
        ("S H A R E", "share"),
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "Διαβάστε επίσης"),
        ("ПАРТНЁРЫ", "партнеры"),
        ("PAYLAŞ", "paylaş"),
        ("İLGİLİ HABERLER", "ilgili haberler"),
        ("Ｓｈａｒｅ", "share"),
        ("إقرأ أيضاً", "اقرا ايضا"),
        ("کاربری", "كاربري"),
        ("ⓒ News", "© News"),
        ("അഭിപ്രായങ്ങൾ", "അഭിപ്രായങ്ങള\u0d4d\u200d"),
        ("پۆلەکان", "پۆلهكان"),
    ],
)
def test_forms_that_fold_to_one_key(one: str, other: str) -> None:
    assert key(one, 300).text == key(other, 300).text


def test_pieces_meet_where_the_writing_changes() -> None:
    found = key("ShareThis12 on 分享", 300)

    assert found.text == "sharethis12on分享"
    assert found.edges == [0, 5, 9, 11, 13, 14, 15]
    assert found.gaps == [0, 11, 13, 15]
    assert found.inside == set(range(15)).difference(found.edges)


def test_a_hyphen_breaks_only_between_spaces() -> None:
    assert not any(key("e-mail this", 300).breaks)
    assert any(key("Tags - rivers", 300).breaks)
    assert any(key("Tags: rivers", 300).breaks)


@given(st.text(max_size=80))
def test_a_key_maps_back_into_its_line(text: str) -> None:
    found = key(text, 300)

    assert len(found.breaks) == len(found.offsets) == len(found.capitals) == len(found.text) + 1
    assert set(found.gaps) <= set(found.edges) <= {*range(len(found.text)), len(found.text)}
    assert all(0 <= offset <= len(text) for offset in found.offsets)
    assert list(found.offsets) == sorted(found.offsets)


@pytest.mark.parametrize(
    ("text", "found"), [("Share  this NOW", (5, False)), ("Thẻ: rivers", (3, True)), ("…", (0, False))]
)
def test_a_first_word_may_be_set_off(text: str, found: tuple[int, bool]) -> None:
    assert first_word(text) == found


def test_georgian_letters_are_no_small_ones() -> None:
    assert is_small("a")
    assert not is_small("A")
    assert not is_small("ა")


@given(st.text(max_size=60))
def test_the_head_is_the_beginning_of_the_key(text: str) -> None:
    begin = opening(text, 20)
    whole = key(text, 300).text

    assert whole.startswith(begin) or begin.startswith(whole)


def test_folding_twice_changes_nothing() -> None:
    assert fold(fold("ÀÉÎŌŮßﬁÇ")) == fold("ÀÉÎŌŮßﬁÇ")


@given(st.text(max_size=80))
def test_letters_are_the_key(text: str) -> None:
    assert letters(text) == key(text, 300).text


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30), max_size=8))
def test_letters_of_many_are_the_letters_of_each(texts: list[str]) -> None:
    assert letters_each(texts) == [letters(text) for text in texts]
