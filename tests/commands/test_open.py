from __future__ import annotations

import fcntl
import os
import struct
import termios
import time

from tests.commands.running import Desk, Terminal
from tests.servers.smtp import SmtpServer


def test_while_the_app_is_open_a_process_of_its_own_sends_and_leaves_when_it_closes(desk: Desk) -> None:
    with SmtpServer() as server:
        desk.write_config(smtp_port=server.port)
        assert desk.run("import", desk.write_patients()).status == 0
        desk.ask("invite", 1, "--hold", 0)
        terminal = Terminal(desk)
        fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        terminal.until(b"Harbour")
        deadline = time.monotonic() + 60
        while not server.messages and time.monotonic() < deadline:
            terminal.drain()
        assert [message.recipients for message in server.messages] == [("jo@patients.example",)]
        terminal.type("\x11")
        assert terminal.status() == 0
        (lock,) = (desk.home / ".local" / "state" / "clinic-tui").glob("worker-*.lock")
        handle = os.open(lock, os.O_RDWR)
        try:
            free = False
            while not free and time.monotonic() < deadline:
                free = is_free(handle)
            assert free, "the background process stays though no app is open and nothing is due"
        finally:
            os.close(handle)


def is_free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)
        return False
    return True
