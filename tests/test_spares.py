"""A phrase inside prose removes nothing: some seven thousand sentences written for it, wherever they stand."""

from collections import Counter
from pathlib import Path

import pytest

from corpus import spares
from service.clean import clean_text
from service.errors import AfterwordError
from service.lexicon import Lexicon
from service.lines import letters, unspaced
from service.model import Options, Scope
from service.states import ROOT

SENTENCES = list(spares.read())
SCRIPTS = (
    "latin",
    "cyrillic",
    "arabic",
    "devanagari",
    "han-kana",
    "greek",
    "hebrew",
    "hangul",
    "thai",
    "bengali",
    "georgian",
    "armenian",
    "tamil",
    "telugu",
)
ABOVE = "The council voted on Tuesday to close the old bridge for repairs that will last until the end of the summer."
BELOW = "Residents said they had not been told, and some of them learned of it from their neighbours a day before."


def faults(lexicon: Lexicon, text: str) -> list[str]:
    """Say where something is removed of a source with the sentence in it."""
    places = {
        "last": f"{ABOVE}\n\n{BELOW}\n\n{text}",
        "in the middle": f"{ABOVE}\n\n{text}\n\n{BELOW}",
        "alone": text,
    }
    found = [
        place for place, source in places.items() if clean_text(source, lexicon, Options(scope=Scope.TAIL)).removed
    ]
    hit = lexicon.match(text)
    return [*found, f"a certain hit of {hit.phrase}"] if hit is not None and hit.certain else found


@pytest.mark.parametrize("script", sorted({sentence.script for sentence in SENTENCES}))
def test_nothing_of_a_sentence_goes(script: str, lexicon: Lexicon) -> None:
    wrong = {s.text: faults(lexicon, s.text) for s in SENTENCES if s.script == script}

    assert {text: what for text, what in wrong.items() if what} == {}


def test_the_sentences_are_as_many_as_promised() -> None:
    counts = Counter(sentence.script for sentence in SENTENCES)

    assert {script: counts[script] for script in SCRIPTS if counts[script] < 300} == {}
    assert len({sentence.text for sentence in SENTENCES}) == len(SENTENCES)


def test_most_sentences_hold_words_of_labels(lexicon: Lexicon) -> None:
    """They begin with words that phrases begin with, and go on as phrases do; others would prove nothing.

    How many go on so is a matter of the language: nothing follows a label without slots, and some packs have few.
    """
    automaton = lexicon.automaton

    def begins(text: str) -> bool:
        first = letters(text.split(maxsplit=1)[0])
        words = [first[:size] for size in range(1, len(first) + 1)] if unspaced(first) else [first]
        return any(symbol in automaton.words[ROOT] for word in words for symbol in automaton.vocabulary.get(word, ()))

    begun = sum(begins(sentence.text) for sentence in SENTENCES)
    near = sum(automaton.may_begin(sentence.text) for sentence in SENTENCES)

    assert begun > 0.5 * len(SENTENCES)
    assert near > 0.3 * len(SENTENCES)


def test_a_line_that_is_no_sentence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_text("en\tShare this moment.\nShare that\n", "utf-8")

    with pytest.raises(AfterwordError, match=r"latin\.txt:2"):
        list(spares.read(tmp_path))
