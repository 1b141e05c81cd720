"""Is there more in this source than may be cleaned? Counted before anything is made of it."""

from service.errors import RequestError

_ENDS = ("\n", "\r", "\x0b", "\x0c", "\u2028", "\u2029")  # of lines, as `service.lines` splits them


def parts(source: str, most: int, *, html: bool) -> int:
    """Return how many lines a text has, or tags a page. Raises `RequestError` (413) if there are more than `most`."""
    found = source.count("<") if html else sum(map(source.count, _ENDS)) - source.count("\r\n")
    if found > most and not source.isspace():  # a blank text has no lines
        told = "tags of a page" if html else "lines of a text"
        raise RequestError(413, f"more than {most} {told}")
    return found
