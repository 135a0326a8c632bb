"""Patients from files: CSV exports, read as a stream and merged in short transactions."""
