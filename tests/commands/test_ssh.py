"""A staff member at their own computer: the real `ssh`, a real sshd on loopback, the line that `staff add` prints."""

from __future__ import annotations

import fcntl
import itertools
import os
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.running import ROOT, Desk, Ran, Terminal
from tests.servers.smtp import SmtpServer
from tests.servers.sshd import PROGRAMS, SshServer, ssh_server

# Nothing stands in for it: what is tried is how sshd itself reads the line, hands the command on, sets the variable.
pytestmark = pytest.mark.skipif(not PROGRAMS, reason="there is no OpenSSH server and client here")


@dataclass(frozen=True)
class Elsewhere:
    """Alice's computer, from which she reaches the desk's host."""

    desk: Desk
    server: SshServer
    line: str

    def asks(self, *words: str, given: bytes = b"") -> Ran:
        done = subprocess.run([*self.server.client, *words], input=given, capture_output=True, timeout=60, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def alice(open_desk: Desk) -> Iterator[Elsewhere]:
    """alice, added by the owner; the config lies where no one looks for it, in a folder with a space in its name."""
    config = open_desk.home / "the practice" / "config.toml"
    config.parent.mkdir()
    for name in ("config.toml", "clinic.key"):
        (open_desk.folder / name).rename(config.with_name(name))
    assert open_desk.run("--config", config, "staff", "add", "alice").status == 0
    assert open_desk.run("--config", config, "staff", "set", "alice", "--revoke", 2).status == 0
    line = open_desk.ask("--config", config, "staff", "add", "bea")["authorized_keys"].replace("--as bea", "--as alice")
    environment = {"HOME": str(open_desk.home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with ssh_server(open_desk.home / "sshd", environment) as server:
        server.authorized_keys.write_text(line.replace("ssh-ed25519 AAAA...", server.public_key) + "\n")
        yield Elsewhere(open_desk, server, line)


def test_commands_run_over_ssh_as_the_staff_member(alice: Elsewhere, tmp_path: Path) -> None:
    assert [row["id"] for row in alice.asks("patients", "--json").json] == [3, 1]
    assert alice.asks("patients 'Smith, Jo' --json").json[0]["name"] == "Smith, Joanna"
    assert alice.asks("explain", "-", "--json", given=b"From: a@b.example\n\nACCEPT\n").json[0]["file"] == "-"
    for words in (["staff"], ["patient", "show", "2"]):
        ran = alice.asks(*words)
        assert (ran.status, ran.out) == (1, "")
    kept = tmp_path / "x.csv"
    with kept.open("wb") as file:
        client = [*alice.server.client, "report", "case-load", "--csv", "-"]
        assert subprocess.run(client, stdout=file, timeout=60, check=False).returncode == 0
    rows = kept.read_text().splitlines()
    assert rows[0].startswith("id,number,patient,")
    assert len(rows) == 3


def test_nothing_of_the_host_is_reached_over_ssh(alice: Elsewhere) -> None:
    keys = alice.server.authorized_keys
    before = keys.read_text()
    for words in (
        ["report", "case-load", "--csv", str(keys)], ["report", "case-load", "--csv", "-", ">", str(keys)],
        ["patients", "--as", "root"], ["patients;", "touch", "x"], ["/bin/sh"], ["init", "--force"],
        ["import", str(keys)], ["patients", "--config", "/dev/null"], ["patients", "'"],
    ):  # fmt: skip
        ran = alice.asks(*words)
        assert (ran.status, ran.out) == (2, ""), (words, ran)
    assert keys.read_text() == before
    assert not list(alice.desk.home.rglob("x"))
    copied = subprocess.run(
        ["scp", "-q", *alice.server.client[1:-3], "-P", str(alice.server.port), __file__,
         f"{alice.server.client[-1]}:{keys}"],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert copied.returncode != 0
    assert keys.read_text() == before
    forwarded = subprocess.run(
        [*alice.server.client[:-1], "-W", "127.0.0.1:25", alice.server.client[-1]],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert b"prohibited" in forwarded.stderr


def test_with_a_terminal_the_app_opens_and_ctrl_q_leaves(alice: Elsewhere) -> None:
    client = alice.server.client
    terminal = Terminal(alice.desk, "-tt", client[-1], program=client[:-1])
    fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    terminal.until(b"Harbour")
    terminal.until(b"Smith")
    terminal.type("\x11")
    assert terminal.status() == 0
    assert b"Lo\xc5\x9b" not in terminal.seen


def test_without_a_terminal_the_app_says_what_to_do(alice: Elsewhere) -> None:
    ran = alice.asks("open")
    assert (ran.status, ran.out) == (1, "")
    assert "ssh -t" in ran.err


def test_who_is_switched_off_does_not_come_in(alice: Elsewhere) -> None:
    config = alice.desk.home / "the practice" / "config.toml"
    assert alice.desk.run("--config", config, "staff", "set", "alice", "--inactive").status == 0
    ran = alice.asks("patients")
    assert (ran.status, ran.out) == (1, "")
    assert os.linesep not in ran.err.strip()
    assert "alice is not a staff member" in ran.err


def test_a_client_that_is_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(alice: Elsewhere) -> None:
    clients: list[subprocess.Popen[bytes]] = []
    arriving = itertools.count(1)

    def arrives(*_: object) -> None:
        if next(arriving) == 3:
            clients[0].kill()

    desk, config = alice.desk, alice.desk.home / "the practice" / "config.toml"
    rows = "".join(f"{n},P{n},Batch,1980-01-02,p{n}@example.net\n" for n in range(50, 80))
    patients = desk.home / "batch.csv"
    patients.write_text(f"Patient number,First name,Last name,Date of birth,Email\n{rows}")
    assert desk.run("--config", config, "import", patients).status == 0
    ids = [row["id"] for row in desk.ask("--config", config, "patients", "Batch", "--limit", 50)]
    assert len(desk.ask("--config", config, "invite", *ids, "--hold", 0)["queued"]) == 30
    with SmtpServer(deliver=arrives, groups=True) as server:
        config.write_text(config.read_text().replace("port = 9\n", f"port = {server.port}\n"))
        said = [*alice.server.client[:-1], "-tt", alice.server.client[-1], "sync", "--senders", "2"]
        clients.append(subprocess.Popen(said, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE))
        clients[0].communicate(timeout=60)
        deadline = time.monotonic() + 60
        while True:  # hers ends in order, in its own time; what it gives back goes with the next
            assert desk.run("--config", config, "sync").status == 0
            if {row["state"] for row in desk.ask("--config", config, "outbox")["messages"]} == {"sent"}:
                break
            assert time.monotonic() < deadline, desk.ask("--config", config, "outbox")
        assert sorted(message.recipients[0] for message in server.messages) == sorted(
            f"p{n}@example.net" for n in range(50, 80)
        )
