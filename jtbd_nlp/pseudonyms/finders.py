"""What finds names in one text, beside the pipeline: by form, by what stands around them, by lists of given names.

Each is a recogniser of Presidio's. What they find is sifted by `recognising`, which sees the whole transcript.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

import names as census  # type: ignore[import-untyped]  # lists of names in plain text
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import EmailRecognizer
from spacy.tokens import Token
from tldextract import TLDExtract

from jtbd_nlp.pseudonyms.well_known import is_a_name_word

LANGUAGE: Final = "en"
# "My name is Eva", "this is Tom Reed speaking"; must not catch "my name is on the list".
INTRODUCTION: Final = re.compile(
    r"\b(?:[Mm]y name(?:'s|\u2019s| is)|[Nn]ame is|[Cc]all me|[Tt]his is|I am|I'm|I\u2019m"
    r"|(?:colleague|boss|manager|wife|husband|partner|friend|sister|brother|daughter|son|mother|father|mum|mom|dad"
    r"|cousin|neighbou?r|doctor|nurse|teacher|tutor|student|client|landlord|flatmate|roommate)"
    r"(?:,| is called| named| called)?|[Tt]hank you,?|[Tt]hanks,?|[Hh]i,?|[Hh]ello,?"
    r"|Dr\.?|Mrs?\.?|Ms\.?|Miss|Prof(?:\.|essor)?|Aunt|Uncle|Grandma|Grandpa)"
    r"\s+(?P<name>[A-Z][\w'\u2019-]+(?:\s+(?:(?:van|von|de|der|den|da|del|di|la|le|al|bin|Mc|O')\s+)*[A-Z][\w'\u2019-]+){0,2})"
)
AN_ORGANISATION: Final = re.compile(
    r"\b(?:[Ww]ork(?:s|ed|ing)? (?:for|at)|[Jj]oined|employed (?:by|at)|employer,|company called|[Ss]tarted at|job at)"
    r"\s+(?:the\s+)?(?P<name>[A-Z][\w&'\u2019-]+(?:\s+(?:(?:and|of|&)\s+)?[A-Z][\w&'\u2019-]+){0,3})"
)
# "I moved to Grenoble", "she lives in Leeds"; must not catch "I moved to Excel", which is well known.
A_PLACE: Final = re.compile(
    r"\b(?:liv(?:e|es|ed|ing)|born|grew up|mov(?:e|es|ed|ing)|based|flew|flight|trip|travel(?:s|led|ed|ling|ing)?)"
    r"(?: \w+)? (?:in|to|from|near)\s+(?P<name>[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)?)"
)
# Nine digits and more in groups, with a country code or a first zero: "01273 496 0999".
DIGITS: Final = r"(?<!\w)(?:\+\d{1,3}|\(?0)(?:[ ()./-]{0,2}\d){8,13}(?!\w)"
# A name in a network, "@otto_reads"; must not catch what follows the @ of an e-mail address.
HANDLE: Final = r"(?<![\w.@])@\w{3,}"
# What the last word of an organisation's name may say that it is, and the small words within such a name.
BODIES: Final = frozenset(
    """
    Foundation University Institute Institution College School Academy Hospital Clinic Bank Council Committee
    Commission Society Association Federation Agency Department Ministry Bureau Museum Library Trust Union Group Company
    Corporation
    """.split()  # noqa: SIM905 - a list of words
)
WITHIN_NAMES: Final = frozenset({"of", "and", "for", "the", "&"})
_DO: Final = frozenset(
    """
    say tell ask think know want help show answer live love hate promise write explain agree disagree decide drive teach
    cook suggest insist complain laugh smile worry forget remember phone email text talk speak listen hope feel wonder
    """.split()  # noqa: SIM905 - a list of words
)
_DONE_TO: Final = frozenset(
    """call ask tell thank meet phone text email marry hire visit invite trust remind message ring""".split()  # noqa: SIM905 - a list of words
)


class Email(EmailRecognizer):
    """E-mail addresses; Presidio's own finder would fetch the list of internet endings, and keep it on disk."""

    _endings = TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool | None:
        """True where the ending is known; None, which counts as well, where it may be somebody's own."""
        return True if self._endings(pattern_text).fqdn else None


class Patterns(EntityRecognizer):
    """What stands in a place where a name is expected."""

    def __init__(self, entity: str, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        super().__init__(supported_entities=[entity], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del entities
        starts = {token.idx: token for token in nlp_artifacts.tokens}
        return [
            RecognizerResult(self.supported_entities[0], found.start("name"), found.end("name"), 0.6)
            for found in self._pattern.finditer(text)
            if (token := starts.get(found.start("name"))) is not None and token.pos_ == "PROPN"
        ]


class CensusNames(EntityRecognizer):
    """Given names of the United States' census, and families: "Dwayne", "the Hendersons"; must not catch "will"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], supported_language=LANGUAGE)

    def load(self) -> None:
        self._given = given_names()
        self._family = _census("dist.all.last")

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        return [
            RecognizerResult("PERSON", token.idx, token.idx + len(token.text), 0.5)
            for before, token in pairwise([None, *nlp_artifacts.tokens])
            if (token.pos_ == "PROPN" or (token.is_sent_start and token.pos_ == "NOUN"))
            and is_a_name_word(token.text)
            and self._is_one(before, token.text)
        ]

    def _is_one(self, before: Token | None, word: str) -> bool:
        is_family = before is not None and before.lower_ == "the" and word.endswith("s")
        return word.upper() in self._given or (is_family and word[:-1].upper() in self._family)


@cache
def _census(name: str) -> frozenset[str]:
    lines = resources.files(census).joinpath(name).read_text(encoding="ascii").splitlines()
    return frozenset(line.split()[0] for line in lines)


def given_names() -> frozenset[str]:
    """Given names of the census, in capitals."""
    return _census("dist.male.first") | _census("dist.female.first")


class Doers(EntityRecognizer):
    """Capitalised words that do what people do: "Priya rode along", "I called Wei"; must not catch "Jira crashed"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        return [
            RecognizerResult("PERSON", token.idx, token.idx + len(token.text), 0.5)
            for token in nlp_artifacts.tokens
            if token.pos_ == "PROPN"
            and is_a_name_word(token.text)
            and (
                (token.dep_ == "nsubj" and token.head.lemma_ in _DO)
                or (token.dep_ in ("dobj", "dative") and token.head.lemma_ in _DONE_TO)
            )
        ]


class Bodies(EntityRecognizer):
    """Organisations whose names say what they are: "Python Software Foundation"; must not catch "the Foundation"."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["ORGANIZATION"], supported_language=LANGUAGE)

    def load(self) -> None:
        pass

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        del text, entities
        ends = [token for token in nlp_artifacts.tokens if token.text in BODIES and token.pos_ == "PROPN"]
        spans = [(_first_of_name(end), end) for end in ends]
        return [
            RecognizerResult("ORGANIZATION", first.idx, end.idx + len(end.text), 0.7)
            for first, end in spans
            if first.i < end.i
        ]


def _first_of_name(last: Token) -> Token:
    """Where a name begins that ends in this word: as far as capitalised names reach, over small words within."""
    first, doc = last, last.doc
    while first.i:
        before = doc[first.i - 1]
        if before.lower_ in WITHIN_NAMES and before.i:
            before = doc[before.i - 1]
        if before.pos_ != "PROPN" or not before.text[:1].isupper():
            break
        first = before
    return first
