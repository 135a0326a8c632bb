"""What the patient gets: facts gathered from one record, terms filled in, words composed."""
