"""Which worker serves a request that would wait? The first one that is free: busy workers put it in an inbox of all."""

import contextlib
import socket
import struct

# Bytes of a request that is handed over: all that is gathered before a thread is taken, and a head.
_MOST = 1 << 17
_ARRIVED = struct.Struct("d")


class Handover:
    """An inbox that all workers share. Made before they are forked; what lies in it outlives the one who put it there.

    Connections go through it with the bytes that have come on them. The kernel keeps it, and says when it is full.
    """

    def __init__(self) -> None:
        self.inbox, self._outbox = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        for end in (self.inbox, self._outbox):
            end.setblocking(False)
        with contextlib.suppress(OSError):
            self._outbox.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * _MOST)

    def __del__(self) -> None:
        """Close it in this process. Whoever is in it then is told so by the kernel, once it is closed in all."""
        for end in (self.inbox, self._outbox):
            end.close()

    def give(self, connection: socket.socket, held: bytes | bytearray, arrived: float) -> bool:
        """Put a connection into the inbox, with its request and since when that is here; return whether there was room.

        `arrived` is of the monotonic clock, which all processes of a machine have in common.
        """
        if len(held) > _MOST:
            return False
        try:
            sent = socket.send_fds(self._outbox, [_ARRIVED.pack(arrived), held], [connection.fileno()])
            return sent == _ARRIVED.size + len(held)
        except OSError:  # full, or larger than this system takes at once
            return False

    def take(self) -> tuple[socket.socket, bytes, float] | None:
        """Return the connection that waits for longest, its request, and since when that is here; None: none waits."""
        try:
            found, descriptors, _, _ = socket.recv_fds(self.inbox, _ARRIVED.size + _MOST, 1)
        except OSError:
            return None
        if not descriptors:
            return None
        (arrived,) = _ARRIVED.unpack_from(found)
        return socket.socket(fileno=descriptors[0]), found[_ARRIVED.size :], arrived
