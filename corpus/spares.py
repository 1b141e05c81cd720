"""Read the sparing sentences: prose in which the words of labels stand, and of which nothing may ever go.

One file per script in `spares/`, one sentence a line: the tag of its language, a tab, the sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.errors import AfterwordError

SPARES = Path(__file__).parent / "spares"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that must stay wherever it stands."""

    script: str
    language: str
    text: str


def read(folder: Path = SPARES) -> Iterator[Sentence]:
    """Yield every sentence of every file in `folder`. Raises AfterwordError for a line that is none."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            language, tab, text = line.partition("\t")
            if not (language and tab and text.strip()):
                raise AfterwordError(f"{path}:{number}: wants a language's tag, a tab and a sentence")
            yield Sentence(path.stem, language, text)
