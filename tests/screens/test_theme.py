"""What is drawn with on which terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual.color import Color

from screens.theme import ASCII, DARK, LIGHT, UNICODE, Symbols, look_of

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        (XTERM, "clinic-dark"),
        ({**XTERM, "COLORFGBG": "0;15"}, "clinic-light"),
        ({**XTERM, "COLORFGBG": "15;0"}, "clinic-dark"),
        ({**XTERM, "NO_COLOR": "1"}, "clinic-plain"),
        ({"TERM": "linux"}, "clinic-plain"),
        ({"TERM": "xterm"}, "clinic-plain"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "clinic-dark"),
        ({**XTERM, "CLINIC_TUI_THEME": "plain"}, "clinic-plain"),
        ({**XTERM, "CLINIC_TUI_THEME": "nonsense"}, "clinic-dark"),
        ({}, "clinic-plain"),
    ],
)
def test_the_theme_suits_the_terminal(environ: dict[str, str], theme: str) -> None:
    look = look_of(environ, "utf-8")
    assert look.theme == theme
    assert look.ansi == (theme == "clinic-plain")


@pytest.mark.parametrize(
    ("environ", "encoding", "symbols"),
    [
        (XTERM, "UTF-8", UNICODE),
        (XTERM, "utf8", UNICODE),
        (XTERM, "ISO-8859-1", ASCII),
        (XTERM, "ANSI_X3.4-1968", ASCII),
        ({"TERM": "linux"}, "UTF-8", ASCII),
        ({**XTERM, "CLINIC_TUI_ASCII": "1"}, "UTF-8", ASCII),
        ({**XTERM, "CLINIC_TUI_ASCII": "0"}, "UTF-8", UNICODE),
    ],
)
def test_symbols_suit_the_font(environ: dict[str, str], encoding: str, symbols: Symbols) -> None:
    assert look_of(environ, encoding).symbols == symbols


@pytest.mark.parametrize(
    ("environ", "encoding", "symbols", "unicode"),
    [
        (XTERM, "UTF-8", "ascii", False),
        ({"TERM": "linux"}, "UTF-8", "unicode", True),
        (XTERM, "ISO-8859-1", "unicode", False),  # it could not be written
    ],
)
def test_symbols_as_the_config_says(environ: dict[str, str], encoding: str, symbols: str, unicode: bool) -> None:
    assert look_of(environ, encoding, symbols).unicode is unicode


def test_ascii_symbols_are_ascii() -> None:
    assert "".join(ASCII).isascii()
    assert all(len(mark) == 1 for mark in (*ASCII, *UNICODE))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_colour_can_be_read_on_the_background(theme: object) -> None:
    assert theme in (DARK, LIGHT)
    chosen = DARK if theme is DARK else LIGHT
    quiet = chosen.variables["quiet"]
    for background in (chosen.background, chosen.panel, chosen.surface, chosen.variables["row-cursor"]):
        for colour in (chosen.foreground, chosen.accent, chosen.success, chosen.warning, chosen.error, quiet):
            assert _contrast(colour, background) >= 4.5, (colour, background)


def _contrast(one: str | None, two: str | None) -> float:
    assert one and two
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in Color.parse(colour).normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(("environ", "delay"), [({"SSH_TTY": "/dev/pts/1"}, "0.5"), ({}, "0.1")])
def test_escape_waits_longer_over_a_line(environ: dict[str, str], delay: str) -> None:
    code = "import screens.app; from textual import constants; print(constants.ESCAPE_DELAY)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert out.stdout.strip() == delay
