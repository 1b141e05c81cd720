"""Whole files: every form in and out, the order kept, nothing lost or doubled, whatever is killed and when."""

import bz2
import csv
import gzip
import json
import lzma
import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from service import bulk, cli, workers
from service.bulk import Job, State
from service.errors import AfterwordError
from service.lexicon import Lexicon
from service.record import Choice

LIMIT = 100_000
LINES = 1_000
TAIL = "\n\nRead also\n\nMinistry warns of further storms this week\n\nShare on Facebook"
STAY = "The bridge number {} over the river was closed on Monday, after a storm had damaged two of its pillars."
RELATED = [{"title": "Ministry warns of further storms this week", "url": None, "date": None, "heading": "Read also"}]


def text(number: int) -> str:
    return STAY.format(number) + TAIL


def page(number: int) -> str:
    return f"<html><body><article><p>{STAY.format(number)}</p><p>{STAY.format(number)}</p></article></body></html>"


Run = Callable[..., State]


@pytest.fixture
def run(lexicon: Lexicon) -> Run:
    def command(inputs: Path | list[Path], output: Path, **given: Any) -> State:
        choice = Choice(**{name: given.pop(name) for name in list(given) if name in Choice.__slots__})
        tell = given.pop("tell", lambda _: None)
        paths = inputs if isinstance(inputs, list) else [inputs]
        limits = {"workers": 2, "limit": LIMIT, "lines": LINES}
        return bulk.run(Job(paths, output, choice, **{**limits, **given}), lexicon, tell)

    return command


def write_lines(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- forms ------------------------------------------------------------------------------------------------------------


def test_json_lines(run: Run, tmp_path: Path) -> None:
    rows = [{"n": n, "text": text(n), "more": {"big": 2**70 + n, "π": [1.5, None, True]}} for n in range(300)]
    state = run(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl")

    assert (state.done, state.failed) == (300, 0)
    assert read_lines(tmp_path / "out.jsonl") == [
        {**row, "body": STAY.format(row["n"]), "related": RELATED} for row in rows
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"], "nothing is left lying about"


def test_fields_are_chosen(run: Run, tmp_path: Path) -> None:
    rows = [{"id": 1, "content": text(1), "address": "https://a.example/", "text": "not this"}]
    source = write_lines(tmp_path / "in.jsonl", rows)
    run(
        source, tmp_path / "out.jsonl", text="content", url="address", keep=("id", "none"),
        fill={"body": "clean", "removed": "gone", "lines": "lines", "note": "note"},
    )  # fmt: skip
    (row,) = read_lines(tmp_path / "out.jsonl")

    assert list(row) == ["id", "none", "clean", "gone", "lines", "note"]
    assert (row["id"], row["none"], row["clean"], row["note"]) == (1, None, STAY.format(1), None)
    assert [span["kind"] for span in row["gone"]] == ["related_heading", "related", "share"]
    assert len(row["lines"]) == 4

    run(
        write_lines(tmp_path / "b.jsonl", [{"body": text(2)}]),
        tmp_path / "b.out.jsonl",
        text="body",
        fill={"body": "body"},
    )
    assert read_lines(tmp_path / "b.out.jsonl") == [{"body": STAY.format(2)}], "in place"


def test_a_page_wins_over_its_text(run: Run, tmp_path: Path) -> None:
    rows = [{"html": page(1), "text": "no"}, {"html": "", "text": text(2)}, {"html": None, "text": text(3)}]
    run(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl", keep=())

    assert [row["body"].split("\n")[0] for row in read_lines(tmp_path / "out.jsonl")] == list(
        map(STAY.format, (1, 2, 3))
    )


def test_what_cannot_be_cleaned_is_told_in_a_file_beside_and_the_rest_go_on(run: Run, tmp_path: Path) -> None:
    lines = [
        json.dumps({"n": 0, "text": text(0)}).encode(),
        b"nonsense",
        b"[1]",
        b"",
        b'{"n": 1}',
        b'{"text": 1}',
        b'{"text": "\\ud800"}',
        b'{"text": "a", "text": "b"}',
        b'{"text": NaN}',
        b'{"text": "\xff"}',
        b'{"text": "' + b"a" * LIMIT + b'"}',
        b'{"text": ' + b"[" * 50_000,
        b'{"n": ' + b"9" * 5000 + b', "text": "a"}',
        json.dumps({"n": 12, "text": text(12)}).encode(),
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\r\n".join(lines))
    state = run(tmp_path / "in.jsonl", tmp_path / "out.jsonl")

    assert (state.done, state.failed) == (13, 11)
    assert [row["n"] for row in read_lines(tmp_path / "out.jsonl")] == [0, 12]
    told = read_lines(tmp_path / "out.jsonl.errors.jsonl")
    assert [row["record"] for row in told] == [2, 3, *range(5, 14)], "numbers of lines"
    assert {row["source"] for row in told} == {str(tmp_path / "in.jsonl")}
    details = [row["error"]["detail"] for row in told]
    for detail, word in zip(
        details,
        [
            "not JSON",
            "object",
            "no field",
            "string",
            "surrogate",
            "twice",
            "NaN",
            "utf-8",
            "larger",
            "deep",
            "not JSON",
        ],
        strict=True,
    ):
        assert word in detail


def test_csv(run: Run, tmp_path: Path) -> None:
    rows = [
        ["n", "text", "more"],
        ["0", text(0), 'a "quoted", cell'],
        ["1"],
        ["2", text(2), "\udcff"],
        ["3", text(3), ""],
    ]
    with (tmp_path / "in.csv").open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file).writerows(rows)
    state = run(tmp_path / "in.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        header, *found = csv.reader(file)

    assert (state.done, state.failed) == (4, 2)
    assert header == ["n", "text", "more", "body", "related"]
    assert [row[:4] for row in found] == [[*rows[n + 1], STAY.format(n)] for n in (0, 3)]
    assert json.loads(found[0][4]) == RELATED
    assert [row["record"] for row in read_lines(tmp_path / "out.csv.errors.jsonl")] == [2, 3]

    run(tmp_path / "in.csv", tmp_path / "out.tsv", keep=("n",), fill={"body": "text"})
    assert (tmp_path / "out.tsv").read_text("utf-8") == f"n\ttext\n0\t{STAY.format(0)}\n3\t{STAY.format(3)}\n"


def test_a_quote_that_is_never_closed_does_not_take_in_the_rest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\n" + '"never closed\n' + "a\n" * LIMIT, "utf-8")
    (tmp_path / "b.csv").write_text("text\nb\n", "utf-8")
    state = run([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "out.csv")

    assert (state.done, state.failed) == (2, 1)
    assert (tmp_path / "out.csv").read_text("utf-8") == "text,body,related\nb,b,[]\n"
    assert "field larger than" in read_lines(tmp_path / "out.csv.errors.jsonl")[0]["error"]["detail"]


def test_parquet(run: Run, tmp_path: Path) -> None:
    day = [pa.scalar(n, pa.date32()) for n in range(1000)]
    table = pa.table({"n": range(1000), "text": map(text, range(1000)), "day": day, "raw": [b"a"] * 1000})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=300)
    fill = {"body": "body", "related": "related", "removed": "gone", "lines": "lines", "published": "published"}
    run(tmp_path / "in.parquet", tmp_path / "out.parquet", fill=fill)
    found = pq.read_table(tmp_path / "out.parquet")

    assert found.schema.names == [*table.schema.names, *fill.values()]
    assert found.select(table.schema.names).equals(table)
    assert found["body"].to_pylist() == [STAY.format(n) for n in range(1000)]
    assert found["related"].to_pylist() == [RELATED] * 1000
    assert found["gone"][0].as_py()[0]["kind"] == "related_heading"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]

    run(tmp_path / "in.parquet", tmp_path / "out.jsonl", keep=("day", "raw"))
    assert read_lines(tmp_path / "out.jsonl")[1]["day"] == "1970-01-02"


def test_other_forms_become_parquet(run: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": text(1), "n": {"a": 1}}, {"text": text(2), "n": "b"}])
    run(source, tmp_path / "out.parquet", keep=("n",))

    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [
        {"n": '{"a":1}', "body": STAY.format(1), "related": RELATED},
        {"n": "b", "body": STAY.format(2), "related": RELATED},
    ]


def folder_of_texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    (folder / "b" / "c").mkdir(parents=True)
    for n, name in enumerate(["a.txt", "b/a.txt", "b/c/ä.txt", "z.txt"]):
        (folder / name).write_text(text(n), "utf-8")
    (folder / "ignored.pdf").write_bytes(b"%PDF")
    (folder / ".hidden.txt").write_text("no", "utf-8")
    return folder


def test_a_folder_of_texts(run: Run, tmp_path: Path) -> None:
    folder = folder_of_texts(tmp_path)
    (folder / "wrong.txt").write_bytes(b"\xff")
    state = run(folder, tmp_path / "clean")

    found = {path.relative_to(tmp_path / "clean").as_posix() for path in (tmp_path / "clean").rglob("*.txt")}
    assert (state.done, state.failed) == (5, 1)
    assert found == {"a.txt", "b/a.txt", "b/c/ä.txt", "z.txt"}
    assert (tmp_path / "clean" / "b" / "c" / "ä.txt").read_text("utf-8") == STAY.format(2) + "\n"
    assert read_lines(tmp_path / "clean.errors.jsonl")[0]["source"] == "wrong.txt"


def test_files_of_all_forms_at_once(run: Run, tmp_path: Path) -> None:
    folder = folder_of_texts(tmp_path)
    (folder / "page.html").write_bytes(page(4).encode("utf-16"))
    source = write_lines(tmp_path / "in.ndjson", [{"text": text(5)}])
    run([folder, source, folder / "z.txt"], tmp_path / "out.jsonl")
    rows = read_lines(tmp_path / "out.jsonl")

    assert [row.get("file") for row in rows] == [
        "a.txt", "b/a.txt", "b/c/ä.txt", "page.html", "z.txt", None, (folder / "z.txt").as_posix(),
    ]  # fmt: skip
    assert [row["body"].split("\n")[0] for row in rows] == list(map(STAY.format, (0, 1, 2, 4, 3, 5, 3)))


def archive(path: Path, *, packed: bool) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)

        def add(kind: str, url: str, content: bytes, media: str, status: str = "200 OK") -> None:
            http = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
            more = {"http_headers": http} if kind == "response" else {"warc_content_type": media}
            writer.write_record(writer.create_warc_record(url, kind, payload=BytesIO(content), **more))

        add("response", "https://a.example/0", page(0).encode(), "text/html; charset=utf-8")
        add("response", "https://a.example/1", b"GIF89a", "image/gif")
        add("response", "https://a.example/2", page(2).encode(), "text/html", "404 Not Found")
        add(
            "response",
            "https://a.example/3",
            page(3).replace("bridge", "мост").encode("cp1251"),
            "text/html;charset=windows-1251",
        )
        add("response", "https://a.example/4", b"a" * (LIMIT + 1), "text/html")
        add("conversion", "https://a.example/5", text(5).encode(), "text/plain")
        add("metadata", "https://a.example/6", b"a: b", "application/warc-fields")
    return path


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # of warcio's writer, which only the test uses
@pytest.mark.parametrize("name", ["in.warc", "in.warc.gz", "in.wet.gz"])
def test_web_archives(run: Run, tmp_path: Path, name: str) -> None:
    state = run(archive(tmp_path / name, packed=name.endswith(".gz")), tmp_path / "out.jsonl")
    rows = read_lines(tmp_path / "out.jsonl")

    assert (state.done, state.failed) == (4, 1)
    assert [row["url"] for row in rows] == [f"https://a.example/{n}" for n in (0, 3, 5)]
    assert [row["body"].split("\n")[0] for row in rows] == [
        STAY.format(0), STAY.format(3).replace("bridge", "мост"), STAY.format(5),
    ]  # fmt: skip
    assert rows[0]["record_id"].startswith("<urn:uuid:")
    assert read_lines(tmp_path / "out.jsonl.errors.jsonl")[0]["record"] == 5


PACKERS: Mapping[str, Any] = {".gz": gzip, ".bz2": bz2, ".xz": lzma, ".zst": zstd}


@pytest.mark.parametrize("suffix", PACKERS)
def test_files_may_be_packed(run: Run, tmp_path: Path, suffix: str) -> None:
    rows = [{"n": n, "text": text(n)} for n in range(1100)]
    plain = write_lines(tmp_path / "in.jsonl", rows)
    packed = tmp_path / f"in.jsonl{suffix}"
    packed.write_bytes(PACKERS[suffix].compress(plain.read_bytes()))
    run(packed, tmp_path / f"out.jsonl{suffix}")
    run(plain, tmp_path / "out.jsonl")

    assert (
        PACKERS[suffix].decompress((tmp_path / f"out.jsonl{suffix}").read_bytes())
        == (tmp_path / "out.jsonl").read_bytes()
    )


def test_a_file_that_breaks_off_is_told_of_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"n": n, "text": text(n) + str(random.random())}) + "\n" for n in range(100))
    whole = gzip.compress(rows.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.jsonl").write_text("", "utf-8")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and no more")
    write_lines(tmp_path / "d.jsonl", [{"n": "last", "text": text(0)}])
    state = run([tmp_path / name for name in ("a.jsonl.gz", "b.jsonl", "c.parquet", "d.jsonl")], tmp_path / "out.jsonl")
    found = read_lines(tmp_path / "out.jsonl")
    told = read_lines(tmp_path / "out.jsonl.errors.jsonl")

    assert state.failed == 2
    assert [row["n"] for row in found] == [*range(len(found) - 1), "last"]
    assert 10 < len(found) < 100
    assert [Path(row["source"]).name for row in told] == ["a.jsonl.gz", "c.parquet"]
    assert all("cannot be read from here on" in row["error"]["detail"] for row in told)


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.csv", "out.jsonl.zst", "out.parquet"])
def test_nothing_becomes_an_empty_file_that_can_be_read(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "in.csv").write_text("text\n", "utf-8")
    run(tmp_path / "in.csv", tmp_path / name)

    assert run(tmp_path / name, tmp_path / "again.jsonl").done == 0


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_what_cannot_be_done_is_said_before_anything_is_done(run: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": "a"}])
    folder = folder_of_texts(tmp_path)
    (tmp_path / "a.csv").write_text("a,b\n", "utf-8")
    (tmp_path / "b.csv").write_text("a,c\n", "utf-8")
    (tmp_path / "there.jsonl").write_text("precious", "utf-8")
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for inputs, output, given, words in [
        (source, "out.docx", {}, "the output is"),
        (source, "out.parquet.gz", {}, "the output is"),
        (source, "out.csv", {}, "--keep"),
        (source, "out", {}, "folder"),
        (source, "none/out.jsonl", {}, "does not exist"),
        (source, "there.jsonl", {}, "--overwrite"),
        (source, "in.jsonl", {}, "must not be in what is read"),
        (source, "empty", {}, "delete it first"),
        (source, "out.jsonl", {"fill": {"bodies": "body"}}, "bodies"),
        (folder, "texts/out", {}, "must not be in what is read"),
        (folder, "texts/out.jsonl", {}, "must not be in what is read"),
        (folder / "ignored.pdf", "out.jsonl", {}, "cannot tell"),
        (tmp_path / "empty", "out.jsonl", {}, "nothing to read"),
        ([tmp_path / "a.csv", tmp_path / "b.csv"], "out.csv", {}, "--keep"),
    ]:
        with pytest.raises(AfterwordError, match=words):
            run(inputs, tmp_path / output, **given)
    with pytest.raises(FileNotFoundError):
        run(tmp_path / "none.jsonl", tmp_path / "out.jsonl")

    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "there.jsonl").read_text("utf-8") == "precious"


def test_overwrite(run: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": "a"}])
    (tmp_path / "out.jsonl").write_text("old", "utf-8")
    run(source, tmp_path / "out.jsonl", overwrite=True)

    assert read_lines(tmp_path / "out.jsonl") == [{"text": "a", "body": "a", "related": []}]


# --- killed and resumed -----------------------------------------------------------------------------------------------


class StopError(Exception):
    """What a test raises in the middle of a run."""


def stop_at(done: int) -> Callable[[State], None]:
    def tell(state: State) -> None:
        if state.done >= done:
            raise StopError

    return tell


def mixed(path: Path, count: int) -> Path:
    """Write articles, some of them wrong."""
    return write_lines(path, [{"n": n, "text": 1 if n % 97 == 5 else text(n)} for n in range(count)])


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet"])
def test_a_run_that_was_stopped_gives_the_bytes_of_one_that_was_not(run: Run, tmp_path: Path, name: str) -> None:
    source = mixed(tmp_path / "in.jsonl", 1700)
    (tmp_path / "whole").mkdir()
    whole, output = tmp_path / "whole" / name, tmp_path / name
    run(source, whole, keep=("n",))
    for done in (1, 400, 501, 1600):
        with pytest.raises(StopError):
            run(source, output, keep=("n",), tell=stop_at(done))
        assert not output.exists(), "a part of the output is not taken for the whole"
    state = run(source, output, keep=("n",), workers=1)

    assert state.resumed == 1500
    assert output.read_bytes() == whole.read_bytes()
    errors = bulk.errors_path(output).read_bytes()
    assert errors == bulk.errors_path(whole).read_bytes()
    assert errors.count(b"\n") == 18


def test_a_folder_that_was_stopped(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_BLOCK", 2)
    folder = folder_of_texts(tmp_path)
    with pytest.raises(StopError):
        run(folder, tmp_path / "clean", tell=stop_at(3))
    assert not (tmp_path / "clean").exists()
    run(folder, tmp_path / "clean")

    assert len(list((tmp_path / "clean").rglob("*.txt"))) == 4


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
@pytest.mark.parametrize("what", ["replace", "rmtree", "unlink"])
def test_a_run_that_was_stopped_at_the_very_end(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise StopError

    source = mixed(tmp_path / "in.jsonl", 600)
    with monkeypatch.context() as patched:
        if what == "rmtree":
            patched.setattr("service.bulk.shutil.rmtree", stop)
        else:
            patched.setattr(Path, what, stop)
        with pytest.raises(StopError):
            run(source, tmp_path / name, keep=("n",))
    run(source, tmp_path / name, keep=("n",))
    run(tmp_path / name, tmp_path / "again.jsonl", text="body", fill={"body": "body"})

    assert [row["n"] for row in read_lines(tmp_path / "again.jsonl")] == [
        n if name.endswith("l") else str(n) for n in range(600) if n % 97 != 5
    ]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"in.jsonl", name, f"{name}.errors.jsonl", "again.jsonl"}


def test_another_run_is_not_gone_on_with(run: Run, tmp_path: Path) -> None:
    source, output = mixed(tmp_path / "in.jsonl", 600), tmp_path / "out.jsonl"
    with pytest.raises(StopError):
        run(source, output, tell=stop_at(550))
    with pytest.raises(AfterwordError, match="another run"):
        run(source, output, keep=("n",))
    mixed(source, 599)
    with pytest.raises(AfterwordError, match="another run"):
        run(source, output)
    assert run(source, output, overwrite=True).resumed == 0


def test_an_output_that_was_cut_is_not_gone_on_with(run: Run, tmp_path: Path) -> None:
    source, output = mixed(tmp_path / "in.jsonl", 600), tmp_path / "out.jsonl"
    with pytest.raises(StopError):
        run(source, output, tell=stop_at(550))
    (tmp_path / "out.jsonl.part").unlink()
    with pytest.raises(AfterwordError, match="shorter"):
        run(source, output)


def test_a_torn_ledger_is_mended(run: Run, tmp_path: Path) -> None:
    source, output = mixed(tmp_path / "in.jsonl", 1100), tmp_path / "out.jsonl"
    with pytest.raises(StopError):
        run(source, output, tell=stop_at(1050))
    ledger = tmp_path / "out.jsonl.progress"
    for torn in (b'{"done": 10', None):
        content = ledger.read_bytes()
        ledger.write_bytes(content + torn if torn else content[:10])
        with pytest.raises(StopError):
            run(source, output, tell=stop_at(1050))
        assert ledger.read_bytes().count(b"\n") == 3
    assert run(source, output).resumed == 1000
    assert [row["n"] for row in read_lines(output)] == [n for n in range(1100) if n % 97 != 5]


@contextmanager
def forked(run: Run, source: Path, output: Path) -> Iterator[int]:
    """Run in a process of its own, which has the packs already; yield its id. Ends with 0 if it came to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that other tests have left
        pid = os.fork()
    if pid == 0:
        try:
            run(source, output)
            os._exit(0)
        finally:
            os._exit(3)
    try:
        yield pid
    finally:
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def until(found: Callable[[], object], what: str) -> None:
    """Return when `found` is true; fail with `what` after minutes, since machines may be busy."""
    end = time.monotonic() + 200
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.005)


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_run_that_is_killed_at_any_moment(run: Run, tmp_path: Path) -> None:
    source = mixed(tmp_path / "in.jsonl", 4000)
    run(source, tmp_path / "whole.jsonl.gz")
    output, part = tmp_path / "out.jsonl.gz", tmp_path / "out.jsonl.gz.part"
    for _ in range(4):
        before = part.stat().st_size if part.exists() else 0
        with forked(run, source, output):
            # It has begun, and cut off what was not noted: from then on, at any moment.
            until(lambda before=before: part.exists() and part.stat().st_size > before, "the run does not get on")
            time.sleep(random.random() / 10)
        assert not output.exists(), "too late to be killed"
    resumed = run(source, output).resumed

    assert 0 < resumed < 4000
    assert output.read_bytes() == (tmp_path / "whole.jsonl.gz").read_bytes()
    assert bulk.errors_path(output).read_bytes() == bulk.errors_path(tmp_path / "whole.jsonl.gz").read_bytes()


def children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_run_that_is_killed_and_a_second_run_is_refused(run: Run, tmp_path: Path) -> None:
    source, output = mixed(tmp_path / "in.jsonl", 20_000), tmp_path / "out.jsonl"
    with forked(run, source, output) as pid:
        until((tmp_path / "out.jsonl.part").exists, "the run does not begin")
        with pytest.raises(AfterwordError, match="another run is at work"):
            run(source, output)
        mine = children(pid)
        assert len(mine) == 2
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in mine), "a worker outlives its run")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_is_killed_costs_nothing(run: Run, tmp_path: Path) -> None:
    killed: list[int] = []

    def tell(state: State) -> None:
        if state.done >= 300 * (len(killed) + 1) and len(killed) < 2:
            mine = [pid for pid in children(os.getpid()) if b"python" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            killed.append(mine[-1])
            os.kill(mine[-1], signal.SIGKILL)

    state = run(mixed(tmp_path / "in.jsonl", 1500), tmp_path / "out.jsonl", tell=tell)

    assert len(killed) == 2
    assert (state.done, state.failed) == (1500, 16)
    assert [row["n"] for row in read_lines(tmp_path / "out.jsonl")] == [n for n in range(1500) if n % 97 != 5]


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked, with what is patched")
def test_a_record_that_ends_its_worker_is_told_of_and_left_out(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned = workers.clean.clean_text

    def deadly(source: str, *more: Any) -> Any:
        if source.startswith("deadly"):
            os._exit(1)
        return cleaned(source, *more)

    monkeypatch.setattr(workers.clean, "clean_text", deadly)
    rows = [{"n": n, "text": "deadly" if n in (40, 90) else text(n)} for n in range(200)]
    state = run(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl")

    assert state.failed == 2
    assert [row["n"] for row in read_lines(tmp_path / "out.jsonl")] == [n for n in range(200) if n not in (40, 90)]
    assert [row["record"] for row in read_lines(tmp_path / "out.jsonl.errors.jsonl")] == [41, 91]


def test_a_fault_of_our_own_costs_one_record(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(workers.clean, "clean_html", faulty)
    rows = [{"text": "a"}, {"html": "<p>a"}, {"text": "b"}]
    assert run(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl").failed == 1
    (told,) = read_lines(tmp_path / "out.jsonl.errors.jsonl")
    assert (told["error"]["status"], told["error"]["detail"]) == (500, "ZeroDivisionError: by zero")


def test_a_record_of_too_many_parts_is_told_of(run: Run, tmp_path: Path) -> None:
    """Memory is spent on lines and tags, not on bytes."""
    rows = [{"text": "a\n" * (LINES + 1)}, {"html": "<p>a" * (LINES + 1)}, {"text": text(1)}]
    state = run(write_lines(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl")

    assert (state.done, state.failed) == (3, 2)
    told = read_lines(tmp_path / "out.jsonl.errors.jsonl")
    assert [row["error"]["status"] for row in told] == [413, 413]
    assert [row["error"]["detail"] for row in told] == [
        "more than 1000 lines of a text",
        "more than 1000 tags of a page",
    ]


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, lexicon: Lexicon) -> Iterator[None]:
    monkeypatch.setattr(cli, "load", lambda: lexicon)
    return


@pytest.mark.usefixtures("loaded")
def test_the_command_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"content": text(1), "id": 1}, {"id": 2}])
    arguments = ["batch", str(source), "--text", "content", "--keep", "id", "--fill", "body=clean,related"]

    assert cli.main([*arguments, "-o", str(tmp_path / "out.jsonl"), "--workers", "1"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"1 article in {tmp_path / 'out.jsonl'}, ")
    assert err == f"1 failed: see {tmp_path / 'out.jsonl.errors.jsonl'}\n"
    assert read_lines(tmp_path / "out.jsonl") == [{"id": 1, "clean": STAY.format(1), "related": RELATED}]


@pytest.mark.usefixtures("loaded")
def test_the_command_refuses_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": "a"}])
    output = ["-o", str(tmp_path / "out.jsonl")]
    for arguments, word in [
        ([str(source)], "-o"),
        ([str(source), *output, "--workers", "0"], "--workers"),
        ([str(source), *output, "--fill", "body=a,title=a"], "--fill"),
        ([str(source), *output, "--fill", "bodies"], "bodies"),
        ([str(source), *output, "--scope", "all"], "scope"),
        ([str(tmp_path / "none.jsonl"), *output], "none.jsonl"),
    ]:
        try:
            status = cli.main(["batch", *arguments])
        except SystemExit as left:
            status = int(left.code or 0)
        err = capsys.readouterr().err
        assert (status, word in err, err.count("\n")) == (2, True, 1)


@pytest.mark.usefixtures("loaded")
def test_the_bar_shows_rate_and_time_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    source = mixed(tmp_path / "in.jsonl", 700)
    cli.main(["batch", str(source), "-o", str(tmp_path / "out.jsonl")])
    err = capsys.readouterr().err

    assert "articles/s" in err
    assert "ETA" in err
    assert "%" in err


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_input(run: Run, tmp_path: Path) -> None:
    """Once it is under way, three times the input takes less than half of the bytes that it brings.

    Some it does take: an allocator does as it likes, and the workers' share of the tests' own memory is copied when
    they count its references.
    """
    used: dict[int, int] = {}

    def tell(state: State) -> None:
        if state.done in (2000, 6000):
            pids = [os.getpid(), *children(os.getpid())]
            rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text().split() for pid in pids]
            used[state.done] = 1024 * sum(int(words[words.index("Pss:") + 1]) for words in rollups)

    long = "Nothing else was known on Monday evening. " * 150
    source = write_lines(tmp_path / "in.jsonl", [{"n": n, "text": f"{long}{n}\n\n{text(n)}"} for n in range(6000)])
    run(source, tmp_path / "out.jsonl.gz", tell=tell)

    read = source.stat().st_size * 4000 // 6000
    assert read > 25_000_000
    assert used[6000] < used[2000] + read // 2, f"bytes: {used}"
