"""Training: labelled interviews to the small learned files under models/. Nothing here is needed at run time."""
