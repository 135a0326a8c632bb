"""Dovecot on loopback, as Debian packages it: one mailbox, read by IMAP over TLS, filled by LMTP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import imapclient

from tests.servers import certificates
from tests.servers.ports import free_port

_PARTS = (Path("/usr/lib/dovecot"), Path("/usr/libexec/dovecot"))
_WHOLE = any(all((parts / name).exists() for name in ("imap", "lmtp")) for parts in _PARTS)
DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/sbin") if _WHOLE else None
SECONDS = 60.0
MAIL_USER = 5000  # nobody's number: what is delivered belongs to no account of this machine

CONFIG = """\
base_dir = {home}/run
log_path = {home}/log
listen = 127.0.0.1
ssl = required
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener {home}/lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener {home}/logins {{
    mode = 0666
  }}
}}
"""
# What 2.4 has called otherwise.
OLDER = """\
protocols = imap lmtp
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_user} home={home}/mail
}}
"""
NEWER = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
  lmtp = yes
}}
ssl_server_cert_file = {certificate}
ssl_server_key_file = {certificate}
mail_driver = maildir
mail_path = {home}/mail/%{{user}}
passdb passwd-file {{
  passwd_file_path = {home}/users
}}
userdb static {{
  fields {{
    uid = {mail_user}
    gid = {mail_user}
    home = {home}/mail
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server. `lmtp` is the socket that mail for `user` goes into, `logins` the one that knows passwords."""

    home: Path
    port: int
    user: str
    password: str

    host = "127.0.0.1"

    @property
    def lmtp(self) -> Path:
        return self.home / "lmtp"

    @property
    def logins(self) -> Path:
        return self.home / "logins"

    def wait_for(self, count: int, folder: str = "INBOX") -> list[bytes]:
        """The mails in `folder`, oldest first, as soon as there are at least `count`."""
        context = certificates.client_context()
        with imapclient.IMAPClient(self.host, self.port, ssl_context=context, timeout=SECONDS) as client:
            client.login(self.user, self.password)
            client.select_folder(folder, readonly=True)
            deadline = time.monotonic() + SECONDS
            while len(uids := client.search("ALL")) < count:
                if time.monotonic() > deadline:
                    raise AssertionError(f"waited {SECONDS} s for {count} in {folder}, {len(uids)} came")
                time.sleep(0.02)
            found = client.fetch(uids, ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]


@contextmanager
def dovecot(home: Path, user: str, password: str = "a mailbox password") -> Iterator[Dovecot]:
    """Runs Dovecot with files in `home` alone: a short path that every user may enter. Needs root."""
    server = Dovecot(home, free_port(), user, password)
    home.mkdir(mode=0o755)
    (home / "mail").mkdir()
    shutil.chown(home / "mail", MAIL_USER, MAIL_USER)
    (home / "users").write_text(f"{user}:{{PLAIN}}{password}\n")
    version = subprocess.check_output([str(DOVECOT), "--version"], text=True, timeout=SECONDS)
    certificate = certificates.authority().server_file()
    config = home / "dovecot.conf"
    config.write_text(
        ((OLDER if version < "2.4" else NEWER) + CONFIG).format(
            home=home, certificate=certificate, mail_user=MAIL_USER, port=server.port
        )
    )
    process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(config)])
    try:
        deadline = time.monotonic() + SECONDS
        while not _listens(server):
            if process.poll() is not None or time.monotonic() > deadline:
                said = (home / "log").read_text(errors="replace") if (home / "log").exists() else ""
                raise RuntimeError(f"Dovecot did not start: {said[-2000:]}")
            time.sleep(0.02)
        yield server
    finally:
        process.terminate()
        process.wait(SECONDS)


def _listens(server: Dovecot) -> bool:
    with socket.socket() as line:
        return line.connect_ex((server.host, server.port)) == 0 and server.lmtp.exists() and server.logins.exists()
