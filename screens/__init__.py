"""Draws and asks: the Textual screens."""

from __future__ import annotations

import os

# Read by Textual when it is imported: the most frames in a second. What changes right after a frame waits for the next,
# 5 ms at the most; at Textual's own 60 a key would wait for 17 ms while rows come.
os.environ.setdefault("TEXTUAL_FPS", "200")
# Read by Textual when it is imported. Over a slow line an arrow key arrives in pieces, and its first is Escape, which
# would close a dialog; at the machine itself nothing is split, and nobody should wait for Escape.
if any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")):
    os.environ.setdefault("ESCDELAY", "500")
