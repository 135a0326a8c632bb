"""The keys of a paged table as commands, for a screen's footer, help and menu."""

from __future__ import annotations

from screens.commands import Command

TICK_KEYS = (
    Command("focused.tick", "Tick", "space", "tick", "Tick the row, or take its tick away."),
    Command("focused.range", "Tick a range", "v", "range", "Begin a range here; once more: tick it up to here."),
    Command("focused.tick_all", "Tick all", "a", "all", "Tick everything that is listed."),
    Command("focused.tick_none", "Tick none", "n", "none", "Take every tick away, also of what is not listed."),
    Command("focused.invert", "Invert the ticks", "t", "", "Of what is listed, tick what is not, untick what is."),
)
NARROW = Command("focused.narrow", "Narrow", "/", "narrow", "Type part of what you look for; Esc shows all again.")
PLAIN_KEYS = (
    Command("focused.sort", "Sort", "s", "sort", "Left and Right choose a column, s sorts by it, again: other way."),
    NARROW,
)
TABLE_KEYS = (*TICK_KEYS, *PLAIN_KEYS)
