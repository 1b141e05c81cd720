"""A phrase inside prose removes nothing: some thousands of sentences written for it, wherever they stand."""

from collections import Counter
from pathlib import Path

import pytest

from corpus import spares
from service.clean import clean_text
from service.errors import AfterwordError
from service.lexicon import Lexicon
from service.lines import letters
from service.model import Options, Scope
from service.states import ROOT

SENTENCES = list(spares.read())
MAJOR = ("latin", "cyrillic", "arabic", "devanagari", "han-kana", "hangul", "thai", "tamil", "telugu")
OTHERS = ("greek", "hebrew")
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

    assert all(counts[script] >= 300 for script in MAJOR)
    assert all(counts[script] >= 60 for script in OTHERS)
    assert len({sentence.text for sentence in SENTENCES}) == len(SENTENCES)


def test_most_sentences_hold_words_of_labels(lexicon: Lexicon) -> None:
    """They begin with words that phrases begin with, and go on as phrases do; others would prove nothing.

    Where words take endings or are not set apart, a sentence begins with the letters of such a word ("공유는"), and
    what follows them seldom goes on as a phrase does.
    """
    automaton = lexicon.automaton
    heads = {
        word
        for word, symbols in automaton.vocabulary.items()
        if any(symbol in automaton.words[ROOT] for symbol in symbols)
    }
    keys = [letters(sentence.text) for sentence in SENTENCES]
    begun = Counter(
        sentence.script
        for sentence, key in zip(SENTENCES, keys, strict=True)
        if any(key[:n] in heads for n in range(2, len(key) + 1))
    )
    near = sum(automaton.may_begin(sentence.text) for sentence in SENTENCES)

    assert all(begun[script] > 0.7 * count for script, count in Counter(s.script for s in SENTENCES).items()), begun
    assert near > 0.3 * len(SENTENCES)


def test_a_line_that_is_no_sentence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_text("en\tShare this moment.\nShare that\n", "utf-8")

    with pytest.raises(AfterwordError, match=r"latin\.txt:2"):
        list(spares.read(tmp_path))
