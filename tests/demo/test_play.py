"""The story without a screen, by the real command: what is printed, and that nothing of it stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

SECONDS = 120
STEPS = (
    "nothing leaves this machine",
    "Typed: smi jo 1984",
    "> Smithers, Joel",
    "○ not invited",
    "This address belongs to a practitioner.",
    "··· ··· ··· ·",
    "▹ queued",
    "◷ invited",
    "| To: joel.smithers@example.net",
    "| Hi Joel, as promised on the phone.",
    "| 1. Press Reply, type ACCEPT, and send.",
    "| ACCEPT",
    "* Joel Smithers: accepted by reply",
    "◆ accepted: identity to check",
    "Subject: Thank you for your reply",
    "◆ accepted: setting up",
    "| Subject: How to set up your account",
    "The two addresses differ.",
    "This is no code: a digit is off or swapped",
    "Accepted. John now is: ◆ accepted: identity to check",
    "* John Smyth: accepted by code",
    "Yes please, that would be lovely.",
    "Alice takes the first one as a yes.",
    "Outbox:",
    "That was the sample practice",
)


def environment(home: Path) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LC_ALL") if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(home), "TZ": "UTC", "PYTHONUTF8": "1"}


def demo(home: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clinic_tui", "demo", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**environment(home), **more},
        timeout=SECONDS,
        check=False,
    )


def in_order(said: str, steps: tuple[str, ...]) -> None:
    said, at = " ".join(said.split()), 0  # a sentence may go on in the next line
    for step in steps:
        found = said.find(step, at)
        assert found >= 0, f"{step!r} does not come after what was there before:\n{said[at:]}"
        at = found + len(step)


def listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(60)
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_story_is_printed_and_nothing_stays(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    in_order(done.stdout, STEPS)
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    port = re.search(r"127\.0\.0\.1:(\d+)", done.stdout)
    assert port is not None
    assert not listens(int(port[1]))
    assert list(tmp_path.glob("clinic-tui-demo-*")) == []


def test_the_code_is_whole_in_the_patients_message_alone(tmp_path: Path) -> None:
    """Both patients' codes are shown as patients see them; nowhere before the message that carries them."""
    said = demo(tmp_path, "--play").stdout
    codes = re.findall(r"\d{3} \d{3} \d{3} \d\b", said)
    assert len(set(codes)) == 3  # Joel's, John's, and John's with a slip of the tongue
    assert said.index(codes[0]) > said.index("What Joel finds in his mailbox")


def test_a_folder_that_is_named_keeps_the_practice(tmp_path: Path) -> None:
    kept = tmp_path / "a folder, 100% ours"
    assert demo(tmp_path, "--dir", str(kept)).returncode == 0
    assert (kept / "clinic.db").exists()
    for path in (kept, *kept.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"
    again = demo(tmp_path, "--dir", str(kept))
    assert again.returncode == 1
    assert "told in this practice already" in again.stderr
    other = demo(tmp_path, "--dir", str(kept), "--patients", "50")
    assert other.returncode == 1
    assert "holds a sample practice of 300 patients" in other.stderr


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "clinic.db").write_text("mine")
    done = demo(tmp_path, "--dir", str(mine))
    assert done.returncode == 1
    assert "holds other files" in done.stderr
    assert [path.name for path in mine.iterdir()] == ["clinic.db"]
    assert (mine / "clinic.db").read_text() == "mine"


def test_another_practices_database_is_never_touched(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    done = demo(tmp_path, CLINIC_TUI_DATABASE=f"sqlite:///{theirs}", CLINIC_TUI_CONFIG=str(tmp_path / "none.toml"))
    assert done.returncode == 0, done.stderr
    assert not theirs.exists()


def test_a_practice_too_small_for_the_story_says_so(tmp_path: Path) -> None:
    done = demo(tmp_path, "--patients", "2")
    assert done.returncode == 1
    assert "Play it with more --patients" in done.stderr


def test_a_larger_practice_tells_the_same_story(tmp_path: Path) -> None:
    done = demo(tmp_path, "--patients", "7000")
    assert done.returncode == 0, done.stderr
    assert "7,000 patients" in done.stdout
    in_order(done.stdout, STEPS[3:])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stopped_midway_it_leaves_no_folder(tmp_path: Path, number: signal.Signals) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "clinic_tui", "demo", "--play", "--patients", "2000000"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(tmp_path),
    )
    try:
        deadline = time.monotonic() + SECONDS
        while not list(tmp_path.glob("clinic-tui-demo-*/clinic.db")):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(number)
        assert running.wait(SECONDS) != 0
    finally:
        running.kill()
        running.wait()
    assert list(tmp_path.glob("clinic-tui-demo-*")) == []
