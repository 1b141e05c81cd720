"""The algorithm: lines, evidence, judgements, cut, result. Nothing here raises, whatever the source."""

from collections.abc import Sequence
from dataclasses import replace

from service import cut, judge, language, links, markup, related, sight, spans, tagger, title
from service.cut import Cut
from service.features import Floats
from service.lexicon import Lexicon
from service.lines import split
from service.model import Judgement, Line, Options, Result, Scope
from service.sight import Sight
from service.tagger import Tagger

LOOKS = 8  # at one page; two settle nearly all


def clean_text(source: str, lexicon: Lexicon, options: Options) -> Result:
    """Return the body, the removed spans and the related links of a plain text."""
    return clean_lines(source, split(source), lexicon, options, tagger.load())


def clean_html(html: str, lexicon: Lexicon, options: Options, seconds: float = markup.SECONDS) -> Result:
    """Return the body, the removed spans and the related links of a page; `source` is the page's text.

    A page that may take longer than `seconds` to be looked at as a whole is not: a note says so.
    """
    page = markup.read(html, options.url, seconds)
    known = replace(
        options,
        url=options.url or page.address,
        title=options.title or page.title,
        language=options.language or page.language,
        scope=options.scope or Scope.ARTICLE,
    )
    found = clean_lines(page.text, page.lines, lexicon, known, tagger.load())
    return replace(
        found,
        published=found.published or page.published,
        related=tuple(link for link in found.related if not links.same(link.url, page.address)),
        note=found.note or page.note,
    )


def clean_lines(source: str, lines: Sequence[Line], lexicon: Lexicon, options: Options, weigh: Tagger | None) -> Result:
    """Return the answer to a source whose lines are known; without a tagger, by the lexicon and the rules alone."""
    scope = options.scope or Scope.TAIL
    spoken = options.language or language.detect(source)
    hits = [lexicon.match(line.text) for line in lines]
    own = title.guess(lines, hits, options.title)
    again, published = title.repeats(lines, own, spoken)
    sights = sight.see(lines, hits, again)
    decision, words = _decide(sights, weigh, options.explain)
    gone, note = cut.select(sights, decision, scope)
    judgements = list(decision.judgements)
    if gone and lines[0].path is None:  # what is left of a page is a text, and is no page to look at again
        gone = _settle(source, sights, judgements, gone, options, spoken, weigh, words)
    return Result(
        source=source,
        body=spans.body(source, lines, gone),
        title=own,
        published=published,
        language=spoken,
        related=related.collect(sights, judgements, cut.pointers(decision, gone), own, options.url, spoken),
        removed=spans.removed(lines, judgements, gone),
        note=note,
        lines=spans.explained(lines, judgements, gone) if options.explain else (),
    )


def _decide(
    sights: Sequence[Sight], weigh: Tagger | None, explain: bool, words: Floats | None = None
) -> tuple[Cut, Floats | None]:
    """Return the decision, and what the words of each line alone say, which a later look need not ask again."""
    read = judge.read(sights)
    by_rules = cut.certain(sights, read)
    tags = weigh.tag(sights, read, by_rules, words) if weigh else None
    return cut.decide(sights, read, by_rules, tags, explain=explain), tags.words if tags else None


def _settle(
    source: str,
    sights: Sequence[Sight],
    judgements: list[Judgement],
    gone: list[int],
    options: Options,
    spoken: str | None,
    weigh: Tagger | None,
    words: Floats | None,
) -> list[int]:
    """Look again at what is left, until nothing more goes: cleaning a clean body changes nothing.

    What goes later is added to `gone`, with its judgement put into `judgements`.
    """
    for _ in range(LOOKS):
        away = set(gone)
        kept = [i for i in range(len(sights)) if i not in away]
        text = spans.body(source, [seen.line for seen in sights], gone)
        lines = [replace(sights[i].line, gap=line.gap) for i, line in zip(kept, split(text), strict=True)]
        hits = [sights[i].found for i in kept]
        again, _ = title.repeats(lines, title.guess(lines, hits, options.title), spoken)
        left = sight.see(lines, hits, again)
        decision, _ = _decide(left, weigh, options.explain, None if words is None else words[kept])
        more, _ = cut.select(left, decision, options.scope or Scope.TAIL)
        if not more:
            break
        for i in more:
            judgements[kept[i]] = decision.judgements[i]
        gone = sorted([*gone, *(kept[i] for i in more)])
    return gone
