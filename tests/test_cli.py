"""The command line gives the answers of the service, and says what is wrong in one line."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import service
from service import cli
from service.lexicon import Lexicon
from tests.serving import ROOT

SEED = str(ROOT / "tests" / "kerry-lavrov.txt")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: bytes
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], lexicon: Lexicon) -> Run:
    """Run a command in this process, with `stdin` as its standard input and the packs as they are already loaded."""
    monkeypatch.setattr(cli, "load", lambda: lexicon)

    def command(*arguments: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = cli.main(arguments)
        except SystemExit as left:  # argparse ends the process by itself
            status = left.code if isinstance(left.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = capfdbinary.readouterr()
        return Ended(status, out, err.decode())

    return command


def is_refused(ended: Ended, *words: str) -> None:
    assert ended.status == 2
    assert ended.out == b""
    assert ended.err.count("\n") == 1, "bad input is told in one line"
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err


def test_clean_prints_the_body(run: Run, seed: str) -> None:
    ended = run("clean", SEED)

    assert ended.status == 0
    assert ended.err == ""
    assert ended.out.decode() == seed[: seed.index("\n\nSee also:")] + "\n"


@pytest.mark.parametrize("arguments", [["-"], []])
def test_clean_reads_standard_input(run: Run, seed: str, arguments: list[str]) -> None:
    assert run("clean", *arguments, stdin=seed.encode()).out == run("clean", SEED).out


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(run: Run, seed: str, codec: str) -> None:
    assert run("clean", stdin=seed.encode(codec)).out == run("clean", SEED).out


def test_a_charset_can_be_named(run: Run, seed: str) -> None:
    assert run("clean", "--charset", "windows-1251", stdin=seed.encode("cp1251")).out == run("clean", SEED).out


PAGE = b"<html><body><article><p>The bridge was closed on Monday.</p><p>Share on Facebook</p></article></body></html>"


@pytest.mark.parametrize(
    ("options", "request_"),
    [
        ([], {}),
        (["--explain"], {"explain": True}),
        (["--scope", "article"], {"scope": "article"}),
        (
            ["--url", "https://a.example/1", "--title", "T", "--language", "en"],
            {"url": "https://a.example/1", "title": "T", "language": "en"},
        ),
    ],
)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_json_is_the_answer_of_the_service_to_the_byte(
    run: Run, client: FlaskClient, seed: str, options: list[str], request_: dict[str, Any], kind: str
) -> None:
    sent = seed.encode() if kind == "text" else PAGE
    ended = run("clean", "--json", *options, *(["--html"] if kind == "html" else []), stdin=sent)

    assert ended.status == 0
    assert ended.out == client.post("/v1/clean", json={kind: sent.decode(), **request_}).data


def test_explain_shows_what_goes_and_why(run: Run, seed: str) -> None:
    shown = run("clean", "--explain", SEED).out.decode()
    lines = shown.splitlines()

    assert "\x1b" not in shown, "no colours when it is not a terminal"
    assert f"  {seed.splitlines()[0]}" in lines
    removed = [line for line in lines if line.startswith("- ")]
    assert removed[0].startswith("- See also:  [related_heading: ")
    assert any(line.startswith("- Опубликовать в LiveJournal  [share: ") for line in removed)
    assert "related: Lavrov and Kerry discussed the situation in Aleppo" in lines
    kept = "\n".join(line[2:] for line in lines[: lines.index(removed[0])])
    assert kept.strip() == run("clean", SEED).out.decode().strip()


def test_explain_strikes_out_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert b"\x1b[9;31mShare this news\x1b[0m" in run("clean", "--explain", SEED).out


def test_explain_does_not_let_an_article_speak_to_the_terminal(run: Run) -> None:
    shown = run(
        "clean", "--explain", stdin=b"The bridge \x1b[2J was \x9b1m closed \xc2\x9b1m.\n".replace(b"\x9b1m c", b"c")
    )

    assert "␛[2J" in shown.out.decode()
    assert b"\x1b" not in shown.out
    assert b"\xc2\x9b" not in shown.out


def test_nothing_in_nothing_out(run: Run) -> None:
    assert run("clean") == Ended(0, b"", "")


def test_bad_input_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    is_refused(run("clean", str(tmp_path / "no\nsuch.txt")), "such.txt", "No such file")
    is_refused(run("clean", str(tmp_path)), "Is a directory")
    is_refused(run("clean", stdin=b"\xff"), "not valid utf-8")
    is_refused(run("clean", "--charset", "klingon", stdin=b"a"), "klingon")
    is_refused(run("clean", "--scope", "all", stdin=b"a"), "scope", "tail")
    is_refused(run("clean", "--url", "nowhere", stdin=b"a"), "url")
    is_refused(run("clean", "--language", "klingon", stdin=b"a"), "language")
    is_refused(run("clean", "--title", "\udcff", stdin=b"a"), "title")
    is_refused(run("clean", "--colour", stdin=b"a"), "--colour")
    is_refused(run("clean", "a", "b"), "b")
    is_refused(run("rules", "xx"), "xx", "ru")
    is_refused(run("polish"), "polish")
    is_refused(run(), "COMMAND")


@pytest.mark.parametrize(
    ("closed", "told"), [("<&-", "standard input is closed"), (">&-", "standard output is closed"), ("2>&-", "")]
)
def test_a_closed_stream_is_told_in_one_line(closed: str, told: str) -> None:
    command = ["bash", "-c", f'"{sys.executable}" -m service clean {closed}']
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        out, err = process.communicate(b"\xff", timeout=60)

    assert (process.returncode, out) == (2, b"")
    assert told in err.decode()
    assert err.count(b"\n") == bool(told)


def test_rules_tells_languages_and_their_phrases(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lexicon, "example_faults", lambda _: iter(()))
    totals = run("rules")
    assert (totals.status, totals.err) == (0, "")
    tags = [line.partition("\t")[0] for line in totals.out.decode().splitlines()]
    assert {"ru", "en"} <= set(tags)
    assert tags[-1] == "all"

    phrases = run("rules", "ru")
    assert phrases.status == 0
    lines = phrases.out.decode().splitlines()
    assert lines
    assert all(line.startswith("ru.") for line in lines)
    assert any("\tshare\t" in line for line in lines)


@pytest.mark.parametrize(("asked", "pack"), [("DE", "de"), ("pt-BR", "pt"), ("zh_Hant", "zh"), ("sr-Cyrl-RS", "sr")])
def test_rules_takes_any_tag_of_a_language(run: Run, monkeypatch: pytest.MonkeyPatch, asked: str, pack: str) -> None:
    monkeypatch.setattr(Lexicon, "example_faults", lambda _: iter(()))
    ended = run("rules", asked)

    assert ended.status == 0
    assert {line.partition(".")[0] for line in ended.out.decode().splitlines()} == {pack}


def test_rules_tells_which_examples_fail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = ["ru.share.x: catches 'a' is hit by nothing", "en.share.x: spares 'b' is hit by en.share.x"]
    monkeypatch.setattr(Lexicon, "example_faults", lambda _: iter(faults))

    for arguments, told in (([], faults), (["ru"], faults[:1]), (["de"], [])):
        ended = run("rules", *arguments)
        assert ended.status == (2 if told else 0)
        assert [fault for fault in faults if fault in ended.err] == told


def test_version(run: Run) -> None:
    assert run("version").out.decode() == f"{service.__version__}\n"


@pytest.mark.parametrize("command", [[], ["clean"], ["batch"], ["serve"], ["rules"], ["version"]])
def test_every_help_has_an_example(run: Run, command: list[str]) -> None:
    ended = run(*command, "--help")

    assert ended.status == 0
    assert b"example: python -m service" in ended.out


def test_serve_refuses_bad_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_WORKERS", "none")
    ended = run("serve", "--port", "99999")

    assert ended.status == 2
    assert "PORT" in ended.err
    assert "AFTERWORD_WORKERS" in ended.err


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = [sys.executable, "-m", "service", "clean", "--json", "--explain", "-"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(b"The bridge was closed on Monday.\n" * 50_000)
        process.stdin.close()
        told = process.stderr.read()

    assert (process.returncode, told) == (0, b"")


def test_output_is_utf8_in_any_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    for options in ([], ["--json"], ["--explain"]):
        ended = subprocess.run(
            [sys.executable, "-m", "service", "clean", *options, SEED],
            cwd=ROOT, env=environment, capture_output=True, check=True,
        )  # fmt: skip
        assert "— said the Russian diplomat." in ended.stdout.decode()


def test_json_output_can_be_read_by_others(run: Run) -> None:
    assert json.loads(run("clean", "--json", stdin=b"a").out)["body"] == "a"


def test_clean_refuses_more_lines_or_tags_than_the_service_does(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_MAX_LINES", "10")

    assert json.loads(run("clean", "--json", stdin=b" \n" * 11).out)["body"] == ""
    is_refused(run("clean", "-", stdin=b"a\n" * 11), "more than 10 lines")
    is_refused(run("clean", "--html", "-", stdin=b"<p>a" * 11), "more than 10 tags")
