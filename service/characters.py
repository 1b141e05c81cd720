"""What sort is every character of a text? Bits, for vector operations over whole pages."""

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

# fmt: off
LETTER, UPPER, DIGIT, PUNCT, DENSE, STOP, COMMA, BAR, RIGHTS, BULLET, QUOTE, MARK = (1 << bit for bit in range(12))
SIGNS = {
    STOP: ".!?…。！？।۔؟։።", COMMA: ",;،、，；", BAR: "|›»", RIGHTS: "©®", BULLET: "•·∙▪►▶▸»›→➤●○■□◆★*+|–—-",
    QUOTE: "\"'«»“”„‘’「」『』",
}
# fmt: on
_DENSE_RANGES = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0x0E00, 0x0E7F))
_PLANE = 0x10000  # characters beyond the basic plane are one: pictures, for the most part

Codes = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint16]


def codes(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def bits(points: Codes) -> Bits:
    """Return what sort each of these code points is."""
    return _classes().take(np.minimum(points, _PLANE))


@lru_cache(maxsize=1)
def _classes() -> Bits:
    """Return the bits of every character of the basic plane; the last entry stands for all beyond it."""
    table = np.zeros(_PLANE + 1, np.uint16)
    for code in range(_PLANE):
        category = unicodedata.category(chr(code))
        if category[0] == "L" or category == "Mc":
            table[code] = LETTER | (UPPER if category in ("Lu", "Lt") else 0)
        elif category == "Mn":
            table[code] = MARK
        elif category == "Nd":
            table[code] = DIGIT
        elif category[0] in "PS":
            table[code] = PUNCT
    for first, last in _DENSE_RANGES:
        table[first : last + 1] |= DENSE
    for bit, signs in SIGNS.items():
        table[[ord(sign) for sign in signs]] |= bit
    table[_PLANE] = PUNCT
    return table
