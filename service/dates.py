"""Which day does this text name? Finds where a date stands; dateparser reads it.

Only whole, absolute dates count ("23.08.2016", "23 августа 2016 г.", "August 23, 2016", "2016年8月23日"): a relative
one ("yesterday") or one without a year would change its meaning with the day it is read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser

_TIME = r"(?:\s*(?:[,|·•-]|в|о|at|um|à|alle|kl\.?|g\.|г\.?)?\s{0,2}\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)?"
_YEAR = r"(?:19|20)\d{2}"
_MONTH = r"[^\W\d_]{3,14}\.?"
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}:\d{{2}}[,\s]{{1,3}})?(?P<day>"
    rf"\d{{1,2}}\s?(?P<mark>[./-])\s?\d{{1,2}}\s?(?P=mark)\s?(?:{_YEAR}|\d{{2}})"
    rf"|{_YEAR}\s?(?P<same>[./-])\s?\d{{1,2}}\s?(?P=same)\s?\d{{1,2}}"
    rf"|{_YEAR}\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|-?го|º|er)?\s(?:de\s|d')?{_MONTH},?\s(?:de\s|del\s)?{_YEAR}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}"
    rf")(?!\d)(?:\s?(?:г\.|года|р\.|року|г\b|года|ж\.))?{_TIME}",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
FULL_YEAR = 1900  # a smaller number is a year of two digits
_ONLY_LIMIT = 60  # characters of a line that is a date and nothing else
_DIGIT_LIMIT = 200  # characters of a line in which a date is looked for
COMMON = ("en", "ru", "uk")  # machine-translated pages keep the dates of the site they came from
_WORD = re.compile(r"[^\W\d_]{3,}")
_BESIDE = frozenset("uhr gmt utc est edt cst cdt pst pdt bst cet cest eet eest msk мск ist".split())  # noqa: SIM905 - shorter
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
# Months of Iran and the Levant, and words that only stand in dates.
_OTHERS = (
    "فروردین اردیبهشت خرداد مرداد شهریور آبان بهمن اسفند كانون الثاني شباط آذار نيسان أيار حزيران تموز "
    "آب أيلول تشرين الأول gada года року"
)
_PARTS = ("year", "month", "week", "day", "hour", "minute", "second", "am", "pm")
# Of the languages dateparser knows, only English writes 08/23/2016; with dots the day is first there too.
_MONTH_FIRST = ("en", "en-US")
# The day of a change is none of publication. The lexicon knows such lines too, but does not tell them apart: here are
# the beginnings of the words that stand beside dates, in the languages that most pages are in.
_LATER = re.compile(
    r"\b(?:updat|modif|revised|aktuali[sz]|geändert|überarbeitet|actuali[sz]|mise? à jour|bijgewerkt|gewijzigd|"
    r"aggiornat|atualiza|oppdater|uppdater|opdater|päivitet|zaktualiz|frissít|ažurira|güncelle|diperbarui|cập nhật|"
    r"обновл|измен|оновлен|ажурира|ενημέρ|τροποπ)|更新|수정|업데이트|עודכן|تحديث",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text: the ISO 8601 day and the span it takes, time of day included."""

    day: str
    start: int
    end: int


def find(text: str, language: str | None) -> Dated | None:
    """Return the first whole date in `text`, read as people of `language` write it, or None."""
    return next(each(text, language), None)


def each(text: str, language: str | None) -> Iterator[Dated]:
    """Yield the whole dates in `text`, read as people of `language` write them."""
    if not _DIGIT.search(text[:_DIGIT_LIMIT]):
        return
    for found in _DATE.finditer(text[:_DIGIT_LIMIT]):
        day = _read(re.sub(r"\s?([./-])\s?", r"\1", found.group("day")), language)
        if day:
            yield Dated(day, found.start(), found.end())


def span(text: str) -> tuple[int, int] | None:
    """Return where the first thing stands in `text` that looks like a whole date, whatever day it names."""
    found = _DATE.search(text[:_DIGIT_LIMIT]) if _DIGIT.search(text[:_DIGIT_LIMIT]) else None
    return found.span() if found else None


def only(text: str) -> bool:
    """Say whether `text` is a date and nothing else: the day of the week, a time zone, small words and marks apart."""
    if len(text) > _ONLY_LIMIT or not _DIGIT.search(text):
        return False
    found = _DATE.search(text)
    if not found:
        return False
    rest = text[: found.start()] + text[found.end() :]
    return not re.search(r"\d{3}", rest) and all(map(_beside().__contains__, _WORD.findall(rest.lower())))


def is_of_change(text: str) -> bool:
    """Say whether the words beside a date say that something was changed then."""
    return _LATER.search(text) is not None


@lru_cache(maxsize=1)
def _beside() -> frozenset[str]:
    """Return the words that may stand beside a date: the days of the week in all languages that dateparser knows."""
    return _BESIDE | {word for name in _names(_WEEKDAYS) for word in _WORD.findall(name)}


def words() -> frozenset[str]:
    """Return the words of dates and times in all languages that dateparser knows: months, days, parts of time."""
    names = (*_names((*_MONTHS, *_WEEKDAYS, *_PARTS)), _OTHERS)
    return frozenset(word for name in names for word in re.split(r"[\s\d.,'’()/-]+", name) if word)


def _names(keys: Iterable[str]) -> Iterator[str]:
    """Yield what these parts of dates are called in all languages that dateparser knows, in small letters."""
    for language in language_order:
        info = import_module(f"dateparser.data.date_translation_data.{language}").info
        yield from (name.lower() for key in keys for name in info.get(key, ()))


@lru_cache(maxsize=4096)
def _read(text: str, language: str | None) -> str | None:
    order = "MDY" if language in _MONTH_FIRST and "/" in text else "DMY"
    if re.match(_YEAR, text):
        order = "YMD"
    # Never all languages at once: a text that is no date would then cost seconds. Digits alone read the same in all.
    wordless = not any(c.isalpha() for c in text)
    if wordless and (day := _numbers(text, order)):
        return day
    for tags in (("en",),) if wordless else ((language,) if language else (), COMMON):
        try:
            found = _parser(tags, order).get_date_data(text).date_obj if tags else None
        except (ValueError, OverflowError):  # a language the library does not know, a day no calendar has
            continue
        if found:
            return str(found.date().isoformat())
    return None


def _numbers(text: str, order: str) -> str | None:
    """Return the day of a date of digits, with the year in full, that is one in this order."""
    numbers = dict(zip(order, map(int, _NUMBER.findall(text)), strict=False))
    try:
        return date(numbers["Y"], numbers["M"], numbers["D"]).isoformat() if numbers["Y"] >= FULL_YEAR else None
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=64)
def _parser(languages: tuple[str, ...], order: str) -> DateDataParser:
    """Return what reads dates in these languages; to make one takes longer than to read with it."""
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"], "DATE_ORDER": order}
    return DateDataParser(languages=list(languages), settings=settings, try_previous_locales=False)
