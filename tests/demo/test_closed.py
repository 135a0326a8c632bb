"""The sample practice is closed to the world: it talks to loopback alone, and prints nothing."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from clinic_tui import printing
from clinic_tui.demo import open_demo
from clinic_tui.errors import Refused
from clinic_tui.invitations import inviting
from clinic_tui.patients import lookup

_spoken_to: list[tuple[str, Any]] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _spoken_to is not None and event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        _spoken_to.append((event, arguments[0] if event == "socket.getaddrinfo" else arguments[1]))


sys.addaudithook(_listen)  # for good: Python takes none back


def test_all_that_it_says_goes_to_loopback(tmp_path: Path) -> None:
    global _spoken_to  # noqa: PLW0603
    with open_demo(60, tmp_path / "demo") as demo:
        _spoken_to = []
        try:
            for row in lookup.search(demo.viewer, "smithers", 5).rows:
                inviting.invite(demo.viewer, row.id, hold=0)
            assert demo.sync().sent > 0
        finally:
            heard, _spoken_to = _spoken_to, None
    hosts = {address if event == "socket.getaddrinfo" else address[0] for event, address in heard}
    assert hosts <= {"127.0.0.1", "::1", socket.gethostname(), socket.getfqdn()}, hosts
    assert ("socket.connect", "127.0.0.1") in {(event, address[0]) for event, address in heard}


def test_it_prints_nothing(tmp_path: Path) -> None:
    with open_demo(3, tmp_path / "demo"), pytest.raises(Refused, match="prints nothing"):
        printing.print_text("desk", "x")
