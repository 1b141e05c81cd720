"""Put the hashes of every pin into both requirements files, from the package index: `make pins`.

To add or raise a pin: write `name==version` (and, for what we ask for ourselves, the reason above it), run this, and
commit what it wrote. All files of a version are listed, so that one file serves every system and Python. What a new
pin brings along must be pinned too; `tests/test_rooms.py` names what is missing.
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt")
PIP_TOOLS = "pip-tools==7.6.2"
OPTIONS = ("--quiet", "--generate-hashes", "--no-annotate", "--no-header", "--allow-unsafe", "--strip-extras",
           "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links")  # fmt: skip


def bare(text: str) -> str:
    """Return a requirements file without hashes."""
    return re.sub(r"[ \t]*\\\n(?:[ \t]+--hash=\S+(?:[ \t]*\\)?\n)+", "\n", text)


def hashes(pins: list[str], folder: Path) -> dict[str, list[str]]:
    """Return the hashes of every pin, as the index has them."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PIP_TOOLS], check=True)
    asked, found = folder / "asked.in", folder / "found.txt"
    asked.write_text("\n".join(pins) + "\n")
    command = [python, "-m", "piptools", "compile", *OPTIONS, "--output-file", found, asked]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    answer: dict[str, list[str]] = {}
    for line in found.read_text().splitlines():
        if "==" in line:
            pin = line.partition(" ")[0]
            answer[pin] = []
        elif "--hash=" in line:
            answer[pin].append(line.strip(" \\"))
    return answer


def main() -> None:
    """Rewrite both files."""
    texts = {file: bare(file.read_text("utf-8")) for file in FILES}
    pins = [line for text in texts.values() for line in text.splitlines() if "==" in line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        known = hashes(pins, Path(folder))
    if missing := [pin for pin in pins if not known.get(pin)]:
        sys.exit(f"no hashes for {', '.join(missing)}: is the name spelled as the index has it?")
    if extra := sorted(known.keys() - set(pins)):
        sys.exit(f"these must be pinned too: {', '.join(extra)}")
    for file, text in texts.items():
        lines = [" \\\n    ".join([line, *known[line]]) if line in known else line for line in text.splitlines()]
        file.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
