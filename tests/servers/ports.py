"""Ports for servers that cannot say which one they took."""

from __future__ import annotations

import random
import socket

# Below those that a system hands out by itself, so that no test beside this one is given the port in between.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    for _ in range(100):
        port = random.randint(_FIRST, _LAST)
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port between {_FIRST} and {_LAST} is free")
