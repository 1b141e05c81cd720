"""Where the lines of a source are, and what a line's key is.

The source is never altered. A key is the folded form of a line, made only to look phrases up: letters and digits
without spaces, so that "Share this", "SHARE  THIS", "S H A R E this" and "share-this" are one. Where pieces met in the
line stays known beside the key (`edges`, `gaps`), so that a phrase cannot begin or end within a word by accident.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.model import Line

# Everything scrapers emit at the end of a line. NEL (U+0085) is left out: mis-decoded Windows text has it for "…".
_LINE = re.compile("[^\n\r\x0b\x0c\u2028\u2029]+")
# Combining marks belong to the word before them (Indic vowel signs, Hebrew points); `\w` alone would split there.
_MARKS = "".join(chr(c) for c in range(0x300, 0xAC00) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
_WORD = re.compile(f"[^\\W_][^\\W_{_MARKS}]*(?:[{_MARKS}]+[^\\W_]*)*|[+©ⓒ№]")
_WORD_OR_MARK = re.compile(_WORD.pattern + "|\0")
_COLON = re.compile(r"[:：|>»›→▶►】\]＝／؛]")
_COMMA = re.compile("[,،、，]")
_DASH = re.compile(r"[–—]|-\s|\.\.")
# What sets off the text behind a label as a colon does: in Khmer, Amharic (two signs) and Armenian.
_LIKE_COLON = re.compile("[៖፦፡՝]")
_SETS_OFF = re.compile(r"[:：|>»›→▶►】\]＝／؛–—៖፦፡՝]|-\s|\.\.")
# Scripts written without spaces, where any two characters may be the edge of a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_CAMEL = re.compile("(?<=[^\\W\\d_])(?=\\d)|(?<=\\d)(?=[^\\W\\d_])")
# Letters that several keyboards or habits write differently, made one for matching only.
_ALIKE = str.maketrans("ёıøłđıيىكةؤإأآٱەہൺൻർൽൾൿ", "еioldiییکهوااااههണനരലളക", "\u0640\u200c\u200d\u00ad\u02bb\u02bc")

# By byte: letters and digits of ASCII in small letters; and all that is no letter, digit or plus.
_ASCII = bytes(range(128)).lower() + bytes(128)
_ASCII_APART = bytes(c for c in range(128) if not (chr(c).isalnum() or chr(c) == "+"))
_ENDINGS = ".,!?…\"'»”’ "  # marks behind the last word of most lines

HEAD_LIMIT = 64  # characters of a line that tell whether it can begin like a phrase at all
LAST_LETTERS = 2  # of a line, that tell whether it can end like one
SPACED_LETTERS = 4  # of the shortest label with a space behind each letter
COLON, DASH, COMMA = 3, 2, 1  # what stood between two pieces: the first two set the rest of a line off


@dataclass(eq=False)
class Key:
    """A line as the lexicon sees it; never changed. What few lines are asked for is worked out when it is.

    The tuples are as long as `text` plus one, by position in `text`.
    """

    text: str
    edges: list[int]  # positions that are not within a word, in order, the end of `text` among them
    gaps: list[int]  # those of them where something stands between two words
    pieces: list[tuple[int, int, int]]  # of each: its place in `text`; its span in the line
    line: str
    limit: int  # characters of the line that were read

    @cached_property
    def breaks(self) -> tuple[int, ...]:
        """What stood before each position: COLON (or the like), DASH, COMMA, or 0."""
        found, end = [0] * (len(self.text) + 1), 0
        for at, start, stop in self.pieces:
            if (between := self.line[end:start]) not in ("", " "):
                found[at] = _break(between)
            end = stop
        found[-1] = _break(self.line[end : self.limit])
        return tuple(found)

    @cached_property
    def upper(self) -> bool:
        """Whether the line is written in capitals."""
        return self.line[: self.limit].isupper()

    @cached_property
    def spaced_out(self) -> bool:
        """Whether it is written in capitals with a space behind each, as no sentence is: "S H A R E"."""
        return len(self.pieces) >= SPACED_LETTERS and self.upper and all(b - a == 1 for _, a, b in self.pieces)

    @cached_property
    def capitals(self) -> tuple[bool, ...]:
        """Whether the piece at each position begins with a capital, or has no case."""
        found = [False] * len(self.text)
        for at, start, _ in self.pieces:
            found[at] = not is_small(self.line[start])
        return (*found, True)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where in the line's text the piece at each position begins (or the line ends)."""
        after = len(self.text)
        found = [len(self.line)] * (after + 1)
        for at, start, _ in reversed(self.pieces):
            found[at:after] = [start] * (after - at)
            after = at
        return tuple(found)

    @cached_property
    def digits(self) -> bool:
        """Whether any digit stands in it."""
        return not self.text.isalpha() and any(map(str.isdigit, self.text))

    @cached_property
    def inside(self) -> frozenset[int]:
        """The positions within words."""
        return frozenset(range(len(self.text))).difference(self.edges)


def split(source: str) -> list[Line]:
    """Return the lines of `source` that are not blank, in order, without outer white space."""
    lines: list[Line] = []
    end_before = -1
    for found in _LINE.finditer(source):
        start, end = found.span()
        text = found.group()
        bare = text.strip()
        if not bare:
            continue
        if len(bare) < len(text):
            start += len(text) - len(text.lstrip())
            end = start + len(bare)
        gap = end_before < 0 or (start > end_before + 1 and _newlines(source[end_before:start]) > 1)
        lines.append(Line(start, end, bare, gap))
        end_before = end
    return lines


def unmarked(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines as they are read: a byte-order mark before the first one is no part of what it says."""
    if not lines or not lines[0].text.startswith("\ufeff"):
        return lines
    return [lines[0]._replace(text=lines[0].text.lstrip("\ufeff") or lines[0].text), *lines[1:]]


def _newlines(between: str) -> int:
    return between.count("\n") or len(between.splitlines())


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """Return the matching form of one word: case, accents, width and letter variants folded away."""
    word = word.casefold()
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKD", word.replace("ⓒ", "©"))
    word = "".join([c for c in word if not unicodedata.combining(c)])
    return unicodedata.normalize("NFC", word).casefold().translate(_ALIKE)


def _fold_long(text: str) -> str:
    """Return `fold(text)`: the same, quicker where the text is much longer than its alphabet."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("ⓒ", "©"))
    if marks := "".join(c for c in set(text) if unicodedata.combining(c)):
        text = re.sub(f"[{marks}]+", "", text)
    text = unicodedata.normalize("NFC", text).casefold()
    for letter in _ALIKE.keys() & set(map(ord, set(text))):
        text = text.replace(chr(letter), chr(letter).translate(_ALIKE))
    return text


def key(text: str, limit: int) -> Key:
    """Return the key of the first `limit` characters of a line's text."""
    parts: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    edges: list[int] = []
    gaps: list[int] = []
    at = 0
    for start, stop, apart in _pieces(text[:limit]):
        piece = fold(text[start:stop])
        if not piece:
            continue
        parts.append(piece)
        pieces.append((at, start, stop))
        if apart:
            gaps.append(at)
        after = at + len(piece)
        if piece.isascii() or not _UNSPACED.match(piece):
            edges.append(at)
        else:
            edges.extend(range(at, after))
        at = after
    edges.append(at)
    gaps.append(at)
    return Key("".join(parts), edges, gaps, pieces, text, limit)


def _break(between: str) -> int:
    if _COLON.search(between) or _LIKE_COLON.search(between):
        return COLON
    return DASH if _DASH.search(between) else COMMA if _COMMA.search(between) else 0


def has_break(text: str) -> bool:
    """Say whether anything stands in a line that may set the rest of it off."""
    return _SETS_OFF.search(text) is not None


def _pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, stood apart) of every run of letters or of digits; parts in camel case are pieces too."""
    for found in _WORD.finditer(text):
        start, word = found.start(), found.group()
        # nearly all words are as simple as this
        if word.isalpha() and (word[1:].islower() or word.isupper()) and (word.isascii() or not _UNSPACED.search(word)):
            yield start, start + len(word), True
            continue
        cuts = [m.start() for m in _CAMEL.finditer(word)] if not word.isalpha() else []
        cuts += [
            i
            for i in range(1, len(word))
            if word[i].isupper() and (word[i - 1].islower() or word[i + 1 : i + 2].islower())
        ]
        if not word.isascii():
            unspaced = [_UNSPACED.match(c) is not None for c in word]
            cuts += [i for i in range(1, len(word)) if unspaced[i] != unspaced[i - 1]]
        last, apart = 0, True
        for cut in (*sorted(set(cuts)), len(word)):
            yield start + last, start + cut, apart
            last, apart = cut, False


def letters(text: str) -> str:
    """Return the text of the key of `text`, where nothing else of it is needed."""
    return "".join([fold(word) for word in _WORD.findall(text)])


def letters_each(texts: Sequence[str]) -> list[str]:
    """Return `letters` of each text: the same, several times as fast for thousands of them."""
    pieces = " \n ".join(texts).split(" ")
    # every piece once, folded all in one: between words stands a character that joins with none
    once = list(dict.fromkeys(pieces))
    words = _WORD_OR_MARK.findall("\0".join(once))
    folded = _fold_long("\1".join(words)).replace("\1", "").split("\0")
    if len(folded) != len(once):  # the texts have characters that nobody writes
        return [letters(text) for text in texts]
    known = dict(zip(once, folded, strict=True)) | {"\n": "\n"}
    return "".join([known[piece] for piece in pieces]).split("\n") if texts else []


def opening(text: str, letters: int) -> str:
    """Return the folded letters it begins with: at least so many, or all in its first HEAD_LIMIT characters."""
    for limit in (2 * letters, HEAD_LIMIT):
        sample = text[:limit]
        if sample.isascii():  # the same as word by word, several times as fast
            found = sample.encode().translate(_ASCII, _ASCII_APART).decode()
        else:
            found = "".join([fold(word) for word in _WORD.findall(sample)])
        if len(found) > letters or len(text) <= limit:
            break
    return found


def closing(text: str) -> str:
    """Return the folded letters of its last HEAD_LIMIT characters."""
    return "".join([fold(word) for word in _WORD.findall(text[-HEAD_LIMIT:])])


def first_word(text: str) -> tuple[int, bool]:
    """Return how many letters the first word has when folded, and whether what follows it is set off."""
    if not (first := _WORD.search(text)):
        return 0, False
    second = _WORD.search(text, first.end())
    return len(fold(first.group())), has_break(text[first.end() : second.start() if second else len(text)])


def is_small(letter: str) -> bool:
    """Say whether a letter is a small one of a script that has capitals in use: Georgian has not."""
    return letter.islower() and not "\u10d0" <= letter <= "\u10ff"


def unspaced(text: str) -> bool:
    """Say whether `text` begins in a script written without spaces."""
    return _UNSPACED.match(text) is not None


def last_word(text: str) -> str:
    """Return the folded last run of letters or digits of `text`, or its last letters; none: an empty string."""
    end = text.rstrip(_ENDINGS)[-LAST_LETTERS:]
    if end.isalpha():
        return fold(end)  # all that is asked of most lines
    words = _WORD.findall(text[-HEAD_LIMIT:])
    return fold(words[-1]) if words else ""
