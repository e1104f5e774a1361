"""One function per use case; each is one transaction, committed before it returns."""
