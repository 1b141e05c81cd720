"""The sentences of an article tell its language; what is claimed of it counts where they do not."""

import pytest
from flask.testing import FlaskClient

from service import language

TEXTS = {
    "en": "The government approved the bill on Wednesday, and it will now go to parliament, a spokesman told them. "
    "The details are to be published next week, after the cities have been heard.",
    "de": "Die Regierung hat am Mittwoch den Gesetzentwurf für größere Städte beschlossen, sagte der Sprecher. "
    "Die Einzelheiten sollen in der nächsten Woche veröffentlicht werden, wenn die Städte gehört worden sind.",
    "ru": "Правительство в среду одобрило законопроект, который теперь поступит в парламент, сообщил представитель. "
    "Подробности будут опубликованы на следующей неделе, после того как выскажутся города.",
    "uk": "Уряд у середу схвалив законопроєкт, який тепер надійде до парламенту, повідомив речник журналістам. "
    "Подробиці буде оприлюднено наступного тижня, після того як висловляться міста.",
}


def page(client: FlaskClient, text: str, html: str = "<html>", head: str = "", **options: str) -> object:
    sent = f"{html}<head>{head}</head><body><ul><li>Home<li>News</ul><article><p>{text}</p></article></body></html>"
    return client.post("/v1/clean", json={"html": sent, **options}).json["language"]


def plain(client: FlaskClient, text: str, **options: str) -> object:
    return client.post("/v1/clean", json={"text": text, **options}).json["language"]


@pytest.mark.parametrize("spoken", TEXTS)
@pytest.mark.parametrize("claim", ["en", "de", "ru", "ja", "und", "zxx", "mul", "root"])
def test_sentences_decide_whatever_is_claimed(client: FlaskClient, spoken: str, claim: str) -> None:
    assert page(client, TEXTS[spoken], f"<html lang={claim}>") == spoken
    assert page(client, TEXTS[spoken], head=f"<meta property=og:locale content={claim}_US>") == spoken
    if claim != "root":  # no tag of BCP 47
        assert plain(client, TEXTS[spoken], language=claim) == spoken
        assert page(client, TEXTS[spoken], language=claim) == spoken


def test_a_claim_that_is_right_says_more(client: FlaskClient) -> None:
    assert plain(client, TEXTS["en"], language="en-GB") == "en-GB"
    norwegian = "Regjeringen vedtok onsdag lovforslaget, som nå går til Stortinget, sa talsmannen til journalister."
    assert plain(client, norwegian, language="nb") == "nb"


@pytest.mark.parametrize(
    ("text", "claim", "answer"),
    [
        ("Oslo 2016", "nb", "nb"),
        ("Киев", "uk", "uk"),
        ("Киев", "en", None),
        ("Oslo", "ru", None),
        ("Београд", "sr", "sr"),
        ("Beograd", "sr", "sr"),
        ("東京", "ja", "ja"),
        ("서울", "ko", "ko"),
        ("1 2 3", "en", "en"),
        ("1 2 3", "und", None),
        ("", None, None),
    ],
)
def test_of_a_few_words_the_claim_is_believed_if_they_can_be_of_it(
    client: FlaskClient, text: str, claim: str | None, answer: str | None
) -> None:
    assert plain(client, text, **({"language": claim} if claim else {})) == answer


def test_a_hint_that_names_no_language_leaves_the_page_its_own(client: FlaskClient) -> None:
    assert page(client, "Oslo 2016", "<html lang=nb>", language="und") == "nb"
    assert page(client, "Oslo 2016", "<html lang=nb>", language="da") == "da"


def test_a_page_is_told_by_its_article_and_not_by_what_stands_around_it(client: FlaskClient) -> None:
    cookies = (
        "<p>We use cookies to make this site work, and to learn how it is used by those who read it every day.</p>"
    )
    article = "".join(f"<p>{TEXTS['ru']}</p>" for _ in range(4))
    sent = f"<html lang=en-US><body><div class=cookies>{cookies * 5}</div><article>{article}</article></body></html>"

    assert client.post("/v1/clean", json={"html": sent}).json["language"] == "ru"


@pytest.mark.parametrize("claim", ["x", "12", "no-such-thing", "q" * 64, "..", ""])
def test_a_claim_of_any_sort_does_no_harm(claim: str) -> None:
    assert language.spoken("1 2 3", (), (), claim) in (claim, None)
