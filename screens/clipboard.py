"""Copying by OSC 52: the terminal at the other end of the line puts the text into its clipboard, where it does that.

tmux and screen take such a sequence for their own: what is meant for the terminal outside is handed through to it. No
terminal answers whether it took the text, so nothing more than "copied" can be said.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from screens.widgets.cells import lines

MOST = 5_000  # characters; xterm gives up at about 100 kB of the sequence, some sooner
_SCREEN_TAKES = 512  # bytes of one string that GNU screen hands through


def safe(text: str) -> str:
    """What is copied of a text: clean, and not more than MOST characters."""
    return lines(text)[:MOST]


def sequences(text: str, environ: Mapping[str, str]) -> Iterator[str]:
    """What is written to the terminal that `environ` tells of, to copy a text that is `safe`."""
    copy = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if "TMUX" in environ:
        yield copy  # for `set-clipboard on`: tmux has it too
        yield f"\x1bPtmux;{copy.replace(chr(27), chr(27) * 2)}\x1b\\"  # for `allow-passthrough on`
    elif "STY" in environ:
        for at in range(0, len(copy), _SCREEN_TAKES):
            yield f"\x1bP{copy[at : at + _SCREEN_TAKES]}\x1b\\"
    else:
        yield copy
