"""How are whole files cleaned, so that a run that is killed goes on where it was, with nothing lost or doubled?

The output grows in blocks. After each, everything is put on the disk, and the ledger notes how far it has come; what
was written after the last note is cut off before a run goes on. Blocks depend on the input alone, so a run that was
killed any number of times gives the bytes of one that was not.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import service
from service import compress, intake, jsontext, outlet
from service.disk import Growing, Ledger, Mark
from service.errors import AfterwordError
from service.lexicon import Lexicon
from service.outlet import Shape
from service.record import PARTS, Choice, Record
from service.workers import Chunk, Workers

_CHUNK, _CHUNK_BYTES = 32, 256_000  # records and bytes that one worker takes at a time: a tenth of a second or so
_BLOCK, _BLOCK_BYTES = 500, 16_000_000  # between two notes: a second or two of work, and little to keep in memory


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done. A record has `limit` bytes at most, and `lines` lines of text or tags of a page."""

    inputs: Sequence[Path]
    output: Path
    choice: Choice
    workers: int
    limit: int
    lines: int
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How far a run is. Bytes are of the input, packed or not; `resumed` records were done by an earlier run."""

    done: int
    failed: int
    resumed: int
    bytes_read: int
    bytes_all: int
    seconds: float


def run(job: Job, lexicon: Lexicon, tell: Callable[[State], None]) -> State:
    """Do `job`, telling how far it is after every chunk. Return the last state.

    Raises `AfterwordError` for a job that cannot be done, `OSError` if the disk fails. Either way it can go on later.
    """
    _check(job)
    found, size, forms = intake.fingerprint(intake.find(job.inputs))
    if not forms:
        raise AfterwordError("there is nothing to read: no file of a known form")
    shape = outlet.choose(job.output, job.inputs, forms, job.choice)
    with (
        Workers(job.workers, shape, job.choice, job.lines, lexicon) as workers,
        closing(Ledger(_ledger_path(job.output), _name(job, found), anew=job.overwrite)) as ledger,
    ):
        began, resumed = time.monotonic(), ledger.last.done

        def told(done: int, failed: int, read: int) -> None:
            tell(State(done, failed, resumed, read, size, time.monotonic() - began))

        if not ledger.last.finished:
            _clean(job, shape, workers, ledger, told)
        _finish(job, shape, ledger)
        return State(ledger.last.done, ledger.last.failed, resumed, size, size, time.monotonic() - began)


def errors_path(output: Path) -> Path:
    """Return where the records are told of that could not be cleaned."""
    return output.with_name(f"{output.name}.errors.jsonl")


def _ledger_path(output: Path) -> Path:
    return output.with_name(f"{output.name}.progress")


def _check(job: Job) -> None:
    for part in job.choice.fill:
        if part not in PARTS:
            raise AfterwordError(f"an answer has no {part!r}; it has {', '.join(PARTS)}")
    if not job.output.parent.is_dir():
        raise AfterwordError(f"{job.output}: the folder for it does not exist")
    above = job.output.resolve()
    for given in job.inputs:
        if given.resolve() in (above, *above.parents):
            raise AfterwordError(f"{job.output}: the output must not be in what is read")
    if job.output.exists() and not _ledger_path(job.output).exists():
        if job.output.is_dir():
            raise AfterwordError(f"{job.output}: the folder exists already; delete it first")
        if not job.overwrite:
            raise AfterwordError(f"{job.output}: exists already; --overwrite replaces it")


def _name(job: Job, inputs: str) -> str:
    """Return a name for the run that any change of its input, its options or the version would change."""
    meant = [service.__version__, inputs, job.limit, job.lines, asdict(job.choice)]
    return hashlib.sha256(jsontext.dump(meant)).hexdigest()


def _clean(job: Job, shape: Shape, workers: Workers, ledger: Ledger, tell: Callable[[int, int, int], None]) -> None:
    last = ledger.last
    done, failed = last.done, last.failed
    tell(done, failed, 0)
    with (
        closing(shape.open(last.output)) as output,
        closing(Growing(errors_path(job.output), compress.packing(""), last.errors)) as errors,
    ):
        for chunk, cleaned in workers.cleaned(_chunks(job, last.done)):
            for payload in cleaned.payloads:
                output.write(payload)
            errors.write(b"".join(cleaned.failed))
            done += len(chunk.records)
            failed += len(cleaned.failed)
            if chunk.ends:
                ledger.add(Mark(done, failed, output.mark(), errors.mark()))
            tell(done, failed, chunk.position)
        ledger.add(Mark(done, failed, output.mark(), errors.mark(), finished=True))


def _finish(job: Job, shape: Shape, ledger: Ledger) -> None:
    """Give the output its name. May be done again if it was stopped."""
    spent = outlet.spent(job.output)
    if outlet.part(job.output).exists():
        with closing(shape.open(ledger.last.output)) as output:
            output.finish(job.output, spent)
    shutil.rmtree(spent, ignore_errors=True)
    if ledger.last.errors == 0:
        errors_path(job.output).unlink(missing_ok=True)
    ledger.remove()


def _chunks(job: Job, skip: int) -> Iterator[Chunk]:
    """Yield the records after the first `skip`."""
    held: list[Record] = []
    held_bytes = block = block_bytes = 0
    done = position = 0
    for record, position in _records(job):
        done += 1
        if done <= skip:
            continue
        held.append(record)
        held_bytes += record.size
        block += 1
        block_bytes += record.size
        ends = block >= _BLOCK or block_bytes >= _BLOCK_BYTES
        if ends or len(held) >= _CHUNK or held_bytes >= _CHUNK_BYTES:
            yield Chunk(held, position, ends)
            held, held_bytes = [], 0
            if ends:
                block = block_bytes = 0
    if held:
        yield Chunk(held, position, ends=False)


def _records(job: Job) -> Iterator[tuple[Record, int]]:
    """Yield all records, each with how many bytes of the input are read."""
    before = 0
    for source in intake.find(job.inputs):
        for record, read in intake.records(source, job.limit):
            yield record, before + min(read, source.size)
        before += source.size
