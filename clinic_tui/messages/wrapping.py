"""Lines of a message broken to a width, so that a code, which is read out, stays in one piece."""

from __future__ import annotations

import re
import textwrap

CODE = re.compile(r"\b\d{3} \d{3} \d{3} \d\b")
_WHOLE = re.compile(r"(?<!\S)(?:\d{3} \d{3} \d{3} \d|([·*])\1\1 \1{3} \1{3} \1)(?!\d)")  # a code, or a masked one
_NO_BREAK = "\u00a0"
_STEP = re.compile(r"\d\. ")


def wrapped(line: str, width: int, hanging: int | None = None) -> list[str]:
    """One line of text as lines of at most `width`; an empty line as one.

    Those after the first stand `hanging` further in; None: below the words of a numbered step, else not at all.
    """
    step = _STEP.match(line)
    indent = hanging if hanging is not None else step.end() if step else 0
    together = _WHOLE.sub(lambda code: code.group().replace(" ", _NO_BREAK), line)
    parts = textwrap.wrap(
        together,
        max(width, indent + 10),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(_NO_BREAK, " ") for part in parts] or [""]
