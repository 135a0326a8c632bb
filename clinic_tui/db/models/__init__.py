"""The tables: the practice's own, its patients and what hangs on them, the post."""
