"""How are Parquet files read and written? Only importer of pyarrow."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service.disk import settle
from service.record import Record, cell

_ROWS = 64  # read at a time: few enough for pages of megabytes

_TEXT = pa.string()
_WHERE = [("start", pa.int64()), ("end", pa.int64())]
_PARTS = {
    "related": pa.list_(pa.struct([(name, _TEXT) for name in ("title", "url", "date", "heading")])),
    "removed": pa.list_(pa.struct([*_WHERE, *((name, _TEXT) for name in ("kind", "text", "reason"))])),
    "lines": pa.list_(
        pa.struct(
            [
                *_WHERE,
                ("text", _TEXT),
                ("kind", _TEXT),
                ("confidence", pa.float64()),
                ("removed", pa.bool_()),
                ("evidence", pa.list_(_TEXT)),
            ]
        )
    ),
}


def records(path: Path, place: str) -> Iterator[tuple[Record, float]]:
    """Yield the rows of a file, each with the share of the file that is read."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        total = max(1, file.metadata.num_rows)
        number = 0
        for batch in file.iter_batches(_ROWS):
            size = batch.nbytes // max(1, batch.num_rows)
            for fields in batch.to_pylist():
                number += 1
                yield Record(place, number, size, fields=fields), number / total


def schema(path: Path) -> Any:
    """Return the columns of a file, with their types."""
    return pq.read_schema(path).remove_metadata()


class Rows:
    """Makes tables of rows, where a worker does it."""

    def __init__(self, given: Any, columns: Sequence[str], fill: Mapping[str, str]) -> None:
        """Take the typed columns of the input (None: no types), the names of those kept, and what fills which."""
        kinds = {name: given.field(name) for name in columns if given is not None and name in given.names}
        kept = [kinds.get(name, pa.field(name, _TEXT)) for name in columns if name not in fill.values()]
        filled = [pa.field(name, _PARTS.get(part, _TEXT)) for part, name in fill.items()]
        self.schema = pa.schema([*kept, *filled])
        self._loose = {name for name in columns if name not in kinds}  # fields without a type: JSON, unless a text

    def table(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """Return `rows` as a table of this schema."""
        return pa.Table.from_pylist([self._fitted(row) for row in rows], schema=self.schema)

    def _fitted(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: cell(value) if name in self._loose else value for name, value in row.items()}


class Parts:
    """A file that grows by parts, since a Parquet file is none before its end is written. `finish` joins them."""

    def __init__(self, folder: Path, schema: Any, mark: int) -> None:
        """Go on after part number `mark`."""
        self._folder, self._schema, self._count = folder, schema, mark
        self._tables: list[Any] = []
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            if file.name not in {self._part(number).name for number in range(1, mark + 1)}:
                file.unlink()

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:09}.parquet"

    def write(self, table: Any) -> None:
        """Take some rows."""
        self._tables.append(table)

    def mark(self) -> int:
        """Put what was taken on the disk, and return the number of parts."""
        if self._tables:
            self._count += 1
            with self._part(self._count).open("wb") as file:
                pq.write_table(pa.concat_tables(self._tables), file)
                settle(file)
            self._tables = []
        return self._count

    def finish(self, path: Path, spent: Path) -> None:
        """Join the parts at `path`, and put them out of the way. May be done again if it was stopped."""
        whole = self._folder / "whole.parquet"
        with whole.open("wb") as file:
            with pq.ParquetWriter(file, self._schema) as writer:
                for number in range(1, self._count + 1):
                    writer.write_table(pq.read_table(self._part(number), schema=self._schema))
            settle(file)
        whole.replace(path)
        self._folder.rename(spent)

    def close(self) -> None:
        """No file is open between marks."""
