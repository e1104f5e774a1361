"""Hop 2, Transcript to ActionStatements and NeedStatements. spaCy stays inside this package."""
