"""Postfix on loopback, as Debian packages it, with a configuration, a queue and a log of its own.

It takes the practice's mail by submission (STARTTLS, a login that Dovecot knows, its own sender's address alone), and
anybody's mail to the practice's domain, for Dovecot's mailbox. Mail for other domains goes to one server, the test's.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import certificates
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_port

POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin:/sbin")
SECONDS = 60.0

MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = mail.{domain}
mydestination =
mynetworks =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
recipient_delimiter = +
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
default_transport = smtp:[127.0.0.1]:{remote}
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ {user}=1 }}
virtual_transport = lmtp:unix:{lmtp}
smtpd_tls_chain_files = {certificate}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {logins}
smtpd_sender_login_maps = inline:{{ {user}={user} }}
smtpd_sender_restrictions = reject_sender_login_mismatch
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
delay_warning_time = 1s
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
anvil unix - - n - 1 anvil
bounce unix - - n - 0 bounce
cleanup unix n - n - 0 cleanup
defer unix - - n - 0 bounce
error unix - - n - - error
flush unix n - n - 0 flush
lmtp unix - - n - - lmtp
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
qmgr unix n - n 300 1 qmgr
retry unix - - n - - error
rewrite unix - - n - - trivial-rewrite
scache unix - - n - 1 scache
showq unix n - n - - showq
smtp unix - - n - - smtp
tlsmgr unix - - n 1000? 1 tlsmgr
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
"""


@dataclass(frozen=True)
class Postfix:
    """A running server: `submission` is the practice's port, `port` the world's."""

    home: Path
    port: int
    submission: int

    host = "127.0.0.1"

    def log(self) -> str:
        """What it has logged."""
        path = self.home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def flush(self) -> None:
        """Have it try again now what it has put off: left alone it may let a mail lie that was just tried."""
        done = _postfix(self.home, "flush")
        if done.returncode:
            raise RuntimeError(f"Postfix was not flushed: {done.stderr} {self.log()}")


@contextmanager
def postfix(home: Path, mailbox: Dovecot, remote: int) -> Iterator[Postfix]:
    """Runs Postfix with files in `home` alone: a short path that every user may enter. Needs root.

    `remote`: the port of 127.0.0.1 that mail for all domains but the mailbox's own goes to.
    """
    server = Postfix(home, free_port(), free_port())
    for folder in (home, home / "etc", home / "queue", home / "data"):
        folder.mkdir(mode=0o755)
    shutil.chown(home / "data", "postfix")
    (home / "etc" / "main.cf").write_text(
        MAIN.format(
            home=home,
            domain=mailbox.user.partition("@")[2],
            user=mailbox.user,
            remote=remote,
            lmtp=mailbox.lmtp,
            logins=mailbox.logins,
            certificate=certificates.authority().server_file(),
        )
    )
    (home / "etc" / "master.cf").write_text(MASTER.format(port=server.port, submission=server.submission))
    started = _postfix(home, "start")
    if started.returncode:
        raise RuntimeError(f"Postfix did not start: {started.stderr} {server.log()}")
    try:
        yield server
    finally:
        _postfix(home, "stop")


def _postfix(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    called = [str(POSTFIX), "-c", str(home / "etc"), command]
    return subprocess.run(called, check=False, capture_output=True, text=True, timeout=SECONDS)
