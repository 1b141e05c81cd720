"""How is the service served? gunicorn reads its settings here: `-c python:service.gunicorn_conf`."""

import contextlib
import gc
import logging
import os
import resource
import signal
import sys
from typing import Any

from service import app, current, logs, settings
from service.cpus import cpus
from service.errors import AfterwordError, SettingsError
from service.loaded import Loaded

log = logging.getLogger(__name__)

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its own file in it, safely

# Seconds that a thread which cleans may keep waiting those that read a request or write an answer: 442 articles a
# second at full load, against 400 with the usual 0.005.
SWITCH = 0.0005


def connections(most: int = 4000) -> int:
    """Return how many connections a worker may have, after asking the system for as many open files as it grants."""
    least, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * most if limit == resource.RLIM_INFINITY else min(2 * most, limit)
    if least != resource.RLIM_INFINITY and least < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, limit))
            least = wanted
    return most if least == resource.RLIM_INFINITY else min(most, max(64, least - 200))


try:
    _asked = settings.read(os.environ)
except SettingsError:
    app.create_app()  # finds the same again, tells it together with the faults of keys and packs, and ends the process
    raise

bind = _asked.bind
# The application is loaded once and its rules are memory that the workers share.
preload_app = True
worker_class = "service.worker.Worker"
workers = _asked.workers or min(max(cpus(), 2), 8)
threads = _asked.threads
worker_connections = connections()
max_requests = _asked.max_requests
# Not all workers at once.
max_requests_jitter = max_requests // 10
# Workers tell that they live by touching a file, which must not wait for a disk.
worker_tmp_dir = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
# Seconds without a sign of life of the event loop, which only waits. Articles have a budget of their own.
timeout = 120
graceful_timeout = _asked.grace_seconds
keepalive = 15
limit_request_line = 8190
# Whom to believe is said by AFTERWORD_PROXIES; nothing else that a proxy may say is of use here.
forwarded_allow_ips = ""
forwarder_headers = ""
# gunicorn's own control socket would need a place to write to, and nobody here speaks to it.
control_socket_disable = True
logger_class = "service.worker.Logger"
logconfig_dict = logs.configuration(_asked.log, _asked.log_level)


def _held(server: Any) -> Loaded:
    return current.holding(server.app.wsgi())


def when_ready(server: Any) -> None:
    """Tell of misspelt settings, leave what is loaded out of garbage collection, let the stop begin with a drain."""
    for told in settings.misspelt(os.environ):
        log.warning("%s", told)
    _freeze()
    signal.signal(signal.SIGTERM, lambda number, _: _drain(server, number))
    signal.signal(signal.SIGALRM, lambda *_: server.signal(signal.SIGTERM, None))


def _freeze() -> None:
    """Let no collector visit what is loaded: it would make each worker copy it."""
    gc.collect()
    gc.freeze()


def _drain(server: Any, number: int) -> None:
    """Say at `/ready` that the service will stop, and stop it a moment later. A second signal stops it at once."""
    held = _held(server)
    if held.lifecycle.draining or not held.settings.drain_seconds:
        held.lifecycle.drain()
        server.signal(number, None)
    else:
        held.lifecycle.drain()
        signal.setitimer(signal.ITIMER_REAL, held.settings.drain_seconds)


def on_reload(server: Any) -> None:
    """On SIGHUP, read packs and keys again, for the workers that are forked next. What is broken changes nothing."""
    metrics = _held(server).metrics
    try:
        gc.unfreeze()
        server.app.callable = app.reloaded(server.app.wsgi())
    except AfterwordError as error:
        log.error("reload failed, what was loaded before still serves: %s", error)
        metrics.reloaded("failed")
    except Exception as error:
        log.error("reload failed, what was loaded before still serves: %s", type(error).__name__, exc_info=error)
        metrics.reloaded("failed")
    else:
        log.info("packs and keys are loaded again")
        metrics.reloaded("done")
    _freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker its row of numbers."""
    metrics = _held(server).metrics
    worker.row = metrics.take_row()
    metrics.worker_started()


def post_fork(server: Any, worker: Any) -> None:
    """Let a new worker count in its own row, and who only sends or receives not wait long for who cleans."""
    sys.setswitchinterval(SWITCH)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _held(server).metrics.use_row(worker.row)


def worker_exit(server: Any, worker: Any) -> None:
    """Let a worker that ends by itself say so."""
    if worker.pid == os.getpid():
        _held(server).metrics.bid_farewell()


def child_exit(server: Any, worker: Any) -> None:
    """Take the row of a worker back."""
    _held(server).metrics.free_row(worker.row)
