"""Transport: what leaves by SMTP, what comes back to the mailbox, and what it means."""
