"""A certificate authority that lives as long as the test run, and contexts made from it."""

from __future__ import annotations

import atexit
import datetime
import functools
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

import trustme

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Authority:
    """One certificate authority. `ca_file` can stand in SSL_CERT_FILE."""

    ca: trustme.CA
    folder: Path

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def server_context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for `names` (loopback's unless given)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._issue(names, expired).configure_cert(context)
        return context

    def server_file(self, *names: str) -> Path:
        """A 0600 PEM file with a server's key and certificate, for other processes, which may read it late."""
        path = self.folder / f"{'-'.join(names or LOOPBACK_NAMES)}.pem"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(self._issue(names, False).private_key_and_cert_chain_pem.bytes())
        return path

    def client_context(self) -> ssl.SSLContext:
        """A client's context that trusts this authority and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.ca.configure_trust(context)
        return context

    def _issue(self, names: tuple[str, ...], expired: bool) -> trustme.LeafCert:
        yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        if expired:
            return self.ca.issue_cert(
                *(names or LOOPBACK_NAMES),
                not_before=yesterday - datetime.timedelta(days=30),
                not_after=yesterday,
            )
        return self.ca.issue_cert(*(names or LOOPBACK_NAMES))


def _new_authority() -> Authority:
    folder = Path(tempfile.mkdtemp(prefix="clinic-tui-ca-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Authority(ca, folder)


@functools.cache
def authority() -> Authority:
    """The authority that the tests' servers are certified by and that clients are told to trust."""
    return _new_authority()


@functools.cache
def stranger() -> Authority:
    """An authority that no client trusts."""
    return _new_authority()


def client_context() -> ssl.SSLContext:
    return authority().client_context()


def server_context() -> ssl.SSLContext:
    return authority().server_context()


def ca_file() -> Path:
    return authority().ca_file
