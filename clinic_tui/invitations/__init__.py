"""Inviting: who may be invited, codes, and an invitation's life from queued to accepted."""
