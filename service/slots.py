"""How far does a slot reach that measures itself? One function each, from a place in a key to the places it may end."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache

from service import dates
from service.lines import COLON, COMMA, Key, letters

SITE_WORDS, ANY_WORDS, DATE_WORDS, DATE_LETTERS = 6, 30, 8, 40
NAME_WORDS, NAME_WORDS_UPPER = 4, 3  # fewer in a line of capitals, where any word has one
SMALL_LETTERS = 3  # of a word that may stand in a date
HANGUL = ("가", "힣")  # a letter is a syllable there, and three of them are most words: one is enough for a weekday
SMALL_WORDS = frozenset(
    "of the and for de da di van von der del la le el al du des do dos das y e i den het op och og".split()  # noqa: SIM905 - shorter
)
COUNT_SUFFIXES = (
    "k", "m", "тыс", "млн", "тис", "mil", "mln", "tys", "tis", "ezer", "bin", "mii", "χιλ", "万", "萬", "만", "천",
)  # fmt: skip
FREE = ("site", "any", "name", "text")  # slots that any words fill
APART = " apart"  # marks `{any}` where a phrase of a script without spaces has one before it
WITH_DIGITS = ("date", "number")  # slots that only digits open


def _words(line: Key, at: int, most: int, broken: int) -> Iterator[int]:
    """Yield the ends of the one to `most` words that begin at `at` and have no break as great as `broken` in them."""
    if at in line.inside:
        return
    first = bisect_right(line.gaps, at)
    for end in line.gaps[first : first + most]:
        yield end
        if line.breaks[end] >= broken:
            return


def _site(line: Key, at: int) -> Iterator[int]:
    return _words(line, at, SITE_WORDS, COMMA)


def _any(line: Key, at: int) -> Iterator[int]:
    return _words(line, at, ANY_WORDS, COLON + 1)


def _name(line: Key, at: int) -> Iterator[int]:
    """Yield the ends of the one to four words that begin at `at`, each with a capital: a name, never a clause.

    Between them may stand small words as in "Bank of England", and "the" before them.
    """
    begin = at
    for end in _words(line, at, NAME_WORDS_UPPER if line.upper else NAME_WORDS, COMMA):
        capital = line.capitals[begin]
        if not capital and line.text[begin:end] not in SMALL_WORDS:
            return
        if capital:
            yield end
        begin = end


def _any_apart(line: Key, at: int) -> Iterator[int]:
    return _any(line, at) if at in line.gaps else iter(())


def _date(line: Key, at: int) -> Iterator[int]:
    """Yield the ends of runs of words that hold a digit: "23.08.2016", "23 августа", "August 23, 2016, 10:40".

    The others are small, or name a part of time: in "1911, the poem was lost" only the first word is one.
    """
    digits, last = False, at
    for end in _words(line, at, DATE_WORDS, COLON + 1):
        word = line.text[last:end]
        digit = any(map(str.isdigit, word))
        if end - at > DATE_LETTERS or not (digit or len(word) <= _small(word) or word in _times()):
            return
        digits, last = digits or digit, end
        if digits:
            yield end


def _small(word: str) -> int:
    return 1 if HANGUL[0] <= word[0] <= HANGUL[1] else SMALL_LETTERS


@lru_cache(maxsize=1)
def _times() -> frozenset[str]:
    return frozenset(map(letters, dates.words()))


def _number(line: Key, at: int) -> Iterator[int]:
    """Yield the ends of "12", "1 234", "1.2K", "3 тыс"."""
    text, end = line.text, at
    while end < len(text) and text[end].isdecimal():
        end += 1
        if end not in line.inside:
            yield end
    if end > at:
        for suffix in COUNT_SUFFIXES:
            if text.startswith(suffix, end) and end + len(suffix) not in line.inside:
                yield end + len(suffix)


SLOTS: dict[str, Callable[[Key, int], Iterator[int]]] = {
    "site": _site,
    "any": _any,
    "name": _name,
    "date": _date,
    "number": _number,
    "any" + APART: _any_apart,
}
MOST_WORDS = {"site": SITE_WORDS, "any": ANY_WORDS, "name": NAME_WORDS, "date": DATE_WORDS, "number": 1}
MOST_WORDS["any" + APART] = ANY_WORDS
