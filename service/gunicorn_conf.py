"""How is the service served? gunicorn reads its settings here: `-c python:service.gunicorn_conf`."""

import gc
import math
import os
import sys
from pathlib import Path

from service import settings
from service.errors import SettingsError

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its own file in it, safely


def cpus(quota: Path = _QUOTA) -> int:
    """Return how many CPUs this process may use: a container's quota counts, not the host's number."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        allowed = os.cpu_count() or 1
    try:
        share, period = quota.read_text().split()
        return max(1, min(allowed, math.ceil(int(share) / int(period))))
    except (OSError, ValueError):  # no such file; or "max": no quota
        return allowed


try:
    _asked = settings.read(os.environ)
except SettingsError as error:
    sys.exit(f"Afterword cannot start: {error}")

bind = _asked.bind
# The application is loaded once and its rules are memory that the workers share.
preload_app = True
worker_class = "gthread"
workers = _asked.workers or min(max(cpus(), 2), 8)
threads = _asked.threads
# Workers tell that they live by touching a file, which must not wait for a disk.
worker_tmp_dir = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
# Longer than the largest request takes. Threads of a worker that hangs for longer are given up with it.
timeout = 120
graceful_timeout = 30
keepalive = 15
limit_request_line = 8190
# gunicorn's own control socket would need a place to write to, and nobody here speaks to it.
control_socket_disable = True


def when_ready(_: object) -> None:
    """Leave what is loaded out of garbage collection: a collector that visits it makes each worker copy it."""
    gc.collect()
    gc.freeze()
