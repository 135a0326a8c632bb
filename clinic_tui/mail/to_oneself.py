"""Two messages to oneself, one to a plus-address: whether they arrive, where, and what the receiving side says of them.

What it says stands in Authentication-Results (RFC 8601). Anybody can write such a field, so of those only the ones
count that the mailbox's own server put there: it writes above all that came with the message, so the topmost field
names it, and fields with another name are passed over (section 5).
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from typing import NamedTuple

from clinic_tui.config import Config
from clinic_tui.errors import ClinicError
from clinic_tui.mail.mailbox import Found, Mailbox, open_mailbox
from clinic_tui.mail.sender import Sender
from clinic_tui.messages.mime import notice_mail, plus_address
from clinic_tui.text import clean

WAIT_SECONDS = 60.0
_LOOK_AGAIN = 1.0
_METHODS = ("spf", "dkim", "dmarc")
_NOT_SAID = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')  # quoted strings; comments, the innermost first


class Said(NamedTuple):
    """One thing found out."""

    name: str
    ok: bool
    detail: str


class _Test(NamedTuple):
    ref: str
    address: str
    subject: str
    body: str


def try_out(config: Config, practice: str, *, plus_on: bool, seconds: float = WAIT_SECONDS) -> Iterator[Said]:
    """Send both, wait for them, and say what came of it. Raises ClinicError where nothing could be sent or read."""
    account = config.need_smtp()
    if config.mailbox is None:
        raise ClinicError("No mailbox is named, so nobody can look whether a message arrives.", "Add [mailbox].")
    word = f"clinictui{secrets.token_hex(6)}"
    addresses = {"message": account.sender, "plus": plus_address(account.sender, word)}
    answers = {}
    with closing(Sender(account)) as sender:
        for name, address in addresses.items():
            test = _Test(f"{word}{name}", address, f"Test {word}{name}", "A test of the practice's mail. Delete it.\n")
            mail = notice_mail(test, practice=practice, sender=account.sender)
            answers[name] = sender.deliver(account.sender, address, mail, lambda: True)
    wanted = [name for name, answer in answers.items() if answer.fate == "sent"]
    with closing(open_mailbox(config.mailbox)) as mailbox:
        found = _wait(mailbox, {name: f"{word}{name}" for name in wanted}, seconds)
    own = found.get("message")
    if "message" not in wanted:
        yield Said("message", False, f"The server took no message to {account.sender}: {answers['message'].answer}")
    elif own is None:
        yield Said("message", False, f"A message to {account.sender} did not arrive within {seconds:.0f} s.")
    else:
        junk = " It is the folder for junk: the sender's domain needs SPF, DKIM and DMARC in order."
        yield Said("message", not own.junk, f"It arrived in {clean(own.folder, 60)}.{junk if own.junk else ''}")
    yield _of_plus(found.get("plus"), arrived=own is not None, plus_on=plus_on, answer=answers["plus"].answer)
    if own is not None:
        yield _of_results(own.raw)


def results(raw: bytes) -> tuple[str, dict[str, str]]:
    """Who judged a mail at its receipt, and the verdict of each method; empty where nobody did."""
    headers = message_from_bytes(raw, policy=policy.compat32)
    judge, verdicts = "", dict[str, str]()
    for field in headers.get_all("Authentication-Results", []):
        text = " ".join(str(field).split())
        while (shorter := _NOT_SAID.sub(" ", text)) != text:
            text = shorter
        name, _, said = text.partition(";")
        name = (name.split() or [""])[0].lower()
        judge = judge or name
        if name and name == judge:
            for method, verdict in re.findall(rf"(?:^|;)\s*({'|'.join(_METHODS)})\s*=\s*(\w+)", said, re.IGNORECASE):
                known = verdicts.get(method.lower())
                verdicts[method.lower()] = verdict.lower() if known != "pass" else known
    return clean(judge, 60), verdicts


def _of_results(raw: bytes) -> Said:
    judge, verdicts = results(raw)
    if not verdicts:
        return Said(
            "judged",
            True,
            "The receiving side says nothing of SPF, DKIM and DMARC: it is often so within one provider.",
        )
    said = ", ".join(f"{method} {verdict}" for method, verdict in sorted(verdicts.items()))
    bad = [
        method for method, verdict in verdicts.items() if verdict not in ("pass", "none", "neutral", "bestguesspass")
    ]
    advice = " Ask your mail provider which records the sender's domain needs." if bad else ""
    return Said("judged", not bad, f"{judge} says: {said}.{advice}")


def _of_plus(found: Found | None, *, arrived: bool, plus_on: bool, answer: str) -> Said:
    if found is not None:
        more = "" if plus_on else " You may switch them on: clinic-tui settings mail.plus_addresses on."
        return Said("plus", True, f"The mailbox takes plus-addresses.{more}")
    if not plus_on:
        return Said("plus", True, "The mailbox takes no plus-addresses, and they are off.")
    why = "" if arrived else f" Nor did the other message arrive. The server said: {clean(answer, 100)}"
    return Said(
        "plus", False,
        f"A message to a plus-address did not arrive.{why} Answers would be lost: clinic-tui settings "
        "mail.plus_addresses off.",
    )  # fmt: skip


def _wait(mailbox: Mailbox, words: dict[str, str], seconds: float) -> dict[str, Found]:
    """Those of the mails that arrive in time."""
    found: dict[str, Found] = {}
    deadline = time.monotonic() + seconds
    while True:
        for name, word in words.items():
            if name not in found and (mail := mailbox.find(word)) is not None:
                found[name] = mail
        if len(found) == len(words) or time.monotonic() >= deadline:
            return found
        time.sleep(min(_LOOK_AGAIN, max(0.01, deadline - time.monotonic())))
