"""What a report says in words, and the message that it returns."""

from __future__ import annotations

import re

from clinic_tui.mail.bounce_texts import ORIGINAL_FOLLOWS
from clinic_tui.mail.html_lines import html_to_text
from clinic_tui.mail.parts import Headers, Mail, split_header, to_text

MAX_NOTICE = 60_000  # characters of the words of a report

RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/partial",
            "message/global", "message/global-headers")  # fmt: skip
_ID = re.compile(r"<[^<>\s]{1,250}>")


def notice_text(mail: Mail) -> str:
    """The words of a report, without the message that it returns."""
    for part in mail.parts:
        if part.type == "text/plain" and part.text.strip():
            return _before_original(part.text)
    for part in mail.of_type("text/html"):
        return _before_original(html_to_text(part.text).replace("\n> ", "\n"))
    return ""


def _before_original(text: str) -> str:
    text = text[:MAX_NOTICE]
    found = ORIGINAL_FOLLOWS.search(text)
    return text[: found.start()] if found else text


def returned_headers(mail: Mail) -> Headers:
    """The header of the message that a report returns, from its part or from the text that holds a copy."""
    for part in mail.of_type(*RETURNED):
        return split_header(part.body.lstrip(b"\n"))[0]
    for part in mail.parts:
        if part.type.startswith("text/") and (found := ORIGINAL_FOLLOWS.search(part.text[:MAX_NOTICE])):
            rest = part.text[found.end() : found.end() + MAX_NOTICE].partition("\n")[2]
            lines = rest.lstrip("\n -=*>_|").split("\n")
            first = next((n for n, line in enumerate(lines[:8]) if re.match(r"[\w-]{2,40}: ?\S", line)), 0)
            return split_header("\n".join(lines[first:]).encode("utf-8", "replace"))[0]
    for part in reversed(mail.parts):  # some return it as plain text, last
        if part.type.startswith("text/"):
            headers = split_header(part.body.lstrip(b"\n"))[0]
            if "message-id" in headers or "received" in headers:
                return headers
    return Headers()


def original_message_id(mail: Mail) -> str | None:
    """The Message-ID of the message that a report is about, with its angle brackets."""
    headers = returned_headers(mail)
    for name in ("message-id", "x-original-message-id", "original-message-id"):
        if found := _ID.search(headers.get(name) or ""):
            return found[0]
    for part in mail.parts:
        if part.type.startswith(("text/", "message/")):
            text = part.text if part.type.startswith("text/") else to_text(part.body[:MAX_NOTICE], "")
            if found := re.search(
                r"(?:original-)?message-?id\"?\s{0,3}:\s{0,3}\"?(<[^<>\s]{1,250}>)", text[:MAX_NOTICE], re.I
            ):
                return found[1]
    return None
