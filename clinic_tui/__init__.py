"""Decides: the rules of inviting patients to a portal, headless."""
