"""What do the packs cost? Loading them, keeping them, and matching with two of them against all."""

import contextlib
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.lexicon import FOLDER, Lexicon, load

TWO = ("ru", "en", "any", "networks")  # the packs of two languages, and what belongs to none
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Costs:
    """What the packs cost on this machine."""

    compile: float
    """Milliseconds of the first start, which compiles."""
    load: float
    """Milliseconds of any later one."""
    memory: float
    """Megabytes that the loaded packs hold."""
    match_two: float
    """Microseconds for a line by the packs of two languages."""
    match_all: float
    """The same by all packs."""


def measure(lines: Iterable[str]) -> Costs:
    """Measure on copies of the packs; `lines` are what is matched, each once."""
    once = list(dict.fromkeys(lines))
    with _folder() as every, _folder(TWO) as two:
        first = _milliseconds(lambda: load(every), 1)
        later = _milliseconds(lambda: load(every))
        tracemalloc.start()
        held = load(every)
        memory, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del held
        by_two, by_all = (min(_match(load(folder), once) for _ in range(REPEATS)) for folder in (two, every))
    return Costs(first, later, memory / 1e6, by_two, by_all)


@contextlib.contextmanager
def _folder(names: Iterable[str] | None = None) -> Iterator[Path]:
    """Make a folder with copies of packs, where what is compiled may be kept whatever the environment says."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    with tempfile.TemporaryDirectory() as folder:
        for path in FOLDER.glob("*.toml"):
            if names is None or path.stem in names:
                shutil.copy(path, folder)
        try:
            yield Path(folder)
        finally:
            sys.dont_write_bytecode = before


def _milliseconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    spent = []
    for _ in range(repeats):
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def _match(lexicon: Lexicon, lines: list[str]) -> float:
    began = time.process_time()
    for line in lines:
        lexicon.match(line)
    return (time.process_time() - began) / len(lines) * 1e6
