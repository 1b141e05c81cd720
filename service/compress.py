"""How is a file packed? Read by what it begins with, written by its name."""

import bz2
import gzip
import importlib
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

from service.errors import AfterwordError

_MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
_LONGEST = max(map(len, _MAGIC))
SUFFIXES = frozenset(_MAGIC.values())

_GZIP_LEVEL = 6  # as the command has it
_GZIP_WINDOW = 31  # with gzip's header, which then carries no time: the same content gives the same bytes


class Packing(Protocol):
    """Packs what it is given; `flush` ends what can be unpacked by itself."""

    def compress(self, data: bytes, /) -> bytes: ...  # noqa: D102
    def flush(self) -> bytes: ...  # noqa: D102


class _Plain:
    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def split(name: str) -> tuple[str, str]:
    """Return a file's name without the suffix of its packing, and that suffix; the latter is empty if it has none."""
    suffix = Path(name).suffix.lower()
    return (name[: -len(suffix)], suffix) if suffix in SUFFIXES else (name, "")


def unpacked(file: IO[bytes]) -> IO[bytes]:
    """Return what the open `file` holds, unpacked if it is packed."""
    begins = file.read(_LONGEST)
    file.seek(0)
    suffix = next((suffix for magic, suffix in _MAGIC.items() if begins.startswith(magic)), "")
    opened: dict[str, Callable[[IO[bytes]], Any]] = {
        "": lambda found: found,
        ".gz": lambda found: gzip.GzipFile(fileobj=found, mode="rb"),
        ".bz2": bz2.BZ2File,
        ".xz": lzma.LZMAFile,
        ".zst": lambda found: _zstd().ZstdFile(found),
    }
    stream: IO[bytes] = opened[suffix](file)
    return stream


def packing(suffix: str) -> Callable[[], Packing]:
    """Return what starts a new piece of a file with this suffix. Pieces in a row are one file."""
    made: dict[str, Callable[[], Packing]] = {
        "": _Plain,
        ".gz": lambda: zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW),
        ".bz2": bz2.BZ2Compressor,
        ".xz": lzma.LZMACompressor,
    }
    if suffix == ".zst":
        made[suffix] = _zstd().ZstdCompressor
    return made[suffix]


def _zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):  # of the standard library from Python 3.14 on
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise AfterwordError('files packed with zstd need one more package: pip install "afterword[zstd]"')
