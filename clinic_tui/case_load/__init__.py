"""The Case Load report: typed filters, rows and ids from the database, reports saved by name."""
