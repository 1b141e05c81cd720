"""The algorithm: lines, evidence, judgements, cut, result. Nothing here raises, whatever the source."""

from collections.abc import Sequence
from dataclasses import replace

from service import cut, language, markup, related, spans, title
from service.lexicon import Lexicon
from service.lines import split
from service.model import Line, Options, Result, Scope


def clean_text(source: str, lexicon: Lexicon, options: Options) -> Result:
    """Return the body, the removed spans and the related links of a plain text."""
    return _clean(source, split(source), lexicon, options, options.scope or Scope.TAIL)


def clean_html(html: str, lexicon: Lexicon, options: Options) -> Result:
    """Return the body, the removed spans and the related links of a page; `source` is the page's text."""
    page = markup.read(html, options.url)
    known = replace(options, title=options.title or page.title, language=options.language or page.language)
    found = _clean(page.text, page.lines, lexicon, known, options.scope or Scope.ARTICLE)
    return replace(found, published=found.published or page.published)


def _clean(source: str, lines: Sequence[Line], lexicon: Lexicon, options: Options, scope: Scope) -> Result:
    spoken = options.language or language.detect(source)
    hits = [lexicon.match(line.text) for line in lines]
    own = title.guess(lines, hits, options.title)
    again, published = title.repeats(lines, own, spoken)
    sights = cut.see(lines, hits, again)
    decision = cut.decide(sights)
    gone, note = cut.select(sights, decision, scope)
    return Result(
        source=source,
        body=spans.body(source, lines, gone),
        title=own,
        published=published,
        language=spoken,
        related=related.collect(sights, decision.judgements, gone, own, options.url, spoken),
        removed=spans.removed(lines, decision.judgements, gone),
        note=note,
        lines=spans.explained(lines, decision.judgements, gone) if options.explain else (),
    )
