"""The work queues: how many wait in each, and who they are."""
