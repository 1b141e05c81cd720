"""Bytes become text by byte-order mark, then label, then UTF-8, then what a page declares, then its letters."""

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
def test_a_page_that_declares_nonsense_declares_nothing(declared: str) -> None:
    page = f'<meta charset="{declared}"><p>{WORDS}'

    assert decode(page.encode(), markup=True) == page
    assert decode(page.encode("cp1251"), markup=True) == page


# Long enough to tell the letters of a language by.
SENTENCES = {
    "ru": "Правительство в среду одобрило законопроект, который теперь поступит в парламент, сообщил представитель. ",
    "el": "Η κυβέρνηση ενέκρινε την Τετάρτη το νομοσχέδιο, δήλωσε ο εκπρόσωπος στους δημοσιογράφους. ",
    "he": "הממשלה אישרה ביום רביעי את הצעת החוק, כך מסר הדובר לעיתונאים. ",
    "ja": "政府は水曜日に法案を承認したと報道官が述べた。詳しい内容は来週に発表される予定です。",
    "zh": "政府周三批准了该法案，发言人对记者说，详细内容将于下周公布。",
    "pl": "Rząd przyjął w środę projekt ustawy o świadczeniach, który trafi teraz do Sejmu, powiedział rzecznik. ",
    "de": "Die Regierung hat am Mittwoch den Gesetzentwurf für größere Städte beschlossen, sagte der Sprecher. ",
    "fr": "Le gouvernement a adopté mercredi le projet de loi sur l’école, a déclaré le porte-parole à l’Élysée. ",
}


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("ru", "cp1251"), ("ru", "koi8_r"), ("ru", "cp866"), ("el", "cp1253"), ("he", "cp1255"), ("ja", "cp932"),
        ("ja", "euc_jp"), ("zh", "gb18030"), ("pl", "cp1250"), ("de", "cp1252"), ("fr", "cp1252"),
    ],
)  # fmt: skip
def test_a_page_that_declares_nothing_is_told_by_its_letters(language: str, codec: str) -> None:
    page = f"<p>{SENTENCES[language] * 3}</p>" * 3

    assert decode(page.encode(codec), markup=True) == page


# What statistics over bytes take for one another. The first one was "hétfõn", the second "poąkodila", and so on.
LATIN = [
    ("cp1250", "A kormány hétfőn bejelentette, hogy új iskolát építenek a külvárosban."),
    ("iso8859_2", "Soud v úterý odsoudil muže, který v noci poškodil několik aut na okraji města. Škodu neuhradil."),
    ("cp1250", "Soud v úterý odsoudil muže, který v noci poškodil několik aut na okraji města. Škodu neuhradil."),
    ("iso8859_2", "Nowy most został otwarty w poniedziałek przez prezydenta miasta."),
    ("cp1250", "Nowy most został otwarty."),
    ("iso8859_2", "Vláda v stredu schválila návrh zákona, ktorý má zjednodušiť výstavbu ciest."),
    ("cp1250", "Vlada je u srijedu prihvatila prijedlog zakona koji će općinama omogućiti gradnju."),
    ("iso8859_2", "Guvernul a adoptat miercuri proiectul de lege privind şcolile, a declarat purtătorul de cuvânt."),
    ("cp1254", "Hükümet çarşamba günü yeni okulların yapımı için hazırlanan yasa tasarısını kabul etti."),
    ("cp1257", "Vyriausybė trečiadienį pritarė įstatymo projektui, kuris leis greičiau statyti mokyklas."),
    ("cp1257", "Valdība trešdien apstiprināja likumprojektu, kas ļaus ātrāk būvēt jaunas skolas."),
    ("cp1252", "Ríkisstjórnin samþykkti á miðvikudag frumvarp um skóla, sagði talsmaðurinn."),
    ("cp1252", "Qeveria miratoi të mërkurën projektligjin për shkollat, tha zëdhënësi. „Këtë vit“ – 5 €."),
    ("cp1252", "The café was closed, said “Mr Müller” – for £5."),
    ("cp1252", "Copyright © 2022 Example"),
]


@pytest.mark.parametrize(("codec", "text"), LATIN)
def test_latin_letters_are_those_of_the_language(codec: str, text: str) -> None:
    page = f"<script>var a = 'µ'.length</script><p>{text}</p>" if codec == "cp1252" else f"<p>{text}</p>"

    assert decode(page.encode(codec), markup=True) == page


@pytest.mark.parametrize("label", ["gbk", "gb2312", "GB18030", "x-gbk"])
def test_chinese_is_read_as_the_web_reads_it(label: str) -> None:
    text = "价格：5€，𠮷野家，㐂"  # an euro sign, and characters of four bytes
    page = f"<meta charset={label}><p>{text}</p>"

    assert decode(text.encode("gb18030"), label) == text
    assert decode(page.encode("gb18030"), markup=True) == page
    assert decode(page.encode("gb18030") + b"\xff", markup=True) == page + "\ufffd"
    assert decode("价格：5".encode("gb18030") + b"\x80", label) == "价格：5€"
    with pytest.raises(RequestError, match="not valid gb"):
        decode(b"\xff\xff", label)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“5 €”"), ("iso-8859-9", "cp1254", "“ığdır”"), ("tis-620", "cp874", "“ไทย”"),
        ("iso-8859-11", "cp874", "…ไทย"), ("ks_c_5601-1987", "cp949", "똠방각하"), ("shift_jis", "cp932", "①～髙"),
    ],
)  # fmt: skip
def test_labels_mean_what_they_mean_on_the_web(label: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("head", ["", "<meta charset=utf-8>", "<meta charset=iso-8859-1>"])
def test_a_broken_byte_costs_itself_and_not_the_page(head: str) -> None:
    page = f"{head}<p>{WORDS}</p>"

    assert decode(page.encode() + b"\xff", markup=True) == page + "\ufffd"


def test_a_byte_that_the_declared_charset_does_not_know_costs_itself() -> None:
    page = f"<meta charset=windows-1251><p>{WORDS}</p>"

    assert decode(page.encode("cp1251") + b"\x98", markup=True) == page + "\ufffd"


def test_a_label_of_the_request_is_held_to_for_pages_too() -> None:
    with pytest.raises(RequestError, match="not valid utf-8"):
        decode(b"<p>a\xff", "utf-8", markup=True)


def test_letters_of_no_language_are_read_as_browsers_do() -> None:
    assert decode(b"<p>caf\xe9</p>", markup=True) == "<p>caf\xe9</p>"
    assert "<p>" in decode(b"<p>\x81\x8d\x8f\x90\x9d</p>", markup=True)


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
    decode(b"\xff" * 1_000_000, markup=True)
    decode(b"a" * 1_000_000 + b"\xff", markup=True)
    decode(b"\xe0\xe1<" * 1_000_000, markup=True)


def test_what_a_page_calls_user_defined_is_read_as_browsers_read_it() -> None:
    page = b"<meta charset=x-user-defined><p>caf\xe9 \x93now\x94 \xff"

    assert decode(page, markup=True).endswith("café \u201cnow\u201d ÿ")
    assert decode(b"caf\xe9", "x-user-defined") == "café"
