"""Reports > Patient: the saved reports, a new one, the case load that it finds, and what is done with the ticked."""
