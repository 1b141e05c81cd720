"""Which characters are these bytes? One answer for HTTP and for the command line."""

import codecs
import re

import webencodings

from service.errors import RequestError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
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

    A byte-order mark decides, then `charset`, then UTF-8, and for `markup` at last what the page declares.
    """
    codec = _codec(charset) if charset is not None else None
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], name, name)
    if codec is not None:
        return _strict(raw, codec.codec_info.name, codec.name)
    declared = _declared(raw) if markup else None
    # ISO-2022-JP is made of ASCII bytes, so its pages are valid UTF-8 and would come out as gibberish.
    if declared is not None and declared.name == "iso-2022-jp" and b"\x1b" in raw:
        return _strict(raw, declared.codec_info.name, declared.name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if declared is None:
            return _strict(raw, "utf-8", "utf-8")
    return _strict(raw, declared.codec_info.name, declared.name)


def _codec(label: str) -> webencodings.Encoding:
    # The labels of the WHATWG standard only: Python also knows "rot13", "zip", "idna" and other non-charsets.
    codec = webencodings.lookup(label)
    if codec is None or codec.name == "replacement":
        raise RequestError(400, f"the charset {label[:40]!r} is not known")
    return codec


def _declared(raw: bytes) -> webencodings.Encoding | None:
    found = _DECLARED.search(_COMMENT.sub(b"", raw[:_HEAD]))
    label = (found[1] or found[2]).decode("ascii", "replace") if found else ""
    codec = webencodings.lookup(label)
    # What could be read as ASCII up to here is not UTF-16, whatever it says.
    return None if codec is None or codec.name.startswith(("utf-16", "replacement")) else codec


def _strict(raw: bytes, codec: str, name: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the text is not valid {name}: byte {error.start} cannot be decoded") from None
