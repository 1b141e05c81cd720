"""The user's own example, which must be right in every form a scraper may post it in."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

SEED = (Path(__file__).parent / "kerry-lavrov.txt").read_text(encoding="utf-8")
TITLE = "Kerry announced a meeting with Lavrov in case of success of negotiations on Syria"
RELATED = [
    "Sources in the Department informed about the upcoming two-day talks, Lavrov and Kerry",
    "Lavrov and Kerry discussed the situation in Aleppo",
    "Lavrov urged Kerry to work more actively with nagleyuschih militants in Syria",
]
LABELS = ("See also", "Share this news", "Опубликовать в")


def upper(text: str) -> str:
    for label in (*LABELS, "Google Plus", "LiveJournal", "Одноклассники"):
        text = text.replace(label, label.upper())
    return text


VARIANTS = {
    "as it came": SEED,
    "CRLF": SEED.replace("\n", "\r\n"),
    "single newlines": SEED.replace("\n\n", "\n"),
    "byte-order mark": "\ufeff" + SEED,
    "trailing spaces": SEED.replace("\n", "  \n") + "   ",
    "no colon": SEED.replace("See also:", "See also"),
    "upper case": upper(SEED),
    "trailing newline": SEED + "\n",
    "everything at once": "\ufeff" + upper(SEED).replace("\n\n", "\n").replace("ALSO:", "ALSO").replace("\n", " \r\n"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_seed(client: FlaskClient, name: str) -> None:
    source = VARIANTS[name]
    found = client.post("/v1/clean", data=source.encode(), content_type="text/plain").json
    check(found, source.lstrip("\ufeff"))


def test_seed_in_windows_1251(client: FlaskClient) -> None:
    source = SEED
    kind = "text/plain; charset=windows-1251"
    found = client.post("/v1/clean", data=source.encode("windows-1251"), content_type=kind).json
    check(found, source)


def check(found: dict, source: str) -> None:  # type: ignore[type-arg]
    end = source.index("Russian diplomat.") + len("Russian diplomat.")
    assert found["body"] == source[:end].strip()
    assert found["body"].startswith(TITLE)
    assert [item["title"] for item in found["related"]] == RELATED
    assert {item["heading"].casefold() for item in found["related"]} == {"see also"}
    assert {item["date"] for item in found["related"]} == {item["url"] for item in found["related"]} == {None}
    assert found["title"] == TITLE
    assert found["published"] == "2016-08-23"
    kinds = [cut["kind"] for cut in found["removed"]]
    assert kinds == ["related_heading", "related", "related", "related", "headline", "share", "share", "share", "share"]
