"""The SMTP server in a process of its own, for tests that kill what talks to it."""

from __future__ import annotations

import argparse
import json
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.faults import Fault
from tests.servers.smtp import SmtpServer

ROOT = Path(__file__).resolve().parents[2]


class Store:
    """A folder of accepted messages: `000001.eml` and so on, in order, beside `000001.json` with the recipients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._count = len(self.messages())

    def keep(self, data: bytes, recipients: object) -> None:
        with self._lock:
            self._count += 1
            name = self.folder / f"{self._count:06}"
        name.with_suffix(".json").write_text(json.dumps(recipients))
        part = name.with_suffix(".part")
        part.write_bytes(data)
        part.rename(name.with_suffix(".eml"))

    def messages(self) -> list[tuple[tuple[str, ...], bytes]]:
        """The recipients and the bytes of each accepted message."""
        return [
            (tuple(json.loads(path.with_suffix(".json").read_text())), path.read_bytes())
            for path in sorted(self.folder.glob("*.eml"))
        ]


@contextmanager
def smtp_process(store: Path, *arguments: str) -> Iterator[int]:
    """Runs the server in another process; yields its port. `arguments` as `--help` lists them."""
    with listening("tests.servers.smtp", "--store", str(store), *arguments) as port:
        yield port


@contextmanager
def listening(module: str, *arguments: str) -> Iterator[int]:
    """Runs a server of ours in another process, which says "listening on" and its port; yields that."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("listening on "):
                raise RuntimeError(f"{module} did not start: {line!r}")
            yield int(line.split()[-1])
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.servers.smtp")
    parser.add_argument("--port", type=int, default=0, help="0: any; the port is printed")
    parser.add_argument("--store", type=Path, required=True, help="folder for what is accepted")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--security", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--certificate", type=Path, help="PEM file with key and certificate")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--groups", action="store_true", help="offer PIPELINING")
    parser.add_argument(
        "--fault", action="append", default=[], help='as JSON: {"phase": "accepted", "action": "drop", "every": 33}'
    )
    options = parser.parse_args()
    context = None
    if options.security != "none":
        if options.certificate is None:
            parser.error("--security needs --certificate")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    # Blocked before the server's threads start, so that only the wait below gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = SmtpServer(
        port=options.port,
        security=options.security,
        context=context,
        user=options.user,
        password=options.password,
        latency=options.latency,
        groups=options.groups,
        faults=[Fault(**json.loads(text)) for text in options.fault],
        deliver=Store(options.store).keep,
    )
    with server:
        print(f"listening on {server.host} {server.port}", flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
