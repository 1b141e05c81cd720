"""Has enough of a request come to give it to a thread?"""

import re
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import unquote_to_bytes

# Bytes of a body that are waited for before a thread is taken: most articles, few pages. What is larger, or of unknown
# length, is read by the thread.
GATHERED = 1 << 16
# Bytes of a head. Browsers and proxies stay below a quarter of it.
_HEAD = 1 << 15
_BATCH = b"/v1/clean/batch"
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*(?=\r\n)")
# Of unknown length, not to be sent before it is asked for, or of another size once unpacked.
_LATER = re.compile(rb"\r\n(?:transfer-encoding|expect|content-encoding):")


class Lane(Enum):
    """Which threads a request belongs to."""

    ARTICLE = "article"  # its body is here: nothing but work
    STREAM = "stream"  # what is still to come, or is a batch, may take long
    QUICK = "quick"  # answered at once


@dataclass(slots=True)
class Arrival:
    """The bytes of one request as they come. This look at the head is only for its lane; the server reads it again."""

    since: float  # monotonic
    held: bytearray = field(default_factory=bytearray)
    lane: Lane | None = None
    wanted: int | None = None  # bytes, once the head is known
    batch: bool = False
    too_long: bool = False  # the head

    def add(self, piece: bytes) -> bool:
        """Take up `piece`; return whether a thread may have the request, complete or certainly wrong."""
        seen = len(self.held)
        self.held += piece
        if self.wanted is None:
            self._look(seen, piece)
        return self.wanted is not None and len(self.held) >= self.wanted

    def _look(self, seen: int, piece: bytes) -> None:
        end = self.held.find(_END, max(0, seen - len(_END)))
        if end < 0:
            # A line end that is none: the server has the words to refuse it.
            bare = b"\n" in piece and self.held.count(b"\n") != self.held.count(b"\r\n")
            self.too_long = len(self.held) > _HEAD
            if bare or self.too_long:
                self.lane, self.wanted = Lane.QUICK, 0
            return
        self.too_long = end + len(_END) > _HEAD  # it may come in one piece, or with the last one
        if self.too_long:
            self.lane, self.wanted = Lane.QUICK, 0
            return
        head = bytes(self.held[: end + len(_END)])
        path = head.lstrip(b"\r\n").split(b" ", 2)[1:2]
        target = unquote_to_bytes(path[0].partition(b"?")[0]) if path else b""
        lower = head.lower()
        lengths = _LENGTH.findall(lower)
        body = int(lengths[0]) if len(lengths) == 1 else 0  # several are refused by the server
        self.batch = target.endswith(_BATCH)  # it may stand behind a host
        if self.batch or body > GATHERED or _LATER.search(lower):
            self.lane, self.wanted = Lane.STREAM, 0
        else:
            self.lane, self.wanted = Lane.ARTICLE if body else Lane.QUICK, len(head) + body
