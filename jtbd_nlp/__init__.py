"""From interview transcripts to a Jobs-to-be-Done job map, every line of it backed by the words somebody said."""

__version__ = "0.1.0"
