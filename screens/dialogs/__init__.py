"""Dialogs: each asks one thing, over the screen that opened it."""
