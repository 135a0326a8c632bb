"""Every fault at every phase, tried on the real server: what the server saw, and what the outbox says afterwards.

What concerns one message (from RCPT on) is tried in one go, a message a fault, on several connections; what concerns
the account, and so the whole queue, one after another. `python -m docs` writes the tables of docs/reliability.md so.
All of it on a server that takes one command at a time, and on one that takes them in groups (PIPELINING): there each
faulty message has others before and behind it on its line, so that it is begun with the body of another.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, get_args

from clinic_tui import clock, outbox
from clinic_tui.access import Viewer
from clinic_tui.config_mail import Security, Smtp
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.db.models.post import Message
from clinic_tui.invitations import codes, inviting
from clinic_tui.mail.drain import drain
from clinic_tui.staff import at_the_keyboard
from tests import prepared
from tests.facts import NOW
from tests.invitations.people import patient
from tests.mail.post_office import account, secret
from tests.servers import certificates
from tests.servers.faults import Action, Fault, Phase
from tests.servers.smtp import SmtpServer

PHASES: tuple[Phase, ...] = get_args(Phase)
CODES = {
    "421": "421 4.3.2 Closing down", "450": "450 4.2.0 Greylisted", "451": "451 4.3.0 Try later",
    "452": "452 4.2.2 Mailbox full", "454": "454 4.7.0 Log in later", "550": "550 5.1.1 Not here",
    "552": "552 5.2.2 Too large", "554": "554 5.7.1 Not wanted",
}  # fmt: skip
LOST: dict[str, Action] = {"drop": "drop", "stall": "stall", "drip": "drip", "half a line": "half"}
TLS_CUT = "TLS cut"
FAULTS = (*LOST, TLS_CUT, *CODES)
_OF_ONE_MESSAGE: tuple[Phase, ...] = ("rcpt", "data", "body", "accepted")
_OF_ALL = ("421", "454")  # answers that concern the account, whatever they answer
_USER, _PASSWORD = "desk@example.org", "a password"
_SHORT = 1  # second that a server which does not answer is waited for
_LINES = 12


class Outcome(NamedTuple):
    """`saw`: the commands; `copies`: messages that the server has; `state`, `answer`: the outbox's; `paused`: why."""

    fault: str
    phase: Phase
    saw: str
    copies: int
    state: str
    answer: str
    paused: str | None


def observed(*, groups: bool = False) -> list[Outcome]:
    """Try them all, in a practice of its own, on a server that takes `groups` of commands or does not.

    The process must have no database open; it takes some 15 seconds, most of them waiting.
    """
    found: list[Outcome] = []
    with clock.frozen_at(NOW), tempfile.TemporaryDirectory() as folder, _practice(Path(folder)) as viewer:
        found += _of_messages(viewer, Path(folder), groups)
        security: Security
        for security in ("none", "tls"):
            with SmtpServer(user=_USER, password=_PASSWORD, security=security, groups=groups) as server, _trusted():
                to = account(server, security=security, user=_USER, password_file=secret(Path(folder), _PASSWORD))
                for fault, phase in _one_by_one(tls=security == "tls"):
                    found.append(_of_all(viewer, server, to, fault, phase))
    return sorted(found, key=lambda one: (PHASES.index(one.phase), FAULTS.index(one.fault)))


def _one_by_one(*, tls: bool) -> Iterator[tuple[str, Phase]]:
    for phase in PHASES:
        if tls:
            yield TLS_CUT, phase
            continue
        for fault in (*LOST, *CODES) if phase not in _OF_ONE_MESSAGE else _OF_ALL:
            if phase != "accepted":  # who has taken a message and says otherwise gets it again: nobody can know
                yield fault, phase


def fault_of(name: str, phase: Phase, match: str = "") -> Fault:
    """One of `FAULTS` as the server's plan has it, for what holds `match`."""
    if name in CODES:
        return Fault(phase, CODES[name], match=match)
    return Fault(phase, "250 2.0.0 One moment", action=LOST.get(name, "drop"), match=match)


def _of_messages(viewer: Viewer, folder: Path, groups: bool) -> list[Outcome]:
    tried: dict[int, tuple[str, Phase, str]] = {}
    with SmtpServer(user=_USER, password=_PASSWORD, groups=groups) as server:
        for phase in _OF_ONE_MESSAGE:
            for name in (*LOST, *(code for code in CODES if code not in _OF_ALL and phase != "accepted")):
                to = f"{phase}.{name.replace(' ', '-')}@example.net"
                server.faults.add(fault_of(name, phase, to))
                tried[_invite(viewer, to)] = name, phase, to
                if groups:
                    _invite(viewer, f"well.{len(tried)}@example.net")
        to_server = account(server, user=_USER, password_file=secret(folder, _PASSWORD))
        drain(replace(to_server, timeout=2 * _SHORT), "table", threading.Event(), _LINES)
        return [_outcome(server, message, *what) for message, what in tried.items()]


def _of_all(viewer: Viewer, server: SmtpServer, to: Smtp, fault: str, phase: Phase) -> Outcome:
    server.clear()
    server.faults.clear()
    server.faults.add(fault_of(fault, phase))
    message = _invite(viewer, f"patient{len(server.messages)}@example.net")
    drain(replace(to, timeout=_SHORT) if fault in ("stall", "drip") else to, "table", threading.Event())
    server.drop_clients()
    outcome = _outcome(server, message, fault, phase, "")
    outbox.resume(viewer)
    Message.update(state="cancelled").where(Message.id == message).execute()
    where = f"{to.host}:{to.port}"
    return outcome._replace(
        answer=outcome.answer.replace(where, "of the practice"),
        paused=outcome.paused and outcome.paused.replace(where, "of the practice"),
    )


def _outcome(server: SmtpServer, message: int, fault: str, phase: Phase, to: str) -> Outcome:
    row = Message.get_by_id(message)
    copies = sum(to in (one.recipients[0] if to else "") for one in server.messages)
    return Outcome(
        fault, phase, _saw(server.sessions_log, to), copies, row.state, row.answer or "", outbox.paused_reason()
    )


def _saw(sessions: Sequence[Sequence[str]], to: str) -> str:
    """What was said on the connections; with `to` only what was said for the message to that address."""
    said: list[str] = []
    for commands in sessions:
        words = [command.split()[0] for command in commands]
        at = next((number for number, command in enumerate(commands) if f"<{to}>" in command), None) if to else 1
        if to and at is None:
            continue
        if to and at is not None:
            end = next((number for number in range(at, len(words)) if words[number] == "MAIL"), len(words))
            words = words[at - 1 : end]
        said += [word for word in words if word != "QUIT"]
    return " ".join(said)


def _invite(viewer: Viewer, to: str) -> int:
    number = str(Message.select().count() + 1)
    invitation = inviting.invite(viewer, patient(number, email=to), hold=0).invitation_id
    return int(Message.get(Message.invitation == invitation).id)


@contextmanager
def _practice(folder: Path) -> Iterator[Viewer]:
    prepared.practice.copy_to(folder / "clinic.db")
    open_database(f"sqlite:///{folder}/clinic.db")
    codes.use_key_file(folder / "clinic.key")
    try:
        with session():
            yield at_the_keyboard()
    finally:
        close_database()


@contextmanager
def _trusted() -> Iterator[None]:
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificates.ca_file())
    try:
        yield
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before
