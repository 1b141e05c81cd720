"""What does a JSON text say? Stricter than the standard library, and never raises anything but `RequestError`."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from service.errors import RequestError

# A whole number longer than this names nothing (a UUID has 39 digits), and int() takes ever longer for it.
_DIGITS = 40
_PLACES = 50
_SHOWN = 200

_Path = tuple[Any, str | int] | None  # the parent's path and the last step; None is the whole document


def load(text: str) -> object:
    """Return what `text` says, or raise `RequestError`: 400 if it is no JSON, `DoubledError` if a name stands twice."""
    doubled = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        counts = Counter(name for name, _ in pairs)
        doubled.append(_Doubled(found, [name for name, count in counts.items() if count > 1]))
        return doubled[-1]

    try:
        value: object = json.loads(text, object_pairs_hook=members, parse_constant=_no_number, parse_int=_number)
    except RecursionError:
        raise RequestError(400, "not JSON that can be read: nested too deep") from None
    except json.JSONDecodeError as error:
        raise RequestError(400, f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}") from None
    except ValueError as error:
        raise RequestError(400, f"not JSON: {error}") from None
    if doubled:
        raise DoubledError(value)
    return value


def dump(value: object) -> bytes:
    """Return `value` as one line of UTF-8. A lone surrogate, which UTF-8 cannot hold, is written as its JSON escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def carried(value: object) -> bool:
    """Whether `value` can be written back as it was read: no text in it is broken, and no number is too large."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):  # of which a broken text is one
        return False
    return True


def pointer(path: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of `path`, cut to a length that can be shown."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)[:_SHOWN].encode("utf-8", "replace").decode()


def broken(text: str) -> bool:
    """Whether `text` holds a lone surrogate: half of an escaped pair, without its other half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class DoubledError(RequestError):
    """JSON in which an object has a name twice (422). `certain` is the outermost object, without such names in it."""

    def __init__(self, value: object) -> None:
        super().__init__(422, "a name stands twice in an object", [(p, "stands twice") for p in _places(value)])
        doubled = value.names if isinstance(value, _Doubled) else ()
        whole = value if isinstance(value, dict) else {}
        self.certain = {name: part for name, part in whole.items() if name not in doubled}


class _Doubled(dict[str, Any]):
    """An object in which names stood twice; a dictionary alone would have lost that."""

    def __init__(self, found: dict[str, Any], names: list[str]) -> None:
        super().__init__(found)
        self.names = names


def _places(value: object) -> list[str]:
    """Return the pointers of the doubled names nearest to the top of `value`. They may have hidden deeper ones.

    Paths are kept as links to the parent: a copy for each value would cost depth times width.
    """
    places: list[str] = []
    level: list[tuple[_Path, object]] = [(None, value)]
    while level and not places:
        deeper: list[tuple[_Path, object]] = []
        for path, here in level:
            if isinstance(here, _Doubled):
                places += [pointer(_steps((path, name))) for name in here.names[: _PLACES - len(places)]]
            inner = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
            deeper += [((path, step), part) for step, part in inner if isinstance(part, dict | list)]
        level = deeper
    return places


def _steps(path: _Path) -> list[str | int]:
    steps = []
    while path is not None:
        path, step = path
        steps.append(step)
    return steps[::-1]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)
