"""The outbox: how far the post has come, its messages by state, and what can be done with them."""
