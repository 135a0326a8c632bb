"""Patients: looking them up, reading one, keeping one right."""
