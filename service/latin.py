"""Which of the code pages of Latin letters are these bytes in?

They differ in a few letters, which statistics over bytes cannot tell: "hétfõn" is as good as "hétfőn" to whoever knows
no Hungarian. So each is tried, and the one whose letters belong to the language that comes out is taken.
"""

import re

from service import language

CODECS = ("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257")  # the first one wins a tie, as with browsers
READ = 1200  # characters that the language is told by
BAD = 3  # letters of the language that a control character outweighs: no text has any

# What stands in a word, or is a control character; a sign that stands alone may be anything.
_FOREIGN = re.compile(r"(?<=[a-zA-Z])[^\x00-\x7f]+|[^\x00-\x7f]+(?=[a-zA-Z])|[\x80-\x9f]")
# Letters beyond a to z, by language; the detector's codes. The marks that all these pages share say nothing.
_MARKS = frozenset("„“”‚‘’–—…€«»‹›•·°§©®™´\xa0\xad")
_WEST = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœðþªº¡¿£"
_SOUTH_SLAVIC = "čćđšž"
_NORDIC = "æøåäöéèêôòàü"
_LETTERS = {
    "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "pl": "ąćęłńóśźż", "hu": "áéíóöőúüű", "ro": "ăâîşţșț",
    "sl": "čšž", "hr": _SOUTH_SLAVIC, "sh": _SOUTH_SLAVIC, "bs": _SOUTH_SLAVIC, "sr": _SOUTH_SLAVIC,
    "tr": "çğıİöşüâîû", "az": "çəğıİöşü", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņōŗšūž", "et": "äõöüšž",
    "de": "äöüßé", "fr": "àâæçèéêëîïôœùûüÿ", "es": "áéíñóúüªº¡¿", "pt": "áàâãçéêíóôõúüªº", "it": "àèéìíîòóùúªº",
    "ca": "àçèéíïòóúü", "gl": "áéíñóúüªº¡¿", "nl": "áèéêëïíóöüç", "sv": _NORDIC, "da": _NORDIC, "no": _NORDIC,
    "nn": _NORDIC, "fi": "äöåšžéü", "is": "áðéíóúýþæö", "sq": "çë", "en": "éèêëçñïîöôüáàâäåóøæœ£",
}  # fmt: skip
_CENTRAL = "".join(_LETTERS[name] for name in ("cs", "sk", "pl", "hu", "ro", "hr"))
# What can be meant where there is too little text to have a language.
_USUAL = {"cp1252": _WEST, "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp1254": _LETTERS["tr"], "cp1257": "".join(
    _LETTERS[name] for name in ("lt", "lv", "et"))}  # fmt: skip


def codec(raw: bytes) -> str:
    """Return the code page whose letters belong to the language that `raw`, read with it, is in."""
    return max(CODECS, key=lambda name: _sense(raw.decode(name, "replace"), _USUAL[name]))


def _sense(text: str, usual: str) -> int:
    """Return how many letters of `text` its language has, less those that it has not."""
    tongue, _ = language.guess(" ".join(text.split())[:READ])
    known = _LETTERS.get(tongue, _WEST) if tongue else usual
    fit = 0
    for found in _FOREIGN.finditer(text):
        for character in found.group():
            if character in known or character.lower() in known:
                fit += 1
            elif character not in _MARKS:
                fit -= 1 if character.isprintable() else BAD
    return fit
