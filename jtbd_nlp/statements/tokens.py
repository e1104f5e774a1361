"""What a single word is: its lemma, a name or not, one or many, a person or a thing.

Part of hop 2. Knows spaCy's English tags; knows nothing of verbs, stages or studies.
"""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from jtbd_nlp.statements import wording

_PLURAL: Final = frozenset({"them", "they", "those", "these", "ones"})


def lemma(token: Token) -> str:
    """Return the token's lower-case lemma, with the contractions that the lemmatizer leaves spelled out."""
    text = token.lemma_.lower()
    return {"'s": "be", "’s": "be", "'re": "be", "’re": "be", "'m": "be", "’m": "be", "'ve": "have", "’ve": "have"}.get(
        text, text
    )


def is_name(token: Token) -> bool:
    """Say whether the token looks like a proper name: tagged so and capitalised, and not an acronym of common use."""
    text = token.text
    return token.pos_ == "PROPN" and text[:1].isupper() and not (text.isupper() and 2 <= len(text) <= 4)


def is_plural(token: Token) -> bool:
    """Say whether a noun or pronoun is plural."""
    return token.tag_ in {"NNS", "NNPS"} or token.lower_ in _PLURAL


def is_person(noun: Token) -> bool:
    """Say whether a noun names people, as far as its form tells: "customers", "teacher", "staff"."""
    name = lemma(noun)
    if name in wording.NO_PERSONS:
        return False
    return name in wording.PERSON_NOUNS or (len(name) > 5 and name.endswith(wording.PERSON_ENDINGS))
