"""Dates as they stand on news pages."""

import pytest

from service import dates


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Kerry announced a meeting 23.08.2016", "en", "2016-08-23"),
        ("23 августа 2016 г., 10:40", "ru", "2016-08-23"),
        ("10:40, 03.08.2016", "en", "2016-08-03"),
        ("August 3rd, 2016 at 10:40 a.m.", "en", "2016-08-03"),
        ("8/3/2016", "en", "2016-08-03"),
        ("3/8/2016", "fr", "2016-08-03"),
        ("2016年8月23日", "zh", "2016-08-23"),
        ("23 de agosto de 2016", "es", "2016-08-23"),
        ("2016-08-23", "de", "2016-08-23"),
        ("22. august 2016", "da", "2016-08-22"),
        ("23 августа 2016", "en", "2016-08-23"),
        ("23.08.16", "ru", "2016-08-23"),
        ("33.33.2016", "en", None),
        ("12 человек 2016", "ru", None),
        ("yesterday", "en", None),
        ("2 hours ago", "en", None),
        ("23 августа", "ru", None),
        ("version 1.2.3", "en", None),
        ("", None, None),
    ],
)
def test_find(text: str, language: str | None, day: str | None) -> None:
    found = dates.find(text, language)

    assert (found.day if found else None) == day


def test_the_span_takes_the_time_of_day_along() -> None:
    text = "Dam opens 23.08.2016, 10:40"
    found = dates.find(text, "en")

    assert found is not None
    assert text[: found.start].strip() == "Dam opens"
    assert text[found.end :] == ""


@pytest.mark.parametrize(
    "text",
    ["23.08.2016", "10:40, 23 августа 2016 г.", "August 3, 2016", "23.08.2016 | 10:40", "2016年8月23日",
     "Sunday, August 23, 2020", "Dimanche 23 août 2020 10h30", "воскресенье, 23 августа 2020, 10:20",
     "الأحد، 23 أغسطس 2020 09:14 ص", "2020년 8월 23일 (일)", "23 Aug 2020 10:20 AM EDT", "23. August 2020, 10:20 Uhr"],
)  # fmt: skip
def test_a_date_only(text: str) -> None:
    assert dates.only(text)


@pytest.mark.parametrize(
    "text",
    ["", "Dam opens 23.08.2016", "On 3 August 2016 the dam opened", "12", "1999", "3 : 2", "London, 23 August 2016",
     "Bloody Sunday, 30 January 1972"],
)  # fmt: skip
def test_more_than_a_date(text: str) -> None:
    assert not dates.only(text)
