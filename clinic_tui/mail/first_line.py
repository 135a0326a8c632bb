"""What a person wrote newly in a reply: never what is quoted below, above or between it.

One pass over capped lines, each looked at a bounded number of times: crafted mail cannot make it slow. Where it is
unsure whether a text is quoted, it takes it as quoted: a lost line costs a look by the desk, an invented one an
acceptance.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from clinic_tui.mail import reply_marks as marks
from clinic_tui.mail.html_lines import CUT

MAX_LINES = 4_000
MAX_LINE = 1_000  # characters of a line
MAX_NEW = 4_000  # characters of new text that are kept


def new_text(text: str) -> str:
    """The new lines of a reply's plain text (or of `html_to_text`), without quotes, device lines and signatures."""
    lines = _lines(text)
    new: list[str] = []
    above: list[str] = []  # lines as phones add them, kept only where new text comes after them
    size = at = 0
    named = False  # a line has said who wrote what follows
    while at < len(lines) and size < MAX_NEW:
        line = lines[at]
        if marks.MESSAGE_OF.match(line):
            break
        if marks.QUOTED.match(line) or (named and marks.INITIALS.match(line)):
            at += 1
        elif line == CUT or marks.ORIGINAL.fullmatch(line) or _header_block(lines, at):
            break
        elif taken := attribution(lines, at):
            named = True
            at = _skip_empty(lines, at + taken)
            if at < len(lines) and not (marks.QUOTED.match(lines[at]) or marks.INITIALS.match(lines[at])):
                break  # the quote is not marked, so nothing tells where it ends
        elif marks.SIGNATURE.fullmatch(line):
            break
        elif not new and marks.BANNER.match(line):
            at += 1
        else:
            if marks.DEVICE.match(line):
                above += [line] if not new else []  # "Sent by mistake, please ignore:" looks like one
            elif line and not marks.RULE.fullmatch(line):
                new += [*above, line]
                size += sum(len(kept) + 1 for kept in (*above, line))
                above = []
            elif not line and new and new[-1]:
                new.append("")
            at += 1
    return "\n".join(new).strip()[:MAX_NEW]


def first_new_line(text: str) -> str:
    """The first line of `new_text` that is more than our own reference; empty where there is none."""
    return next((line for line in text.split("\n") if line and not marks.REFERENCE.fullmatch(line)), "")


def unflowed(text: str, delsp: bool = False) -> str:
    """Lines of a format=flowed text (RFC 3676) joined to the paragraphs that were written."""
    lines: list[str] = []
    open_line = False
    for line in text.split("\n")[:MAX_LINES]:
        if line.startswith(" ") and not line.startswith(" >"):
            line = line[1:]  # space-stuffed
        flows = line.endswith(" ") and line != "-- " and not line.startswith(">")
        bare = line[:-1] if flows and delsp else line
        if open_line and bare.strip() and not line.startswith(">") and len(lines[-1]) < MAX_LINE:
            lines[-1] += bare
        else:
            lines.append(bare)
        open_line = flows and bool(bare.strip())
    return "\n".join(lines)


def attribution(lines: list[str], at: int) -> int:
    """How many lines from here say who wrote the quote that follows ("On ... wrote:"), 0 if they do not."""
    first = lines[at][:300]
    if not first:
        return 0
    dated = bool(marks.DATE.search(first))
    wraps = dated or bool(marks.WEEKDAY_OR_ON.match(first)) or "<" in first or bool(marks.ADDRESS.search(first))
    joined = ""
    for taken, line in enumerate(lines[at : at + (7 if wraps else 1)], 1):
        if taken > 1 and not line and not (dated and marks.WEEKDAY_OR_ON.match(first)):
            break
        if taken > 1 and (_starts_dated(line) or (line.startswith(">") and len(line) > 20)):
            break
        joined = f"{joined} {line[:300]}".strip()
        if len(joined) > 400:
            break
        if (said := _is_attribution(joined)) and (said == "sure" or _quote_follows(lines, at + taken)):
            return taken
    return 0


def _starts_dated(line: str) -> bool:
    return bool(marks.WEEKDAY_OR_ON.match(line)) and bool(marks.DATE.search(line))


def _quote_follows(lines: list[str], at: int) -> bool:
    at = _skip_empty(lines, at)
    return at < len(lines) and bool(marks.QUOTED.match(lines[at]))


def _is_attribution(text: str) -> Literal["", "maybe", "sure"]:
    bare = text.rstrip("-–—*_ ")
    ends = bare.endswith((":", "："))
    if (
        marks.STARTS_WITH_DATE.match(text)
        and marks.ADDRESS.search(text)
        and (ends or bare.endswith(">") or "GMT" in text)
    ):
        return "sure"
    if not (marks.ADDRESS.search(text) or marks.DATE.search(text)):
        return ""
    if ends and marks.WROTE.search(bare):
        return "sure"
    if bare != text and marks.WROTE.search(bare[-14:]):  # "---- On ... wrote ----"
        return "sure"
    if marks.DATED_ADDRESS.search(text) and marks.DATE.search(text):
        return "sure"
    # A program that writes no verb we know still gives a date, an address and a colon; so do people.
    dated = marks.WEEKDAY_OR_ON.match(text) or marks.DATE.search(text)
    return "maybe" if ends and dated and "@" in text else ""


def _header_block(lines: list[str], at: int) -> bool:
    """Whether a copied message header starts here: three of its labels, different ones, in the next lines."""
    if not marks.LABELS.match(lines[at]):
        return False
    labels = {match["label"].lower() for line in lines[at : at + 8] if (match := marks.LABELS.match(line))}
    return len(labels) >= 3


def _skip_empty(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _lines(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return [_visible(line[:MAX_LINE]) for line in text.split("\n", MAX_LINES)[:MAX_LINES]]


def _visible(line: str) -> str:
    if not line.isascii():
        line = "".join(c for c in line if unicodedata.category(c) != "Cf")
    return " ".join(line.replace("\0", "").split())
