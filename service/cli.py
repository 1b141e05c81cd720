"""The same functions on a terminal."""

import argparse
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.text import Text

import service
from service import bulk, charset, clean, cpus, given, jsontext, language, progress, settings, size, wire
from service.errors import AfterwordError, GivenError, PackError, SettingsError
from service.lexicon import load
from service.model import Result
from service.record import PARTS, Choice

_SOME_FAILED = 1
_BAD_INPUT = 2
_INTERRUPTED = 130
_MOST_WORKERS = 256
# A terminal obeys control characters; shown as their pictures they do no harm.
_PICTURES = {**{c: 0x2400 + c for c in range(0x20)}, 0x7F: 0x2421, **dict.fromkeys(range(0x80, 0xA0), 0xFFFD)}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(_BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0 if all went well, 1 if some records of a batch could not be cleaned, 2 if the input was bad.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the locale: articles are in any language
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = _parser()
    asked = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int | None] = asked.command
    try:
        if sys.stdout is None and command is not _serve:  # what Python makes of a closed one; a server prints nothing
            raise AfterwordError("standard output is closed")
        status = command(asked) or 0
        sys.stdout.flush()
    except (AfterwordError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            return _reader_gone()
        if sys.stderr is not None:  # print would take standard output for it
            print(f"{parser.prog}: {_in_a_line(error)}", file=sys.stderr)
        return _BAD_INPUT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _reader_gone() -> int:
    # `| head` has seen enough. Python would complain once more when it closes the pipe at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _in_a_line(error: AfterwordError | OSError) -> str:
    if isinstance(error, PackError | SettingsError | GivenError):
        return str(error)  # a list of faults, made to be read as one
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}".translate(_PICTURES)
    return str(error).translate(_PICTURES)


def _parser() -> _Parser:
    prog = "python -m service"
    parser = _Parser(prog=prog, description=service.__doc__, epilog=f"example: {prog} clean article.txt")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int | None], about: str, example: str) -> _Parser:
        found: _Parser = commands.add_parser(
            name, help=about, description=f"{about}.", epilog=f"example: {prog} {example}"
        )
        found.set_defaults(command=command)
        return found

    cleaning = add("clean", _clean, "print the body of an article", "clean --explain article.txt")
    cleaning.add_argument("file", nargs="?", default="-", metavar="FILE", help="the article; - is standard input")
    cleaning.add_argument("--scope", metavar="tail|article", help="how much may go (default: tail, for HTML article)")
    cleaning.add_argument("--html", action="store_true", help="the file is a page as served")
    cleaning.add_argument("--charset", help="how the file is encoded (default: UTF-8; a page may declare it)")
    cleaning.add_argument("--url", help="where the article came from")
    cleaning.add_argument("--title", help="the article's headline")
    cleaning.add_argument("--language", help="BCP 47 tag of the article's language; a hint")
    cleaning.add_argument("--json", action="store_true", help="print the answer as the HTTP service gives it")
    cleaning.add_argument("--explain", action="store_true", help="show every line, what is removed, and why")

    batch = add(
        "batch", _batch, "clean the articles in whole files", "batch crawl.jsonl.gz --text content -o clean.jsonl.gz"
    )
    batch.add_argument(
        "inputs",
        nargs="+",
        type=Path,
        metavar="IN",
        help=".jsonl .csv .tsv .parquet .warc .wet .txt .html, packed (.gz .bz2 .xz .zst) or not; or a folder of such",
    )
    batch.add_argument(
        "-o",
        "--output",
        required=True,
        type=Path,
        metavar="OUT",
        help="a file: .jsonl .csv .tsv (packed or not) .parquet; or, for a folder of .txt files, a new folder",
    )
    batch.add_argument("--text", metavar="FIELD", help="the field with the text (default: text, unless html is there)")
    batch.add_argument("--html", metavar="FIELD", help="the field with the page (default: html)")
    batch.add_argument("--url", metavar="FIELD", help="the field with the address (default: url)")
    batch.add_argument("--title", metavar="FIELD", help="the field with the headline (default: title)")
    batch.add_argument("--language", metavar="FIELD", help="the field with the language (default: none)")
    batch.add_argument("--scope", metavar="tail|article", help="how much may go (default: tail, for HTML article)")
    batch.add_argument(
        "--keep", type=_names, metavar="FIELD,...", help="fields to write again (default: all; '': none)"
    )
    batch.add_argument(
        "--fill",
        type=_fill,
        default="body,related",
        metavar="PART[=FIELD],...",
        help=f"what of the answer is written, and in which field; parts: {' '.join(PARTS)} (default: body,related)",
    )
    batch.add_argument("--workers", type=_count, metavar="N", help="processes that clean (default: one per CPU)")
    batch.add_argument("--overwrite", action="store_true", help="replace OUT, and start from the beginning")

    serving = add("serve", _serve, "serve over HTTP with gunicorn", "serve --port 8080")
    serving.add_argument("--host", help="address to listen on (default: $HOST, or 127.0.0.1)")
    serving.add_argument("--port", help="port to listen on (default: $PORT, or 8000)")

    rules = add("rules", _rules, "show what the lexicon knows, and check its examples", "rules ru")
    rules.add_argument("tag", nargs="?", metavar="TAG", help="a language, for its phrases")

    add("version", _version, "print the version", "version")
    return parser


def _clean(asked: argparse.Namespace) -> None:
    text = charset.decode(_bytes(asked.file), asked.charset, markup=asked.html)
    options = {name: getattr(asked, name) for name in ("scope", "url", "title", "language")}
    size.parts(text, settings.read(os.environ).max_lines, html=asked.html)
    source = {"html" if asked.html else "text": text}
    request = wire.read_request({**source, "explain": asked.explain, **options}, wire.CleanOptions(), wire.CleanRequest)
    run = clean.clean_html if asked.html else clean.clean_text
    result = run(text, load(), request.options())
    if asked.json:
        _write(jsontext.dump(wire.answer(result, html=asked.html, explain=asked.explain)))
    elif asked.explain:
        _explain(result)
    elif result.body:
        _write(result.body.encode("utf-8", "replace") + b"\n")


def _bytes(file: str) -> bytes:
    if file != "-":
        return Path(file).read_bytes()
    if sys.stdin is None:
        raise AfterwordError("standard input is closed")
    if sys.stdin.isatty():
        print("reading the article from the terminal; Ctrl-D ends it", file=sys.stderr)
    return sys.stdin.buffer.read()


def _write(output: bytes) -> None:
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def _explain(result: Result) -> None:
    """Print the article, its removed lines marked, struck through, and with their reasons."""
    console = _console()
    counts: Counter[str] = Counter()
    spans = iter(result.removed)
    span = next(spans, None)
    end = 0
    for line in result.lines:
        while span is not None and span.end <= line.start:
            span = next(spans, None)
        if result.source.count("\n", end, line.start) > 1:
            console.print()
        end = line.end
        text = result.source[line.start : line.end].translate(_PICTURES)
        if line.removed and span is not None:
            counts[span.kind] += 1
            why = Text(f"  [{span.kind}: {span.reason.translate(_PICTURES)}]", "not strike dim")
            console.print(Text("- ", "red") + Text(text, "strike red") + why)
        else:
            console.print(Text("  " + text))
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    console.print(Text(f"\nremoved: {told or 'nothing'}", "bold"))
    for link in result.related:
        told = " · ".join(part for part in (link.title, link.date, link.url) if part)
        console.print(Text(f"related: {told.translate(_PICTURES)}"))
    if result.note is not None:
        console.print(Text(f"note: {result.note}"))


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for name in value.split(",") if name)


def _fill(value: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _names(value))
    found = {part: field or part for part, _, field in pairs}
    if not found or len(set(found.values())) < len(found):
        raise argparse.ArgumentTypeError("name some parts, each in a field of its own")
    return found


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= _MOST_WORKERS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST_WORKERS}")
    return int(value)


def _batch(asked: argparse.Namespace) -> int:
    named = {
        name: getattr(asked, name) for name in ("text", "html", "url", "title", "language", "scope", "keep", "fill")
    }
    wire.read_request({"text": "", "scope": asked.scope}, wire.CleanOptions(), wire.CleanRequest)
    limits = settings.read(os.environ)
    job = bulk.Job(
        asked.inputs,
        asked.output,
        Choice(**named),
        asked.workers or cpus.cpus(),
        limits.max_bytes,
        limits.max_lines,
        asked.overwrite,
    )
    with progress.Bar(Console(stderr=True)) as bar:
        last = bulk.run(job, load(), bar)
    cleaned = last.done - last.failed
    print(f"{cleaned:,} article{'' if cleaned == 1 else 's'} in {asked.output}, {progress.rate(last)}")
    if last.failed:
        print(f"{last.failed:,} failed: see {bulk.errors_path(asked.output)}", file=sys.stderr)
    return _SOME_FAILED if last.failed else 0


def _serve(asked: argparse.Namespace) -> None:
    chosen = {name: value for name, value in (("HOST", asked.host), ("PORT", asked.port)) if value is not None}
    environment = {**os.environ, **chosen}
    try:
        settings.read(environment)
    except SettingsError:
        given.read(environment=environment)  # the same, told together with the faults of keys and packs
        raise
    command = ("-m", "gunicorn", "-c", "python:service.gunicorn_conf", "service.app:create_app()")
    # gunicorn takes this process over, so that signals reach it directly.
    os.execve(sys.executable, (sys.executable, *command), environment)  # noqa: S606 - no shell is wanted


def _rules(asked: argparse.Namespace) -> None:
    lexicon = load()
    facts = lexicon.facts()
    languages = facts.pop("languages")
    chosen = ""
    if asked.tag is None:
        for tag, counts in sorted(languages.items()):
            _row(tag, counts)
        _row("all", facts)
    else:
        # "DE" and "pt-BR" are tags as well; a pack is a language's, whatever the region
        tag = next((tag for tag in (asked.tag.lower(), language.primary(asked.tag)) if tag in languages), None)
        if tag is None:
            raise AfterwordError(f"no pack for {asked.tag!r}; there are {', '.join(sorted(languages))}")
        chosen = f"{tag}."
        for record in lexicon.records.values():
            if record.id.startswith(chosen):
                print(record.id, record.kind, record.reach, " | ".join(record.phrases), sep="\t")
    # Whoever edits a pack asks here whether it does what its examples say.
    if faults := [fault for fault in lexicon.example_faults() if fault.startswith(chosen)]:
        raise PackError(faults)


def _row(name: str, counts: Mapping[str, object]) -> None:
    print(name, *(count if isinstance(count, str) else f"{what} {count}" for what, count in counts.items()), sep="\t")


def _version(_: argparse.Namespace) -> None:
    print(service.__version__)
