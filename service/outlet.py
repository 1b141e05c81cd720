"""Which form has the output, and how do rows become that? Workers encode, one process writes."""

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from service import compress, intake, jsontext
from service.disk import Growing, settle
from service.errors import AfterwordError
from service.intake import Form
from service.record import Choice, Record, cell, plain

Row = tuple[Record, dict[str, Any]]


class Shape(Protocol):
    """How rows are written. Is sent to the workers, so it holds no open file."""

    def encode(self, rows: Sequence[Row]) -> Any:
        """Return `rows` as the outlet takes them."""

    def open(self, mark: int) -> "Outlet":
        """Return the outlet, as it was at `mark`."""


class Outlet(Protocol):
    """What is written to: see `disk.Growing`, which is one."""

    def write(self, payload: Any) -> None: ...  # noqa: D102
    def mark(self) -> int: ...  # noqa: D102
    def finish(self, path: Path, spent: Path) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def part(path: Path) -> Path:
    """Return where the output at `path` grows until it is whole."""
    return path.with_name(f"{path.name}.part")


def spent(path: Path) -> Path:
    """Return where the parts of the output go that is whole."""
    return path.with_name(f"{path.name}.spent")


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One JSON object a line."""

    path: Path
    suffix: str

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the lines."""
        return b"".join(_json(row) for _, row in rows)

    def open(self, mark: int) -> Outlet:
        """Return the growing file."""
        return Growing(part(self.path), compress.packing(self.suffix), mark)


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and one row a record."""

    path: Path
    suffix: str
    delimiter: str
    columns: tuple[str, ...]

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows."""
        return self._written([cell(row.get(name)) for name in self.columns] for _, row in rows)

    def open(self, mark: int) -> Outlet:
        """Return the growing file, with its header if it is new."""
        outlet = Growing(part(self.path), compress.packing(self.suffix), mark)
        if mark == 0:
            outlet.write(self._written([self.columns]))
        return outlet

    def _written(self, rows: Iterable[Sequence[str | None]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator="\n").writerows(rows)
        return text.getvalue().encode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Typed:
    """A Parquet file."""

    path: Path
    rows: Any  # parquet.Rows: that room is an extra

    def encode(self, rows: Sequence[Row]) -> Any:
        """Return the rows as a table."""
        return self.rows.table([row for _, row in rows])

    def open(self, mark: int) -> Outlet:
        """Return the file in parts."""
        from service import parquet  # noqa: PLC0415 - an extra

        outlet: Outlet = parquet.Parts(part(self.path), self.rows.schema, mark)
        return outlet


@dataclass(frozen=True, slots=True)
class Folder:
    """Texts under the names they have in the folder they come from."""

    path: Path
    field: str

    def encode(self, rows: Sequence[Row]) -> list[tuple[str, bytes]]:
        """Return names and contents."""
        return [(record.place, f"{row[self.field]}\n".encode("utf-8", "replace")) for record, row in rows]

    def open(self, mark: int) -> Outlet:
        """Return the folder. Files that stand there already are written again, to the same content."""
        if mark == 0:
            shutil.rmtree(part(self.path), ignore_errors=True)
        part(self.path).mkdir(exist_ok=True)
        return _Files(part(self.path), mark)


class _Files:
    def __init__(self, folder: Path, mark: int) -> None:
        self._folder, self._count = folder, mark

    def write(self, payload: Sequence[tuple[str, bytes]]) -> None:
        for name, content in payload:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                settle(file)
            self._count += 1

    def mark(self) -> int:
        return self._count

    def finish(self, path: Path, spent: Path) -> None:  # noqa: ARG002 - nothing is left over
        self._folder.replace(path)

    def close(self) -> None:
        pass


def choose(path: Path, inputs: Sequence[Path], forms: set[Form], choice: Choice) -> Shape:
    """Return the form of the output at `path` by its name, or raise `AfterwordError` if it cannot be."""
    name, suffix = compress.split(path.name)
    form = intake.FORMS.get(Path(name).suffix.lower())
    if form is Form.JSONL:
        return JsonLines(path, suffix)
    if form in intake.DELIMITERS:
        return Table(path, suffix, intake.DELIMITERS[form], _columns(inputs, choice))
    if form is Form.PARQUET and not suffix:
        return _typed(path, inputs, choice)
    if form is None and not suffix and not Path(name).suffix:
        return _folder(path, inputs, forms, choice)
    raise AfterwordError(f"{path}: the output is .jsonl, .csv, .tsv (these packed or not), .parquet, or a folder")


def _folder(path: Path, inputs: Sequence[Path], forms: set[Form], choice: Choice) -> Folder:
    if forms - {Form.TEXT} or len(inputs) != 1 or not inputs[0].is_dir():
        raise AfterwordError(
            f"{path}: a folder is filled from one folder of .txt files; name a file such as {path}.jsonl"
        )
    return Folder(path, choice.fill.get("body", "body"))


def _typed(path: Path, inputs: Sequence[Path], choice: Choice) -> Typed:
    from service import parquet  # noqa: PLC0415 - an extra

    given = None
    for source in intake.find(inputs):
        if source.form is Form.PARQUET:
            found = parquet.schema(source.path)
            if given is not None and found != given:
                raise AfterwordError(f"{source.path}: its columns have other types than those of the files before it")
            given = found
    return Typed(path, parquet.Rows(given, _columns(inputs, replace(choice, fill={})), choice.fill))


def _columns(inputs: Sequence[Path], choice: Choice) -> tuple[str, ...]:
    """Return the names of the columns of a table: what is kept, and then what is filled."""
    kept = choice.keep
    if kept is None:
        for source in intake.find(inputs):
            found = intake.columns(source)
            if found is None:
                raise AfterwordError(f"{source.path}: JSON lines have no columns; choose some with --keep")
            if kept is not None and found != kept:
                raise AfterwordError(
                    f"{source.path}: has other columns than the files before it; choose some with --keep"
                )
            kept = found
    return tuple(dict.fromkeys((*(kept or ()), *choice.fill.values())))


def _json(row: Mapping[str, Any]) -> bytes:
    try:
        return jsontext.dump(row)
    except (TypeError, ValueError):  # a table's types
        return jsontext.dump(plain(row))
