"""How it looks: one theme of ours, light and dark, and a plain one of the terminal's own colours.

What the terminal can do is read from the environment before the app is made: Textual settles how it filters colours
when an `App` is constructed, and a plain theme chosen later is black on black under NO_COLOR.
"""

from __future__ import annotations

import locale
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual.scrollbar import ScrollBarRender
from textual.theme import Theme


class Symbols(NamedTuple):
    """The marks that we draw with."""

    cursor: str
    dot: str
    rule: str
    ellipsis: str
    none: str
    sending: str
    waiting: str
    paused: str
    bad: str
    good: str
    hidden_digit: str


UNICODE = Symbols("▸", "·", "─", "…", "–", "▹", "●", "‖", "✖", "✔", "·")
ASCII = Symbols(">", "-", "-", "~", "-", ">", "*", "=", "x", "+", ".")


@dataclass(frozen=True, slots=True)
class Look:
    """What was chosen for this terminal: `theme` is a name of ours, `ansi` whether it is the terminal's own colours."""

    theme: str
    ansi: bool
    unicode: bool

    @property
    def symbols(self) -> Symbols:
        """The marks for this terminal."""
        return UNICODE if self.unicode else ASCII

    def masked(self, text: str) -> str:
        """A message's text, its masked code in a mark that this terminal has."""
        return text.replace(UNICODE.hidden_digit, self.symbols.hidden_digit)


class AsciiBars(ScrollBarRender):
    """A scrollbar of whole cells: its colour alone is seen."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


DARK = Theme(
    name="clinic-dark",
    primary="#6cb6c9",
    secondary="#5b8fa3",
    accent="#6cb6c9",
    foreground="#d6dde3",
    background="#12181d",
    surface="#1a2229",
    panel="#232d36",
    success="#7fc29b",
    warning="#e3b568",
    error="#e58a82",
    dark=True,
    variables={
        "quiet": "#93a1ad",
        "rule": "#2f3b46",
        "block-cursor-foreground": "#12181d",
        "block-cursor-background": "#6cb6c9",
        "block-cursor-text-style": "none",
        "input-selection-background": "#6cb6c9 35%",
        "row-cursor": "#25343f",
    },
)
LIGHT = Theme(
    name="clinic-light",
    primary="#1b687d",
    secondary="#3d7d90",
    accent="#1b687d",
    foreground="#1d262d",
    background="#f7f8f6",
    surface="#eceeec",
    panel="#dfe4e4",
    success="#2a7148",
    warning="#835504",
    error="#ad352d",
    dark=False,
    variables={
        "quiet": "#566169",
        "rule": "#c9d0d2",
        "block-cursor-foreground": "#f7f8f6",
        "block-cursor-background": "#1b687d",
        "block-cursor-text-style": "none",
        "input-selection-background": "#1b687d 30%",
        "row-cursor": "#dce8ea",
    },
)
PLAIN = Theme(
    name="clinic-plain",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "quiet": "ansi_default",
        "rule": "ansi_default",
        "row-cursor": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
        "footer-key-foreground": "ansi_cyan",
    },
)
THEMES = (DARK, LIGHT, PLAIN)

_RICH_TERMS = ("256color", "truecolor", "direct", "kitty", "alacritty", "ghostty", "foot", "wezterm")


def look_of(environ: Mapping[str, str], encoding: str | None = None, symbols: str = "auto") -> Look:
    """What suits the terminal that `environ` tells of. `CLINIC_TUI_THEME` is `dark`, `light` or `plain`;
    `CLINIC_TUI_ASCII` asks for ASCII symbols, `symbols` for `ascii` or `unicode` ones. `encoding` is the terminal's,
    the locale's where left out: one that is not UTF-8 gets ASCII symbols in any case.
    """
    term = environ.get("TERM", "")
    wanted = environ.get("CLINIC_TUI_THEME", "")
    many_colours = environ.get("COLORTERM") in ("truecolor", "24bit") or any(word in term for word in _RICH_TERMS)
    if wanted not in ("dark", "light", "plain"):
        light = environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
        wanted = "light" if light else "dark"
        if "NO_COLOR" in environ or not many_colours:
            wanted = "plain"
    encoding = (encoding or locale.getpreferredencoding(False)).lower().replace("-", "")
    plain_font = term in ("linux", "vt100", "vt220", "ansi", "dumb")
    plain_font = (plain_font and symbols != "unicode") or symbols == "ascii"
    plain_font = plain_font or environ.get("CLINIC_TUI_ASCII", "") not in ("", "0")
    return Look(f"clinic-{wanted}", wanted == "plain", encoding == "utf8" and not plain_font)
