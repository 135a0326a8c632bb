"""A message as it goes over the line: what is said before its body, and the bytes of that."""

from __future__ import annotations

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email


class Wire(NamedTuple):
    """A mail, the three lines that are said before it, and the body with its final dot; `utf8`: it needs SMTPUTF8."""

    mail: EmailMessage
    lines: tuple[str, str, str]
    body: bytes
    utf8: bool

    @classmethod
    def of(cls, sender: str, to: str, mail: EmailMessage) -> Wire | None:
        """None where the address can stand in no envelope."""
        plain = [_ascii(address) for address in (sender, to)]
        if None in plain:
            return None
        envelope = [address or "" for address in plain]
        utf8 = not all(address.isascii() for address in envelope)
        if not to.isascii() and not utf8:
            name = mail["To"].addresses[0].display_name if mail["To"] is not None else ""
            del mail["To"]
            mail["To"] = Address(display_name=name, addr_spec=envelope[1])
        options = " SMTPUTF8" if utf8 else ""
        lines = (f"MAIL FROM:<{envelope[0]}>{options}", f"RCPT TO:<{envelope[1]}>", "DATA")
        return cls(mail, lines, on_the_wire(mail, utf8=utf8), utf8)


def _ascii(address: str) -> str | None:
    """The address with its domain in ASCII; its local part may need SMTPUTF8. None where it is no address."""
    if address.isascii():
        return address if address.isprintable() and not set(address) & set("<> ") else None
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return valid.ascii_email or f"{valid.local_part}@{valid.domain}"


def on_the_wire(mail: EmailMessage, *, utf8: bool = False) -> bytes:
    """The message with CRLF line ends, leading dots doubled, and the final dot."""
    rules = (policy.SMTPUTF8 if utf8 else policy.SMTP).clone(cte_type="7bit")
    data = mail.as_bytes(policy=rules).replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    data = (b"." if data.startswith(b".") else b"") + data.replace(b"\r\n.", b"\r\n..")
    return data + (b"" if data.endswith(b"\r\n") else b"\r\n") + b".\r\n"
