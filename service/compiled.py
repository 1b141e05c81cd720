"""Were these very packs compiled before? Keeps what was compiled beside them, as Python does with its modules.

A file in `__pycache__`, valid for one digest of packs and code and for one version of Python; where it cannot be
written, the packs are compiled at every start. What it saves is time alone: it never holds anything of a user.
"""

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from service.match import Automaton
from service.model import Kind, Reach
from service.pieces import Record

FILE = f"__pycache__/lexicon.{sys.implementation.cache_tag}.bin"
MAKERS = (
    "compiled",
    "grammar",
    "lines",
    "match",
    "packs",
    "pieces",
    "slots",
    "states",
)  # the rooms that make what is kept
DIGEST_BYTES = 32


def digest(files: Mapping[str, bytes]) -> bytes:
    """Return what tells these packs, compiled by this code, from any others."""
    found = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for room in MAKERS:
        with contextlib.suppress(OSError):  # shipped without sources
            found.update(Path(__file__).with_name(f"{room}.py").read_bytes())
    for name, content in files.items():
        found.update(f"\0{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.digest()


def write(
    folder: Path, key: bytes, records: Sequence[Record], languages: dict[str, Any], networks: int, automaton: Automaton
) -> None:
    """Keep what was compiled of the packs in `folder`, if the place can be written."""
    if sys.dont_write_bytecode:
        return
    path = folder / FILE
    part = path.with_suffix(f".{os.getpid()}")
    number = {record.id: n for n, record in enumerate(records)}
    plain = [(r.id, r.kind.value, r.reach.value, r.certain, r.phrases, r.catches, r.spares, r.note) for r in records]
    own: tuple[Any, ...] = (
        automaton.vocabulary, automaton.tails, automaton.sizes, automaton.first, automaton.long, automaton.lists,
        automaton.words, automaton.slots, automaton.open,
        *(
            [tuple([number[record.id] for record in piece]) for piece in states]
            for states in (automaton.records, automaton.leads)
        ),
    )  # fmt: skip
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        part.write_bytes(key + marshal.dumps((plain, languages, networks, own)))
        part.replace(path)  # at once, whoever else starts just now


def read(folder: Path, key: bytes) -> tuple[list[Record], dict[str, Any], int, Automaton] | None:
    """Return what `write` kept under this digest, or None."""
    try:
        kept = (folder / FILE).read_bytes()
        if kept[:DIGEST_BYTES] != key:
            return None
        plain, languages, networks, own = marshal.loads(kept[DIGEST_BYTES:])  # noqa: S302 - our own, as a module is
    except (OSError, EOFError, ValueError, TypeError):
        return None
    records = [Record(name, Kind(kind), Reach(reach), *rest) for name, kind, reach, *rest in plain]
    automaton = Automaton()
    (
        automaton.vocabulary, automaton.tails, automaton.sizes, automaton.first, automaton.long, automaton.lists,
        automaton.words, automaton.slots, automaton.open,
        ended, led,
    ) = own  # fmt: skip
    known = {numbers: tuple([records[n] for n in numbers]) for numbers in {*ended, *led}}
    automaton.records = [known[numbers] for numbers in ended]
    automaton.leads = [known[numbers] for numbers in led]
    automaton.tell()
    return records, languages, networks, automaton
