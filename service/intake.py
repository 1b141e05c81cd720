"""Which records are in these files? Finds the files, tells their forms, and reads them one record at a time."""

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from service import compress, jsontext
from service.errors import AfterwordError
from service.record import Record


class Form(StrEnum):
    """How a file holds its records."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    WARC = "warc"
    TEXT = "text"
    HTML = "html"


FORMS = {
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".csv": Form.CSV,
    ".tsv": Form.TSV,
    ".parquet": Form.PARQUET,
    ".warc": Form.WARC,
    ".wet": Form.WARC,
    ".txt": Form.TEXT,
    ".html": Form.HTML,
    ".htm": Form.HTML,
}
DELIMITERS = {Form.CSV: ",", Form.TSV: "\t"}
_FILE_COLUMNS = ("file",)  # of texts and pages that are files of their own


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the input. `place` is its name as the user knows it: in a folder, its path from there."""

    path: Path
    place: str
    form: Form
    size: int
    changed: int  # nanoseconds since 1970


def find(inputs: Sequence[Path]) -> Iterator[Source]:
    """Yield the files of `inputs` in order; folders are searched, and what is of no known form in them is left out."""
    for given in inputs:
        if given.is_dir():
            for path in _below(given):
                if (form := _form(path.name)) is not None:
                    yield _source(path, path.relative_to(given).as_posix(), form)
        else:
            form = _form(given.name)
            if form is None:
                raise AfterwordError(f"{given}: cannot tell what this is; known are {', '.join(FORMS)}, packed or not")
            yield _source(given, given.as_posix(), form)


def fingerprint(sources: Iterable[Source]) -> tuple[str, int, set[Form]]:
    """Return what changes if any source does, the size of all in bytes, and their forms."""
    found, size, forms = hashlib.sha256(), 0, set()
    for source in sources:
        size += source.size
        forms.add(source.form)
        found.update(jsontext.dump([source.place, source.form, source.size, source.changed]))
    return found.hexdigest(), size, forms


def _below(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _below(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def _form(name: str) -> Form | None:
    return FORMS.get(Path(compress.split(name)[0]).suffix.lower())


def _source(path: Path, place: str, form: Form) -> Source:
    known = path.stat()
    return Source(path, place, form, known.st_size, known.st_mtime_ns)


def columns(source: Source) -> tuple[str, ...] | None:
    """Return the names of a source's fields, or None if they are known only when all of it is read."""
    if source.form in DELIMITERS:
        with source.path.open("rb") as file:
            return tuple(next(_rows(source, compress.unpacked(file)), ()))
    if source.form is Form.PARQUET:
        from service import parquet  # noqa: PLC0415 - an extra

        return tuple(parquet.schema(source.path).names)
    if source.form is Form.WARC:
        from service import warc  # noqa: PLC0415 - an extra

        return warc.COLUMNS
    return None if source.form is Form.JSONL else _FILE_COLUMNS


def records(source: Source, limit: int) -> Iterator[tuple[Record, int]]:
    """Yield the records of `source`, each with how many bytes of the file are read.

    A file that breaks off or is not of its form ends with a record that says so. `limit`: the most bytes of a record.
    """
    number = 0
    try:
        if source.form is Form.PARQUET:
            from service import parquet  # noqa: PLC0415 - an extra

            for record, share in parquet.records(source.path, source.place):
                number = record.number
                yield record, round(share * source.size)
            return
        with source.path.open("rb") as file:
            for record in _reader(source.form)(source, compress.unpacked(file), limit):
                number = record.number
                yield record, file.tell()
    except AfterwordError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the file's: the run stops, and can go on later
        # Each form's reader has errors of its own; whatever it is, the other files go on.
        told = f"{type(error).__name__}: {error}".removesuffix(": ")
        yield Record(source.place, number + 1, 0, fault=f"the file cannot be read from here on: {told}"), source.size


def _reader(form: Form) -> Callable[[Source, IO[bytes], int], Iterator[Record]]:
    if form is Form.JSONL:
        return _json_lines
    if form in DELIMITERS:
        return _table
    if form is Form.WARC:
        from service import warc  # noqa: PLC0415 - an extra

        return lambda source, stream, limit: warc.records(stream, source.place, limit)
    return _whole


def _json_lines(source: Source, stream: IO[bytes], limit: int) -> Iterator[Record]:
    lines = io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream
    number = 0
    while line := lines.readline(limit + 1):
        number += 1
        if len(line) > limit and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = lines.readline(limit)
            yield Record(source.place, number, 0, fault=f"the line is larger than {limit} bytes")
        elif line.strip():
            yield Record(source.place, number, len(line), line=line)


def _rows(source: Source, stream: IO[bytes]) -> Iterator[list[str]]:
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from csv.reader(text, delimiter=DELIMITERS[source.form])
    finally:
        text.detach()  # the file is closed where it was opened


def _table(source: Source, stream: IO[bytes], limit: int) -> Iterator[Record]:
    csv.field_size_limit(limit)  # a quote that is never closed would take in all the rest
    rows = _rows(source, stream)
    header = next(rows, [])
    if len(set(header)) < len(header):
        raise AfterwordError(f"{source.path}: two columns have the same name")
    for number, row in enumerate(rows, 1):
        size = sum(map(len, row))
        if not row:
            continue
        if len(row) != len(header):
            fault = f"the row has {len(row)} cells, and the header {len(header)}"
        elif any(map(jsontext.broken, row)):
            fault = "the row is not valid utf-8"
        else:
            yield Record(source.place, number, size, fields=dict(zip(header, row, strict=True)))
            continue
        yield Record(source.place, number, size, fault=fault)


def _whole(source: Source, stream: IO[bytes], limit: int) -> Iterator[Record]:
    content = stream.read(limit + 1)
    fields = {"file": source.place}
    if len(content) > limit:
        yield Record(source.place, 1, 0, fields=fields, fault=f"the file is larger than {limit} bytes")
    else:
        yield Record(source.place, 1, len(content), None, fields, content, source.form is Form.HTML)
