"""Whether a practice is in order: database, key, modes, portal, mail out and in, DNS, the last sync, the logout,
the history's head, what is kept.

Each check says ok or not, and why. None raises: what goes wrong is its detail.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from clinic_tui import log
from clinic_tui.clock import now
from clinic_tui.config import Config
from clinic_tui.errors import ClinicError, MailAway

STALE_HOURS = 24
_SYSTEMD_SECONDS = 3.0
_UNITS = ("clinic-tui.service", "clinic-tui-sync.timer")


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def look(config: Config, *, send: bool = False, wait: float = 60.0) -> Iterator[Check]:
    """Look at everything, one after the other; network checks take as long as their time-outs.

    `send`: two messages to the practice itself, waited for up to `wait` seconds (see `mail.to_oneself`).
    """
    for name, check in (
        ("config", _config), ("database", _database), ("key", _key), ("log", _log), ("portal", _portal),
        ("smtp", _smtp), ("mailbox", _mailbox), ("dns", _of_domain("mx")), ("spf", _of_domain("spf")),
        ("dmarc", _of_domain("dmarc")), ("sync", _sync), ("logout", _logout), ("head", _head), ("kept", _kept),
    ):  # fmt: skip
        yield _guarded(name, check, config)
    if send:
        yield from _sent_to_oneself(config, wait)


def _guarded(name: str, check: Callable[[Config], str], config: Config) -> Check:
    try:
        return Check(name, True, check(config))
    except MailAway as error:
        return Check(name, False, error.once)
    except ClinicError as error:
        return Check(name, False, str(error))
    except Exception as error:  # one check that breaks must not hide the others
        log.trouble(error, f"check {name}")
        return Check(name, False, f"It could not be checked ({type(error).__name__}). The log has it: {log.path()}")


def _config(config: Config) -> str:
    if config.path is None:
        return "There is none: only the database's URL was given."
    if config.path.parent.stat().st_mode & 0o022:
        raise ClinicError(
            f"Others may put files into {config.path.parent}, where config and key lie.",
            f"Close it with: chmod go-w {config.path.parent}",
        )
    return f"{config.path} is yours alone."


def _database(config: Config) -> str:
    from clinic_tui.db.connection import open_database, sqlite_path, transaction
    from clinic_tui.db.migrate import pending

    engine = "PostgreSQL"
    if config.database.startswith("sqlite:"):
        engine = "SQLite"
        path = sqlite_path(config.database)
        if not path.exists():
            raise ClinicError(
                f"There is no file {path} yet.",
                "Is its disk mounted? A practice that is new: clinic-tui migrate --new.",
            )
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            if file.exists():
                _private(file, "The database file")
    open_database(config.database)
    waiting = pending()
    if waiting:
        raise ClinicError(f"It is of an older version: {', '.join(waiting)} to apply.", "Run: clinic-tui migrate.")
    with transaction():
        pass  # that it can be written to: a read-only file answers questions all the same
    return f"{engine} answers at {config.database_shown}, and can be written to."


def _key(config: Config) -> str:
    if not config.key_file.exists():
        raise ClinicError(
            f"There is no key file {config.key_file}.",
            "Is its disk mounted? A practice that is new: clinic-tui migrate --new.",
        )
    from clinic_tui.invitations import codes

    codes.use_key_file(config.key_file)
    return f"{config.key_file} is yours alone."


def _log(config: Config) -> str:
    path = log.path()
    if not path.exists():
        raise ClinicError(f"The log {path} cannot be written.", "Check its folder and the disk.")
    _private(path, "The log")
    return f"{path} is yours alone."


def _portal(config: Config) -> str:
    from clinic_tui import settings
    from clinic_tui.access import Viewer
    from clinic_tui.invitations import eligibility

    known = settings.load(Viewer.system())
    refused = eligibility.invitations_enabled(Viewer.system(), known)
    if refused is not None:
        raise refused
    wanted = ("practice.name", "practice.phone", "portal.name", "portal.url")
    missing = [name for name in wanted if not known[name]]
    if missing:
        raise ClinicError(
            f"Messages lack what patients need: {', '.join(missing)}.", "Set it: clinic-tui settings NAME VALUE."
        )
    return f"Patients are invited to {known['portal.name']} at {known['portal.url']}."


def _smtp(config: Config) -> str:
    from clinic_tui.mail import smtp

    server = config.need_smtp()
    smtp.connect(server).quit()
    how = f"logged in as {server.user}" if server.user else "no login"
    return f"{server.host}:{server.port} answers ({server.security}, {how}); mail is from {server.sender}."


def _mailbox(config: Config) -> str:
    if config.mailbox is None:
        raise ClinicError(
            "No mailbox is named: replies are not read, patients can only ring with their code.",
            "Add a section [mailbox] to the config.",
        )
    if config.mailbox.path is not None:
        for part in ("new", "cur"):
            folder = config.mailbox.path / part
            if not folder.is_dir():
                raise ClinicError(f"There is no folder {folder}.", "Check url under [mailbox]: it names no Maildir.")
            if not os.access(folder, os.R_OK | os.X_OK):
                raise ClinicError(f"The folder {folder} may not be read.", "Check its mode.")
        return f"{config.mailbox.path} is a Maildir that can be read."
    from clinic_tui.mail.imap import ImapMailbox

    mailbox = ImapMailbox(config.mailbox)
    try:
        folders = mailbox.check()
    finally:
        mailbox.close()
    return f"{config.mailbox.host}:{config.mailbox.port} lets {config.mailbox.user} in; read: {', '.join(folders)}."


def _of_domain(what: Literal["mx", "spf", "dmarc"]) -> Callable[[Config], str]:
    def check(config: Config) -> str:
        from clinic_tui.sender_domain import Domain

        domain = Domain(config.need_smtp().domain)
        if not domain.is_public:
            return f"Not asked: {domain.name} is no public domain."
        return {"mx": domain.mx, "spf": domain.spf, "dmarc": domain.dmarc}[what]()

    return check


def _sent_to_oneself(config: Config, wait: float) -> Iterator[Check]:
    from clinic_tui import settings
    from clinic_tui.access import Viewer
    from clinic_tui.mail import to_oneself

    try:
        known = settings.load(Viewer.system())
        plus_on = known.on("mail.plus_addresses")
        for said in to_oneself.try_out(config, known.text("practice.name"), plus_on=plus_on, seconds=wait):
            yield Check(*said)
    except ClinicError as error:
        yield Check("message", False, str(error))


def _logout(config: Config) -> str:
    """Whether what an app has started outlives the login it was started from."""
    kills = _systemd("loginctl", "show-session", "--property=KillUserProcesses", "--value")
    if kills is None:
        return "No logind here ends programs at logout."
    if kills != "yes":
        return "logind lets programs go on after logout."
    if any(
        _systemd("systemctl", *user, "is-active", unit) == "active" for unit in _UNITS for user in ((), ("--user",))
    ):
        return "logind ends programs at logout; a unit of systemd works the post."
    raise ClinicError(
        "logind ends programs at logout: what waits then goes with the next login only, unless cron runs sync.",
        "Take the systemd unit or the line for cron in docs/sending.md.",
    )


def _systemd(*command: str) -> str | None:
    """What systemd's program says, in one line; None where there is none, or it does not answer."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SYSTEMD_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None


def _sync(config: Config) -> str:
    from clinic_tui import outbox
    from clinic_tui.access import Viewer
    from clinic_tui.db.connection import session
    from clinic_tui.db.models.practice import Queue
    from clinic_tui.invitations import reviewing
    from clinic_tui.invitations.states import ago

    with session():
        row = Queue.select().get_or_none()
        aside = reviewing.kept_aside(Viewer.system())
    if row is not None and row.paused_at is not None:
        raise ClinicError(f"The queue is paused: {row.paused_reason}", outbox.way_on())
    if row is None or row.last_sync_at is None:
        raise ClinicError("Nothing was ever sent or read.", "Run clinic-tui sync, by cron or with --watch.")
    if (now() - row.last_sync_at).total_seconds() > STALE_HOURS * 3600:
        raise ClinicError(
            f"The last one was {ago(row.last_sync_at)} ago.", "Run clinic-tui sync, by cron or with --watch."
        )
    if aside:
        raise ClinicError(
            f"{aside} mail{'' if aside == 1 else 's'} in the mailbox could not be read.",
            "Look at them there, then put them away: clinic-tui review list.",
        )
    since = ago(row.last_sync_at)
    return f"The last one: {since}{'' if since == 'just now' else ' ago'}."


def _head(config: Config) -> str:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.states import ago
    from clinic_tui.outbox import notices

    heads = notices.heads(Viewer.system())
    lost = [notices.undelivered(head.address, head.answer) for head in heads if head.state == "failed"]
    if lost:
        raise ClinicError(lost[0], "Check the owner's address: clinic-tui staff list.")
    if not heads:
        return "The history's head was mailed to nobody yet: no owner has an address, or no sync has run."
    newest = max(heads, key=lambda head: head.at)
    since = ago(newest.at)
    return f"The history's head was last mailed to owners {since}{'' if since == 'just now' else ' ago'}."


def _kept(config: Config) -> str:
    from clinic_tui import retention
    from clinic_tui.access import Viewer

    last = retention.last(Viewer.system())
    return last.sentence if last is not None else "What is kept for how long was not looked through yet."


def _private(path: Path, what: str) -> None:
    if path.stat().st_mode & 0o007:
        raise ClinicError(f"{what} {path} is open to others.", f"Close it with: chmod 600 {path}")
