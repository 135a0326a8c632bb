"""Patients > Import: files given by path, looked into, brought in; earlier imports opened and undone."""
