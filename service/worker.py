"""How does a worker share itself among clients, the slow ones too? The only importer of gunicorn.

gunicorn's own threaded worker gives a thread to every connection as soon as it is made, and waits in it for as long as
the client likes; a few slow clients stop it. This one lets the event loop gather requests, and takes a thread only for
what has come. Threads are in lanes, so that long work never stands before `/health`; a lane that is full refuses.
"""

import contextlib
import errno
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.http import errors
from gunicorn.workers.gthread import TConn, ThreadWorker

from service import bare, current
from service.arrival import Arrival, Lane
from service.errors import RequestError
from service.linger import Lingering
from service.patience import Patient
from service.sending import Sending

_QUICK_THREADS = 2
_HEAD_SECONDS = 15.0  # for the head of a request, and then for a body that is gathered
_SILENT_SECONDS = 2.0  # that a new connection is waited for when the worker ends
_STEP = 1 << 16  # bytes read at once
_UNREAD = 1 << 19  # bytes of an answer that the kernel holds for a slow reader: more than an article's
_RESERVE = 5.0  # seconds before the end of the grace at which batches end
_GONE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EPROTO)
_STATUSES: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414, errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417, errors.UnsupportedTransferCoding: 501,
}  # fmt: skip


class Logger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log."""

    def access(self, *_: object) -> None:
        """Log nothing: lines for requests are the application's."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """A process that serves."""

    def init_process(self) -> None:
        """Prepare, then run until the end."""
        held = current.holding(self.app.wsgi())
        self.lifecycle, self.metrics = held.lifecycle, held.metrics
        self.idle = float(held.settings.idle_seconds)
        self.lanes = {
            Lane.ARTICLE: ThreadPoolExecutor(held.settings.threads, "article"),
            Lane.STREAM: ThreadPoolExecutor(held.settings.streams, "stream"),
            Lane.QUICK: ThreadPoolExecutor(_QUICK_THREADS, "quick"),
        }
        self.room = {
            Lane.ARTICLE: held.settings.threads + held.settings.queue,
            Lane.STREAM: held.settings.streams,
            Lane.QUICK: self.cfg.worker_connections,
        }
        self.arrivals: dict[Any, Arrival] = {}
        self.looked = 0.0
        self.ending = False
        self.handover = held.handover
        self.working = 0  # requests of the lane for articles
        self.listening = False  # to the inbox
        super().init_process()

    def run(self) -> None:
        """Serve, until the end."""
        self.lingering, self.sending = Lingering(self.poller), Sending(self.poller)
        self._listen()
        super().run()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return the pool that gunicorn shuts down at the end."""
        return self.lanes[Lane.ARTICLE]

    def notify(self) -> None:
        """Tell the parent that this process lives. Called at least once a second."""
        super().notify()
        if not self.alive and not self.ending:
            self.ending = True
            self.lifecycle.end(max(self.cfg.graceful_timeout / 2, self.cfg.graceful_timeout - _RESERVE))

    def accept(self, listener: socket.socket) -> bool:
        """Take a new connection, if there is one; the event loop waits for its request."""
        try:
            taken, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):  # out of files
                self._make_room()
            elif error.errno not in _GONE:
                raise
            return False
        connection = Patient.of(taken)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
        self.nr_conns += 1
        self._gather(TConn(self.cfg, connection, address, listener.getsockname()), Arrival(time.monotonic()))
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections or not. At the end those that were made already are still taken, and no more are."""
        if not enabled and not self.alive and self._accepting:
            for listener in self.sockets:
                for _ in range(self.cfg.backlog):
                    if not self.accept(listener):
                        break
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()
            self._listen()
            while self._take_over():
                pass

    def murder_pending(self) -> None:
        """Close connections whose request does not come. Called after every event, does something once a second."""
        now = time.monotonic()
        if now - self.looked < 1.0:
            return
        self.looked = now
        for connection, arrival in list(self.arrivals.items()):
            silent = _SILENT_SECONDS if not self.alive else float(self.cfg.keepalive)
            allowed = silent if not arrival.held else _HEAD_SECONDS * (1 if arrival.wanted is None else 2)
            if now - arrival.since > allowed:
                self._drop(connection)
        self.lingering.end(now)
        self.sending.end(now)

    def _make_room(self) -> None:
        """Close the connection that has been silent for longest, so that others can be made."""
        if self.keepalived_conns:
            connection = self.keepalived_conns.popleft()
            self._forget(connection.sock)
            self.nr_conns -= 1
            connection.close()
        elif silent := next((c for c, arrival in self.arrivals.items() if not arrival.held), None):
            self._drop(silent)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Begin to gather the next request of a connection that was kept alive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn, Arrival(time.monotonic()))

    def enqueue_req(self, conn: Any) -> None:
        """Gather the next request of a connection on which it has been sent already."""
        arrival = Arrival(time.monotonic())
        conn.sock.setblocking(False)
        if arrival.add(conn.parser.unreader.take_buffered()):
            self._serve(conn, arrival)
        else:
            self._gather(conn, arrival)

    def _gather(self, conn: Any, arrival: Arrival) -> None:
        self.arrivals[conn] = arrival
        self.poller.register(conn.sock, EVENT_READ, partial(self._arrived, conn))

    def _arrived(self, conn: Any, _: socket.socket) -> None:
        arrival = self.arrivals[conn]
        try:
            piece = socket.socket.recv(conn.sock, _STEP)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        if not piece and not arrival.held:
            self._drop(conn)
        elif not piece or arrival.add(piece):
            # A client that has sent a part and no more is told so by the thread, if it still listens.
            del self.arrivals[conn]
            self.poller.unregister(conn.sock)
            self._serve(conn, arrival)

    def _serve(self, conn: Any, arrival: Arrival, arrived: float | None = None) -> None:
        arrived = arrived or time.monotonic()
        lane = arrival.lane or Lane.QUICK
        if arrival.too_long:
            self._refuse(conn, arrival.held, RequestError(431, "the head of the request is too long"))
            return
        if self.room[lane] <= 0:
            self._refuse(conn, arrival.held, RequestError(503, "the service is busy", retry_after=current.RETRY))
            return
        if lane is Lane.ARTICLE:
            if self.working and self._hand_over(conn, arrival, arrived):
                return
            self.working += 1
            self._listen()
        self.room[lane] -= 1
        conn.lane, conn.data_ready = lane, True
        stream = lane is Lane.STREAM
        idle = self.idle if stream and arrival.batch else None
        conn.sock.begin(idle, self.lifecycle.over, None if stream else arrived, later=not stream)
        done = self.lanes[lane].submit(self._handle, conn, bytes(arrival.held))
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def _handle(self, conn: Any, begun: bytes) -> object:
        conn.init()
        conn.sock.begun = begun
        conn.sock.setblocking(True)
        conn.parser.unreader.unread(begun)
        return self.handle(conn)

    def finish_request(self, conn: Any, fs: "Future[object]") -> None:
        """Send what is left of the answer, then keep the connection for the next request, or end it."""
        self.room[conn.lane] += 1
        if conn.lane is Lane.ARTICLE:
            self.working -= 1
            if self.alive:
                self._take_over()
            self._listen()
        well = not fs.cancelled() and fs.exception() is None
        if well and conn.sock.unsent:
            self.sending.add(conn.sock, partial(self._finished, conn, fs))
        else:
            self._finished(conn, fs, well)

    def _finished(self, conn: Any, fs: "Future[object]", sent: bool) -> None:
        if sent and fs.result() and not conn.sock.broken:
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1
            self.lingering.add(conn.sock)

    # --- requests that would wait go to the worker that is free first ---

    def _listen(self) -> None:
        """Watch the inbox while no article is in work here."""
        free = self.alive and not self.working
        if free == self.listening:
            return
        self.listening = free
        if free:
            self.poller.register(self.handover.inbox, EVENT_READ, self._take_over)
        else:
            self.poller.unregister(self.handover.inbox)

    def _hand_over(self, conn: Any, arrival: Arrival, arrived: float) -> bool:
        # What this worker puts into the inbox, it finds there at its end if nobody else has.
        if self.cfg.workers < 2 or not self.alive or not self.handover.give(conn.sock, arrival.held, arrived):
            return False
        self.nr_conns -= 1
        conn.sock.close()
        return True

    def _take_over(self, _: object = None) -> bool:
        """Serve the request that waits in the inbox for longest; return whether one did."""
        taken = self.handover.take()
        if taken is None:
            return False
        client, held, arrived = taken
        connection, arrival = Patient.of(client), Arrival(time.monotonic())
        try:
            conn = TConn(self.cfg, connection, connection.getpeername(), connection.getsockname())
        except OSError:  # the client has gone
            connection.close()
            return True
        self.nr_conns += 1
        arrival.add(held)
        self._serve(conn, arrival, arrived)
        return True

    def _refuse(self, conn: Any, held: bytearray, error: RequestError) -> None:
        """Answer at once and without a thread."""
        self.metrics.turned_away("", error.status)
        with contextlib.suppress(OSError):
            socket.socket.send(conn.sock, bare.problem(error, bytes(held), conn.client))
        self.nr_conns -= 1
        self.lingering.add(conn.sock)

    def handle_error(self, _req: Any, client: Any, address: Any, exc: Exception) -> None:
        """Answer a request that is no HTTP as every other one is refused."""
        status = next((status for kind, status in _STATUSES.items() if isinstance(exc, kind)), 400)
        if not isinstance(exc, errors.ParseException | errors.LimitRequestHeaders | errors.ConfigurationProblem):
            self.log.error("%s outside the application", type(exc).__name__)
            status = 500
        self.metrics.turned_away("", status)
        told = "the service failed on this request" if status == 500 else f"not HTTP as it must be: {exc}"
        with contextlib.suppress(OSError):
            client.sendall(bare.problem(RequestError(status, told), client.begun, address))

    def _drop(self, conn: Any) -> None:
        del self.arrivals[conn]
        self._forget(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(sock)
