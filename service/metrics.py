"""What has the service done so far, all of its workers together? The only importer of prometheus_client.

Every worker counts in a row of its own in memory that all share. The memory has no name and no file: it needs no
place to write to, no disk can be too full for it, and what a worker has counted stays when it dies. The library's own
way, a file for each worker that ever lived, has none of these.
"""

import bisect
import mmap
import threading
import time
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

import service
from service.model import Kind, Result

# A worker's row holds this many numbers of 8 bytes. Only those that are used cost memory.
_CELLS = 1 << 15
# Seconds; from a no-op to the largest page.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
_STATUSES = ("200", "400", "401", "404", "405", "413", "414", "415", "422", "429", "431", "500", "503")
_OTHER = "other"
_NONE = "none"

_COUNTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "afterword_requests": ("Requests answered.", ("path", "status")),
    "afterword_received_bytes": ("Bytes of request bodies, as sent.", ()),
    "afterword_sent_bytes": ("Bytes of answers, without their headers.", ()),
    "afterword_articles": ("Articles cleaned, in single requests and batches.", ("source",)),
    "afterword_removed_lines": ("Lines removed from articles.", ("kind", "language")),
    "afterword_rule_hits": ("Lines that a phrase of the lexicon matched.", ("rule",)),
    "afterword_worker_starts": ("Workers started.", ()),
    "afterword_worker_ends": ("Workers that ended.", ("how",)),
    "afterword_reloads": ("Reloads of the packs.", ("outcome",)),
}
_GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "afterword_requests_in_progress": ("Requests being served.", ()),
    "afterword_workers": ("Workers that live.", ()),
    "afterword_rules_loaded_timestamp_seconds": ("When the packs that serve were loaded.", ()),
}
_SECONDS = "afterword_request_seconds"
_FAREWELL = "farewell"
# Told though they are 0: an alarm on them must know that they are there.
_ALWAYS = ("afterword_received_bytes", "afterword_sent_bytes", "afterword_articles", "afterword_reloads",
           "afterword_worker_starts", "afterword_worker_ends")  # fmt: skip

Key = tuple[str, ...]  # the name of a family and the values of its labels


class Metrics(Collector):
    """Counters that the process which made it, and all that are forked from it, share."""

    def __init__(self, rows: int, paths: Iterable[str], languages: Iterable[str], rules: Iterable[str]) -> None:
        """Make room for `rows` processes. Row 0 is the first process's own."""
        self._memory = mmap.mmap(-1, rows * _CELLS * 8)
        self._numbers = memoryview(self._memory).cast("d")
        self._rows = rows
        self._row = 0
        self._free = list(range(rows - 1, 0, -1))
        self._lock = threading.Lock()
        self._places: dict[Key, int] = {}
        self._paths = {*paths, _OTHER}
        self._languages: set[str] = set()
        self._declare(
            [(_FAREWELL,), *((name,) for name, (_, labels) in {**_COUNTERS, **_GAUGES}.items() if not labels)]
            + [("afterword_requests", path, status) for path in self._paths for status in (*_STATUSES, _OTHER)]
            + [(_SECONDS, path, str(step)) for path in self._paths for step in range(len(_BUCKETS) + 2)]
            + [("afterword_articles", source) for source in ("text", "html")]
            + [("afterword_reloads", outcome) for outcome in ("done", "failed")]
            + [("afterword_worker_ends", how) for how in ("ended", "killed")]
        )
        self.know(languages, rules)

    def know(self, languages: Iterable[str], rules: Iterable[str]) -> None:
        """Take up the languages and rules of freshly loaded packs. Called before workers that use them are forked."""
        self._languages |= {*languages, _NONE, _OTHER}
        self._declare(
            ("afterword_removed_lines", kind, language) for kind in Kind for language in sorted(self._languages)
        )
        self._declare(("afterword_rule_hits", rule) for rule in (_OTHER, *rules))
        self._set(("afterword_rules_loaded_timestamp_seconds",), time.time())

    def take_row(self) -> int:
        """Return a row for a process about to be forked."""
        return self._free.pop() if self._free else 0

    def use_row(self, row: int) -> None:
        """Count in `row` from now on. Called in the process that was forked, before it has threads."""
        self._row = row
        self._lock = threading.Lock()
        self._set(("afterword_requests_in_progress",), 0)
        self._set((_FAREWELL,), 0)

    def bid_farewell(self) -> None:
        """Say that this process ends by itself. One that is killed cannot say it."""
        self._set((_FAREWELL,), 1)

    def free_row(self, row: int) -> None:
        """Take back the row of a worker that has ended. What it counted stays; what it held does not."""
        said = self._numbers[row * _CELLS + self._places[_FAREWELL,]]
        self._add({("afterword_worker_ends", "ended" if said else "killed"): 1, ("afterword_workers",): -1})
        if row:
            self._numbers[row * _CELLS + self._places["afterword_requests_in_progress",]] = 0
            self._free.append(row)

    # --- what is counted ---

    def worker_started(self) -> None:
        """Count a worker, in the process that forked it."""
        self._add({("afterword_worker_starts",): 1, ("afterword_workers",): 1})

    def reloaded(self, outcome: str) -> None:
        """Count a reload; `outcome` is "done" or "failed"."""
        self._add({("afterword_reloads", outcome): 1})

    def began(self) -> None:
        """Count a request that is being served from now on."""
        self._add({("afterword_requests_in_progress",): 1})

    def answered(self, path: str, status: int, seconds: float, received: int, sent: int) -> None:
        """Count a request that `began` and has been answered."""
        self._add({("afterword_requests_in_progress",): -1, **self._request(path, status, seconds, received, sent)})

    def turned_away(self, path: str, status: int) -> None:
        """Count a request that was refused before it began."""
        self._add(self._request(path, status, 0.0, 0, 0))

    def cleaned(self, result: Result, source: str, hits: Iterable[str]) -> None:
        """Count an article, what went from it, and which rules spoke. `source` is "text" or "html"."""
        language = (result.language or _NONE).partition("-")[0]
        language = language if language in self._languages else _OTHER
        counts: dict[Key, float] = {("afterword_articles", source): 1}
        for removed in result.removed:
            gone: Key = ("afterword_removed_lines", removed.kind, language)
            counts[gone] = counts.get(gone, 0) + 1
        for rule in hits:
            spoken: Key = ("afterword_rule_hits", rule)
            counts[spoken] = counts.get(spoken, 0) + 1
        self._add(counts)

    # --- what is told ---

    def page(self, accept: str | None) -> tuple[bytes, str]:
        """Return the metrics and their content type, in the form that the Accept header asks for."""
        encode, kind = choose_encoder(accept or "")
        return encode(self), kind

    def collect(self) -> Iterator[Metric]:
        """Yield every family, summed over all processes. Of rules and removed lines, only those that are not 0."""
        sums = [sum(self._numbers[place::_CELLS]) for place in range(len(self._places))]
        found: dict[str, dict[Key, float]] = {}
        for (name, *key), place in self._places.items():
            found.setdefault(name, {})[tuple(key)] = sums[place]
        for name, (meaning, labels) in _COUNTERS.items():
            counter = CounterMetricFamily(name, meaning, labels=labels)
            for values, number in found[name].items():
                if number or name in _ALWAYS:
                    counter.add_metric(values, number)
            yield counter
        for name, (meaning, _) in _GAUGES.items():
            yield GaugeMetricFamily(name, meaning, found[name][()])
        yield self._seconds(found[_SECONDS])
        built = GaugeMetricFamily("afterword_build_info", "1, with the version that runs.", labels=["version"])
        built.add_metric([service.__version__], 1)
        yield built

    def _seconds(self, found: Mapping[Key, float]) -> Metric:
        family = HistogramMetricFamily(_SECONDS, "Time from the request's head to the answer's end.", labels=["path"])
        for path in sorted(self._paths):
            counts = [found[path, str(step)] for step in range(len(_BUCKETS) + 1)]
            if total := sum(counts):
                upto = [sum(counts[: step + 1]) for step in range(len(_BUCKETS))]
                buckets = [(str(bound), number) for bound, number in zip(_BUCKETS, upto, strict=True)]
                family.add_metric([path], [*buckets, ("+Inf", total)], found[path, str(len(_BUCKETS) + 1)])
        return family

    # --- the memory ---

    def _request(self, path: str, status: int, seconds: float, received: int, sent: int) -> dict[Key, float]:
        path = path if path in self._paths else _OTHER
        told = str(status) if str(status) in _STATUSES else _OTHER
        return {
            ("afterword_requests", path, told): 1,
            (_SECONDS, path, str(bisect.bisect_left(_BUCKETS, seconds))): 1,
            (_SECONDS, path, str(len(_BUCKETS) + 1)): seconds,
            ("afterword_received_bytes",): received,
            ("afterword_sent_bytes",): sent,
        }

    def _declare(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._place(key)

    def _place(self, key: Key) -> None:
        if len(self._places) < _CELLS:
            self._places.setdefault(key, len(self._places))

    def _add(self, counts: Mapping[Key, float]) -> None:
        """Add to this process's row. Threads of a process take turns; no other process writes here."""
        start = self._row * _CELLS
        with self._lock:
            for key, number in counts.items():
                place = self._places.get(key)
                if place is None:  # packs beyond what there is room for
                    place = self._places[key[0], *(_OTHER for _ in key[1:])]
                self._numbers[start + place] += number

    def _set(self, key: Key, number: float) -> None:
        self._numbers[self._row * _CELLS + self._places[key]] = number
