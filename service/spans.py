"""Which spans are removed, and what is left? The source is cut, never rewritten."""

from collections.abc import Mapping, Sequence

from service.model import JudgedLine, Judgement, Line, Removed


def removed(lines: Sequence[Line], judgements: Mapping[int, Judgement], gone: Sequence[int]) -> tuple[Removed, ...]:
    """Return the removed lines (indices `gone`, in order) with kind and reason."""
    return tuple(
        Removed(lines[i].start, lines[i].end, judgements[i].kind, lines[i].text, "; ".join(judgements[i].evidence))
        for i in gone
    )


def body(source: str, lines: Sequence[Line], gone: Sequence[int]) -> str:
    """Return the source without the removed lines. Where lines went, the white space before them stays."""
    if not gone:
        return source.strip()
    away, end, cut = set(gone), 0, False
    parts: list[str] = []
    for i, line in enumerate(lines):
        if i in away:
            if not cut and parts:
                parts.append(source[end : line.start])
            cut = True
            continue
        if parts and not cut:
            parts.append(source[end : line.start])
        parts.append(line.text)
        end, cut = line.end, False
    return "".join(parts).strip()


def explained(
    lines: Sequence[Line], judgements: Mapping[int, Judgement], gone: Sequence[int]
) -> tuple[JudgedLine, ...]:
    """Return every line with what it is taken for, how surely, and why."""
    away = set(gone)
    return tuple(
        JudgedLine(line.start, line.end, said.kind, said.confidence, i in away, said.evidence)
        for i, line in enumerate(lines)
        for said in (judgements[i],)
    )
