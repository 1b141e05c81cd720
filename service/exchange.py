"""What goes to the service, what comes back, and when is it asked again? Knows nothing of waiting or connections."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx

from service import jsontext
from service.errors import RequestError, UnreachableError

if TYPE_CHECKING:  # only for those who check types: the wire needs pydantic, a client does not
    from service.wire import CleanAnswer

Article = str | Mapping[str, object]
"""A text, or an object as `/v1/clean/batch` takes it: `text` or `html`, options, and an `id` of any type."""

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 10.0  # seconds between two tries; doubled each time
# Away for the moment: too many requests, or a proxy without a service behind it, or one that stops.
_AGAIN = frozenset((429, 502, 503, 504))
# A chunk of a batch is one article, or several of at most this many bytes together. That fits into the buffers of a
# connection, so it is sent to its end even if the service answers before it reads on: neither waits for the other.
CHUNK = 64_000


class Patience:
    """How long is one request still tried, and when next?"""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._step = _FIRST_WAIT
        self._asked = 0.0
        self._why = "an answer that broke off"

    def blame(self, error: httpx.TransportError) -> None:
        """Note why there was no answer, or raise if there will never be one."""
        if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            raise UnreachableError(f"the service cannot be asked: {error}") from None
        self._why = f"{type(error).__name__}: {error}".removesuffix(": ")

    def refused(self, status: int, retry_after: str = "") -> None:
        """Note that the service has asked for another time."""
        self._why = f"status {status}"
        self._asked = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0

    def over(self) -> bool:
        """Whether the next try would come too late."""
        return time.monotonic() + max(self._step / 2, self._asked) > self._until

    def wait(self) -> float:
        """Return the seconds to the next try, or raise `UnreachableError`. Many clients do not come back at once."""
        if self.over():
            raise UnreachableError(f"the service did not answer for {self._seconds:g} seconds; at last: {self._why}")
        seconds = max(self._asked, random.uniform(self._step / 2, self._step))
        self._step, self._asked = min(self._step * 2, _LONGEST_WAIT), 0.0
        return seconds


class Chunk:
    """Some articles in a row on their way, and the answers that have come."""

    def __init__(self, ids: Sequence[object], lines: Sequence[bytes]) -> None:
        self.answers: list[dict[str, Any]] = []
        self._ids, self._lines = ids, lines

    @property
    def left(self) -> bool:
        """Whether an article has no answer yet."""
        return len(self.answers) < len(self._lines)

    def body(self) -> bytes:
        """Return what is left to send."""
        return b"".join(self._lines[len(self.answers) :])

    def take(self, response: httpx.Response | None, patience: Patience) -> bool:
        """Keep the answers in `response`. Return whether there were any; if not, the same is to be asked again.

        Raises `RequestError` if the whole was refused.
        """
        if response is None or _later(response, patience):
            return False
        came = len(self.answers)
        if response.status_code == 413 and len(self._lines) - came == 1:  # a proxy may have a limit of its own
            self._keep({"error": _problem(response)})
        elif response.status_code != 200:
            raise _refusal(response)
        else:
            _check(response, "application/x-ndjson")
            lines = response.content.split(b"\n")[:-1]  # what breaks off is no answer
            whole = len(lines) == len(self._lines) - came
            for found in map(_object, lines):
                if not self.left or not self._fits(found, patience, whole=whole):
                    break
                self._keep(found)
        return len(self.answers) > came

    def _fits(self, answer: dict[str, Any], patience: Patience, *, whole: bool) -> bool:
        """Whether this is the answer to the next article, and not word that the service had to stop here."""
        status = answer["error"].get("status") if "error" in answer else None
        if status in _AGAIN:
            patience.refused(status)
            return patience.over()  # so it is for this article alone, and the rest go on
        # A line that the service could not read has lost its id, yet keeps its place if every line has its answer.
        return answer.get("id") == len(self.answers) or (whole and status is not None)

    def _keep(self, answer: dict[str, Any]) -> None:
        own = self._ids[len(self.answers)]
        answer.pop("id", None)
        self.answers.append({"id": own, **answer} if own is not None or "error" in answer else answer)


class Packer:
    """Packs articles into chunks. `options` hold for every article that does not bring its own."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self._options = options
        self._empty()

    def _empty(self) -> None:
        self._ids: list[object] = []
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, article: Article) -> Chunk | None:
        """Take one article in, and return the chunk before it if that is full."""
        members = {**self._options, **({"text": article} if isinstance(article, str) else article)}
        own = members.pop("id", None)
        line = jsontext.dump({"id": len(self._lines), **members})
        full = None
        if self._lines and self._size + len(line) > CHUNK:
            full = self.rest()
            line = jsontext.dump({"id": 0, **members})
        self._ids.append(own)
        self._lines.append(line)
        self._size += len(line)
        return full

    def rest(self) -> Chunk | None:
        """Return what is packed, if anything."""
        chunk = Chunk(self._ids, self._lines) if self._lines else None
        self._empty()
        return chunk


def article(text: str | None, options: Mapping[str, object]) -> bytes:
    """Return the request for one article."""
    return jsontext.dump({**options, "text": text} if text is not None else options)


def answer(response: httpx.Response | None, patience: Patience) -> "CleanAnswer | None":
    """Return the answer, None if the same is to be asked again, or raise `RequestError` if it was refused."""
    if response is None or _later(response, patience):
        return None
    if response.status_code != 200:
        raise _refusal(response)
    _check(response, "application/json")
    return cast("CleanAnswer", _object(response.content))


def _later(response: httpx.Response, patience: Patience) -> bool:
    if response.status_code in _AGAIN:
        patience.refused(response.status_code, response.headers.get("Retry-After", ""))
        return True
    return False


def _check(response: httpx.Response, kind: str) -> None:
    sent = response.headers.get("Content-Type", "nothing").partition(";")[0]
    if sent != kind:
        raise UnreachableError(f"what answers at {response.url} is not this service: it sent {sent}, not {kind}")


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = jsontext.load(content.decode())
    except (RequestError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise UnreachableError("what answers there is not this service: it sent no JSON object")
    return found


def _problem(response: httpx.Response) -> dict[str, Any]:
    """Return the problem in `response`. A proxy in between may have said no in words of its own."""
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return _object(response.content)
    detail = (
        f"status {response.status_code} and no problem document: not from this service, but from what stands before it"
    )
    return {"type": "about:blank", "title": response.reason_phrase, "status": response.status_code, "detail": detail}


def _refusal(response: httpx.Response) -> RequestError:
    problem = _problem(response)
    faults = [(fault["pointer"], fault["detail"]) for fault in problem.get("errors", ())]
    return RequestError(response.status_code, problem.get("detail", problem.get("title", "")), faults)
