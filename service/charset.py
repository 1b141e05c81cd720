"""Which characters are these bytes? One answer for HTTP and for the command line."""

import codecs
import re
from collections.abc import Callable
from functools import partial

import webencodings
from charset_normalizer import from_bytes

from service import latin
from service.errors import RequestError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
GOOD_PER_BAD = 4  # characters beyond ASCII that UTF-8 explains for each byte it does not: then the page is UTF-8
GUESS_READ = 200_000  # bytes of a page in which letters are looked for
GUESS_LIMIT = 8_000  # bytes of text that a guess is made by
# Shares of the letters that are beyond ASCII, and of these, that stand together by three or more: below both, these are
# words in Latin letters with some of their own.
LATIN_SHARE, LATIN_RUNNING = 0.4, 0.5
GUESS_TIE = 0.02  # of the detector's measures: what is so near to the best may be Latin letters

_BAD = "\ufffd"
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_FOREIGN_BYTES = re.compile(rb"[\x80-\xff]+")
_RUNNING = re.compile(rb"[\x80-\xff]{3,}")
_LETTER = re.compile(rb"[A-Za-z]")
_CODE = re.compile(rb"<(?:script|style)\b[^<]*+(?:<(?!/(?:script|style))[^<]*+)*+", re.IGNORECASE)
_WRITTEN = re.compile(rb"[^<>\x80-\xff]{0,200}+[\x80-\xff][^<>]{0,400}+")  # text with letters beyond ASCII
_CHINESE = ("gbk", "gb18030")
_EURO = 0x80  # a byte that is none in GB 18030, and the euro sign on pages
_GUESSED = [
    "cp1251", "koi8_r", "koi8_u", "cp866", "cp1252", "cp1250", "iso8859_2", "cp1253", "iso8859_7", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp874", "gb18030", "big5", "cp932", "euc_jp", "cp949",
]  # fmt: skip
# Where HTML may declare its charset. Browsers look at the first 1,024 bytes; long comments push it further down.
_HEAD = 4096
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARED = re.compile(
    rb"""<meta\s[^>]{0,400}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})"""
    rb"""|^\s{0,99}<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def decode(raw: bytes, charset: str | None = None, *, markup: bool = False) -> str:
    """Return `raw` as text, without its byte-order mark, or raise `RequestError` (400).

    A byte-order mark decides, then `charset`, then UTF-8, and for `markup` what the page declares, then a guess by its
    letters. A mark or `charset` that the bytes belie is refused; `markup` without them is read as browsers read it.
    """
    codec = _codec(charset) if charset is not None else None
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], name, name)
    if codec is not None:
        return _strict(raw, _python(codec), codec.name)
    return _page(raw) if markup else _strict(raw, "utf-8", "utf-8")


def _page(raw: bytes) -> str:
    """Return the text of a page that came without a label: a byte that means nothing costs itself, never the page."""
    declared = _declared(raw)
    # ISO-2022-JP is made of ASCII bytes, so its pages are valid UTF-8 and would come out as gibberish.
    if declared is not None and declared.name == "iso-2022-jp" and b"\x1b" in raw:
        return raw.decode(_python(declared), _MENDING)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    bad = text.count(_BAD)
    if bad * GOOD_PER_BAD <= len(_FOREIGN.findall(text)) - bad:
        return text
    if declared is not None and declared.name != "utf-8":
        return raw.decode(_python(declared), _MENDING)
    return raw.decode(_guess(raw), _MENDING)


def _guess(raw: bytes) -> str:
    """Return the codec whose letters make most sense, of those that pages are written in."""
    pieces = _WRITTEN.findall(_CODE.sub(b"", raw[:GUESS_READ])) or _WRITTEN.findall(raw[:GUESS_READ])
    sample = b"\n".join(pieces)
    if len(sample) > GUESS_LIMIT:  # whole pieces: half a character would belie its charset
        sample = sample[: max(sample.rfind(b"\n", 0, GUESS_LIMIT), len(pieces[0]))]
    foreign, running = (sum(map(len, found.findall(sample))) for found in (_FOREIGN_BYTES, _RUNNING))
    if running <= LATIN_RUNNING * foreign and foreign <= LATIN_SHARE * (foreign + len(_LETTER.findall(sample))):
        return latin.codec(sample)
    found = from_bytes(sample, cp_isolation=_GUESSED)
    best = found.best()
    if best is None:
        return latin.codec(sample)
    for match in found:
        as_good = match.chaos <= best.chaos + GUESS_TIE and match.coherence >= best.coherence - GUESS_TIE
        if as_good and any(name in latin.CODECS for name in match.could_be_from_charset):
            return latin.codec(sample)
    return best.encoding


def _python(codec: webencodings.Encoding) -> str:
    """Return Python's name of a charset. On the web GBK and GB2312 are GB 18030: the same characters, and more."""
    return "gb18030" if codec.name in _CHINESE else str(codec.codec_info.name)


def _euro(error: UnicodeError, otherwise: Callable[[UnicodeError], tuple[str | bytes, int]]) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError) and error.encoding == "gb18030" and error.object[error.start] == _EURO:
        return "€", error.start + 1
    return otherwise(error)


# How to decode what is not as the codec wants it: as the web does, and else not at all, or at the cost of that byte.
_REFUSING, _MENDING = "service.refusing", "service.mending"
codecs.register_error(_REFUSING, partial(_euro, otherwise=codecs.strict_errors))
codecs.register_error(_MENDING, partial(_euro, otherwise=codecs.replace_errors))


def _codec(label: str) -> webencodings.Encoding:
    # The labels of the WHATWG standard only: Python also knows "rot13", "zip", "idna" and other non-charsets.
    codec = _known(label)
    if codec is None or codec.name == "replacement":
        raise RequestError(400, f"the charset {label[:40]!r} is not known")
    return codec


def _known(label: str) -> webencodings.Encoding | None:
    """Return the charset of a label of the web. "x-user-defined" is read as browsers read pages that say so."""
    codec = webencodings.lookup(label)
    return webencodings.lookup("windows-1252") if codec is not None and codec.name == "x-user-defined" else codec


def _declared(raw: bytes) -> webencodings.Encoding | None:
    found = _DECLARED.search(_COMMENT.sub(b"", raw[:_HEAD]))
    label = (found[1] or found[2]).decode("ascii", "replace") if found else ""
    codec = _known(label)
    # What could be read as ASCII up to here is not UTF-16, whatever it says.
    return None if codec is None or codec.name.startswith(("utf-16", "replacement")) else codec


def _strict(raw: bytes, codec: str, name: str) -> str:
    try:
        return raw.decode(codec, _REFUSING)
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the text is not valid {name}: byte {error.start} cannot be decoded") from None
