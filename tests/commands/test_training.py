"""`clinic-tui training`, also for somebody who comes by a forced command and may name no config."""

from __future__ import annotations

import fcntl
import struct
import termios
from pathlib import Path

from tests.commands.running import Desk, Terminal, one_sentence


def test_it_opens_under_a_forced_command(open_desk: Desk) -> None:
    assert open_desk.run("staff", "add", "alice").status == 0
    temporary = open_desk.home / "tmp"
    temporary.mkdir()
    open_desk.env.update(SSH_ORIGINAL_COMMAND="training", TMPDIR=str(temporary))
    terminal = Terminal(open_desk, "--as", "alice")
    fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    terminal.until(b"TRAINING: invented patients")
    terminal.until(b"300 patients")
    assert b"Smith, Joanna" not in terminal.seen
    terminal.type("\x11")
    assert terminal.status(60) == 0
    assert list(temporary.iterdir()) == []


def test_who_is_no_staff_member_does_not_get_in(open_desk: Desk) -> None:
    ran = open_desk.run("--as", "mallory", SSH_ORIGINAL_COMMAND="training")
    assert ran.status == 1
    assert "is not a staff member" in ran.err


def test_without_a_terminal_it_says_how(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("training")
    assert ran.status == 1
    assert one_sentence(ran.err.replace("terminal. Over", "terminal, over")), ran.err
