"""Draws and asks: the Textual screens."""
