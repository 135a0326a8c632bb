"""What of the documents is made from the program itself, so that it cannot be wrong: `make docs` writes it."""
