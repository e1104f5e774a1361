"""Names of people, places and organisations, e-mail addresses and phone numbers replaced by pseudonyms.

Done between hop 1 and hop 2: a Transcript in, a Transcript out in which "Eva Novak" is "P1" wherever she is named, and
"Eva" too. `finders` and `recognising` find names, `book` gives each its pseudonym, alike in all transcripts of a study,
`replacing` puts them in place, `sealing` locks the names away under a key that nobody keeps. Finding is not perfect:
what was replaced is there to be looked at, added to and taken back.
"""

from __future__ import annotations

from jtbd_nlp.pseudonyms.book import Book, Entry, Kind, Name
from jtbd_nlp.pseudonyms.replacing import replace_names, replaced

__all__ = ["Book", "Entry", "Kind", "Name", "replace_names", "replaced"]
