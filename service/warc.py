"""Which articles are in a web archive? WARC as crawlers write it (pages), and WET (text). Only importer of warcio."""

from collections.abc import Iterator
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from service.record import Record

COLUMNS = ("url", "date", "record_id")

_PAGES = ("text/html", "application/xhtml+xml")
_FINE = ("2",)  # statuses of answers that hold what was asked for


def records(stream: IO[bytes], place: str, limit: int) -> Iterator[Record]:
    """Yield the pages and texts of an archive, packed or not. Other records are passed over, and counted on."""
    for number, found in enumerate(ArchiveIterator(stream), 1):
        kind, charset = _kind(found)
        if kind is None:
            continue
        content = found.content_stream().read(limit + 1)
        fields = {
            "url": found.rec_headers.get_header("WARC-Target-URI"),
            "date": found.rec_headers.get_header("WARC-Date"),
            "record_id": found.rec_headers.get_header("WARC-Record-ID"),
        }
        if len(content) > limit:
            yield Record(place, number, 0, fields=fields, fault=f"the record is larger than {limit} bytes")
            continue
        yield Record(place, number, len(content), None, fields, content, kind in _PAGES, charset)


def _kind(found: ArcWarcRecord) -> tuple[str | None, str | None]:
    """Return the media type and the charset of a record that holds an article; None if it holds none."""
    if found.rec_type == "conversion":
        kind, charset = _parts(found.rec_headers.get_header("Content-Type"))
        return (kind, charset or "utf-8") if kind == "text/plain" else (None, None)
    if found.rec_type != "response" or found.http_headers is None:
        return None, None
    if not found.http_headers.get_statuscode().startswith(_FINE):
        return None, None
    kind, charset = _parts(found.http_headers.get_header("Content-Type"))
    return (kind, charset) if kind in _PAGES else (None, None)


def _parts(value: Any) -> tuple[str, str | None]:
    kind, _, rest = (value or "").partition(";")
    charset = rest.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    return kind.strip().lower(), charset or None
