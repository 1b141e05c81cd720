"""Bytes become text by byte-order mark, then label, then UTF-8, then what a page declares."""

import codecs

import pytest

from service.charset import decode
from service.errors import RequestError

WORDS = "Поделиться: «Да» — сказал он"


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (WORDS.encode(), None),
        (WORDS.encode(), "UTF8"),
        (WORDS.encode("cp1251"), "windows-1251"),
        (WORDS.encode("cp1251"), "CP1251"),
        (codecs.BOM_UTF8 + WORDS.encode(), None),
        (codecs.BOM_UTF8 + WORDS.encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), None),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), None),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16"),
        (WORDS.encode("utf-16-le"), "utf-16"),
        (WORDS.encode("utf-16-be"), "utf-16be"),
    ],
)
def test_text_is_decoded_and_loses_its_mark(raw: bytes, label: str | None) -> None:
    assert decode(raw, label) == WORDS


def test_a_mark_wins_over_a_label_that_disagrees() -> None:
    assert decode(codecs.BOM_UTF8 + WORDS.encode(), "windows-1251") == WORDS


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<META CHARSET=cp1251>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        '<?xml version="1.0" encoding="windows-1251"?>',
        '<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">',
    ],
)
def test_a_page_may_declare_its_charset(head: str) -> None:
    page = f"{head}<p>{WORDS}"

    assert decode(page.encode("cp1251"), markup=True) == page


def test_what_is_valid_utf8_is_utf8_whatever_the_page_declares() -> None:
    page = f'<meta charset="windows-1251"><p>{WORDS}'

    assert decode(page.encode(), markup=True) == page


def test_iso_2022_jp_looks_like_ascii_and_is_believed() -> None:
    page = '<meta charset="iso-2022-jp"><p>続きを読む'

    assert decode(page.encode("iso-2022-jp"), markup=True) == page


def test_plain_text_declares_nothing() -> None:
    with pytest.raises(RequestError, match="not valid utf-8"):
        decode(f'<meta charset="windows-1251">{WORDS}'.encode("cp1251"))


@pytest.mark.parametrize("declared", ["utf-16", "rot13", "replacement", "no-such-thing"])
def test_a_page_that_declares_nonsense_is_read_as_utf8(declared: str) -> None:
    page = f'<meta charset="{declared}"><p>{WORDS}'

    assert decode(page.encode(), markup=True) == page
    with pytest.raises(RequestError) as caught:
        decode(page.encode("cp1251"), markup=True)
    assert caught.value.status == 400


# The last ones are known to Python, but are no charsets of the web: decoding with them could do anything.
@pytest.mark.parametrize(
    "label", ["", "x", "klingon-8", "iso-2022-kr", "utf-7", "rot13", "zip", "idna", "unicode_escape", "é" * 1000]
)
def test_an_unknown_label_is_refused(label: str) -> None:
    with pytest.raises(RequestError) as caught:
        decode(b"text", label)

    assert caught.value.status == 400
    assert len(caught.value.detail) < 100


@pytest.mark.parametrize(
    ("raw", "label"), [(b"\xff\xfea", None), (b"a\xff", None), (b"\x98", "windows-1251"), (b"\xed\xa0\x80", None)]
)
def test_bytes_that_are_no_characters_are_refused(raw: bytes, label: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        decode(raw, label)

    assert caught.value.status == 400


def test_a_hostile_head_does_not_take_long() -> None:
    decode(b"<meta " * 1_000_000, markup=True)
    decode(b"<!--" * 1_000_000, markup=True)
    decode(b"<?xml " + b" " * 1_000_000, markup=True)
