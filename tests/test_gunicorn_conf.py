"""The service as it is really served: gunicorn, workers, sockets."""

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.gunicorn_conf import cpus
from tests.serving import ROOT, Server, free_port, wait_for


def test_the_users_example_over_a_socket(server: Server, seed: str) -> None:
    answer = server.ask("/v1/clean", seed.encode(), Content_Type="text/plain")

    assert answer.status == 200
    assert answer.json["body"].endswith("— said the Russian diplomat.")
    assert [item["heading"] for item in answer.json["related"]] == ["See also"] * 3


def test_every_worker_gives_the_same_bytes(server: Server, seed: str) -> None:
    answers = {
        server.ask("/v1/clean", seed.encode(), Content_Type="text/plain", Connection="close").body for _ in range(20)
    }

    assert len(answers) == 1


def test_a_body_in_chunks_is_read(server: Server, seed: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield from (seed.encode()[at : at + 100] for at in range(0, len(seed.encode()), 100))

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/v1/clean", chunks(), {"Content-Type": "text/plain"}, encode_chunked=True)
    response = connection.getresponse()

    assert response.status == 200
    assert response.read() == server.ask("/v1/clean", seed.encode(), Content_Type="text/plain").body
    connection.close()


def test_a_body_over_the_limit_is_refused_whether_announced_or_not(server: Server) -> None:
    over = b"word " * 4_000_001
    assert (
        server.ask("/v1/clean", gzip.compress(over), Content_Type="text/plain", Content_Encoding="gzip").status == 413
    )

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for body in (over, iter([over[:10_000_000], over[10_000_000:]])):
        connection.request("POST", "/v1/clean", body, {"Content-Type": "text/plain"}, encode_chunked=True)
        response = connection.getresponse()
        assert response.status == 413
        assert json.loads(response.read())["detail"] == "the body is larger than 20000000 bytes"
    connection.close()


@pytest.mark.parametrize(
    "sent",
    [b"5\r\nword ", b"zz\r\nword ", b"5\r\nword and more"],
    ids=["breaks off", "no length", "wrong length"],
)
def test_an_ill_framed_body_is_a_bad_request(server: Server, sent: bytes) -> None:
    head = b"POST /v1/clean HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head + sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert server.ask("/health").status == 200


def test_a_batch_is_answered_while_it_is_sent(server: Server) -> None:
    """The first answers are there before the last lines are sent: nothing waits for the end."""
    line = json.dumps({"text": "The bridge was closed on Monday. " * 300}).encode() + b"\n"
    chunk = b"%x\r\n%s\r\n" % (len(line), line)
    head = b"POST /v1/clean/batch HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
    head += b"Content-Type: application/x-ndjson\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head + chunk * 3)
        early = connection.recv(65536)
        while b"\r\n\r\n" not in early or b'{"body"' not in early:
            early += connection.recv(65536)
        connection.sendall(chunk * 2 + b"0\r\n\r\n")
        response = early
        while not response.endswith(b"0\r\n\r\n"):
            response += connection.recv(65536)

    assert response.count(b'{"body"') == 5


def _start(**environment: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "service.app:create_app()"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.PIPE)


def test_bad_settings_stop_the_start_and_are_all_told() -> None:
    with _start(PORT="none", AFTERWORD_MAX_BYTES="0") as process:
        _, told = process.communicate(timeout=60)

    assert process.returncode != 0
    assert b"PORT" in told
    assert b"AFTERWORD_MAX_BYTES" in told
    assert b"Traceback" not in told


@pytest.mark.parametrize("port", ["none", "8000"])
@pytest.mark.parametrize("serve", [["-m", "service", "serve"], None])
def test_faults_of_settings_keys_and_packs_are_told_in_one_go(
    tmp_path: Path, port: str, serve: list[str] | None
) -> None:
    (tmp_path / "xx.toml").write_text("[[phrase]]\nid = 5\n")
    given = {"PORT": port, "AFTERWORD_KEYS": "short", "AFTERWORD_LEXICON": str(tmp_path)}
    if serve:
        command, environment = [sys.executable, *serve], {**os.environ, **given}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    else:
        process = _start(**given)
    with process:
        _, told = process.communicate(timeout=60)

    assert process.returncode != 0
    assert (b"- PORT" in told) == (port == "none")
    assert b"- AFTERWORD_KEYS: key 1" in told
    assert b"- xx.toml: phrase 5: `kind`" in told
    assert b"Traceback" not in told


def test_without_its_configuration_gunicorn_serves_too(tmp_path: Path) -> None:
    """`python -m gunicorn "service.app:create_app()"` needs no extra file."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "--no-control-socket",
        "service.app:create_app()",
    ]
    log = tmp_path / "log"
    with log.open("wb") as told, subprocess.Popen(command, cwd=ROOT, stderr=told) as process:
        found = Server(process, port, log)
        try:
            wait_for(found)
        finally:
            process.terminate()
    assert process.returncode == 0


def test_a_killed_worker_is_replaced(server: Server) -> None:
    path = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not path.exists():
        pytest.skip("only Linux tells the children of a process")
    before = path.read_text().split()
    os.kill(int(before[0]), signal.SIGKILL)
    until = time.monotonic() + 10
    while len(set(path.read_text().split()) - {before[0]}) < len(before):
        assert time.monotonic() < until, "no new worker came"
        time.sleep(0.05)

    assert server.ask("/health").status == 200


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("50000 100000", 1), ("100000 100000", 1), ("nonsense", None), ("max 100000", None), ("", None)],
)
def test_a_quota_of_the_container_counts(tmp_path: Path, quota: str, expected: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)

    assert cpus(tmp_path / "cpu.max") == (expected or cpus(tmp_path / "no such file"))
