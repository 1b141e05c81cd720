"""What is written, and still there after a kill? Files that grow, and the ledger of how far they have come."""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from service.compress import Packing
from service.errors import AfterwordError

_TAIL = 4096  # bytes at the end of a ledger, in which its last line stands


def settle(file: IO[bytes]) -> None:
    """Return when what was written to `file` is on the disk."""
    file.flush()
    os.fsync(file.fileno())


class Growing:
    """A file that grows, packed or not. What was written after a mark can be forgotten."""

    def __init__(self, path: Path, packing: Callable[[], Packing], mark: int) -> None:
        """Go on at `mark`, a size in bytes."""
        path.touch()
        self._path, self._packing = path, packing
        self._file = path.open("r+b")
        if self._file.seek(0, os.SEEK_END) < mark:
            self._file.close()
            raise AfterwordError(f"{path}: is shorter than it was; start from the beginning with --overwrite")
        self._file.truncate(mark)
        self._file.seek(mark)
        self._piece: Packing | None = None

    def write(self, content: bytes) -> None:
        """Add `content`."""
        if content:
            self._piece = self._piece or self._packing()
            self._file.write(self._piece.compress(content))

    def mark(self) -> int:
        """Put what was written on the disk, and return the size of the file."""
        if self._piece is not None:
            self._file.write(self._piece.flush())
            self._piece = None
        settle(self._file)
        return self._file.tell()

    def finish(self, path: Path, spent: Path) -> None:  # noqa: ARG002 - nothing is left over
        """Close the file and name it `path`."""
        if self.mark() == 0:
            self._file.write(self._packing().flush())  # an empty file is no packed one
            settle(self._file)
        self.close()
        self._path.replace(path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a run has come: records done and failed, the marks of its output and of its errors."""

    done: int = 0
    failed: int = 0
    output: int = 0
    errors: int = 0
    finished: bool = False


class Ledger:
    """The marks of a run, one after the other in a file, of which one run at a time holds the lock."""

    def __init__(self, path: Path, run: str, *, anew: bool = False) -> None:
        """Open the ledger at `path` for `run`, or raise `AfterwordError` if it is another's. `anew` forgets it all."""
        path.touch()
        self._path = path
        self._file = path.open("r+b")
        try:
            try:
                # A lock of this process alone: workers that outlive it for a moment do not hold it.
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise AfterwordError(f"{path}: another run is at work on this output") from None
            if anew:
                self._file.truncate(0)
            self.last = self._read(run)
        except AfterwordError:
            self._file.close()
            raise

    def _read(self, run: str) -> Mark:
        head = self._file.readline()
        if not head.endswith(b"\n"):  # new, or killed at once: nothing is written yet
            self._file.truncate(0)
            self._file.seek(0)
            self._add({"run": run})
            return Mark()
        if json.loads(head).get("run") != run:
            raise AfterwordError(
                f"{self._path}: belongs to another run: the input, the options or the version have changed since. "
                "Start from the beginning with --overwrite"
            )
        start = len(head)
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(start, size - _TAIL))
        whole, _, torn = self._file.read().rpartition(b"\n")
        self._file.truncate(size - len(torn))
        self._file.seek(0, os.SEEK_END)
        last = whole.rpartition(b"\n")[2]
        return Mark(**json.loads(last)) if last and size > start + len(torn) else Mark()

    def _add(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        settle(self._file)

    def add(self, mark: Mark) -> None:
        """Note `mark`. From now on a run that is killed goes on there."""
        self._add(asdict(mark))
        self.last = mark

    def remove(self) -> None:
        """Delete the ledger: nothing is left to go on with."""
        self._path.unlink()
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        with contextlib.suppress(OSError):
            self._file.close()
