"""Making the sample practice, opening it, and leaving nothing of it behind."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import quote

from clinic_tui import config as config_file
from clinic_tui import history, log, printing, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now, today
from clinic_tui.config import Config
from clinic_tui.db.connection import close_database, transaction
from clinic_tui.db.models.practice import Staff
from clinic_tui.demo import files, past, sample
from clinic_tui.demo.cast import practitioners
from clinic_tui.demo.load import load
from clinic_tui.demo.post import Post
from clinic_tui.demo.server import MailServer
from clinic_tui.errors import ClinicError
from clinic_tui.mail import sync
from clinic_tui.practice import open_practice
from clinic_tui.private import make_folder
from clinic_tui.staff import at_the_keyboard

DESK = "desk@harbourstreet.example"
LOGIN = "alice"
SYNC_SECONDS = 1.0
HOLD_SECONDS = 8  # long enough to see an invitation held, short enough to wait for it
_LOCK = "sample-practice.lock"
_MADE = "sample-practice.json"

_CONFIG = """\
# The sample practice of clinic-tui. All of it is invented; nothing leaves this machine.
database = {database}

[practice]
name = "Harbour Street Practice"
phone = "02 5550 0000"
hours = "weekdays 8 to 6"

[portal]
name = "Harbour Street Online"
url = "https://portal.harbourstreet.example"
register = "email"
appointments = "portal"
invoices = "portal"
records = "portal"
health = "no"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
from = "{desk}"
timeout = 10

[mailbox]
url = {mailbox}

# What stands below this line is yours, and kept: [keys] and [terminal], for example.
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """The sample practice, open: `viewer` (with `login`) is at its keyboard, `post` the patients' mailboxes."""

    directory: Path
    config: Config
    viewer: Viewer
    post: Post
    patients: int
    temporary: bool

    @property
    def login(self) -> str:
        """Who is at the keyboard."""
        return self.viewer.login

    def sync(self) -> sync.SyncCounts:
        """Send what is due and read the practice's mailbox, once."""
        return sync.run_once(self.config)

    @contextmanager
    def syncing(self, seconds: float = SYNC_SECONDS) -> Iterator[None]:
        """Do so every `seconds`, in a thread that ends with the block."""
        halt = threading.Event()

        def work() -> None:
            while not halt.wait(seconds):
                try:
                    self.sync()
                except Exception as error:  # the next round may do better; the log has it
                    log.trouble(error, "demo sync")

        thread = threading.Thread(target=work, name="demo-sync", daemon=True)
        thread.start()
        try:
            yield
        finally:
            halt.set()
            thread.join()


@contextmanager
def open_demo(
    patients: int | None = None,
    directory: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Demo]:
    """The sample practice in `directory`, made there where there is none yet; or in one that is removed at the end.

    `patients` None: those of `sample_data/`, or however many `directory` has. `progress` hears how many are in.
    Raises ClinicError where `directory` holds something else, another number, or is open elsewhere.
    """
    if patients is not None and patients < 1:
        raise ClinicError("A practice has at least one patient.", "Give --patients a number from 1.")
    with ExitStack() as stack:
        stack.enter_context(_ended_by_signals())
        stack.enter_context(printing.never())
        if directory is None:
            home = Path(tempfile.mkdtemp(prefix="clinic-tui-demo-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
        else:
            home = directory.expanduser().absolute()
        stack.enter_context(_taken(home))
        made = _number_made(home)
        if made is not None and patients not in (None, made):
            raise ClinicError(
                f"{home} holds a sample practice of {made:,} patients.", "Leave --patients out, or name another --dir."
            )
        if made is None:
            _clear(home)
        post = Post(home / "post")
        server = stack.enter_context(MailServer(DESK, post.practice, post.patients))
        config = _configured(home, server.port)
        open_practice(config, new=made is None)
        stack.callback(close_database)
        if made is None:
            made = _load(patients, progress)
        demo = Demo(home, config, at_the_keyboard(LOGIN), post, made, directory is None)
        if _number_made(home) is None:
            past.happen(demo.viewer, demo.post, demo.sync)
            _write_private(home / _MADE, json.dumps({"patients": made, "made": now().isoformat()}))
        yield demo


def _load(patients: int | None, progress: Callable[[int], None] | None) -> int:
    folder = files.directory()
    if patients is None and not (folder / "patients.csv").exists():
        patients = sample.PATIENTS
    if patients is None:
        made = load(files.read_practitioners(folder), files.read_households(folder), sample.PATIENTS, progress)
    else:
        made = load(practitioners(), sample.households(patients), patients, progress)
    with transaction():
        Staff.create(login=LOGIN, name="Alice Lindqvist", role="owner", created_at=now())
        history.record(Viewer.system(), "sample practice", patients=made, on=today().isoformat())
        holds = ("hold_seconds", "bulk_hold_seconds", "first_wait_seconds")
        settings.seed(Viewer.system(), {f"patient_access.{name}": HOLD_SECONDS for name in holds})
    return made


def _configured(home: Path, port: int) -> Config:
    """The config of this time: the server's port is another each time. What somebody wrote below it stays."""
    path = home / "config.toml"
    last_line = _CONFIG.splitlines(keepends=True)[-1]
    kept = path.read_text(encoding="utf-8", errors="replace").partition(last_line)[2] if path.exists() else ""
    text = _CONFIG.format(
        database=json.dumps(f"sqlite:///{quote(str(home / 'clinic.db'))}", ensure_ascii=False),
        mailbox=json.dumps(f"maildir:{home / 'post' / 'practice'}", ensure_ascii=False),
        port=port,
        desk=DESK,
    )
    _write_private(path, text + kept)
    found = config_file.load(path)
    # The environment may name another database: a demo is never anybody's practice.
    return replace(found, database=f"sqlite:///{quote(str(home / 'clinic.db'))}", demo=True)


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def _taken(home: Path) -> Iterator[None]:
    """The folder, ours alone while the block runs. Raises ClinicError where it is not a sample practice's."""
    try:
        make_folder(home)
        if any(home.iterdir()) and not (home / _LOCK).exists():
            raise ClinicError(f"{home} holds other files.", "Name a new or an empty folder with --dir.")
        handle = os.open(home / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ClinicError(
            f"The sample practice cannot be kept in {home}: {error.strerror}.", "Name another folder with --dir."
        ) from error
    with os.fdopen(handle):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ClinicError(
                f"The sample practice in {home} is open already.", "Use that one, or name another --dir."
            ) from error
        yield


def _number_made(home: Path) -> int | None:
    """How many patients the sample practice in `home` has; None where it was never finished."""
    try:
        return int(json.loads((home / _MADE).read_text("utf-8"))["patients"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _clear(home: Path) -> None:
    """Remove what an unfinished making left: files of ours by name, and nothing else."""
    for name in ("clinic.db", "clinic.db-wal", "clinic.db-shm", "clinic.db-journal", "clinic.key", "config.toml"):
        (home / name).unlink(missing_ok=True)
    shutil.rmtree(home / "post", ignore_errors=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A hang-up or SIGTERM leaves by the ordinary way out, so that the folder is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
