"""A crawler's developer installs the client from the repository: the wheel has all it needs, and asks for little."""

import email
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from service import lexicon
from tests.serving import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # As pip does it, with the build backend that is pinned instead of the newest one.
    command = ("-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps", "--no-build-isolation")
    subprocess.run([sys.executable, *command, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    (found,) = folder.glob("afterword-*.whl")
    return found


def test_it_holds_the_whole_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    package = ROOT / "service"
    needed = {*package.glob("*.py"), package / "py.typed", *lexicon.FOLDER.glob("*.toml"), *package.glob("model/*.*")}

    assert {path.relative_to(ROOT).as_posix() for path in needed} <= names
    assert [name for name in names if not name.startswith("service/") or name.endswith(".pyc")] == []


def test_bare_it_needs_nothing(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(packed.read(name))

    assert all("extra ==" in asked for asked in metadata.get_all("Requires-Dist", ()))
    assert set(metadata.get_all("Provides-Extra", ())) == {"client", "scrapy", "service", "parquet", "warc", "zstd"}
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_client_runs_without_what_the_service_needs(wheel: Path, tmp_path: Path) -> None:
    """Import it from the wheel, with every package of the service out of reach."""
    program = """
import sys
class Forbidden:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"flask", "pydantic", "trafilatura", "rich", "langcodes", "dateparser"}:
            raise ImportError(f"{name} is of the service")
sys.meta_path.insert(0, Forbidden())
import service.client, service.pipeline
print(service.client.__file__)
"""
    environment = {"PYTHONPATH": str(wheel), "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, check=False, text=True
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() == str(wheel / "service" / "client.py")


def test_the_command_line_says_what_it_lacks(wheel: Path, tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(wheel), "PATH": "/usr/bin:/bin"}
    bare = [sys.executable, "-S", "-m", "service", "version"]  # without site-packages
    ended = subprocess.run(bare, cwd=tmp_path, env=environment, capture_output=True, check=False, text=True)

    assert ended.returncode == 1
    assert ended.stderr.endswith(
        'is not installed; the command line needs what the service needs: "afterword[service]"\n'
    )
    assert ended.stderr.count("\n") == 1
