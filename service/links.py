"""Where does a link lead, told one way, and can it lead to an article? Nothing is asked over the network."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from courlan import normalize_url

LIMIT = 4096  # characters of a link; what is longer is none
SLUG_WORDS = 4  # an address that ends in so many words or more names an article

# Scripts whose query says which page it is: there only what is a tracker for certain is cut.
_SCRIPT = re.compile(r"(?:\.(?:php\d?|aspx?|jsp|cgi|pl|do|cfm|exe|dll|phtml)|/)$", re.IGNORECASE)
_TRACKER = re.compile(
    r"utm_\w+|\w*clid|yclid|_openstat|mc_[ce]id|igshid|relatedposts_\w+|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|cmpid|wt_mc|wt\.mc_id|smid|ito",
    re.IGNORECASE,
)
_DOT = re.compile(r"\.(?=(?::\d*)?$)")  # behind a host: the name is from the root
_PORT = {"http": ":80", "https": ":443"}
_LISTS = frozenset((
    "tag", "tags", "topic", "topics", "author", "authors", "autor", "autores", "autori", "autoren", "auteur",
    "auteurs", "avtor", "category", "categories", "categoria", "categorie", "kategorie", "kategori",
    "kategoriya", "rubric", "rubrics", "rubrika", "rubriki", "label", "labels", "search", "user", "users",
    "profile", "profiles", "schlagwort", "thema", "themen", "temas", "emne", "tagg", "subject", "subjects",
    "keyword", "keywords", "person", "contributor", "contributors", "columnist",
    "columnists", "login", "register", "subscribe", "newsletter", "newsletters", "comments", "feed", "rss",
))  # fmt: skip
# Pages of a site beside its articles, by the first step of the path. On labelled pages 1 link in 40 to one of them is
# an article; to "/events/", "/info/", "/product/" and "/podcast/", 1 in 3.
_BESIDE = frozenset((
    "about", "advertise", "contact", "help", "hilfe", "imprint", "impressum", "job", "jobs", "karriere", "kontakt",
    "legal", "login", "newsletter", "newsletters", "oferta", "oferty", "privacy", "products", "services", "shop",
    "staff", "stellenmarkt", "store", "team", "user", "users",
))  # fmt: skip
# Hosts on which no article stands: networks of readers and of advertisers, and those of advertisements or shops below
# any name of a site.
_NETWORK = re.compile(
    r"(?:^|\.)(?:facebook|instagram|outbrain|taboola|doubleclick|googleadservices|googlesyndication|mgid"
    r"|revcontent|zergnet|adriver|adform|criteo|awin1|twitter)\.[a-z]+(?::\d+)?$"
    r"|^(?:ads|adclick|adserver|click|clk|jobs|partner|partners|shop|store)\.[^.]+\.[^.]+"
)
_NUMBERED = re.compile(r"\d+(?:\.\w{2,5})?$")  # the last step of "/topics/30.html"
_THREAD = re.compile(r"\d{4,}-")  # of "/topic/137298-a-title", in a forum
_NAMED = re.compile(r"\d{4}|\.s?html?\?|/\d{1,3}(?:-[^/?]*)?\?")  # in an address that names one page of many
_WORDS = re.compile(r"[-_]")
_FRONT = re.compile(r"(?:index|default|home)\.\w{2,5}$")
_ANYWHERE = "https://example.org/"  # a site, so that a link can be read of which the site is not known
_SHARE = re.compile(
    r"/(?:sharer|share|sharing|intent/(?:tweet|post)|dialog/(?:share|feed|send)|submit|pin/create|sharearticle"
    r"|save|send|bookmarklet|cws/share|dk)(?:[./?]|$)",
    re.IGNORECASE,
)
# An address inside an address, or the name of a network to share with.
_CARRIED = re.compile(r"(?:=|%20|\+)https?(?::|%3a)|(?:^|&)share=", re.IGNORECASE)


def join(base: str, href: str | None) -> str:
    """Return `href` as an absolute link, as far as `base` makes it one. Never raises."""
    href = (href or "").strip()
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def canonical(href: str | None, base: str | None) -> str | None:
    """Return the absolute http(s) URL of `href`; None if it leads to no page.

    What only tracks readers, names of users and steps such as `..` are left out.
    """
    if not href or len(href) > LIMIT:
        return None
    try:
        parts = urlsplit(join(base or "", href))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    host = _DOT.sub("", parts.netloc.rpartition("@")[2].lower().removesuffix(_PORT[parts.scheme]))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    if not host:
        return None
    path = "%20".join(parts.path.split())
    if "/." in path:
        path = urlsplit(join(f"{parts.scheme}://{host}/", f".{path}")).path
    return urlunsplit((parts.scheme, host, path or "/", _query(parts.query, path), fragment))


def same(one: str | None, other: str | None) -> bool:
    """Say whether two canonical URLs lead to one page: scheme, `www.` and a slash at the end are no difference."""
    return one is not None and other is not None and _bare(one) == _bare(other)


def leads_to_article(url: str, *, listed: bool = False) -> bool:
    """Say whether a canonical URL may lead to an article: not to a front page, a list, a person or a share dialog.

    `listed`: it stands with a headline's words below a heading for certain, where "/topics/30.html" is one too.
    """
    parts = urlsplit(url)
    if _SHARE.search(parts.path) and (parts.query or parts.fragment):
        return False
    if _CARRIED.search(parts.query) or _NETWORK.search(parts.netloc):
        return False
    steps = [step for step in parts.path.lower().split("/") if step]
    if not steps or (len(steps) == 1 and _FRONT.match(steps[0])):
        return bool(parts.query or parts.fragment)
    if steps[-1] in _LISTS or steps[0] in _BESIDE:
        return False
    if len(steps) < 2 or steps[-2] not in _LISTS:
        return True
    return _THREAD.match(steps[-1]) is not None or (listed and _NUMBERED.match(steps[-1]) is not None)


def names_article(href: str) -> bool:
    """Say whether a link leads to an article as its address alone has it: by a number, a date or the title's words."""
    url = canonical(href, _ANYWHERE)
    if url is None or not leads_to_article(url):
        return False
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    words = _WORDS.split(path.rstrip("/").rpartition("/")[2])
    return len(words) >= SLUG_WORDS or _NAMED.search(f"/{path.rstrip('/')}?{query}") is not None


def _query(query: str, path: str) -> str:
    """Return a query without its tracking parameters; the others stay as they are, in their order."""
    kept = []
    for pair in query.split("&"):
        name = pair.partition("=")[0]
        if pair and not (_TRACKER.fullmatch(name) or (path and not _SCRIPT.search(path) and _tracks(name))):
            kept.append("%20".join(pair.split()))
    return "&".join(kept)


@lru_cache(maxsize=1024)
def _tracks(name: str) -> bool:
    """Say whether courlan takes a parameter of this name for a tracking one."""
    if not parse_qsl(f"{name}=1"):
        return False
    try:
        return "=" not in normalize_url(f"https://example.org/?{name}=1")
    except ValueError:
        return False


def _bare(url: str) -> tuple[str, str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/"), parts.query, parts.fragment
