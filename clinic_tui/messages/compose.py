"""The words of a message. Pure: the same facts give the same mail, so that a screen previews what will be sent.

No health fact, no name unless the practice chose personal messages; text and HTML say the same (design, section 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from clinic_tui.clock import local
from clinic_tui.messages.facts import SERVICES, Facts
from clinic_tui.text import clean_text, header_safe

_IN_PORTAL = {
    "appointments": "see and book appointments",
    "records": "see the records that we share with you",
    "invoices": "see and pay invoices",
    "health": "keep track of your health",
}
_BY_REPLY = {"appointments": "appointments", "invoices": "invoices"}


@dataclass(frozen=True, slots=True)
class Composed:
    """A message as the patient gets it: one subject line, a plain part and an HTML part with the same facts."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Step:
    number: int
    text: str


_Block = str | _Step


def compose(facts: Facts) -> Composed:
    """The message that `facts` make."""
    subject, blocks = _KINDS[facts.kind](facts)
    if facts.token_in_subject:
        subject = f"{subject} [{facts.token}]"
    return Composed(header_safe(subject), _as_text(blocks), _as_html(blocks, facts))


def offered(facts: Facts) -> str:
    """What one can do in the portal, as half a sentence; "" where nothing is offered."""
    return _listed([_IN_PORTAL[name] for name in SERVICES if facts.offers.get(name) == "portal"])


def _invitation(facts: Facts) -> tuple[str, list[_Block]]:
    then = "check that it is you, and e-mail you" if facts.identity_check else "e-mail you"
    blocks: list[_Block] = [_greeting(facts)]
    if facts.custom_message:
        blocks += facts.custom_message.split("\n\n")
    blocks += [
        f"{facts.practice} invites you to its patient portal, {facts.portal}. There you can {offered(facts)}.",
        "To accept:",
        _Step(1, "Press Reply, type ACCEPT, and send."),
        _Step(2, f"We then {then} the steps to set up your account, usually within two working days."),
        f"Or ring us on {_phone(facts)} and read out this code: {facts.code}",
        f"The invitation and its code work until {_day(facts)}.",
        "If you do not want this, reply NO. To get no more invitations, reply STOP. "
        "If this was not meant for you, reply NOT ME.",
        "We never ask for a password by e-mail. Please do not send health information in your reply.",
        *_signature(facts),
    ]
    return f"Your invitation from {facts.practice}", blocks


def _confirmation(facts: Facts) -> tuple[str, list[_Block]]:
    return f"Thank you for your reply to {facts.practice}", [
        _greeting(facts),
        f"You have accepted the invitation to our patient portal, {facts.portal}. Thank you.",
        "What happens now:",
        _Step(1, "We check that it is you: we may ring you, or ask you at your next visit."),
        _Step(2, "We then e-mail you the steps to set up your account, usually within two working days."),
        f"Questions? Ring us on {_phone(facts)}.",
        "If it was not you who replied, reply NOT ME.",
        "We never ask for a password by e-mail. Please do not send health information in your reply.",
        *_signature(facts),
    ]


def _setup(facts: Facts) -> tuple[str, list[_Block]]:
    return f"How to set up your account: {facts.portal}", [
        _greeting(facts),
        f"These are the steps to set up your account in {facts.portal}, the patient portal of {facts.practice}.",
        *_register(facts),
        f"In the portal you can {offered(facts)}.",
        *_elsewhere(facts),
        f"If you get stuck, ring us on {_phone(facts)}.",
        "If you did not ask for this, reply NOT ME.",
        "We never ask for a password by e-mail: you choose it in the portal itself. "
        "Please do not send health information in your reply.",
        *_signature(facts),
    ]


_KINDS: dict[str, Callable[[Facts], tuple[str, list[_Block]]]] = {
    "invitation": _invitation,
    "confirmation": _confirmation,
    "setup": _setup,
}


def _register(facts: Facts) -> list[_Block]:
    open_portal = f"Open {facts.portal_url} in your browser." if facts.portal_url else f"Open {facts.portal}."
    ways = {
        "email": (open_portal, "Choose to register, and use this e-mail address.", "Follow what it asks, and choose a "
                  "password of your own."),
        "code": (f"Ring us on {_phone(facts)}: we give you the portal's own registration code.", open_portal,
                 "Choose to register, enter the code, and choose a password of your own."),
        "desk": (f"Ring us on {_phone(facts)}, or ask at the front desk: we set up your account with you.",
                 open_portal, "Sign in with what the desk gave you, and choose a password of your own."),
    }  # fmt: skip
    return [_Step(number, text) for number, text in enumerate(ways[facts.register], 1)]


def _elsewhere(facts: Facts) -> list[_Block]:
    by_reply = [word for name, word in _BY_REPLY.items() if facts.offers.get(name) == "reply"]
    return [f"For {_listed(by_reply)}, ring us or reply to this message."] if by_reply else []


def _greeting(facts: Facts) -> str:
    return f"Hello {facts.called}," if facts.called else "Hello,"


def _signature(facts: Facts) -> list[_Block]:
    ends = [facts.practice, *([facts.phone] if facts.phone else [])]
    return ["\n".join(ends), f"Reference: {facts.token}"]


def _phone(facts: Facts) -> str:
    number = facts.phone or "the practice's number"
    return f"{number} ({facts.hours})" if facts.hours else number


def _day(facts: Facts) -> str:
    day = local(facts.until)
    return f"{day:%A} {day.day} {day:%B %Y}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _as_text(blocks: list[_Block]) -> str:
    text = ""
    for block in blocks:
        gap = "" if not text or (isinstance(block, _Step) and block.number > 1) else "\n"
        line = f"{block.number}. {block.text}" if isinstance(block, _Step) else block
        text += f"{gap}{line}\n"
    return clean_text(text)


def _as_html(blocks: list[_Block], facts: Facts) -> str:
    body: list[str] = []
    for block in blocks:
        if isinstance(block, _Step):
            body.append(("<ol>" if block.number == 1 else "") + f"<li>{_html(block.text)}</li>")
            continue
        if body and body[-1].endswith("</li>"):
            body.append("</ol>")
            if facts.kind == "invitation" and facts.reply_to:
                link = mailto(facts.reply_to, f"ACCEPT {facts.token}", "ACCEPT")
                body.append(f'<p><a href="{escape(link)}">Or press here: it writes the reply for you.</a></p>')
        body.append(f"<p>{_html(block)}</p>")
    style = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em"
    return f'<!doctype html>\n<html><body style="{style}">\n' + "\n".join(body) + "\n</body></html>\n"


def _html(text: str) -> str:
    return escape(clean_text(text)).replace("\n", "<br>\n")


def mailto(address: str, subject: str, body: str = "") -> str:
    """A `mailto:` link; `+` in the address is written %2B, or some programs read it as a space."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}" + (f"&body={quote(body)}" if body else "")
