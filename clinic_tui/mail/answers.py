"""Reading a server's answers: a whole one has to be there within the time-out.

smtplib waits as long for each byte: a server that drips would be listened to for days.
"""

from __future__ import annotations

import smtplib
import socket
import time
from typing import Any, cast

_READ = 4096


class BrokenOff(ConnectionError):
    """The connection ended in the middle of a line."""


class Answers:
    """What comes from the server, line by line; in the place of the file that smtplib reads."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._seconds = seconds
        self._read = b""
        self.begin()

    def begin(self) -> None:
        """The answer that is read from here on has the time-out's seconds, all its lines together."""
        self._until = time.monotonic() + self._seconds

    def readline(self, limit: int) -> bytes:
        """The next line, or `limit` bytes of it; empty at the end. Raises OSError: BrokenOff for half a line."""
        while b"\n" not in self._read[:limit] and len(self._read) < limit:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
            try:
                more = self._sock.recv(_READ)
            finally:
                self._sock.settimeout(self._seconds)
            if not more and self._read:
                raise BrokenOff("the connection ended in the middle of a line")
            if not more:
                return b""
            self._read += more
        end = self._read.find(b"\n", 0, limit) + 1 or limit
        line, self._read = self._read[:end], self._read[end:]
        return line

    def close(self) -> None:
        """Nothing to do: the socket is the connection's."""


class _Whole:
    """A connection that reads its answers so."""

    def getreply(self) -> tuple[int, bytes]:
        """smtplib's own, with the time that one answer has."""
        smtp = cast(Any, self)
        if smtp.file is None and smtp.sock is not None:
            smtp.file = Answers(smtp.sock, smtp.timeout)
        if smtp.file is not None:
            smtp.file.begin()
        return cast(tuple[int, bytes], super().getreply())  # type: ignore[misc]


class Plain(_Whole, smtplib.SMTP):
    """In plain text, or with STARTTLS."""


class Tls(_Whole, smtplib.SMTP_SSL):
    """TLS from the first byte."""
