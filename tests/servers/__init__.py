"""Real servers for the tests, on loopback, started from packages: SMTP, IMAP and PostgreSQL."""
