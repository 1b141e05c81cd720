"""Ask for known vulnerabilities of what is pinned: `make audit`. Without the network it says so, and is no failure."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIP_AUDIT = "pip-audit==2.10.1"
# What pip-audit says when it could not ask.
OFFLINE = ("ConnectionError", "Failed to resolve", "ServiceError", "Max retries", "HTTPError", "ProxyError")


def main() -> int:
    """Return 0 if nothing is known or nothing can be asked, 1 if a pin must be raised."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PIP_AUDIT]
        if subprocess.run(install, check=False).returncode:
            print("audit: not done, pip-audit cannot be installed here")
            return 0
        options = ["--no-deps", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        ask = [python, "-m", "pip_audit", *options, "-r", ROOT / "requirements.txt"]
        ended = subprocess.run(ask, check=False, capture_output=True, text=True)
    told = ended.stdout + ended.stderr
    if ended.returncode and any(word in told for word in OFFLINE) and "Found" not in told:
        print("audit: not done, the advisories cannot be reached from here")
        return 0
    print(told.strip())
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
