"""Refusals of the practice's account that come in the place of a refusal of one message.

Postfix speaks of the sender and of the client at RCPT (`smtpd_delay_reject`, its default), others of the account there
or after the body. What is refused so would be refused for every patient.
"""

from __future__ import annotations

import re

# From the beginning: what another server said, as ours quotes it, stands further on.
_OF_US = re.compile(
    r"5\d\d (?:5\.\d{1,3}\.\d{1,3} )?(?:smtp; )?(?:"
    r"<[^<>]{0,320}>(?::|\.\.\.) (?:(?:sender address|client host|helo command) rejected|"
    r"relay(?:ing| access) denied)|"
    r"relay not permitted|unable to relay|"
    r"client does not have permissions to send as|sendasdenied|access denied, bad outbound sender|"
    r"daily (?:user sending|smtp relay|sending) (?:limit|quota) exceeded)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<[^<>]{0,320}>(?::|\.\.\.) ")


def refuses_us(answer: str) -> bool:
    """Whether an answer (one line) is about the account, and not about the recipient or the message."""
    return bool(_OF_US.match(answer))


def without_address(answer: str) -> str:
    """The answer without the address that it begins with: what is said of us is no patient's."""
    return _ADDRESS.sub("", answer, count=1)
