"""What README promises is run: every command, every request, every table.

A block marked `sh` or `python` is run. The block right after it, if it is `text` or `json`, is what it prints; "…"
there stands for anything. Blocks marked `no-test` start servers, and are only looked at.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.app import create_app
from service.lexicon import FOLDER, Lexicon, load
from service.settings import VARIABLES, Settings, table
from service.wire import CleanAnswer, CleanOptions
from tests.serving import ROOT, Server

README = (ROOT / "README.md").read_text("utf-8")


@dataclass(frozen=True)
class Block:
    """One fenced block, and what stands in the block right after it."""

    line: int
    language: str
    text: str
    printed: str | None


def _blocks() -> list[Block]:
    fenced = list(re.finditer(r"^```(\S[^\n]*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    found = []
    for block, after in zip(fenced, [*fenced[1:], None], strict=True):
        follows = after is not None and after[1] in ("text", "json") and not README[block.end() : after.start()].strip()
        line = README.count("\n", 0, block.start()) + 1
        found.append(Block(line, block[1], block[2], after[2] if follows and after is not None else None))
    return found


BLOCKS = _blocks()
RUN = [block for block in BLOCKS if block.language in ("sh", "python")]


def test_no_block_is_forgotten() -> None:
    assert README.count("\n```") == 2 * len(BLOCKS)
    assert {block.language for block in BLOCKS} == {"sh", "sh no-test", "python", "text", "json", "toml"}
    assert len(RUN) >= 8


@pytest.mark.parametrize("block", RUN, ids=lambda block: f"line {block.line}")
def test_a_block_does_what_it_says(block: Block, server: Server) -> None:
    if shutil.which("curl") is None and "curl" in block.text:
        pytest.skip("curl is not installed")
    code = block.text.replace("localhost:8000", f"127.0.0.1:{server.port}").replace(".venv/bin/python", sys.executable)
    command = [sys.executable, "-c", code] if block.language == "python" else ["bash", "-euo", "pipefail", "-c", code]
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60)

    assert (ended.returncode, ended.stderr.decode()) == (0, "")
    assert block.printed is not None, "say what it prints"
    expected = ".*?".join(re.escape(part.strip()) for part in block.printed.split("…"))
    assert re.fullmatch(re.sub(r"(\\ |\\\n)+", r"\\s+", expected), ended.stdout.decode().strip(), re.DOTALL), (
        f"README line {block.line} prints otherwise:\n{ended.stdout.decode()}"
    )


def test_blocks_that_are_not_run_name_what_exists() -> None:
    commands = [line for block in BLOCKS if block.language == "sh no-test" for line in block.text.splitlines()]

    assert {command.split()[0] for command in commands} == {"make", "docker", "pip"}
    targets = {command.split()[1] for command in commands if command.startswith("make")}
    for target in targets | set(re.findall(r"`make (\w+)`", README)):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert (ROOT / "Dockerfile").exists()
    assert (ROOT / "compose.yaml").exists()


def test_the_phrase_of_the_readme_is_a_good_one(tmp_path: Path) -> None:
    record = next(block.text for block in BLOCKS if block.language == "toml")
    packs = tmp_path / "lexicon"
    shutil.copytree(FOLDER, packs)
    with (packs / "en.toml").open("a", encoding="utf-8") as pack:
        pack.write("\n" + record)
    lexicon: Lexicon = load(packs)

    assert [fault for fault in lexicon.example_faults() if "readme_example" in fault] == []


def _first_cells(heading: str) -> list[str]:
    section = README.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return [name for row in rows[2:] for name in re.findall(r"`([^`]+)`", row)]


def test_every_option_is_in_the_table() -> None:
    assert _first_cells("### Options") == list(CleanOptions.model_fields)


def test_every_field_is_in_the_table() -> None:
    assert set(_first_cells("### The answer")) == set(CleanAnswer.__annotations__)


def test_the_table_of_settings_is_the_one_the_settings_give() -> None:
    assert f"\n{table()}\n" in README, "make readme"
    assert _first_cells("## Configuration") == [variable.name for variable in VARIABLES]


def test_every_setting_of_the_pipeline_is_in_the_table() -> None:
    code = (ROOT / "service" / "pipeline.py").read_text("utf-8")

    assert set(_first_cells("## From a crawler")) == set(re.findall(r'"(AFTERWORD_\w+)"', code))


def test_every_extra_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(re.findall(r"afterword\[(\w+)\]", README)) <= project["optional-dependencies"].keys()


def test_every_path_is_told(lexicon: Lexicon) -> None:
    for rule in create_app(Settings(), lexicon).url_map.iter_rules():
        assert rule.rule in README


def test_every_dependency_says_why_it_is_there() -> None:
    direct = (ROOT / "requirements.txt").read_text("utf-8").split("\n\n")[1]
    lines = [line for line in direct.splitlines() if "--hash=" not in line]
    section = README.split("## What it is made of\n", 1)[1].split("\n## ", 1)[0].lower()
    for comment, pin in zip(lines[::2], lines[1::2], strict=True):
        assert comment.startswith("# ")
        assert pin.partition("==")[0] in section


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
