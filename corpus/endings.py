"""Read what belongs to an article and is no paragraph: recipes, results, tables, letters, last words.

`corpus/endings/LANGUAGE.txt` holds blocks that a blank line parts; `# sort` stands above the lines of each. All are
written for this project.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "endings"
LAST = frozenset(("correction", "lastsection", "lastword", "ps", "signature"))  # sorts that only end an article
TOP = frozenset(("bullets", "keyvalue", "prices", "rating"))  # sorts that may stand above its first paragraph


@dataclass(frozen=True, slots=True)
class Ending:
    """A block of lines of an article."""

    language: str
    sort: str
    lines: tuple[str, ...]


def read(folder: Path = FOLDER) -> Iterator[Ending]:
    """Yield all blocks, in a fixed order."""
    for path in sorted(folder.glob("*.txt")):
        for block in path.read_text("utf-8").strip().split("\n\n"):
            head, *lines = block.split("\n")
            yield Ending(path.stem, head.removeprefix("# "), tuple(lines))
