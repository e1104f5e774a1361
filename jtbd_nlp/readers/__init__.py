"""Hop 1, bytes to Transcript: one module per format."""
