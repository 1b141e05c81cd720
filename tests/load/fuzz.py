"""Does any input break the core, or the service?

python -m tests.load.fuzz core [inputs] [processes]    1,000,000 inputs by default, on all CPUs
python -m tests.load.fuzz http [examples]              schemathesis over /openapi.json, all its checks

What both need is in tests/load/requirements.txt; without atheris, `core` makes its inputs by chance alone, and says so.
Each input of the core is a text or a page. Held are the laws: nothing is lost, cleaning twice changes nothing, the same
input gives the same answer, nothing raises, and the answer can be written as JSON and read again.
"""

import importlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from service import clean, jsontext, wire
from service.lexicon import Lexicon, load
from service.model import Options, Scope
from tests.load.client import ROOT, ok, serving, told_on_request

_LONGEST = 400  # bytes of an input
_SLOWEST = 5.0  # seconds
_PAGES = 7  # one input in so many is a page
_ROUND = 25_000  # inputs of one process of atheris, whose own memory grows by 50 KB with each
_SEEDS = (
    "The council voted on Tuesday to close the old bridge for repairs that will last until the end of summer.\n\n",
    "По словам главы района, ремонт моста продлится до конца лета, а движение пустят по объездной дороге.\n",
    "市议会星期二投票决定关闭这座旧桥进行维修，预计维修工程将持续到今年夏天结束。\n", "See also:\n", "READ ALSO: A headline 23.08.2016\n",
    "Share this news\n", "Опубликовать в LiveJournal\n", "Auf Facebook teilen\n", "* * *\n", "Tags: one, two\r\n", "© 2026 A B\n",
    "<p>The bridge was closed on Monday, the ministry said in a statement to the press.</p>", "<h1>A headline</h1>",
    '<ul><li><a href="/2">Ministry warns of further storms this week</a></li></ul>', "<h3>Read also</h3>", "<br>", "<!--",
    '<meta charset="x"><title>t</title>', "</article>", "<article>", "<table><tr><td>", "\u2028", "\ufeff", "\u202e", "e\u0301",
)  # fmt: skip


class BrokenLawError(Exception):
    """A law does not hold."""


def hold(raw: bytes, lexicon: Lexicon) -> None:
    """Clean what `raw` stands for, and raise if anything is not as promised."""
    if not raw:
        return
    mode, text = raw[0], raw[1:].decode("utf-8", "replace")
    # Most are texts: a page takes four times as long, and for the greater part in libraries.
    html, scope = mode % _PAGES == 0, (None, Scope.TAIL, Scope.ARTICLE, None)[mode >> 1 & 3]
    options = Options(
        scope,
        "https://news.example/1" if mode & 8 else None,
        "A headline" if mode & 16 else None,
        None,
        bool(mode & 32),
    )
    run = clean.clean_html if html else clean.clean_text
    began = time.process_time()
    found = run(text, lexicon, options)
    took = time.process_time() - began
    left, end = "", 0
    for removed in found.removed:
        if (
            not (end <= removed.start < removed.end <= len(found.source))
            or found.source[removed.start : removed.end] != removed.text
        ):
            raise BrokenLawError("spans do not fit")
        left += found.source[end : removed.start]
        end = removed.end
    if (left + found.source[end:]).split() != found.body.split() and "".join(
        (left + found.source[end:]).split()
    ) != "".join(found.body.split()):
        raise BrokenLawError("the body is not what is left")
    if not html and found.source != text:
        raise BrokenLawError("the source was altered")
    if not html and clean.clean_text(found.body, lexicon, options).body != found.body:
        raise BrokenLawError("cleaning twice changes more")
    if mode & 64 and run(text, lexicon, options) != found:
        raise BrokenLawError("the same input gives another answer")
    if json.loads(jsontext.dump(wire.answer(found, html=html, explain=options.explain)))["body"] != found.body:
        raise BrokenLawError("the answer does not come through JSON")
    if took > _SLOWEST:
        raise BrokenLawError(f"took {took:.1f} s")


def invented(chance: random.Random) -> bytes:
    """Return an input by chance: pieces of what articles are made of, some bytes of them changed."""
    made = bytearray([chance.randrange(256)]) + "".join(chance.choices(_SEEDS, k=chance.randrange(8))).encode()
    for _ in range(chance.randrange(6)):
        at = chance.randrange(len(made))
        kind = chance.randrange(3)
        made[at : at + (kind != 0)] = (
            b"" if kind == 1 else bytes([chance.choice((chance.randrange(256), 10, 32, 60, 62, 38))])
        )
        made = made or bytearray([0])
    return bytes(made[:_LONGEST])


def _by_chance(seed: int, inputs: int) -> tuple[int, bytes | None, str]:
    lexicon, chance = load(), random.Random(seed)
    for number in range(inputs):
        raw = invented(chance)
        try:
            hold(raw, lexicon)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return number, raw, f"{type(error).__name__}: {error}"
    return inputs, None, ""


def _guided(seed: int, inputs: int) -> tuple[int, bytes | None, str]:
    """Let atheris, in processes of its own, make inputs that reach code which none has reached before."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        chance = random.Random(seed)
        for number in range(300):
            (corpus / str(number)).write_bytes(invented(chance))
        for done in range(0, inputs, _ROUND):
            ended = subprocess.run(
                [sys.executable, "-m", "tests.load.fuzz", "target", str(corpus), f"-runs={min(_ROUND, inputs - done)}",
                 f"-seed={seed + 1 + done}", f"-max_len={_LONGEST}", f"-artifact_prefix={folder}/", "-timeout=60", "-rss_limit_mb=0"],
                cwd=ROOT, capture_output=True, check=False,
            )  # fmt: skip
            if ended.returncode != 0:
                crash = next((file.read_bytes() for file in Path(folder).glob("*-*") if file.is_file()), None)
                return done, crash, ended.stderr.decode("utf-8", "replace")[-2000:]
    return inputs, None, ""


def _target(arguments: list[str]) -> None:
    import atheris  # noqa: PLC0415 - only if it is there

    for name in list(sys.modules):
        if name.partition(".")[0] == "service":
            del sys.modules[name]
    with atheris.instrument_imports(include=["service"]):
        again = {name: importlib.import_module(f"service.{name}") for name in ("clean", "jsontext", "lexicon", "wire")}
    model = sys.modules["service.model"]
    globals().update(again, Options=model.Options, Scope=model.Scope)
    lexicon = again["lexicon"].load()
    atheris.Setup([sys.argv[0], *arguments], lambda raw: hold(raw, lexicon))
    atheris.Fuzz()


def core(inputs: int, processes: int) -> bool:
    """Run so many inputs through the core; return whether nothing broke."""
    try:
        import atheris  # noqa: F401, PLC0415 - only to see whether it is there

        work, told = _guided, "made by atheris, for coverage"
    except ImportError:
        work, told = _by_chance, "made by chance: atheris is not installed"
    began = time.monotonic()
    each = -(-inputs // processes)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        results = pool.starmap(work, [(seed, each) for seed in range(processes)])
    ok(f"core: {sum(count for count, _, _ in results)} inputs ({told}) in {time.monotonic() - began:.0f} s, "
       f"broken by {sum(bool(error) for _, _, error in results)}")  # fmt: skip
    for _, raw, error in results:
        if error:
            ok(f"  {raw!r}: {error}")
    return not any(error for _, _, error in results)


def http(examples: int) -> bool:
    """Let schemathesis ask everything the OpenAPI document allows, and much that it does not."""
    found = shutil.which("schemathesis") or shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if found is None:
        ok("http: schemathesis is not installed: pip install -r tests/load/requirements.txt")
        return False
    with serving(factory="service.app:create_app()") as service:
        # Excluded is one check: that a request which the schema forbids is refused. JSON Schema cannot say all we take
        # (a number with a whole value is an integer to it, an option may stand in the query string too).
        ended = subprocess.run(
            [found, "run", f"http://127.0.0.1:{service.port}/openapi.json", "--checks", "all", "--exclude-checks",
             "positive_data_acceptance,negative_data_rejection", "--max-examples", str(examples), "--seed", "1", "--workers", "2"],
            check=False, env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.load.hooks"},
        )  # fmt: skip
    return ended.returncode == 0


if __name__ == "__main__":
    told_on_request(__doc__)
    name, *rest = sys.argv[1:] or ["core"]
    if name == "target":
        _target(rest)
    elif name == "http":
        sys.exit(not http(int(rest[0]) if rest else 300))
    else:
        sys.exit(not core(int(rest[0]) if rest else 1_000_000, int(rest[1]) if rest[1:] else os.cpu_count() or 1))
