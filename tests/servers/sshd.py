"""OpenSSH's own server on loopback, as the current user, for one account and its keys."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin:/sbin")
PROGRAMS = all((SSHD, shutil.which("ssh"), shutil.which("ssh-keygen")))
SECONDS = 60.0


@dataclass(frozen=True)
class SshServer:
    """A running server; `client` is the `ssh` command up to what is asked for."""

    port: int
    folder: Path
    public_key: str

    @property
    def authorized_keys(self) -> Path:
        return self.folder / "authorized_keys"

    @property
    def client(self) -> list[str]:
        options = {
            "IdentityFile": self.folder / "id", "IdentitiesOnly": "yes", "IdentityAgent": "none", "BatchMode": "yes",
            "StrictHostKeyChecking": "yes", "UserKnownHostsFile": self.folder / "known_hosts", "ConnectTimeout": "10",
        }  # fmt: skip
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        ssh = str(shutil.which("ssh"))
        return [ssh, "-F", "none", *said, "-p", str(self.port), f"{getpass.getuser()}@127.0.0.1"]


@contextmanager
def ssh_server(folder: Path, environment: Mapping[str, str]) -> Iterator[SshServer]:
    """Runs sshd with files in `folder` alone; sessions have `environment`."""
    folder.mkdir(mode=0o700)
    for name in ("host", "id"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(made, check=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    host_key = (folder / "host.pub").read_text().strip()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    (folder / "authorized_keys").touch(mode=0o600)
    said = " ".join(f'"{name}={value}"' for name, value in environment.items())
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nAuthenticationMethods publickey\nStrictModes no\n"
        f"PermitRootLogin forced-commands-only\nPrintMotd no\nPrintLastLog no\nSetEnv {said}\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what the system's own start script makes
    log = folder / "log"
    with log.open("w") as errors:
        process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")], stderr=errors)
    try:
        deadline = time.monotonic() + SECONDS
        while "Server listening" not in log.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"sshd did not start: {log.read_text()}")
            time.sleep(0.02)
        yield SshServer(port, folder, (folder / "id.pub").read_text().strip())
    finally:
        process.terminate()
        process.wait(SECONDS)
