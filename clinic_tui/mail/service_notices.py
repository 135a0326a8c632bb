"""What a sending service tells in JSON: Amazon SES, by a notice that SNS mails."""

from __future__ import annotations

import json
import re

from clinic_tui.mail.addresses import WIDE
from clinic_tui.mail.bounce_reasons import Failure, reason_of
from clinic_tui.mail.delivery_status import best_status
from clinic_tui.mail.parts import Mail
from clinic_tui.text import fold_email

MAX_RECIPIENTS = 50
MAX_JSON = 200_000


def service_notice(mail: Mail) -> Failure | None:
    """The bounce or the delivery that such a notice tells of, or None where it is none."""
    for part in mail.of_type("text/plain", "application/json"):
        text = part.text.strip()[:MAX_JSON]
        if not text.startswith("{") or "otificationType" not in text.replace("eventType", "notificationType"):
            continue
        event = _event(text)
        bounce = event.get("bounce")
        if isinstance(bounce, dict):
            return _json_bounce(bounce)
        delivery = event.get("delivery")
        if isinstance(delivery, dict):
            to = delivery.get("recipients")
            names = tuple(fold_email(a) for a in to if isinstance(a, str)) if isinstance(to, list) else ()
            return Failure(names, "2.0.0", reason_of("", "2.0.0"), True, "a sending service's notice of a delivery")
    return None


# bounceType and bounceSubType of Amazon SES, where it passes on no diagnostic, in words of refusals.
_SES = (
    (r"suppress", "address rejected"), (r"mailboxfull", "mailbox full"), (r"toolarge", "message too big"),
    (r"content|attachment", "content rejected"), (r"permanent", "no such mailbox: user unknown"),
)  # fmt: skip


def _json_bounce(bounce: dict[str, object]) -> Failure | None:
    listed = bounce.get("bouncedRecipients")
    rows = [row for row in listed[:MAX_RECIPIENTS] if isinstance(row, dict)] if isinstance(listed, list) else []
    found = [WIDE.search(str(row.get("emailAddress", ""))) for row in rows]
    words = str(rows[0].get("diagnosticCode", ""))[:1000] if rows else ""
    if not words:
        told = f"{bounce.get('bounceType')} {bounce.get('bounceSubType')}"
        words = next((means for kind, means in _SES if re.search(kind, told, re.IGNORECASE)), "")
    status = best_status(str(rows[0].get("status", "")) if rows else "", words)
    names = tuple(dict.fromkeys(fold_email(match[0]) for match in found if match))
    return Failure(names, status, reason_of(words, status or ""), False, "a sending service's notice of a bounce")


def _event(text: str) -> dict[str, object]:
    """The notification in a JSON text, also where it is a string inside another (SNS); {} where it is none."""
    if text.count("[") + text.count("{") > 2_000:  # deep nesting would exhaust the parser's stack
        return {}
    decoder = json.JSONDecoder(strict=False)  # mail may have wrapped the lines
    try:
        event = decoder.raw_decode(text)[0]
        if isinstance(event, dict) and isinstance(event.get("Message"), str):
            event = decoder.raw_decode(event["Message"])[0]
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
