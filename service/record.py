"""What is one record of a file: a line, a row, a page, a text? And what is asked for it?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service import charset, jsontext
from service.errors import RequestError

PARTS = ("body", "title", "published", "language", "related", "removed", "text", "lines", "note")
"""What of an answer can be written."""

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its file holds it: a JSON object not yet read, or fields, or fields and a content to clean.

    `number` counts from 1 in the file at `place`; `size` is in bytes, roughly. One with a `fault` cannot be read.
    """

    place: str
    number: int
    size: int
    line: bytes | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    content: bytes | None = None
    markup: bool = False  # the content is a page
    charset: str | None = None  # of the content, if it is said beside it
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user wants: which fields are read, which are kept, which are filled with what.

    Fields not chosen have the names of the request. A URL found so is left out if it is none: nobody asked for it.
    """

    text: str | None = None
    html: str | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None
    scope: str | None = None
    keep: tuple[str, ...] | None = None  # None: all
    fill: Mapping[str, str] = field(default_factory=lambda: {"body": "body", "related": "related"})  # part: field

    def kept(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that are written again."""
        return dict(fields) if self.keep is None else {name: fields.get(name) for name in self.keep}


def read(record: Record, choice: Choice) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return the record's fields, and the request for it; or raise `RequestError`."""
    if record.fault is not None:
        raise RequestError(400, record.fault)
    fields = record.fields if record.line is None else _object(record.line)
    asked: dict[str, Any] = {"scope": choice.scope, "explain": "lines" in choice.fill}
    if record.content is not None:
        text = charset.decode(record.content, record.charset, markup=record.markup)
        asked["html" if record.markup else "text"] = text
    else:
        asked |= _source(fields, choice)
    title = fields.get(choice.title or "title")
    asked["title"] = title if isinstance(title, str) or choice.title else None
    asked["language"] = fields.get(choice.language) if choice.language else None
    url = fields.get(choice.url or "url")
    if url and (choice.url or (isinstance(url, str) and url.startswith(_WEB))):
        asked["url"] = url
    return fields, asked


def _source(fields: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
    if choice.text or choice.html:
        names = {"html": choice.html, "text": choice.text}
    else:
        names = {"html": "html", "text": "text"}
    there = {part: fields[name] for part, name in names.items() if name and fields.get(name) is not None}
    if not there:
        told = " or ".join(repr(name) for name in names.values() if name)
        raise RequestError(422, f"the record has no field {told}")
    # A page says more than the text that somebody took from it.
    part = "html" if there.get("html") or "text" not in there else "text"
    found = there[part]
    # Tables may hold pages as bytes.
    return {part: charset.decode(found, markup=part == "html") if isinstance(found, bytes) else found}


def _object(line: bytes) -> dict[str, Any]:
    # Not as a request is read: fields that are only passed on must come out as they went in, long numbers too.
    try:
        found = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_members)
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the line is not valid utf-8: byte {error.start} cannot be decoded") from None
    except RecursionError:
        raise RequestError(400, "not JSON that can be read: nested too deep") from None
    except json.JSONDecodeError as error:
        raise RequestError(400, f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}") from None
    except ValueError as error:
        raise RequestError(400, f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise RequestError(422, "the line must be a JSON object")
    return found


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it: days and decimals, which tables know, as their text; NaN as null."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float):
        return value if value - value == 0 else None  # infinity too
    return value if value is None or isinstance(value, str | int) else str(value)


def told(record: Record, error: Mapping[str, Any]) -> bytes:
    """Return the line that tells of a record at fault."""
    return jsontext.dump({"source": record.place, "record": record.number, "error": error})


def cell(value: Any) -> str | None:
    """Return `value` as a table of texts holds it: a text as it is, everything else as JSON."""
    return value if value is None or isinstance(value, str) else jsontext.dump(plain(value)).decode().rstrip("\n")
