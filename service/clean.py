"""The algorithm: lines, evidence, judgements, cut, result. Nothing here raises, whatever the source."""

from collections.abc import Sequence
from dataclasses import replace

from service import (
    cut,
    headline,
    judge,
    language,
    links,
    markup,
    published,
    related,
    sight,
    spans,
    tagger,
    title,
    together,
)
from service.columns import Alone
from service.cut import Cut
from service.lexicon import Lexicon
from service.lines import split, unmarked
from service.model import Judgement, Line, Options, Result, Scope
from service.sight import Sight
from service.tagger import Tagger

LOOKS = 40  # at one page; two settle most, and one in fifty takes more than eight. Then the rules alone decide
LOOKS_LONG, LONG = 8, 5_000  # at a source of more lines than that


def clean_text(source: str, lexicon: Lexicon, options: Options) -> Result:
    """Return the body, the removed spans and the related links of a plain text."""
    return clean_lines(source, split(source), lexicon, options, tagger.load())


def clean_html(html: str, lexicon: Lexicon, options: Options, seconds: float = markup.SECONDS) -> Result:
    """Return the body, the removed spans and the related links of a page; `source` is the page's text.

    Where the tagger is in doubt the extractor is asked, unless it may take longer than `seconds`: then a note says so.
    """
    page = markup.read(html, options.url, seconds)
    hint = options.language if options.language and language.primary(options.language) else None
    known = replace(
        options,
        url=options.url or page.address,
        title=options.title or page.title,
        language=hint or page.language,
        scope=options.scope or Scope.ARTICLE,
    )
    found = clean_lines(page.text, page.lines, lexicon, known, tagger.load(), page.ask)
    return replace(
        found,
        published=page.published or found.published,
        related=tuple(link for link in found.related if not links.same(link.url, page.address)),
    )


def clean_lines(
    source: str,
    lines: Sequence[Line],
    lexicon: Lexicon,
    options: Options,
    weigh: Tagger | None,
    ask: markup.Ask | None = None,
) -> Result:
    """Return the answer to a source whose lines are known; without a tagger, by the lexicon and the rules alone.

    `ask`: what asks the extractor about the lines of a page, which is done where the tagger is in doubt.
    """
    scope = options.scope or Scope.TAIL
    read = unmarked(lines)
    hits = [lexicon.match(line.text) for line in read]
    looks = [sight.look(line.text) for line in read]
    spoken = language.spoken(source, read, looks, options.language)
    own = title.guess(read, looks, hits, options.title)
    again, day = title.repeats(read, own, spoken)
    sights = sight.see(read, looks, hits, again)
    decision, alone = _decide(sights, weigh, scope, options.explain, ask=ask)
    gone, note = cut.select(sights, decision, scope)
    note = note or decision.note
    judgements = decision.judgements
    if not day:
        own = headline.judged(read, looks, hits, judgements, decision.inside, own, options.title)
        day = published.find(read, looks, hits, title.repeats(read, own, spoken)[0], spoken)
    pointers = cut.pointers(sights, decision, gone)
    page = bool(lines) and lines[0].path is not None  # what is left of it is a text, and would come back as one
    if gone or page:
        left = [sight._replace(line=_bare(sight.line)) for sight in sights] if page else sights
        aim = replace(options, title=None, scope=Scope.TAIL) if page else replace(options, scope=scope)
        gone, settled = _settle(left, judgements, gone, aim, spoken, weigh, alone)
        if weigh and not settled:
            return clean_lines(source, lines, lexicon, options, None, ask)
        pointers = sorted({*pointers, *gone})
        note = None if gone and note == cut.NO_ARTICLE else note
    return Result(
        source=source,
        body=spans.body(source, lines, gone),
        title=own,
        published=day,
        language=spoken,
        related=related.collect(sights, judgements, pointers, own, options.url, spoken),
        removed=spans.removed(lines, judgements, gone),
        note=note,
        lines=spans.explained(lines, judgements, gone) if options.explain else (),
    )


def _decide(
    sights: Sequence[Sight],
    weigh: Tagger | None,
    scope: Scope,
    explain: bool,
    alone: Alone | None = None,
    *,
    again: bool = False,
    ask: markup.Ask | None = None,
) -> tuple[Cut, Alone | None]:
    """Return the decision, and what is known of each line alone, which a later look need not ask again."""
    read = judge.read(sights)
    by_rules = cut.certain(sights, read)
    tags = weigh.tag(sights, read, by_rules, alone) if weigh else None
    note = None
    if sights and ask and (tags is None or cut.doubt(sights, tags) > cut.DOUBT):
        if lines := ask():
            first, sights = tags, [sight._replace(line=line) for sight, line in zip(sights, lines, strict=True)]
            read = judge.read(sights)
            by_rules = cut.certain(sights, read)
            if weigh and first and (tags := weigh.tag(sights, read, by_rules, first.alone)):
                tags, by_rules = together.hold(sights, first, tags, by_rules)
        else:
            note = markup.TOO_HEAVY
    decision = cut.decide(sights, read, by_rules, tags, scope, explain=explain, again=again)
    return replace(decision, note=note), tags.alone if tags else None


def _bare(line: Line) -> Line:
    """Return a line of a page as one of a text."""
    return Line(line.start, line.end, line.text, line.gap)


def _settle(
    sights: Sequence[Sight],
    judgements: dict[int, Judgement],
    gone: list[int],
    options: Options,
    spoken: str | None,
    weigh: Tagger | None,
    alone: Alone | None,
) -> tuple[list[int], bool]:
    """Look again at what is left, until nothing more goes: cleaning a clean body changes nothing.

    What goes later is added to `gone`, with its judgement put into `judgements`. False: there is no end of it.
    """
    scope = options.scope or Scope.TAIL
    for _ in range(LOOKS if len(sights) <= LONG else LOOKS_LONG):
        away = set(gone)
        kept = [i for i in range(len(sights)) if i not in away]
        left = [sights[i] for i in kept]
        lines = [seen.line for seen in left]
        own = title.guess(lines, [seen.look for seen in left], [seen.found for seen in left], options.title)
        again, _ = title.repeats(lines, own, spoken)
        left = sight.rest(sights, kept, again)
        known = None if alone is None else alone.take(kept)
        decision, _ = _decide(left, weigh, scope, options.explain, known, again=True)
        more, _ = cut.select(left, decision, scope)
        if not more:
            return gone, True
        for i in more:
            judgements[kept[i]] = decision.judgements[i]
        gone = sorted([*gone, *(kept[i] for i in more)])
    return gone, False
